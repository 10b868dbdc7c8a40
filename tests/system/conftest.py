"""A real browser on the whole system: the machine's Chromium, the built dashboard, the API and the engine."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from infra.local.local_stack import LocalStack
from infra.local.run import build_dashboard
from tests import browser as chromium
from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.system.dashboard_page import DashboardPage
from tests.system.handset import Handset

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A window of a browser profile that shows the site already needs no process of its own.
    "--process-per-site",
]


expect.set_options(timeout=90_000)  # a deadline, not a pause: it is the CI machine's other work that takes time


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/system" in item.nodeid:
            item.add_marker(pytest.mark.system)
        if chromium.is_skipped() and {"browser", "site"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.skip(reason=chromium.LEFT_OUT))


@pytest.fixture(scope="session")
def site(local_stack: LocalStack) -> str:
    """The address of the dashboard, freshly built."""
    if missing := build_dashboard():
        pytest.fail(f"{missing}, {chromium.REMEDY}")
    return local_stack.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if not path:
        pytest.fail(chromium.missing())
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def shared_pc(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A PC (a browser profile) that is used by one test after the other; `clear` runs between them.

    A window on it costs half of one on a new PC. Its first page is never used: it keeps the site's process running.
    """
    context = new_pc(browser)
    context.new_page().goto(f"{site}/health")
    yield context
    context.close()


def new_pc(browser: Browser) -> BrowserContext:
    return browser.new_context(locale="th-TH")


def clear(pc: BrowserContext, site: str) -> None:
    """Close all pages but the first, and delete what they stored."""
    first, *others = pc.pages
    for page in others:
        page.close()
    pc.set_offline(False)
    pc.clear_cookies()
    session = pc.new_cdp_session(first)
    session.send("Storage.clearDataForOrigin", {"origin": site, "storageTypes": "all"})
    session.detach()
    assert not first.evaluate("'__pwClock' in window"), "page.clock stays on a PC: use new_desk(own_pc=True)"


@pytest.fixture
def new_desk(
    browser: Browser, shared_pc: BrowserContext, site: str, hospital: Hospital
) -> Iterator[Callable[..., DashboardPage]]:
    """Makes desks; at the end each must have had a silent console.

    The first desk of a test is a window on `shared_pc`, each further one has a PC of its own, as in a hospital.
    own_pc: the first one too, for a test that changes its browser for good.
    """
    made: list[DashboardPage] = []

    def make(own_pc: bool = False, **size: int) -> DashboardPage:
        is_shared = not made and not own_pc
        made.append(DashboardPage(shared_pc if is_shared else new_pc(browser), site, hospital, **size))
        return made[-1]

    yield make
    complaints = [line for desk in made for line in desk.complaints]
    for desk in made:
        if desk.context is not shared_pc:
            desk.context.close()
    clear(shared_pc, site)
    assert complaints == []


@pytest.fixture
def desk(new_desk: Callable[..., DashboardPage]) -> DashboardPage:
    """A window at which the own hospital's staff.demo has signed in."""
    return new_desk().signed_in()


@pytest.fixture
def new_handset(browser: Browser, site: str, hospital: Hospital) -> Iterator[Callable[..., Handset]]:
    """Makes phones; at the end each must have had a silent console."""
    made: list[Handset] = []

    def make(**size: int) -> Handset:
        made.append(Handset(browser, site, hospital, **size))
        return made[-1]

    yield make
    complaints = [line for handset in made for line in handset.complaints]
    for handset in made:
        handset.close()
    assert complaints == []


@pytest.fixture
def free_day(hospital: Hospital) -> date:
    """A day on which the hospital has nothing, nor on the six days after it."""
    return hospital.new_day()


@pytest.fixture
def open_schedule(staff: Client, free_day: date) -> Callable[..., dict[str, Any]]:
    """Opens a schedule of room 1 on the free day, through the API."""

    def make(capacity: int = 20, period_id: int = 1) -> dict[str, Any]:
        line = {"period_id": period_id, "department_id": 1, "room_id": 1, "capacity": capacity, "online": True}
        body = {"date": free_day.isoformat(), "lines": [line]}
        assert staff.call("POST", "/api/dashboard/schedules", body=body).status == 200
        lines = staff.call("GET", "/api/dashboard/schedules", {"date": free_day.isoformat()}).result
        made: dict[str, Any] = next(one for one in lines if one["period_id"] == period_id)
        return made

    return make


@pytest.fixture
def known_person(staff: Client) -> Callable[[], str]:
    """Puts a new person in the white list and gives the national id."""

    def make() -> str:
        cid = new_cid()
        person = {"prefix": "นาย", "first_name": "ทดสอบ", "last_name": f"คนที่ {cid[-4:]}", "gender": 1}
        assert staff.call("POST", "/api/dashboard/people", body={"cid": cid, **person}).status == 200
        return cid

    return make

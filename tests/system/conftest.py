"""Fixtures for tests with a real browser on the whole system.

They use the machine's Chromium, the built dashboard, the API and the engine.
"""

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
    # Windows of one browser profile on the same site share a process.
    "--process-per-site",
    # A page lives for seconds: compiling its functions a second time, optimised, costs more than it gains.
    "--js-flags=--no-opt --no-maglev",
]


expect.set_options(timeout=90_000)  # a deadline, not a pause: it is long because CI machines may be busy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/system" in item.nodeid:
            item.add_marker(pytest.mark.system)
        if chromium.is_skipped() and {"browser", "site"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.skip(reason=chromium.LEFT_OUT))


@pytest.fixture(scope="session")
def site(local_stack: LocalStack) -> str:
    """URL of the dashboard, which is built first."""
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
    """A PC (a browser profile) that the tests use one after the other.

    `clear` runs between them. Opening a window on it costs half as much as on a new PC. Tests do not use its first
    page, which keeps the site's process running.
    """
    context = new_pc(browser)
    context.new_page().goto(f"{site}/health")
    yield context
    context.close()


def new_pc(browser: Browser) -> BrowserContext:
    return browser.new_context(locale="th-TH")


def clear(pc: BrowserContext, site: str) -> None:
    """Close all pages except the first, and delete what they have stored."""
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
    """Function that makes desks; at the end no console of them may have a message.

    The first desk of a test is a window on `shared_pc`; each further one has its own PC, as in a hospital. own_pc: give
    the first one its own PC too, for a test that changes its browser permanently.
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
    """A window in which staff.demo of the own hospital is signed in."""
    return new_desk().signed_in()


@pytest.fixture
def new_handset(browser: Browser, site: str, hospital: Hospital) -> Iterator[Callable[..., Handset]]:
    """Function that makes phones; at the end no console of them may have a message."""
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
    """A day on which the hospital has no schedules, nor on the six days after it."""
    return hospital.new_day()


@pytest.fixture
def open_schedule(staff: Client, free_day: date) -> Callable[..., dict[str, Any]]:
    """Function that opens a schedule of room 1 on the free day, through the API."""

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
    """Function that puts a new person on the white list and returns the national id."""

    def make() -> str:
        cid = new_cid()
        person = {"prefix": "นาย", "first_name": "ทดสอบ", "last_name": f"คนที่ {cid[-4:]}", "gender": 1}
        assert staff.call("POST", "/api/dashboard/people", body={"cid": cid, **person}).status == 200
        return cid

    return make

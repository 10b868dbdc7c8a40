"""Fixtures for every test: the whole system over HTTP, and a hospital per module.

`local_stack` is one engine, API and feeder for a pytest process, with the demo data; under pytest-xdist each worker has
its own. The engine is atomic, so claims about concurrency are made against it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("STAGE", "local")
# All tests of a worker sign in from one address, and on a fast machine more often than one source may.
os.environ.setdefault("SIGN_INS_PER_SECOND", "1000")
# They also call as one clerk more often than a person clicks.
os.environ.setdefault("STAFF_CALLS_PER_SECOND", "10000")
os.environ.setdefault("ACCESS_KEY", "access-key-of-the-tests")
os.environ.setdefault("AWS_DEFAULT_REGION", "ap-southeast-1")
os.environ.setdefault("AWS_REGION", "ap-southeast-1")

from infra.local.local_stack import LocalStack
from infra.local.run import build_dashboard
from tests import browser
from tests.client import Client
from tests.hospitals import Hospital, Hospitals, hospitals_of
from tests.in_memory_aws import clear, in_memory
from tests.privacy import people_in

# The same examples in every run, however busy the machine is: no deadline, no randomness.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

# These take longest, so they start first: the processes end at about the same time.
LONGEST_FIRST = [
    "tests/system/test_gallery.py",
    "tests/concurrency/test_calling.py",
    "tests/kill/test_make_run.py",
    "tests/test_schemathesis.py",
    "tests/system/test_phone.py",
    "tests/system/test_section_3.py",
    "tests/concurrency/test_history.py",
    "tests/messages/test_exactly_once.py",
    "tests/system/test_announcement_sending.py",
    "tests/faults/test_overtaken.py",
    "tests/system/test_sources.py",
    "tests/system/test_today_and_figures.py",
    "tests/system/test_queue_desk.py",
    "tests/kill/test_reminders.py",
    "tests/system/test_interruptions.py",
    "tests/system/test_board.py",
    "tests/system/test_large_hospital.py",
    "tests/model/test_state_machine.py",
    "tests/messages/test_confirm_end_to_end.py",
    "tests/system/test_accessibility_and_size.py",
    "tests/system/test_visit_morning.py",
    "tests/system/test_long_work.py",
    "tests/system/test_section_2.py",
    "tests/system/test_kiosk.py",
    "tests/system/test_section_1.py",
    "tests/system/test_schedule_grid.py",
    "tests/accounts/test_no_privilege_escalation.py",
    "tests/system/test_closing.py",
    "tests/system/test_clerks_morning.py",
    "tests/system/test_appointment_lifecycle.py",
    "tests/manual/test_new_reminders.py",
    "tests/accounts/test_first_administrator.py",
]


class Deployed:
    """A system that runs already: the one that `make rehearse` deployed.

    DEPLOYED_URL is its address.
    """

    def __init__(self) -> None:
        self.url, self.simulator = os.environ["DEPLOYED_URL"], os.environ["DEPLOYED_SIMULATOR"]
        self.endpoint, self.env = os.environ["AWS_ENDPOINT_URL"], dict(os.environ)


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack | Deployed]:
    """The whole system with the demo data; its state ends with the run.

    At the end its logs are searched: no line may name a person or hold a token.
    """
    if "DEPLOYED_URL" in os.environ:
        yield Deployed()
        return
    folder = tmp_path_factory.mktemp("system")
    with LocalStack(folder, kept=False) as running:
        yield running
    logs = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.log")}
    found = {name: people for name, text in logs.items() if (people := people_in(text))}
    assert found == {}, "the logs name people or hold tokens"


@pytest.fixture(scope="session")
def hospitals(local_stack: LocalStack) -> Iterator[Hospitals]:
    """The maker of hospitals in the system."""
    with hospitals_of(local_stack) as ready:
        yield ready


@pytest.fixture(scope="module")
def hospital(hospitals: Hospitals, request: pytest.FixtureRequest) -> Hospital:
    """A hospital of this module's own, with the demo hospital's catalogue.

    If the module has OPEN_DAYS, these days (counted from today) have the demo data's schedules.
    """
    return hospitals.new(getattr(request.module, "OPEN_DAYS", ()))


@pytest.fixture(scope="module")
def his(hospital: Hospital) -> Client:
    """The own hospital's information system."""
    return hospital.client("his.demo")


@pytest.fixture(scope="module")
def staff(hospital: Hospital) -> Client:
    """A clerk of the own hospital with every role at the desk."""
    return hospital.client("staff.demo")


@pytest.fixture(scope="module")
def admin(hospital: Hospital) -> Client:
    """The own hospital's login administrator."""
    return hospital.client("admin.demo")


@pytest.fixture(scope="module")
def his2(hospitals: Hospitals, hospital: Hospital) -> Client:
    """Hospital 00002's information system, calling about the own hospital."""
    return Client(hospitals.url, hospitals.token("00002", "his2.demo"), hospital.code)


@pytest.fixture(scope="module")
def app_client(hospitals: Hospitals, hospital: Hospital) -> Client:
    """The Mor Prom app's back end, calling about the own hospital."""
    return Client(hospitals.url, hospitals.token("00000", "mohprompt.demo"), hospital.code)


@pytest.fixture(scope="module")
def demo_his(hospitals: Hospitals) -> Client:
    """The demo hospital's information system, for tests about the demo data."""
    return Client(hospitals.url, hospitals.token("00000", "his.demo"), "00000")


@pytest.fixture(scope="module")
def demo_staff(hospitals: Hospitals) -> Client:
    """The demo hospital's clerk, for tests about the demo data."""
    return Client(hospitals.url, hospitals.token("00000", "staff.demo"), "00000")


@pytest.fixture(scope="session")
def country(hospitals: Hospitals) -> Client:
    """The country-level administrator country.test of hospital 00001."""
    return hospitals.add_account("00001", "country.test", "ผู้ดูแลระดับประเทศ", "ACCOUNT_ADMIN:5")


@pytest.fixture(scope="module")
def memory_of_module() -> Iterator[None]:
    with in_memory():
        yield


@pytest.fixture
def memory(memory_of_module: None) -> None:
    """Empty tables and queues in memory."""
    clear()


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """An empty folder for a system of a test's own."""
    return tmp_path / "state"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are processors.

    Each worker waits much of its time.
    """
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Build the dashboard once, before workers start.

    All of them would find it out of date.
    """
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        build_dashboard()  # if something is missing for it, the tests that need it report that


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the running system, and put the longest files first."""
    for item in items:
        if "local_stack" in getattr(item, "fixturenames", ()):
            item.add_marker("needs_local_stack")
    items.sort(key=_order)


def _order(item: pytest.Item) -> int:
    name = item.nodeid.split("::")[0]
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say at the end how many tests BROWSER=skip has left out."""
    yield
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", ())]
    if left_out := sum(browser.LEFT_OUT in str(reason) for reason in skipped):
        terminalreporter.write_line(f"{left_out} tests of the dashboard {browser.LEFT_OUT}", yellow=True)

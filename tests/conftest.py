"""What every test may use: the whole centre over HTTP.

`centre` is one engine, API and feeder for the test run, with the demo data. Its engine is atomic, so claims about
concurrency are made against it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("STAGE", "local")
os.environ.setdefault("AWS_DEFAULT_REGION", "ap-southeast-1")
os.environ.setdefault("AWS_REGION", "ap-southeast-1")

from chalicelib.auth.passwords import password_hash
from infra.local.local_stack import LocalStack
from infra.local.processes import ROOT
from tests import browser
from tests.client import Client


class Deployed:
    """A centre that runs already: the one that `make rehearse` deployed. CENTRE_URL says where."""

    def __init__(self) -> None:
        self.url, self.simulator = os.environ["CENTRE_URL"], os.environ["CENTRE_SIMULATOR"]
        self.endpoint, self.env = os.environ["AWS_ENDPOINT_URL"], dict(os.environ)


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack | Deployed]:
    """The whole centre with the demo data; its state ends with the run."""
    if "CENTRE_URL" in os.environ:
        yield Deployed()
        return
    with LocalStack(tmp_path_factory.mktemp("centre"), kept=False) as running:
        yield running


@pytest.fixture(scope="session")
def his(centre: LocalStack) -> Client:
    """Hospital 00000's information system, signed in as his.demo."""
    return Client(centre.url).sign_in("his.demo", "00000", "His-demo-1")


@pytest.fixture(scope="session")
def his2(centre: LocalStack) -> Client:
    """Hospital 00002's information system, signed in as his2.demo."""
    return Client(centre.url).sign_in("his2.demo", "00002", "His2-demo-1")


@pytest.fixture(scope="session")
def app_client(centre: LocalStack) -> Client:
    """The Mor Prom app's back end, signed in as mohprompt.demo."""
    return Client(centre.url).sign_in("mohprompt.demo", "00000", "Mohprompt-demo-1")


@pytest.fixture(scope="session")
def staff(centre: LocalStack) -> Client:
    """A clerk of hospital 00000, signed in as staff.demo."""
    return Client(centre.url).sign_in("staff.demo", "00000", "Staff-demo-1")


@pytest.fixture(scope="session")
def country(centre: LocalStack) -> Client:
    """The first country-level administrator, made by the command of a fresh deployment, with a password of her own."""
    command = [sys.executable, "-m", "infra.ops.admin", "country.test", "ผู้ดูแลระดับประเทศ", "00001", "--generate"]
    made = subprocess.run(command, env=centre.env, cwd=ROOT, capture_output=True, text=True, check=True)
    password = made.stdout.split()[-1]
    client = Client(centre.url).sign_in("country.test", "00001", password)
    own = {"password_hash": password_hash(password), "new_password_hash": password_hash("Country-test-1")}
    assert client.call("POST", "/api/accounts/password", body=own).status == 200
    return client


@pytest.fixture(scope="session")
def admin(centre: LocalStack) -> Client:
    """Hospital 00000's login administrator, signed in as admin.demo."""
    return Client(centre.url).sign_in("admin.demo", "00000", "Admin-demo-1")


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """An empty folder for a centre of a test's own."""
    return tmp_path / "state"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs the running centre, and puts the privacy test last: it reads what all others made it log."""
    for item in items:
        if "centre" in getattr(item, "fixturenames", ()):
            item.add_marker("centre")
    items.sort(key=lambda item: item.path.name == "test_privacy.py")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say at the end how many tests BROWSER=skip has left out."""
    yield
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", ())]
    if left_out := sum(browser.LEFT_OUT in str(reason) for reason in skipped):
        terminalreporter.write_line(f"{left_out} tests of the dashboard {browser.LEFT_OUT}", yellow=True)

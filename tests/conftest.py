"""What every test may use: the whole centre over HTTP, or one process's tables in memory.

`centre` is one engine, API and feeder for the test run, with the demo data. Its engine is atomic, so claims about
concurrency are made against it. `moto_tables` is for single-threaded tests of a room's store and actions.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("STAGE", "local")
os.environ.setdefault("AWS_DEFAULT_REGION", "ap-southeast-1")
os.environ.setdefault("AWS_REGION", "ap-southeast-1")

from infra.local.centre import Centre
from tests.client import Client


class Deployed:
    """A centre that runs already: the one that `make rehearse` deployed. CENTRE_URL says where."""

    def __init__(self) -> None:
        self.url, self.simulator = os.environ["CENTRE_URL"], os.environ["CENTRE_SIMULATOR"]
        self.endpoint, self.env = os.environ["AWS_ENDPOINT_URL"], dict(os.environ)


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre | Deployed]:
    """The whole centre with the demo data; its state ends with the run."""
    if "CENTRE_URL" in os.environ:
        yield Deployed()
        return
    with Centre(tmp_path_factory.mktemp("centre")) as running:
        yield running


@pytest.fixture(scope="session")
def his(centre: Centre) -> Client:
    """Hospital 00000's information system, signed in as his.demo."""
    return Client(centre.url).sign_in("his.demo", "00000", "His-demo-1")


@pytest.fixture(scope="session")
def his2(centre: Centre) -> Client:
    """Hospital 00002's information system, signed in as his2.demo."""
    return Client(centre.url).sign_in("his2.demo", "00002", "His2-demo-1")


@pytest.fixture(scope="session")
def app_client(centre: Centre) -> Client:
    """The Mor Prom app's back end, signed in as mohprompt.demo."""
    return Client(centre.url).sign_in("mohprompt.demo", "00000", "Mohprompt-demo-1")


@pytest.fixture(scope="session")
def staff(centre: Centre) -> Client:
    """A clerk of hospital 00000, signed in as staff.demo."""
    return Client(centre.url).sign_in("staff.demo", "00000", "Staff-demo-1")


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

"""More API processes on the centre's engine, a crowd of client processes, and schedules that nobody has touched."""

import itertools
import os
from collections.abc import Iterator

import pytest

from infra.local import processes
from infra.local.local_stack import LocalStack
from tests import ward as wards
from tests.client import Client, in_days
from tests.concurrency.crowd import Crowd
from tests.hospitals import Hospital
from tests.ward import Ward

SEED = int(os.environ.get("SEED", "1"))


def pytest_report_header() -> str:
    return f"SEED={SEED} (set it to repeat a storm's choices)"


@pytest.fixture(scope="session")
def crowd() -> Iterator[Crowd]:
    with Crowd(SEED) as ready:
        yield ready


@pytest.fixture(scope="session")
def urls(centre: LocalStack) -> Iterator[list[str]]:
    """The centre's API process and a second one on the same engine."""
    port = processes.free_port()
    second = f"http://127.0.0.1:{port}"
    with centre.log_of("api").open("ab") as output:
        process = processes.start("infra.local.api", str(port), env=centre.env, output=output)
    try:
        processes.wait_for(f"{second}/health", process)
        yield [centre.url, second]
    finally:
        processes.stop(process)


_fresh_days = itertools.count(1)


@pytest.fixture
def fresh(hospital: Hospital, his: Client) -> list[int]:
    """schedule_ids of a new day of the own hospital, 16 with 20 free places each."""
    offset = next(_fresh_days)
    hospital.open_days([offset])
    return [one["schedule_id"] for one in his.schedules(in_days(offset))]


@pytest.fixture(scope="module")
def ward(hospital: Hospital) -> Ward:
    """The own hospital with three clerks."""
    return wards.make(hospital)

"""Fixtures: further API processes, a pool of client processes, and new schedules."""

import itertools
import os
from collections.abc import Iterator

import pytest

from infra.local import child_processes
from infra.local.local_stack import LocalStack
from tests import staffed_hospital
from tests.client import Client, in_days
from tests.concurrency.client_pool import ClientPool
from tests.hospitals import Hospital
from tests.staffed_hospital import StaffedHospital

SEED = int(os.environ.get("SEED", "1"))


def pytest_report_header() -> str:
    return f"SEED={SEED} (set it to repeat the random choices)"


@pytest.fixture(scope="session")
def client_pool() -> Iterator[ClientPool]:
    with ClientPool(SEED) as ready:
        yield ready


@pytest.fixture(scope="session")
def urls(local_stack: LocalStack) -> Iterator[list[str]]:
    """URLs of the system's API process and of a second one on the same engine."""
    port = child_processes.free_port()
    second = f"http://127.0.0.1:{port}"
    with local_stack.log_of("api").open("ab") as output:
        process = child_processes.start("infra.local.api", str(port), env=local_stack.env, output=output)
    try:
        child_processes.wait_for(f"{second}/health", process)
        yield [local_stack.url, second]
    finally:
        child_processes.stop(process)


_fresh_days = itertools.count(1)


@pytest.fixture
def fresh(hospital: Hospital, his: Client) -> list[int]:
    """Ids of 16 schedules, with 20 free places each, of a new day of the own hospital."""
    offset = next(_fresh_days)
    hospital.open_days([offset])
    return [one["schedule_id"] for one in his.schedules(in_days(offset))]


@pytest.fixture(scope="module")
def staffed(hospital: Hospital) -> StaffedHospital:
    """The own hospital with three clerks."""
    return staffed_hospital.make(hospital)

"""More API processes on the centre's engine, a crowd of client processes, and schedules that nobody has touched."""

import os
from collections.abc import Iterator

import pytest

from infra.local import processes
from infra.local.local_stack import LocalStack
from tests import ward as wards
from tests.client import Client, in_days
from tests.concurrency.crowd import Crowd
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


@pytest.fixture
def fresh(his: Client) -> list[int]:
    """schedule_ids of one hospital's day, 20 free places each, that nobody has booked yet."""
    for offset in range(12, 31):
        untouched = [s["schedule_id"] for s in his.schedules(in_days(offset)) if s["available_slot"] == 20]
        if len(untouched) >= 8:
            return untouched
    raise AssertionError("no day of the demo data is left untouched")


@pytest.fixture(scope="session")
def ward(centre: LocalStack) -> Ward:
    """A hospital of the storms' own, with three clerks."""
    return wards.make(centre)

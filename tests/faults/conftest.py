"""Fixtures: a second API process, whose storage fails on request."""

from collections.abc import Iterator

import pytest

from infra.local import child_processes
from infra.local.local_stack import LocalStack
from tests.client import Client


@pytest.fixture(scope="session")
def faulty_api(local_stack: LocalStack) -> Iterator[str]:
    """URL of the process with faults."""
    port = child_processes.free_port()
    url = f"http://127.0.0.1:{port}"
    with local_stack.log_of("api").open("ab") as output:
        process = child_processes.start("tests.faults.api", str(port), env=local_stack.env, output=output)
    try:
        child_processes.wait_for(f"{url}/health", process)
        yield url
    finally:
        child_processes.stop(process)


@pytest.fixture(scope="module")
def faulty(faulty_api: str, app_client: Client) -> Client:
    """Client of the Mor Prom app's back end for the process with faults.

    It is authorised for all requests of these tests.
    """
    return Client(faulty_api, app_client.token, app_client.hospital_code)


@pytest.fixture(scope="module")
def faulty_staff(faulty_api: str, staff: Client) -> Client:
    """Client of a clerk of the own hospital for the process with faults."""
    return Client(faulty_api, staff.token, staff.hospital_code)

"""An API process whose storage fails on request, beside the centre's own."""

from collections.abc import Iterator

import pytest

from infra.local import processes
from infra.local.local_stack import LocalStack
from tests.client import Client


@pytest.fixture(scope="session")
def faulty(centre: LocalStack) -> Iterator[Client]:
    """The Mor Prom app's back end, talking to the process with faults: it may do all that this suite does."""
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    with centre.log_of("api").open("ab") as output:
        process = processes.start("tests.faults.api", str(port), env=centre.env, output=output)
    try:
        processes.wait_for(f"{url}/health", process)
        yield Client(url).sign_in("mohprompt.demo", "00000", "Mohprompt-demo-1")
    finally:
        processes.stop(process)

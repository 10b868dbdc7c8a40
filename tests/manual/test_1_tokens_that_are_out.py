"""Manual 1: what is changed on an account counts within a minute on tokens that are out (docs/adr/0010)."""

from collections.abc import Iterator

import pytest

from chalicelib.settings import settings
from infra.local import processes
from infra.local.local_stack import LocalStack
from tests.client import Client
from tests.manual.accounts import add, do, edit, path, signed_in
from tests.waiting import eventually


@pytest.fixture(scope="module")
def province(local_stack: LocalStack, country: Client) -> Client:
    """The provincial office's administrator of Nonthaburi, where 00002 and 00003 are, who has named one for 00003: a
    hospital's last one could not be changed."""
    office = signed_in(local_stack.url, add(country, "00002", "ACCOUNT_ADMIN:3").result)
    assert add(office, "00003", "ACCOUNT_ADMIN:1").status == 200
    return office


@pytest.fixture(scope="module")
def another_process(local_stack: LocalStack) -> Iterator[str]:
    """A second process of the API, as there are many on AWS; it believes for a second what it has read."""
    port = processes.free_port()
    process = processes.start("infra.local.api", str(port), env={**local_stack.env, "ACCOUNT_CACHE_SECONDS": "1"})
    try:
        processes.wait_for(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        processes.stop(process)


def answers_soon(client: Client, code: str) -> None:
    eventually(lambda: client.call("GET", path("00003", "groups")).code == code, f"the answer is {code}")


def test_a_deactivation_ends_tokens_that_are_out(
    local_stack: LocalStack, another_process: str, province: Client
) -> None:
    account = add(province, "00003", "ACCOUNT_ADMIN:1").result
    there = Client(another_process, signed_in(local_stack.url, account).token)
    answers_soon(there, "OK")
    account = do(province, account, "deactivate").result
    answers_soon(there, "Unauthenticated")
    do(province, account, "reactivate")
    answers_soon(there, "OK")


def test_a_role_taken_or_given_counts_on_tokens_that_are_out(
    local_stack: LocalStack, another_process: str, province: Client
) -> None:
    account = add(province, "00003", "ACCOUNT_ADMIN:1").result
    there = Client(another_process, signed_in(local_stack.url, account).token)
    answers_soon(there, "OK")
    account = edit(province, account, roles=["APPOINTMENT_API:1"]).result
    answers_soon(there, "Forbidden")
    edit(province, account, roles=["ACCOUNT_ADMIN:1"])
    answers_soon(there, "OK")


def test_a_process_believes_what_it_read_for_half_a_minute_so_a_change_counts_within_one() -> None:
    assert settings().account_cache_seconds == 30

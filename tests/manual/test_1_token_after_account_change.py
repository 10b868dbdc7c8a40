"""Manual 1: a change of an account applies within a minute to valid tokens.

docs/adr/0010.
"""

from collections.abc import Iterator

import pytest

from chalicelib.auth.passwords import password_hash
from chalicelib.settings import settings
from infra.local import child_processes
from infra.local.local_stack import LocalStack
from tests.client import Client
from tests.hospitals import Hospital, Hospitals
from tests.manual.accounts import FIRST, OWN, add, do, edit, path, signed_in
from tests.waiting import eventually


@pytest.fixture(scope="module")
def province(local_stack: LocalStack, country: Client, hospitals: Hospitals, hospital: Hospital) -> Client:
    """The provincial administrator, who has named one for the own hospital too.

    The last administrator of a hospital could not be changed.
    """
    office_code = hospitals.new(with_catalogue=False).code
    office = signed_in(local_stack.url, add(country, office_code, "ACCOUNT_ADMIN:3").result)
    assert add(office, hospital.code, "ACCOUNT_ADMIN:1").status == 200
    return office


@pytest.fixture(scope="module")
def another_process(local_stack: LocalStack) -> Iterator[str]:
    """A second process of the API, as on AWS; it caches what it has read for a second."""
    yield from api_process(local_stack, "1")


@pytest.fixture(scope="module")
def slow_process(local_stack: LocalStack) -> Iterator[str]:
    """A process of the API that believes for an hour what it has read."""
    yield from api_process(local_stack, "3600")


def api_process(local_stack: LocalStack, cache_seconds: str) -> Iterator[str]:
    port = child_processes.free_port()
    process = child_processes.start(
        "infra.local.api", str(port), env={**local_stack.env, "ACCOUNT_CACHE_SECONDS": cache_seconds}
    )
    try:
        child_processes.wait_for(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        child_processes.stop(process)


def groups(client: Client) -> str:
    """The code of the answer to who wants to see the groups of the own hospital."""
    return client.call("GET", path(client.hospital_code, "groups")).code


def answers_soon(client: Client, code: str) -> None:
    eventually(lambda: groups(client) == code, f"the answer is {code}")


def test_a_deactivation_ends_tokens_that_are_out(
    local_stack: LocalStack, another_process: str, province: Client, hospital: Hospital
) -> None:
    account = add(province, hospital.code, "ACCOUNT_ADMIN:1").result
    there = Client(another_process, signed_in(local_stack.url, account).token, hospital.code)
    answers_soon(there, "OK")
    account = do(province, account, "deactivate").result
    answers_soon(there, "Unauthenticated")
    do(province, account, "reactivate")
    assert groups(there) == "Unauthenticated"
    there.token = Client(local_stack.url).sign_in(account["login"], hospital.code, OWN).token
    assert groups(there) == "OK"


def test_a_new_password_ends_every_token_that_is_out_and_none_of_them_comes_back(
    local_stack: LocalStack, another_process: str, province: Client, hospital: Hospital
) -> None:
    account = add(province, hospital.code, "ACCOUNT_ADMIN:1").result
    first = Client(local_stack.url).sign_in(account["login"], hospital.code, FIRST)
    own = signed_in(local_stack.url, account)
    there = Client(another_process, own.token, hospital.code)
    assert first.call("GET", "/api/accounts/roles").code == "Unauthenticated"
    answers_soon(there, "OK")

    assert do(province, account, "password", password_hash=password_hash("Again-given-1")).status == 200
    assert own.call("GET", "/api/accounts/roles").code == "Unauthenticated"
    answers_soon(there, "Unauthenticated")
    # All of this happens within one second, which is as exact as a token's `iat` is.
    again = Client(local_stack.url).sign_in(account["login"], hospital.code, "Again-given-1")
    changed = {"password_hash": password_hash("Again-given-1"), "new_password_hash": password_hash("Own-again-1")}
    assert again.call("POST", "/api/accounts/password", body=changed).status == 200
    for ended in (first, own, there, again):
        assert ended.call("GET", "/api/accounts/roles").code == "Unauthenticated"


def test_a_new_token_counts_at_once_in_a_process_that_still_knows_the_old_password(
    local_stack: LocalStack, slow_process: str, province: Client, hospital: Hospital
) -> None:
    account = add(province, hospital.code, "ACCOUNT_ADMIN:1").result
    person = signed_in(local_stack.url, account)
    there = Client(slow_process, person.token)
    assert there.call("GET", "/api/accounts/roles").code == "OK"
    changed = {"password_hash": password_hash(OWN), "new_password_hash": password_hash("Own-again-1")}
    assert person.call("POST", "/api/accounts/password", body=changed).status == 200
    there.token = Client(local_stack.url).sign_in(account["login"], hospital.code, "Own-again-1").token
    assert there.call("GET", "/api/accounts/roles").code == "OK"


def test_a_role_taken_or_given_counts_on_tokens_that_are_out(
    local_stack: LocalStack, another_process: str, province: Client, hospital: Hospital
) -> None:
    account = add(province, hospital.code, "ACCOUNT_ADMIN:1").result
    there = Client(another_process, signed_in(local_stack.url, account).token, hospital.code)
    answers_soon(there, "OK")
    account = edit(province, account, roles=["APPOINTMENT_API:1"]).result
    answers_soon(there, "Forbidden")
    edit(province, account, roles=["ACCOUNT_ADMIN:1"])
    answers_soon(there, "OK")


def test_a_process_uses_what_it_read_for_half_a_minute_so_a_change_counts_within_one() -> None:
    assert settings().account_cache_seconds == 30

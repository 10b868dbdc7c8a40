"""Administrators who remove each other at once: a hospital keeps one, always."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from chalicelib.auth.passwords import password_hash
from infra.local.local_stack import LocalStack
from tests.client import Client, Reply
from tests.large import large_unless

ROUNDS = 6
FIRST = "First-password-1"


def accounts(hospital_code: str, *rest: str) -> str:
    return "/".join(["/api/accounts/hospitals", hospital_code, "accounts", *rest])


def add(by: Client, hospital_code: str, login: str, role: str) -> Any:
    body = {"login": login, "name": login, "password_hash": password_hash(FIRST), "roles": [role]}
    return by.call("POST", accounts(hospital_code), body=body).result


def sign_in(local_stack: LocalStack, hospital_code: str, login: str) -> Client:
    client = Client(local_stack.url).sign_in(login, hospital_code, FIRST)
    own = {"password_hash": password_hash(FIRST), "new_password_hash": password_hash("Own-password-1")}
    assert client.call("POST", "/api/accounts/password", body=own).status == 200
    return client.sign_in(login, hospital_code, "Own-password-1")


def at_once(*calls: Any) -> list[Reply]:
    barrier = threading.Barrier(len(calls))

    def one(call: Any) -> Reply:
        barrier.wait()
        reply: Reply = call()
        return reply

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


@pytest.mark.parametrize("round_number", large_unless(range(2), range(ROUNDS)))
def test_two_administrators_who_deactivate_each_other_leave_one(
    local_stack: LocalStack, country: Client, round_number: int
) -> None:
    code = f"000{14 + round_number}"
    logins = ("left", "right")
    added = {login: add(country, code, login, "ACCOUNT_ADMIN:5") for login in logins}
    clients = {login: sign_in(local_stack, code, login) for login in logins}
    versions = {login: country.call("GET", accounts(code, login)).result["version"] for login in logins}

    def removal(by: str, whom: str) -> Any:
        body = {"version": versions[whom]}
        return lambda: clients[by].call("POST", accounts(code, whom, "deactivate"), body=body)

    answers = at_once(removal("left", "right"), removal("right", "left"))

    # The second is refused as the last one's remover, or because he is no administrator himself any more.
    assert sorted(one.code for one in answers)[-1] == "OK"
    assert sorted(one.status for one in answers)[1] in (403, 409)
    assert [country.call("GET", accounts(code, login)).result["active"] for login in logins].count(True) == 1
    assert added.keys() == set(logins)


@pytest.mark.parametrize("round_number", large_unless(range(2), range(ROUNDS)))
def test_of_two_who_remove_the_last_two_one_is_told_that_it_is_the_last(country: Client, round_number: int) -> None:
    code = "00024"
    pair = [add(country, code, f"last{round_number}.{n}", "ACCOUNT_ADMIN:1") for n in range(2)]
    search = f"/api/accounts/hospitals/{code}/account-search"
    for other in country.call("POST", search, body={"search": ""}).result["accounts"]:
        if other["login"] not in {one["login"] for one in pair} and other["active"]:
            country.call("POST", accounts(code, other["login"], "deactivate"), body={"version": other["version"]})

    def removal(account: Any) -> Any:
        body = {"version": account["version"]}
        return lambda: country.call("POST", accounts(code, account["login"], "deactivate"), body=body)

    answers = at_once(*map(removal, pair))

    assert sorted(one.code for one in answers) == ["LastAdministrator", "OK"]


def test_somebody_who_only_counts_before_writing_loses_the_last_one(local_stack: LocalStack, country: Client) -> None:
    """The negative control: the same race with a count that nothing holds."""
    table = boto3.resource("dynamodb", endpoint_url=local_stack.endpoint, **_keys(local_stack)).Table(
        "moph-local-accounts"
    )
    logins = ("naive.left", "naive.right")
    for login in logins:
        table.put_item(Item={"hospital_code": "#naive", "item": login, "active": True})
    barrier = threading.Barrier(2)

    def remove(login: str) -> None:
        rows = [table.get_item(Key={"hospital_code": "#naive", "item": one})["Item"] for one in logins]
        barrier.wait()
        if sum(1 for row in rows if row["active"]) > 1:
            table.put_item(Item={"hospital_code": "#naive", "item": login, "active": False})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(remove, logins))
    left = [table.get_item(Key={"hospital_code": "#naive", "item": one})["Item"]["active"] for one in logins]
    for login in logins:
        table.delete_item(Key={"hospital_code": "#naive", "item": login})
    assert left == [False, False]


def _keys(local_stack: LocalStack) -> dict[str, str]:
    return {
        "region_name": local_stack.env["AWS_REGION"],
        "aws_access_key_id": local_stack.env["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": local_stack.env["AWS_SECRET_ACCESS_KEY"],
    }

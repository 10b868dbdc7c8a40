"""Helpers for accounts: make, change and read them as an administrator (manual 1)."""

import itertools
from typing import Any

from chalicelib.auth.passwords import password_hash
from tests.client import Client, Reply

FIRST, OWN = "First-password-1", "Own-password-1"
numbers = itertools.count(1)


def path(hospital_code: str, *rest: object) -> str:
    return "/".join(["/api/accounts/hospitals", hospital_code, *map(str, rest)])


def add(by: Client, hospital_code: str, *roles: str, login: str | None = None, groups: tuple[int, ...] = ()) -> Reply:
    body = {
        "login": login or f"person{next(numbers)}",
        "name": "เจ้าหน้าที่ ทดสอบ",
        "password_hash": password_hash(FIRST),
        "roles": roles,
        "groups": groups,
    }
    return by.call("POST", path(hospital_code, "accounts"), body=body)


def edit(by: Client, account: dict[str, Any], **changed: Any) -> Reply:
    body = {name: account[name] for name in ("version", "name", "details", "roles", "groups")} | changed
    return by.call("PUT", path(account["hospital_code"], "accounts", account["login"]), body=body)


def do(by: Client, account: dict[str, Any], what: str, **body: Any) -> Reply:
    sent = {"version": account["version"], **body}
    return by.call("POST", path(account["hospital_code"], "accounts", account["login"], what), body=sent)


def show(by: Client, account: dict[str, Any]) -> Any:
    return by.call("GET", path(account["hospital_code"], "accounts", account["login"])).result


def history(by: Client, account: dict[str, Any], kind: str = "history") -> Any:
    return by.call("GET", path(account["hospital_code"], "accounts", account["login"], kind)).result


def signed_in(url: str, account: dict[str, Any]) -> Client:
    """Sign in as the account's owner, after the first password was changed."""
    client = Client(url).sign_in(account["login"], account["hospital_code"], FIRST)
    own = {"password_hash": password_hash(FIRST), "new_password_hash": password_hash(OWN)}
    assert client.call("POST", "/api/accounts/password", body=own).status == 200
    return client.sign_in(account["login"], account["hospital_code"], OWN)

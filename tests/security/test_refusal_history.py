"""Refused attempts are in the histories, and cannot fill them."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.audit import rules
from chalicelib.audit.model import DONE, REFUSED, AuditEntry
from tests.client import Client
from tests.hospitals import Hospital
from tests.manual.accounts import path


def refused(admin: Client, login: str) -> list[Any]:
    entries = admin.call("GET", path(admin.hospital_code, "accounts", login, "history")).result
    return [entry for entry in entries if entry["outcome"] == "refused"]


def test_many_equal_refusals_become_few_entries_that_say_how_many(hospital: Hospital, admin: Client) -> None:
    staff = hospital.client("staff.demo")
    his = path(hospital.code, "accounts", "his.demo")
    hospital.client("his.demo")
    for _ in range(25):
        assert staff.call("GET", his).code == "Forbidden"
    assert staff.call("POST", f"{his}/unlock").code == "Forbidden"

    for login in ("staff.demo", "his.demo"):
        other, ten, first = refused(admin, login)
        assert other["action"].startswith("POST")
        assert {ten["action"], first["action"]} == {f"GET {path('{hospital_code}', 'accounts', '{login}')}"}
        assert {"field": "times", "before": "", "after": "10"} in ten["changes"]
        assert "times" not in str(first["changes"])


def test_attempts_at_different_accounts_are_different(hospital: Hospital, admin: Client) -> None:
    clerk = hospital.clerk()
    login = clerk.call("GET", "/api/dashboard/Welcome").result["login"]
    for target in ("one.login", "two.login"):
        clerk.call("GET", path(hospital.code, "accounts", target))
    assert len(refused(admin, login)) == 2


@pytest.mark.parametrize("login", ["x" * 3_000, "No Login", "%20"])
def test_a_path_that_names_nothing_possible_is_400_before_it_is_noted(hospital: Hospital, login: str) -> None:
    staff = hospital.client("staff.demo")
    reply = staff.call("GET", path(hospital.code, "accounts", login).replace(" ", "%20"))
    assert (reply.status, set(reply.json["Error"]["fields"])) == (400, {"login"})
    assert staff.call("GET", path("12", "groups")).json["Error"]["fields"].keys() == {"hospital_code"}


def test_refusals_and_sign_ins_expire_and_changes_stay() -> None:
    now = clock.now()
    at = f"{now.isoformat()}#abcdef"
    kept = {
        outcome: rules.expires_at(AuditEntry("account#00000#x", at, "a@00000", "edit_account", outcome))
        for outcome in (DONE, REFUSED)
    }
    assert kept == {DONE: None, REFUSED: now + timedelta(days=90)}

"""The function that records access lines: repeated, late and beyond the quota."""

import base64
import gzip
import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import pytest

from chalicelib import clock
from chalicelib.access_log import actions, log_lines, rules
from chalicelib.accounts.actions import add_account_by_command
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import account_subject
from chalicelib.auth import account_status
from chalicelib.auth.passwords import password_hash
from chalicelib.caller import APPOINTMENT_API, COUNTRY, Caller
from chalicelib.settings import settings
from infra.local.event_sources import subscription_event
from tests import maker
from tests.client import new_cid

QUOTA = 3
NOW = datetime.fromisoformat("2026-11-27T09:30:00+07:00")
HIS = Caller("his.test", "00000")
APP = Caller("app.test", "00000", roles={APPOINTMENT_API: COUNTRY})


@pytest.fixture(autouse=True)
def small_quota(memory: None) -> Iterator[None]:
    """A quota of three people; an account that looks them up."""
    previous = clock.run_on(lambda: NOW)
    os.environ["PEOPLE_PER_HOUR"] = str(QUOTA)
    settings.cache_clear()
    maker.make_hospital("00000", "โรงพยาบาลทดสอบ", "84")
    for login, role in ((HIS.login, "APPOINTMENT_API:1"), (APP.login, "APPOINTMENT_API:5")):
        add_account_by_command("test", "00000", login, login, frozenset({role}), password_hash("x"), False)
    yield
    clock.run_on(previous)
    del os.environ["PEOPLE_PER_HOUR"]
    settings.cache_clear()


def record(caller: Caller, cids: list[str], by_id: bool = True, at: datetime | None = None) -> None:
    line = log_lines.line(
        caller, "GET /api/ImmunizationTarget", by_id, cids, (at or clock.now()).replace(microsecond=0)
    )
    actions.record(subscription_event([msgspec.json.encode(line).decode()]))


def blocked_until(caller: Caller) -> datetime | None:
    status = account_status.read(caller.hospital_code, caller.login)
    assert status
    return status.look_ups_blocked_until


def test_lines_that_come_twice_make_one_record_and_do_not_count_twice() -> None:
    cid = new_cid()
    for _ in range(QUOTA + 1):
        record(HIS, [cid])
    assert len(actions.of_person(cid, "", 10)) == 1
    assert blocked_until(HIS) is None


def test_one_person_more_than_the_quota_stops_look_ups_until_the_hour_ends_and_the_history_says_so() -> None:
    now = clock.now()
    record(HIS, [new_cid() for _ in range(QUOTA)], at=now)
    assert blocked_until(HIS) is None
    record(HIS, [new_cid()], at=now)
    record(HIS, [new_cid()], at=now)
    end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert blocked_until(HIS) == end
    entries = audit.newest(account_subject("00000", HIS.login))
    (block,) = [entry for entry in entries if entry.action == "block_look_ups"]
    assert (block.actor, block.changes) == ("record_accesses", {"until": ["", end.isoformat()]})


def test_a_process_that_alone_has_shown_more_than_the_quota_shows_nobody_by_id_until_the_hour_ends() -> None:
    def show(count: int, by_id: bool = True, caller: Caller = HIS) -> datetime | None:
        log_lines.write(caller, "GET /api/ImmunizationTarget", by_id, [new_cid() for _ in range(count)])
        return log_lines.with_quota(caller).look_ups_blocked_until

    clock.run_on(lambda: NOW - timedelta(days=1))
    assert show(QUOTA) is None
    assert show(QUOTA, by_id=False) is None
    assert show(QUOTA + 1, caller=APP) is None
    assert show(1) == NOW.replace(day=26, minute=0) + timedelta(hours=1)
    clock.run_on(lambda: NOW)
    assert log_lines.with_quota(HIS).look_ups_blocked_until is None


def test_people_of_the_own_hospital_and_the_apps_look_ups_do_not_count() -> None:
    record(HIS, [new_cid() for _ in range(QUOTA + 1)], by_id=False)
    record(HIS, [new_cid()])
    record(APP, [new_cid() for _ in range(QUOTA + 1)])
    assert (blocked_until(HIS), blocked_until(APP)) == (None, None)


def test_a_line_of_an_hour_that_is_over_stops_nothing() -> None:
    record(HIS, [new_cid() for _ in range(QUOTA + 1)], at=clock.now() - timedelta(hours=2))
    assert blocked_until(HIS) is None


def test_a_subscriptions_first_message_which_only_tries_the_function_records_nothing() -> None:
    content = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "timestamp": 0, "message": "CWL CONTROL"}]}
    data = base64.b64encode(gzip.compress(msgspec.json.encode(content))).decode()
    assert log_lines.read({"awslogs": {"data": data}}) == []


def test_the_hash_of_an_id_depends_on_the_secret_and_shows_nothing_of_the_id() -> None:
    cid = new_cid()
    first = rules.person_hash(cid, "one key")
    assert first == rules.person_hash(cid, "one key") != rules.person_hash(cid, "another key")
    assert len(first) == 32
    assert cid not in first
    with pytest.raises(ValueError, match="ACCESS_KEY"):
        rules.person_hash(cid, "")

"""One person's data: exported completely, erased, kept by law, held and expiring.

`infra/ops/person_data.py` and docs/privacy.md. In memory, single-threaded.
"""

import io
import json
import stat
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib import tables
from chalicelib.access_log import actions as accesses
from chalicelib.access_log import log_lines
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import PERSON_DATA
from chalicelib.booking import actions, appointment_audit, notices
from chalicelib.booking.model import Appointment
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY, Caller
from chalicelib.clock import BANGKOK
from chalicelib.messages import line_link_store, recipient_store, store
from chalicelib.people import actions as people
from chalicelib.people import corrections
from chalicelib.people.model import CONSENT
from chalicelib.storage import Table
from infra.local import demo
from infra.local.event_sources import subscription_event
from infra.ops import person_data
from tests.booking.hospital_in_memory import APP, DAY, EVENING_BEFORE, FakeClock, booked, opened

SOMEBODY, OTHER = demo.PEOPLE[0], demo.PEOPLE[1]
CID = SOMEBODY.cid
Known = tuple[Appointment, Appointment]


@pytest.fixture
def known(fake_clock: FakeClock) -> Known:
    """Two people with data of every kind, and their appointments on DAY, now over."""
    schedule = opened()
    held = booked(schedule), booked(schedule, OTHER)
    rows = [row.serialize() for row in tables.AppointmentItem.scan()]
    appointment_audit.record((None, row) for row in rows)
    for person in (SOMEBODY, OTHER):
        people.add_to_white_list(APP, "00000", [person], CONSENT)
        people.choose_language(person.cid, "en")
        line_link_store.offer_line_link(f"n{person.cid}", person.cid, fake_clock.now + timedelta(minutes=5))
        assert line_link_store.take_line_link(f"n{person.cid}", f"U{person.cid[-3:]}", fake_clock.now, 1)
    fake_clock.now = EVENING_BEFORE
    notices.remind()
    fake_clock.now = EVENING_BEFORE + timedelta(days=2)
    return held


def everything() -> str:
    """All rows of all tables."""
    return json.dumps([row.serialize() for table in Table.__subclasses__() for row in table.scan()], ensure_ascii=False)


def counts() -> dict[str, int]:
    return {table.__name__: len(list(table.scan())) for table in Table.__subclasses__()}


def test_every_table_is_exported_or_named_as_holding_nothing_of_one_person() -> None:
    names = {table.Meta.table_name.removeprefix("moph-local-") for table in Table.__subclasses__()}
    assert names <= {*person_data.BY_CID, *person_data.ELSEWHERE, *person_data.WITHOUT_PEOPLE}


def test_an_export_has_the_corrections_of_the_persons_registry_entry(known: Known) -> None:
    administrator = Caller("admin.demo", "00000", roles={ACCOUNT_ADMIN: COUNTRY})
    shown = corrections.entry(administrator, CID)
    wanted = replace(shown.person, first_name="เปลี่ยนชื่อ")
    corrections.correct(administrator, wanted, "ตรวจจากบัตรแล้ว", shown.added_at)
    entries = [entry for entry in person_data.export(CID)["audit"] if entry["action"] == "correct_person"]
    assert len(entries) == 1
    assert "first_name" in str(entries)
    assert not [entry for entry in person_data.export(OTHER.cid)["audit"] if entry["action"] == "correct_person"]


def test_an_export_has_everything_about_the_person(known: Known) -> None:
    exported = person_data.export(CID)
    assert {row["record"] for row in exported["people"]} == {"#", "hospital#00000", "choices"}
    entry = next(row for row in exported["people"] if row["record"] == "hospital#00000")
    assert (entry["basis"], bool(entry["added_at"])) == ("consent", True)
    (appointment,) = exported["appointments"]
    assert (appointment["queue_no"], appointment["person_name"]) == (known[0].queue_no, SOMEBODY.name)
    (recipient,), (message,) = exported["recipients"], exported["messages"]
    assert message["message_id"] == recipient["message_id"]
    assert "รพ.ทดสอบระบบ" in message["content_text"]
    assert {row["key"] for row in exported["line_links"]} == {f"cid#{CID}", f"user#U{CID[-3:]}"}
    assert [entry["action"] for entry in exported["audit"]] == ["book"]


def test_an_export_has_who_was_shown_the_person(known: Known) -> None:
    for cid in (CID, OTHER.cid):
        line = log_lines.line(APP, "GET /api/appointment/Appointment", True, [cid], EVENING_BEFORE)
        accesses.record(subscription_event([msgspec.json.encode(line).decode()]))
    (access,) = person_data.export(CID)["accesses"]
    assert (access["hospital_code"], access["action"]) == ("00000", "GET /api/appointment/Appointment")


def test_an_export_has_nothing_about_anybody_else(known: Known) -> None:
    text = json.dumps(person_data.export(CID), ensure_ascii=False)
    assert OTHER.cid not in text
    assert OTHER.first_name not in text
    assert known[1].check_code not in text


def test_a_dry_run_says_what_would_be_deleted_and_changes_nothing(
    known: Known, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything()
    assert command("erase") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "would be deleted: line-links 2",
        "would be deleted: people 3",
        "would be deleted: recipients 1",
        f"kept: an appointment on {DAY} at hospital 00000: a medical record, kept until {expiry_of_day().date()}",
    ]
    assert everything() == before


def expiry_of_day() -> datetime:
    return datetime.combine(DAY + timedelta(days=1 + 1827), time(), BANGKOK)


def test_an_erasure_leaves_the_appointment_only_until_its_time_is_over(known: Known, fake_clock: FakeClock) -> None:
    before = counts()
    person_data.erase(CID)
    after = counts()
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == {
        "PersonItem": 3,
        "RecipientItem": 1,
        "LineLinkItem": 2,
        "AuditItem": -1,
    }
    left = [row for row in tables.AppointmentItem.scan() if row.cid == CID]
    assert len(left) == 1
    fake_clock.now = expiry_of_day()
    person_data.erase(CID)
    text = everything()
    assert CID not in text
    assert SOMEBODY.first_name not in text
    assert OTHER.cid in text


def test_an_erasure_is_in_the_audit_under_a_hash_that_a_given_id_can_be_compared_with(known: Known) -> None:
    person_data.erase(CID)
    (entry,) = audit.newest(PERSON_DATA)
    salt, digest = entry.changes["person"].split("$")
    assert entry.action == "erase"
    assert person_data.person_digest(CID, bytes.fromhex(salt)) == digest
    assert person_data.person_digest(OTHER.cid, bytes.fromhex(salt)) != digest
    assert CID not in json.dumps([row.serialize() for row in tables.AuditItem.scan()])


def test_nobody_is_erased_who_has_an_appointment_to_come(fake_clock: FakeClock) -> None:
    held = booked(opened())
    with pytest.raises(person_data.CommandRefused, match="1 appointments to come"):
        person_data.erase(CID)
    actions.cancel(APP, "00000", CID, held.appointment_id)
    person_data.erase(CID)


def test_nothing_of_a_held_person_is_erased_or_expires_until_the_hold_ends(known: Known) -> None:
    expiries = {key: at for key, at in expiries_of(CID).items() if at is not None}
    assert len(expiries) == 4  # the registry, the white list, the appointment, the notice
    assert person_data.hold(CID, "คดี 12/2569") == 4
    assert person_data.hold(CID, "คดี 12/2569") == 0
    assert set(expiries_of(CID).values()) == {None}
    before = everything()
    with pytest.raises(person_data.CommandRefused, match="คดี 12/2569"):
        person_data.erase(CID)
    assert everything() == before
    assert person_data.release(CID) == 4
    assert {key: at for key, at in expiries_of(CID).items() if at is not None} == expiries
    with pytest.raises(person_data.CommandRefused, match="not held"):
        person_data.release(CID)
    person_data.erase(CID)


@pytest.mark.parametrize("basis", [None, CONSENT])
def test_a_held_person_who_is_sent_again_stays_held(fake_clock: FakeClock, basis: str | None) -> None:
    people.add_to_white_list(APP, "00000", [SOMEBODY])
    person_data.hold(CID, "คดี 12/2569")
    fake_clock.now += timedelta(days=30)
    people.add_to_white_list(APP, "00000", [replace(SOMEBODY, mobile_phone="0811111111")], basis)
    assert set(expiries_of(CID).values()) == {None}
    person_data.release(CID)
    entry = tables.PersonItem.get(CID, "hospital#00000")
    assert entry.mobile_phone == "0811111111"
    assert entry.expires_at == fake_clock.now + timedelta(days=1827)


def expiries_of(cid: str) -> dict[Any, Any]:
    """(table, range key) -> when it expires, of everything under the id."""
    return {
        (table.__name__, row._get_hash_range_key_serialized_values()): row.expires_at
        for table in (tables.PersonItem, tables.AppointmentItem, tables.RecipientItem)
        for row in table.scan()
        if row.cid == cid
    }


def test_a_white_list_entry_expires_five_years_after_it_was_sent_last(fake_clock: FakeClock) -> None:
    for _ in range(2):
        fake_clock.now += timedelta(days=30)
        people.add_to_white_list(APP, "00000", [SOMEBODY])
    entry = tables.PersonItem.get(CID, "hospital#00000")
    registered = tables.PersonItem.get(CID, "#")
    assert entry.basis == "care"
    assert entry.expires_at == fake_clock.now + timedelta(days=1827)
    assert registered.expires_at == fake_clock.now - timedelta(days=30) + timedelta(days=3653)


def test_the_registry_may_forget_somebody_who_then_books_under_what_is_sent(fake_clock: FakeClock) -> None:
    people.add_to_white_list(APP, "00000", [SOMEBODY])
    people.remove_from_white_list(APP, CID)
    tables.PersonItem.get(CID, "#").delete()  # as DynamoDB does at its time
    sent = replace(SOMEBODY, first_name="เปลี่ยนชื่อ")
    assert booked(opened(), sent).person_name == sent.name
    assert tables.PersonItem.get(CID, "#").first_name == "เปลี่ยนชื่อ"


def test_a_notice_leaves_no_id_behind_and_is_not_delivered_any_more(known: Known) -> None:
    recipient = next(row for row in tables.RecipientItem.scan() if row.cid == CID)
    person_data.erase(CID)
    row = tables.MessageItem.get(recipient.hospital_code, f"{recipient.message_id:010d}")
    assert (row.cid, row.state) == ("0000000000000", "stopped")


def test_choices_about_announcements_and_their_counts_are_exported_and_erased(known: Known) -> None:
    recipient = next(row for row in tables.RecipientItem.scan() if row.cid == CID)
    message = store.message(recipient.hospital_code, recipient.message_id)
    assert not recipient_store.count_announcement(message, [CID], DAY, most=1)
    people.choose_announcements(CID, "00000", wanted=False)
    exported = person_data.export(CID)
    assert "no-announcements#00000" in {row["record"] for row in exported["people"]}
    assert f"#{DAY}#00000" in {row["message"] for row in exported["recipients"]}
    person_data.erase(CID)
    assert person_data.export(CID)["people"] == person_data.export(CID)["recipients"] == []


def command(*arguments: str, typed: str = CID) -> int:
    return person_data.main(list(arguments), io.StringIO(f"{typed}\n"))


def test_an_export_is_a_file_of_its_owner_alone_and_the_id_is_no_argument(known: Known, tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    assert command("export", str(path)) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text(encoding="utf-8"))["cid"] == CID
    assert [entry.action for entry in audit.newest(PERSON_DATA)] == ["export"]


def test_a_wrong_id_is_refused_before_anything_is_read(memory: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("erase", typed="1111111111118") == 1
    assert "check digit" in capsys.readouterr().err

"""What the stream of the appointments table is understood to mean, without storage."""

from typing import Any

import pytest

from chalicelib.audit.rules import entry_of_change

ROW = {
    "cid": {"S": "1111111111119"},
    "person_name": {"S": "นายทดสอบ ระบบ"},
    "hospital_code": {"S": "00000"},
    "schedule_id": {"N": "252600001"},
    "place": {"N": "7"},
    "queue_no": {"S": "A007"},
    "state": {"S": "booked"},
    "version": {"N": "1"},
    "check_code": {"S": "0a1b2c3d"},
    "booked_by": {"S": "00002"},
    "booked_system": {"S": "HIS ABC"},
    "changed_login": {"S": "his2.demo"},
    "changed_at": {"S": "2026-11-23T12:00:00.000+07:00"},
}


def row(**more: str) -> dict[str, Any]:
    numbers = {"version", "moved_to_schedule_id"}
    return {**ROW, **{name: {"N" if name in numbers else "S": value} for name, value in more.items()}}


@pytest.mark.parametrize(
    ("old", "new", "action"),
    [
        (None, row(), "book"),
        (row(state="cancelled"), row(check_code="ffffffff", version="3"), "book"),
        (row(), row(accepted_at="x", version="2"), "accept"),
        (row(accepted_at="x"), row(version="3"), "reject"),
        (row(), row(confirmed_at="x", version="2"), "confirm"),
        (row(), row(state="cancelled", version="2"), "cancel"),
        (row(accepted_at="x"), row(accepted_at="x", state="cancelled", version="3"), "cancel"),
        (row(), row(state="postponed", moved_to_schedule_id="252700001", version="2"), "postpone"),
        (row(), row(), None),
        (row(), None, None),
    ],
)
def test_each_change_of_a_row_is_one_thing_that_somebody_did(old: Any, new: Any, action: str | None) -> None:
    entry = entry_of_change(old, new)

    assert (entry.action if entry else None) == action


def test_an_entry_names_the_place_who_and_when_and_never_the_person() -> None:
    entry = entry_of_change(None, row())

    assert entry is not None
    assert entry.subject == "appointment#00000#252600001#7"
    assert (entry.actor, entry.when) == ("his2.demo", "2026-11-23T12:00:00.000+07:00")
    assert "1111111111119" not in str(entry)
    assert "ทดสอบ" not in str(entry)


def test_a_record_seen_twice_is_the_same_entry_and_two_changes_of_one_moment_are_two() -> None:
    booked, again = entry_of_change(None, row()), entry_of_change(None, row())
    accepted = entry_of_change(row(), row(accepted_at="x", version="2"))

    assert booked == again
    assert booked is not None
    assert accepted is not None
    assert booked.at < accepted.at

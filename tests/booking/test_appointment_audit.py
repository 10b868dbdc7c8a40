"""Audit entries of changes of appointments, without storage."""

import pytest

from chalicelib.booking.appointment_audit import entry_of_change
from chalicelib.booking.model import CANCELLED, POSTPONED, Appointment, Visit
from tests.booking.test_rules import appointment

BOOKED_AT_FIRST = appointment(version=9)
ACCEPTED = appointment(accepted_at="x", version=10)
AT_COUNTER = appointment(day_of_visit=Visit("called", point_id=1))


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        (None, BOOKED_AT_FIRST, "book"),
        (appointment(state=CANCELLED), appointment(check_code="ffffffff", version=11), "book"),
        (BOOKED_AT_FIRST, ACCEPTED, "accept"),
        (ACCEPTED, appointment(version=11), "reject"),
        (BOOKED_AT_FIRST, appointment(confirmed_at="x", version=10), "confirm"),
        (BOOKED_AT_FIRST, appointment(state=CANCELLED, version=10), "cancel"),
        (ACCEPTED, appointment(accepted_at="x", state=CANCELLED, version=11), "cancel"),
        (BOOKED_AT_FIRST, appointment(state=CANCELLED, released_at="x", version=10), "release"),
        (BOOKED_AT_FIRST, appointment(state=POSTPONED, moved_to_schedule_id=252700001, version=10), "postpone"),
        (BOOKED_AT_FIRST, appointment(reminded_at="x"), None),
        (BOOKED_AT_FIRST, BOOKED_AT_FIRST, None),
        (BOOKED_AT_FIRST, None, None),
        (BOOKED_AT_FIRST, appointment(call_outcome_at="x", version=10), "note_call"),
        (BOOKED_AT_FIRST, appointment(day_of_visit=Visit("arrived"), version=10), "arrive"),
        (appointment(day_of_visit=Visit("arrived")), appointment(day_of_visit=Visit("called"), version=10), "call"),
        (AT_COUNTER, appointment(day_of_visit=Visit("arrived", point_id=1), version=10), "skip"),
        (AT_COUNTER, appointment(day_of_visit=Visit("arrived", point_id=2), version=10), "send_on"),
        (AT_COUNTER, appointment(day_of_visit=Visit("served", point_id=1), version=10), "serve"),
        (AT_COUNTER, appointment(day_of_visit=Visit("absent", point_id=1), version=10), "absent"),
        (AT_COUNTER, appointment(day_of_visit=Visit("called", point_id=1, visit_number="7"), version=10), None),
    ],
)
def test_each_action_on_an_appointment_has_one_entry(
    before: Appointment | None, after: Appointment | None, action: str | None
) -> None:
    entry = entry_of_change(before, after)

    assert (entry.action if entry else None) == action


def test_an_entry_names_the_place_the_actor_and_the_time_but_not_the_person() -> None:
    booked = appointment()

    entry = entry_of_change(None, booked)

    assert entry is not None
    assert entry.subject == f"appointment#{booked.schedule.hospital_code}#{booked.schedule.schedule_id}#{booked.place}"
    assert (entry.actor, entry.when) == (booked.changed_login, booked.changed_at)
    assert booked.cid not in str(entry)
    assert booked.person_name not in str(entry)


def test_a_repeated_record_is_the_same_entry_and_two_changes_of_one_moment_are_two_entries() -> None:
    booked, again = (entry_of_change(None, appointment(version=9)) for _ in range(2))
    accepted = entry_of_change(BOOKED_AT_FIRST, ACCEPTED)

    assert booked == again
    assert booked is not None
    assert accepted is not None
    assert booked.at < accepted.at

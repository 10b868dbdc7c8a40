"""No national id, name, telephone number or token in a log line.

The logs of each system are searched at its end (`system` in tests/conftest.py). Here is shown that the search finds
what it looks for, and that the calls which hold most of it are logged at all.
"""

import pytest

from infra.local import demo
from infra.local.local_stack import LocalStack
from tests.client import Client, in_days, new_cid
from tests.privacy import people_in

OPEN_DAYS = (1,)


@pytest.mark.parametrize(
    "text", ["cid=1111111111119", f"name {demo.PEOPLE[0].name}", "tel 000-0000001", '"eyJhbGciOiJSUzUxMiJ9.x"']
)
def test_the_search_finds_each_thing_that_it_looks_for(text: str) -> None:
    assert len(people_in(text)) == 1


def test_the_search_passes_over_what_is_no_person() -> None:
    assert people_in("8f14e45f-ea2e-4b0a-9c1d-1234567890123 1234567890123 took 0.42 s") == []


def test_a_booking_a_cancellation_and_a_wrong_path_are_logged_without_the_person(
    local_stack: LocalStack, his: Client
) -> None:
    cid = new_cid()
    booked = his.book(his.schedules(in_days(1))[0]["schedule_id"], cid).result["hospital_appointment_slot_id"]
    his.cancel(cid, booked)
    his.call("GET", f"/api/nowhere/{cid}?cid={cid}")

    text = local_stack.log_of("api").read_text(encoding="utf-8")

    for name in ("ConfirmAppointmentSlot", "CancelAppointmentSlot", "PathNotFound"):
        assert name in text
    assert people_in(text) == []

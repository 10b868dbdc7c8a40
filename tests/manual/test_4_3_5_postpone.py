"""Manual 4.3.5: postponing (PostponeAppointmentSlot)."""

from tests.client import Client, in_days, new_cid
from tests.manual.test_4_3_4_cancel import booked, free_places

OPEN_DAYS = (5, 8)


def test_postponing_takes_the_new_place_and_gives_the_old_one_back(his: Client) -> None:
    cid, old, schedule = booked(his)
    before = free_places(his, schedule), free_places(his, schedule + 2)

    new = his.postpone(cid, old, schedule + 2).result["hospital_appointment_slot_id"]

    assert new != old
    assert (free_places(his, schedule), free_places(his, schedule + 2)) == (before[0] + 1, before[1] - 1)
    held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    assert [one["hospital_appointment_slot_id"] for one in held] == [new]


def test_postponing_again_to_the_same_schedule_gets_the_same_new_id(his: Client) -> None:
    cid, old, schedule = booked(his)
    first = his.postpone(cid, old, schedule + 2)
    free = free_places(his, schedule + 2)

    second = his.postpone(cid, old, schedule + 2)

    assert second.result == first.result
    assert free_places(his, schedule + 2) == free


def test_postponing_there_and_back_ends_where_it_began(his: Client) -> None:
    cid, old, schedule = booked(his)
    there = his.postpone(cid, old, schedule + 2).result["hospital_appointment_slot_id"]
    back = his.postpone(cid, there, schedule)
    assert back.status == 200
    held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    assert len(held) == 1


def test_a_schedule_that_the_hospital_does_not_have_changes_nothing(his: Client) -> None:
    cid, old, _ = booked(his)
    answer = his.postpone(cid, old, 999)
    assert (answer.status, answer.code) == (404, "ScheduleNotFound")
    held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    assert [one["hospital_appointment_slot_id"] for one in held] == [old]


def test_a_full_schedule_changes_nothing(his: Client) -> None:
    target = his.schedules(in_days(8))[4]
    for _ in range(target["available_slot"]):
        assert his.book(target["schedule_id"], new_cid()).status == 200
    cid, old, _ = booked(his)

    answer = his.postpone(cid, old, target["schedule_id"])

    assert (answer.status, answer.code) == (409, "SlotsFull")
    held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    assert [one["hospital_appointment_slot_id"] for one in held] == [old]


def test_a_full_schedule_is_still_listed_with_no_free_place(his: Client) -> None:
    target = his.schedules(in_days(8))[6]
    for _ in range(target["available_slot"]):
        his.book(target["schedule_id"], new_cid())
    assert free_places(his, target["schedule_id"], days=8) == 0
    assert his.book(target["schedule_id"], new_cid()).code == "SlotsFull"


def test_a_cancelled_appointment_cannot_be_postponed(his: Client) -> None:
    cid, old, schedule = booked(his)
    his.cancel(cid, old)
    answer = his.postpone(cid, old, schedule + 2)
    assert (answer.status, answer.code) == (409, "AppointmentCancelled")


def test_moving_to_where_one_is_already_changes_nothing(his: Client) -> None:
    cid, old, schedule = booked(his)
    assert his.postpone(cid, old, schedule).result == {"hospital_appointment_slot_id": old}


def test_two_appointments_of_one_person_cannot_end_in_one_schedule(his: Client) -> None:
    cid, old, schedule = booked(his)
    his.book(schedule + 4, cid)
    answer = his.postpone(cid, old, schedule + 4)
    assert (answer.status, answer.code) == (409, "AlreadyBooked")

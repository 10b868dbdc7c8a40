"""Manual 4.3.3: booking a place (ConfirmAppointmentSlot)."""

from tests.client import Client, in_days, new_cid

OPEN_DAYS = (3,)


def test_a_booking_answers_with_the_slot_id_and_the_place_is_gone(his: Client) -> None:
    day = in_days(3)
    schedule = his.schedules(day)[0]
    cid = new_cid()

    answer = his.book(schedule["schedule_id"], cid)

    assert set(answer.result) == {"hospital_appointment_slot_id"}
    assert his.schedules(day)[0]["available_slot"] == schedule["available_slot"] - 1


def test_the_same_booking_again_by_the_same_sender_gets_the_same_answer(his: Client) -> None:
    schedule = his.schedules(in_days(3))[0]
    cid = new_cid()

    first, second = his.book(schedule["schedule_id"], cid), his.book(schedule["schedule_id"], cid)

    assert first.result == second.result


def test_the_same_person_in_the_same_schedule_by_another_sender_is_already_booked(his: Client, his2: Client) -> None:
    schedule = his.schedules(in_days(3))[0]
    cid = new_cid()
    assert his.book(schedule["schedule_id"], cid).status == 200

    answer = his2.book(schedule["schedule_id"], cid, sender="00002")

    assert (answer.status, answer.code) == (409, "AlreadyBooked")

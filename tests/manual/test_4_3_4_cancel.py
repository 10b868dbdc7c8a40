"""Manual 4.3.4: cancelling (CancelAppointmentSlot)."""

from tests.client import Client, in_days, new_cid

OPEN_DAYS = (5,)


def roomiest(his: Client, days: int = 5) -> int:
    """The day's emptiest schedule with later ones of the same room."""
    return int(max(his.schedules(in_days(days))[:12], key=lambda s: s["available_slot"])["schedule_id"])


def free_places(his: Client, schedule_id: int, days: int = 5) -> int:
    """The free places of one schedule of the day."""
    return next(int(s["available_slot"]) for s in his.schedules(in_days(days)) if s["schedule_id"] == schedule_id)


def booked(his: Client, days: int = 5) -> tuple[str, int, int]:
    """A new person with a booking: (cid, appointment id, schedule id)."""
    cid, schedule = new_cid(), roomiest(his, days)
    return cid, his.book(schedule, cid).result["hospital_appointment_slot_id"], schedule


def test_cancelling_frees_the_place_and_names_the_slot(his: Client) -> None:
    cid, appointment, schedule = booked(his)
    before = free_places(his, schedule)

    answer = his.cancel(cid, appointment)

    assert answer.result == {"hospital_appointment_slot_id": appointment}
    assert free_places(his, schedule) == before + 1


def test_cancelling_again_gets_the_same_answer_and_frees_nothing_more(his: Client) -> None:
    cid, appointment, schedule = booked(his)
    first = his.cancel(cid, appointment)
    free = free_places(his, schedule)

    second = his.cancel(cid, appointment)

    assert second.result == first.result
    assert free_places(his, schedule) == free


def test_a_late_repeat_of_a_cancellation_does_not_touch_a_newer_booking(his: Client) -> None:
    cid, first, schedule = booked(his)
    his.cancel(cid, first)
    blocker = new_cid()
    his.book(schedule, blocker)  # takes the place that was given back
    second = his.book(schedule, cid).result["hospital_appointment_slot_id"]
    assert second != first

    assert his.cancel(cid, first).status == 200

    held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    assert [one["hospital_appointment_slot_id"] for one in held] == [second]


def test_a_person_can_book_the_same_schedule_again_after_cancelling(his: Client) -> None:
    cid, appointment, schedule = booked(his)
    his.cancel(cid, appointment)
    assert his.book(schedule, cid).status == 200


def test_another_hospital_cannot_see_the_appointment(his: Client, his2: Client) -> None:
    cid, appointment, _ = booked(his)
    answer = his2.cancel(cid, appointment)
    assert (answer.status, answer.code) == (404, "AppointmentNotFound")


def test_the_hospital_that_booked_may_cancel_and_so_may_the_app(his2: Client, his: Client, app_client: Client) -> None:
    schedule = roomiest(his)
    one, two = new_cid(), new_cid()
    first = his2.book(schedule, one, sender="00002").result["hospital_appointment_slot_id"]
    second = his2.book(schedule, two, sender="00002").result["hospital_appointment_slot_id"]
    assert his2.cancel(one, first).status == 200
    assert app_client.cancel(two, second).status == 200


def test_an_appointment_that_never_was_is_not_found(his: Client) -> None:
    answer = his.cancel(new_cid(), 12345)
    assert (answer.status, answer.code) == (404, "AppointmentNotFound")


def test_a_moved_appointment_is_cancelled_by_its_new_id_only(his: Client) -> None:
    cid, appointment, schedule = booked(his)
    his.postpone(cid, appointment, schedule + 2)
    answer = his.cancel(cid, appointment)
    assert (answer.status, answer.code) == (409, "AppointmentPostponed")

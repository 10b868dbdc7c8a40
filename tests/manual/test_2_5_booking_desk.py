"""Manual 2.5: the calendar, a day's list, and the work at the desk.

Book, accept, reject, cancel, postpone; print slips.
"""

from datetime import date, timedelta
from typing import Any

from chalicelib import clock
from tests.client import Client, in_days, new_cid
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.manual.desk_client import PERSON, act, book
from tests.waiting import eventually

DAY = in_days(6)
OPEN_DAYS = (6,)


def schedule_of(staff: Client, line: int = 0) -> int:
    return int(desk_client.table(staff, DAY)[line]["schedule_id"])


def booked(staff: Client, line: int = 0) -> tuple[str, Any]:
    """A new person of the white list with a place."""
    return desk_client.booked(staff, schedule_of(staff, line))


def test_the_welcome_page_says_who_is_signed_in_and_todays_figures(staff: Client, hospital: Hospital) -> None:
    page = staff.call("GET", "/api/dashboard/Welcome").result

    assert (page["login"], page["hospital_code"], page["hospital_name"]) == ("staff.demo", hospital.code, hospital.name)
    assert "APPOINTMENT_DASHBOARD:1" in page["roles"]
    assert page["must_change_password"] is False
    assert set(page["today"]) == {"date", "places", "booked", "accepted"}


def test_until_the_first_password_is_changed_there_is_the_welcome_page_and_nothing_else(hospital: Hospital) -> None:
    new = hospital.clerk(must_change_password=True)

    assert new.call("GET", "/api/dashboard/Welcome").result["must_change_password"] is True
    assert new.call("GET", "/api/dashboard/departments").code == "PasswordMustChange"


def test_a_hospitals_information_system_has_no_business_at_the_desk(his: Client) -> None:
    for path in ("/api/dashboard/Welcome", "/api/dashboard/calendar?year=2026&month=12"):
        assert his.call("GET", path).status == 403


def test_the_calendar_counts_places_open_and_free_per_day_and_room(staff: Client) -> None:
    query = {"year": DAY.year, "month": DAY.month}

    def of_day(**more: int) -> Any:
        days = staff.call("GET", "/api/dashboard/calendar", {**query, **more}).result
        return next((one for one in days if one["date"] == DAY.isoformat()), None)

    assert of_day()["places"] == 320
    assert of_day(room_id=1)["places"] == of_day(department_id=2)["places"] == 160
    assert of_day(department_id=1, room_id=2) is None

    free = of_day(room_id=2)["available"]
    booked(staff, line=1)
    eventually(lambda: of_day(room_id=2)["available"] == free - 1)


def test_a_person_whom_nobody_knows_is_put_on_the_white_list_there_and_then_and_booked(staff: Client) -> None:
    cid = new_cid()
    schedule_id = schedule_of(staff)

    assert staff.call("POST", "/api/dashboard/people/lookup", body={"cid": cid}).code == "PersonNotFound"
    assert book(staff, schedule_id, cid).code == "PersonNotFound"
    staff.call("POST", "/api/dashboard/people", body={"cid": cid, **PERSON})
    found = staff.call("POST", "/api/dashboard/people/lookup", body={"cid": cid}).result
    row = book(staff, schedule_id, cid).result

    assert found == {"cid": cid, **PERSON, "phone_number": PERSON["mobile_phone"]}
    assert row["person_name"] == "นางสมศรี ทดสอบ"
    assert row["queue_no"].startswith("A")
    assert row["hospital_confirm"] is False


def test_the_days_list_shows_the_booking_with_its_national_id_masked(staff: Client) -> None:
    cid, row = booked(staff)
    query = {"date": DAY.isoformat(), "schedule_id": row["schedule_id"]}

    answer = staff.call("GET", "/api/dashboard/appointments", query)

    assert row in answer.result
    assert cid not in answer.text
    assert row["cid_masked"] == f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}"


def test_accept_sets_the_green_tick_and_reject_takes_it_back(staff: Client) -> None:
    _, row = booked(staff)

    accepted = act(staff, row, "accept").result
    rejected = act(staff, accepted, "reject").result

    assert (accepted["hospital_confirm"], accepted["hospital_confirm_staff"]) == (True, "เจ้าหน้าที่ สาธิต")
    assert accepted["hospital_confirm_datetime"]
    assert (rejected["hospital_confirm"], rejected["hospital_confirm_datetime"]) == (False, "")


def test_the_hospitals_information_system_sees_the_accept(staff: Client, his: Client) -> None:
    cid, row = booked(staff)
    act(staff, row, "accept")

    held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]

    assert held[0]["hospital_confirm"] is True


def test_of_two_clerks_with_the_same_screen_the_second_is_shown_both_versions(
    hospital: Hospital, staff: Client
) -> None:
    _, row = booked(staff)
    act(staff, row, "accept")

    answer = act(hospital.clerk(), row, "accept")

    assert (answer.status, answer.code) == (409, "EditConflict")
    assert answer.json["Error"]["yours"] == {"version": row["version"]}
    assert answer.json["Error"]["theirs"]["version"] == row["version"] + 1
    assert answer.json["Error"]["theirs"]["hospital_confirm"] is True


def test_the_same_task_sent_again_gets_the_same_answer_because_the_first_may_have_been_lost(staff: Client) -> None:
    other = schedule_of(staff, line=9)
    for task, more in (("accept", {}), ("cancel", {}), ("postpone", {"to_schedule_id": other})):
        _, row = booked(staff, line=8)

        first, again = act(staff, row, task, **more), act(staff, row, task, **more)

        assert first.result == again.result


def test_a_task_sent_again_gets_the_same_answer_when_somebody_else_holds_the_place_by_then(staff: Client) -> None:
    other = schedule_of(staff, line=2)
    for task, more in (("cancel", {}), ("postpone", {"to_schedule_id": other})):
        _, row = booked(staff, line=10)
        first = act(staff, row, task, **more)
        _, holder = booked(staff, line=10)
        assert holder["place"] == row["place"]

        assert act(staff, row, task, **more).result == first.result
        assert act(staff, holder, "accept").result["version"] == holder["version"] + 1


def test_a_clerk_whose_screen_shows_somebody_who_is_gone_is_told_what_became_of_them(
    hospital: Hospital, staff: Client
) -> None:
    _, row = booked(staff, line=12)
    act(staff, row, "cancel")
    _, holder = booked(staff, line=12)
    assert holder["place"] == row["place"]
    colleague = hospital.clerk()

    codes = {task: act(colleague, row, task).code for task in ("accept", "cancel")}

    assert codes == {"accept": "AppointmentCancelled", "cancel": "AppointmentCancelled"}


def test_staff_cancel_and_the_place_is_free_again_with_its_number(staff: Client) -> None:
    _, row = booked(staff, line=3)

    assert act(staff, row, "cancel").result["state"] == "cancelled"

    assert act(staff, row, "accept").code == "AppointmentCancelled"
    _, again = booked(staff, line=3)
    assert (again["place"], again["queue_no"]) == (row["place"], row["queue_no"])


def test_staff_move_an_appointment_to_another_schedule(staff: Client) -> None:
    _, row = booked(staff)
    other = schedule_of(staff, line=5)

    moved = act(staff, row, "postpone", to_schedule_id=other).result

    assert (moved["schedule_id"], moved["person_name"]) == (other, row["person_name"])
    assert act(staff, row, "cancel").code == "AppointmentPostponed"


def test_a_look_at_the_national_id_is_written_into_the_history(staff: Client) -> None:
    cid, row = booked(staff, line=7)
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}"
    accepted = act(staff, row, "accept").result

    assert staff.call("POST", f"{path}/reveal").result == {"cid": cid}
    act(staff, accepted, "cancel")

    def whole() -> list[Any] | None:
        entries = staff.call("GET", f"{path}/history").result
        return entries if {"book", "accept", "reveal", "cancel"} <= {one["action"] for one in entries} else None

    entries = eventually(whole)
    assert len(entries) == 4
    assert all(one["login"].split("@")[0] == "staff.demo" for one in entries)


def test_the_history_of_a_place_that_was_moved_away_from_says_to_which_day(staff: Client) -> None:
    _, row = booked(staff, line=6)
    other = schedule_of(staff, line=5)
    act(staff, row, "postpone", to_schedule_id=other).result  # noqa: B018
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/history"

    def moved() -> Any:
        entries = staff.call("GET", path).result
        return next((one for one in entries if one["action"] == "postpone"), None)

    entry = eventually(moved)
    assert (entry["to_schedule_id"], entry["to_date"]) == (other, DAY.isoformat())


def test_the_reminders_of_today_and_tomorrow_are_counted_for_the_operators(staff: Client) -> None:
    before, found, after = clock.today(), staff.call("GET", "/api/dashboard/Reminders").result, clock.today()

    today, tomorrow = (date.fromisoformat(day["date"]) for day in found["days"])
    assert today in (before, after)
    assert tomorrow == today + timedelta(days=1)
    for figure in ("due", "sent", "unsent"):
        assert found[figure] == sum(day[figure] for day in found["days"])
    assert found["due"] == found["sent"] + found["unsent"]
    assert isinstance(found["quiet"], bool)
    assert 0 <= found["hour_start"] < found["hour_finish"] <= 24


def test_a_slips_code_leads_to_the_appointment_and_names_nobody(staff: Client) -> None:
    cid, row = booked(staff)

    found = staff.call("GET", f"/api/dashboard/slips/{row['slip_code'].lower()}")

    assert found.result == row
    assert cid not in row["slip_code"].replace("-", "")


def test_a_slips_code_that_was_made_up_leads_nowhere(staff: Client) -> None:
    _, row = booked(staff)
    code = row["slip_code"]
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    for one in (wrong, "X", "00000-00000-00000-00000"):
        assert staff.call("GET", f"/api/dashboard/slips/{one}").code == "AppointmentNotFound"


def test_a_place_that_nobody_holds_or_that_is_another_hospitals_is_not_found(staff: Client) -> None:
    schedule_id = schedule_of(staff, line=15)

    for path in (f"{schedule_id}/20", f"{schedule_id}/999", "1/1"):
        answer = staff.call("POST", f"/api/dashboard/appointments/{path}/accept", body={"version": 1})
        assert answer.code == "AppointmentNotFound"


def test_only_what_is_right_is_taken(staff: Client) -> None:
    answer = book(staff, 0, "1234567890123")

    assert answer.status == 400
    assert set(answer.json["Error"]["fields"]) == {"cid", "schedule_id"}

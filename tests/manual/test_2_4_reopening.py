"""Manual 2.4: opening closed schedules again, and undoing a closing."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib import clock
from tests.client import Client, Reply
from tests.hospitals import Hospitals
from tests.manual import desk_client
from tests.manual.desk_client import line, new_day, open_lines, table
from tests.manual.test_2_4_closures import appointments, close, fill
from tests.waiting import eventually

CLOSING = "0123456789abcdef"


def reopen(staff: Client, day: date, **more: Any) -> Reply:
    return staff.call("POST", "/api/dashboard/reopenings", body={"date": day.isoformat(), **more})


def undo(staff: Client, day: date, closing: Any) -> Any:
    """Undo a closing by its answer, as the screen does."""
    people = closing["postponed"] + closing["cancelled"]
    return reopen(staff, day, closing=closing["closing"], people=people).result


def states(staff: Client, day: date) -> list[str]:
    return [row["state"] for row in table(staff, day)]


def test_a_closed_day_opens_again_and_takes_bookings_while_those_who_kept_theirs_still_have_it(
    staff: Client, his: Client
) -> None:
    day = new_day()
    row, _ = open_lines(staff, day, line(1), line(2, 2))
    (cid,) = fill(staff, row, 1)
    (before,) = appointments(his, cid)
    close(staff, day, "close")

    preview = reopen(staff, day, preview=True).result
    assert ([each["held"] for each in preview["schedules"]], states(staff, day)) == ([1, 0], ["closed", "closed"])
    result = reopen(staff, day).result

    assert (result["reopened"], result["restored"], result["remaining"]) == (2, 0, 0)
    assert states(staff, day) == ["open", "open"]
    assert appointments(his, cid) == [before]
    assert his.book(row["schedule_id"], "1111111111119").status == 200


def test_one_schedule_or_a_rooms_day_opens_and_the_rest_stays_closed(staff: Client) -> None:
    day = new_day()
    first, *_ = open_lines(staff, day, line(1), line(2), line(1, 2))
    close(staff, day, "close")

    assert reopen(staff, day, schedule_id=first["schedule_id"]).result["reopened"] == 1
    assert reopen(staff, day, room_id=2).result["reopened"] == 1
    assert {(row["room_id"], row["period_id"]): row["state"] for row in table(staff, day)} == {
        (1, 1): "open",
        (1, 2): "closed",
        (2, 1): "open",
    }


def test_opening_again_what_is_open_does_nothing(staff: Client) -> None:
    day = new_day()
    (row,) = open_lines(staff, day, line(1))
    close(staff, day, "close")

    answers = [reopen(staff, day).result["reopened"] for _ in range(2)]

    assert answers == [1, 0]
    assert reopen(staff, day, schedule_id=row["schedule_id"]).code == "ScheduleNotFound"


def test_a_room_that_was_opened_again_at_that_time_keeps_its_old_schedule_closed(staff: Client) -> None:
    day = new_day()
    open_lines(staff, day, line(1), line(2))
    close(staff, day, "close")
    open_lines(staff, day, line(1))

    result = reopen(staff, day).result

    obstacles = {(row["time_start"], row["obstacle"]) for row in result["schedules"]}
    assert (result["reopened"], obstacles) == (1, {("08:00:00", "room_taken"), ("09:00:00", "")})


def test_of_two_closed_schedules_of_one_time_only_one_opens(staff: Client) -> None:
    day = new_day()
    for _ in range(2):
        open_lines(staff, day, line(1))
        close(staff, day, "close")

    assert reopen(staff, day).result["reopened"] == 1
    assert sorted(states(staff, day)) == ["closed", "open"]


def test_a_schedule_whose_room_is_gone_stays_closed(hospitals: Hospitals) -> None:
    staff, day = hospitals.new().clerk(), new_day()
    open_lines(staff, day, line(1))
    query = {"year": day.year, "month": day.month}
    eventually(lambda: staff.call("GET", "/api/dashboard/calendar", query).result, "the open day is counted")
    close(staff, day, "close")
    eventually(lambda: staff.call("DELETE", "/api/dashboard/rooms/1", {"version": 1}).status == 200)

    result = reopen(staff, day).result

    assert (result["reopened"], [row["obstacle"] for row in result["schedules"]]) == (0, ["room_gone"])


def test_who_was_moved_and_who_was_cancelled_come_back_to_their_places_when_the_closing_is_undone(
    staff: Client, his: Client
) -> None:
    for action in ("postpone", "cancel"):
        day, other_day = new_day(), new_day()
        (row,) = open_lines(staff, day, line(1, capacity=5))
        open_lines(staff, other_day, line(1, capacity=5))
        people = fill(staff, row, 3)
        accepted = desk_client.act(staff, day_list(staff, day)[0], "accept").result
        before = [appointments(his, cid) for cid in people]
        slips = {each["slip_code"] for each in day_list(staff, day)}
        closing = close(staff, day, action, to_date=other_day.isoformat()).result

        result = undo(staff, day, closing)

        assert (result["reopened"], result["restored"], result["answered"], result["remaining"]) == (1, 3, [], 0)
        now = eventually(lambda day=day: len(listed := day_list(staff, day)) == 3 and listed, "all are listed")
        assert [appointments(his, cid) for cid in people] == before
        assert {each["slip_code"] for each in now} == slips
        assert [each["hospital_confirm"] for each in now].count(True) == 1
        assert next(each["slip_code"] for each in now if each["hospital_confirm"]) == accepted["slip_code"]
        assert [each["available_count"] for each in table(staff, other_day)] == [5]


def day_list(staff: Client, day: date) -> list[Any]:
    rows: list[Any] = staff.call("GET", "/api/dashboard/appointments", {"date": day.isoformat()}).result
    return rows


def test_who_has_answered_keeps_what_they_chose(staff: Client, his: Client, app_client: Client) -> None:
    day, other_day, third_day = new_day(), new_day(), new_day()
    (row,) = open_lines(staff, day, line(1, capacity=5))
    open_lines(staff, other_day, line(1, capacity=5))
    (elsewhere,) = open_lines(staff, third_day, line(1, capacity=5))
    confirms, moves, cancels, waits = fill(staff, row, 4)
    closing = close(staff, day, "postpone", to_date=other_day.isoformat()).result
    for cid, action, more in (
        (confirms, "AcknowledgeAppointmentSlot", {}),
        (moves, "PostponeAppointmentSlot", {"schedule_id": elsewhere["schedule_id"]}),
        (cancels, "CancelAppointmentSlot", {}),
    ):
        (held,) = appointments(his, cid)
        named = {name: held[name] for name in ("hospital_code", "hospital_appointment_slot_id")}
        method = "POST" if action.startswith("Ack") else "GET"
        assert (
            app_client.call(
                method, "/api/appointment/AppointmentSlot", {"Action": action, "cid": cid, **named, **more}
            ).status
            == 200
        )

    preview = reopen(staff, day, closing=closing["closing"], preview=True).result
    result = undo(staff, day, closing)

    assert (preview["restored"], len(preview["answered"])) == (1, 3)
    assert (result["restored"], len(result["answered"]), result["remaining"]) == (1, 3, 0)
    dates = [[held["appointment_date"] for held in appointments(his, cid)] for cid in (confirms, moves, cancels, waits)]
    assert dates == [[other_day.isoformat()], [third_day.isoformat()], [], [day.isoformat()]]


def test_who_was_cancelled_and_has_booked_again_in_the_department_gets_no_second_appointment(
    staff: Client, his: Client
) -> None:
    day, other_day = new_day(), new_day()
    (row,) = open_lines(staff, day, line(1))
    (elsewhere,) = open_lines(staff, other_day, line(1))
    (cid,) = fill(staff, row, 1)
    closing = close(staff, day, "cancel").result
    assert desk_client.book(staff, elsewhere["schedule_id"], cid).status == 200

    result = undo(staff, day, closing)

    assert (result["restored"], len(result["answered"])) == (0, 1)
    assert [held["appointment_date"] for held in appointments(his, cid)] == [other_day.isoformat()]


def test_undoing_again_does_nothing_more_and_a_late_repeat_of_the_closing_does_not_close_again(
    staff: Client, his: Client
) -> None:
    day, other_day = new_day(), new_day()
    (row,) = open_lines(staff, day, line(1))
    open_lines(staff, other_day, line(1))
    people = fill(staff, row, 2)
    move = {"to_date": other_day.isoformat(), "closing": CLOSING}
    closing = close(staff, day, "postpone", **move).result
    undo(staff, day, closing)

    again = reopen(staff, day, closing=CLOSING).result
    late = close(staff, day, "postpone", **move).result

    assert (again["reopened"], again["restored"], again["answered"]) == (0, 0, [])
    assert (late["closed"], late["postponed"], late["people"]) == (0, 0, [])
    assert states(staff, day) == ["open"]
    assert {held["appointment_date"] for cid in people for held in appointments(his, cid)} == {day.isoformat()}


def test_undoing_a_closing_leaves_closed_what_another_closing_closed(staff: Client) -> None:
    day = new_day()
    row, _ = open_lines(staff, day, line(1), line(2))
    close(staff, day, "close", schedule_id=row["schedule_id"])
    closing = close(staff, day, "close").result

    result = undo(staff, day, closing)

    assert (closing["closed"], result["reopened"]) == (1, 1)
    assert states(staff, day) == ["closed", "open"]


def test_the_table_says_which_closing_closed_a_schedule_and_who(staff: Client) -> None:
    day = new_day()
    open_lines(staff, day, line(1))
    login = staff.call("GET", "/api/dashboard/Welcome").result["login"]

    closing = close(staff, day, "close").result["closing"]

    (row,) = table(staff, day)
    assert (row["closing"], row["closed_login"]) == (closing, login)
    assert row["closed_at"].startswith(clock.today().isoformat())


@pytest.mark.parametrize(
    ("more", "field"),
    [({"date": (clock.today() - timedelta(days=1)).isoformat()}, "date"), ({"closing": "mine"}, "closing")],
)
def test_only_what_can_be_opened_again_is_taken(staff: Client, more: dict[str, Any], field: str) -> None:
    answer = staff.call("POST", "/api/dashboard/reopenings", body={"date": new_day().isoformat(), **more})

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {field})


def test_the_calendar_counts_the_people_in_closed_schedules(hospitals: Hospitals) -> None:
    staff, day = hospitals.new().clerk(), new_day()
    row, _ = open_lines(staff, day, line(1), line(1, 2, 4))
    fill(staff, row, 2)
    close(staff, day, "close", schedule_id=row["schedule_id"])

    def figures(**more: Any) -> Any:
        query = {"year": day.year, "month": day.month, **more}
        days = staff.call("GET", "/api/dashboard/calendar", query).result
        return next((tuple(each[name] for name in ("places", "available", "closed_held")) for each in days), None)

    eventually(lambda: figures() == (4, 4, 2), "the day is counted")
    assert (figures(room_id=1), figures(room_id=2)) == ((0, 0, 2), (4, 4, 0))

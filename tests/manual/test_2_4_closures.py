"""Manual 2.4: close a schedule, a room or a day.

What becomes of the people who have booked.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib import clock
from tests.client import Client, Reply
from tests.hospitals import Hospitals
from tests.manual import desk_client
from tests.manual.desk_client import line, new_day, open_lines, table


def close(staff: Client, day: date, action: str, **more: Any) -> Reply:
    return staff.call("POST", "/api/dashboard/closures", body={"date": day.isoformat(), "action": action, **more})


def fill(staff: Client, row: Any, count: int) -> list[str]:
    """Books so many new people into a schedule; their national ids."""
    return [desk_client.booked(staff, row["schedule_id"])[0] for _ in range(count)]


def appointments(his: Client, cid: str) -> list[Any]:
    held: list[Any] = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    return held


def test_a_preview_lists_the_people_affected_and_does_nothing(staff: Client) -> None:
    day = new_day()
    row, other = open_lines(staff, day, line(1), line(1, 2))
    fill(staff, row, 2)
    fill(staff, other, 1)

    assert len(close(staff, day, "preview").result["people"]) == 3
    assert len(close(staff, day, "preview", room_id=2).result["people"]) == 1
    assert len(close(staff, day, "preview", schedule_id=row["schedule_id"]).result["people"]) == 2
    assert {one["state"] for one in table(staff, day)} == {"open"}


def test_a_closed_schedule_takes_no_more_bookings_and_keeps_those_it_has(staff: Client, his: Client) -> None:
    day = new_day()
    row, other = open_lines(staff, day, line(1), line(2))
    (cid,) = fill(staff, row, 1)

    result = close(staff, day, "close", schedule_id=row["schedule_id"]).result

    assert (result["closed"], result["remaining"]) == (1, 0)
    assert {one["schedule_id"]: one["state"] for one in table(staff, day)} == {
        row["schedule_id"]: "closed",
        other["schedule_id"]: "open",
    }
    assert len(appointments(his, cid)) == 1
    assert [one["schedule_id"] for one in his.schedules(day)] == [other["schedule_id"]]
    assert his.book(row["schedule_id"], "1111111111119").code == "ScheduleClosed"


def test_closing_and_cancelling_a_whole_day(staff: Client, his: Client) -> None:
    day = new_day()
    rows = open_lines(staff, day, line(1), line(1, 2))
    people = fill(staff, rows[0], 2) + fill(staff, rows[1], 1)

    result = close(staff, day, "cancel").result

    assert (result["closed"], result["cancelled"], result["remaining"]) == (2, 3, 0)
    assert all(appointments(his, cid) == [] for cid in people)
    again = close(staff, day, "cancel").result
    assert (again["closed"], again["cancelled"], again["remaining"]) == (0, 0, 0)


def test_people_are_moved_to_the_same_room_and_the_nearest_time(staff: Client, his: Client) -> None:
    day, other_day = new_day(), new_day()
    (row,) = open_lines(staff, day, line(2, capacity=3))
    open_lines(staff, other_day, line(4, capacity=5), line(2, capacity=2), line(2, 2, capacity=9))
    people = fill(staff, row, 3)

    result = close(staff, day, "postpone", to_date=other_day.isoformat()).result

    assert (result["postponed"], result["left"], result["remaining"]) == (3, [], 0)
    held = [appointments(his, cid)[0] for cid in people]
    assert {one["appointment_date"] for one in held} == {other_day.isoformat()}
    assert {one["hospital_room_name"] for one in held} == {"ห้องตรวจ อายุรกรรม 1"}
    assert [one["time_start"] for one in held] == ["09:00:00", "09:00:00", "11:00:00"]


def test_who_finds_no_place_on_the_other_day_is_left_and_named(staff: Client, his: Client) -> None:
    day, other_day = new_day(), new_day()
    (row,) = open_lines(staff, day, line(1, capacity=3))
    open_lines(staff, other_day, line(1, capacity=2))
    people = fill(staff, row, 3)

    result = close(staff, day, "postpone", to_date=other_day.isoformat()).result
    again = close(staff, day, "postpone", to_date=other_day.isoformat()).result
    cancelled = close(staff, day, "cancel").result

    assert (result["postponed"], len(result["left"]), result["remaining"]) == (2, 1, 0)
    assert (again["postponed"], len(again["left"]), again["remaining"]) == (0, 1, 0)
    assert result["left"][0]["queue_no"] == again["left"][0]["queue_no"]
    assert (cancelled["cancelled"], cancelled["remaining"]) == (1, 0)
    assert sorted(len(appointments(his, cid)) for cid in people) == [0, 1, 1]


def test_one_call_does_a_bounded_part_and_says_how_many_remain(staff: Client) -> None:
    day = new_day()
    (row,) = open_lines(staff, day, line(1, capacity=60))
    fill(staff, row, 53)

    calls = [close(staff, day, "cancel").result]
    while calls[-1]["remaining"] and len(calls) < 53:
        calls.append(close(staff, day, "cancel").result)

    done = [one["cancelled"] for one in calls]
    assert all(0 < one <= 50 for one in done)
    assert [one["remaining"] for one in calls] == [53 - sum(done[: n + 1]) for n in range(len(done))]
    assert sum(done) == 53


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"action": "explode"}, "action"),
        ({"action": "postpone"}, "to_date"),
        ({"action": "postpone", "to_date": (clock.today() - timedelta(days=1)).isoformat()}, "to_date"),
        ({"date": (clock.today() - timedelta(days=1)).isoformat()}, "date"),
    ],
)
def test_only_what_can_be_done_is_taken(staff: Client, more: dict[str, Any], field: str) -> None:
    body = {"date": new_day().isoformat(), "action": "preview", **more}

    answer = staff.call("POST", "/api/dashboard/closures", body=body)

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {field})


def test_another_hospitals_schedule_cannot_be_closed(hospitals: Hospitals, staff: Client) -> None:
    day = new_day()
    (row,) = open_lines(staff, day, line())
    stranger = hospitals.new().clerk()

    assert close(stranger, day, "close", schedule_id=row["schedule_id"]).code == "ScheduleNotFound"
    assert table(staff, day)[0]["state"] == "open"

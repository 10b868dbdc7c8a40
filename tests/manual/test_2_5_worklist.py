"""Manual 2.5, ours: a day's worklist in pages, and Accept for many at once.

Of one room, with telephone numbers.
"""

from datetime import date
from typing import Any

import pytest

from tests.client import Client
from tests.hospitals import Hospitals
from tests.manual import desk_client
from tests.manual.desk_client import PERSON, act, line, open_lines
from tests.waiting import eventually

WORKLIST, ACCEPT = "/api/dashboard/worklist", "/api/dashboard/appointments/accept"


@pytest.fixture(scope="module")
def day() -> date:
    return desk_client.new_day()


@pytest.fixture(scope="module")
def booked(staff: Client, day: date) -> list[Any]:
    """Five bookings of a day: three in room 1, two in room 2.

    The last one of room 1 is cancelled again.
    """
    schedules = open_lines(staff, day, line(), line(room_id=2))
    rows = [desk_client.booked(staff, schedules[n % 2]["schedule_id"])[1] for n in range(5)]
    assert act(staff, rows[4], "cancel").status == 200
    eventually(lambda: len(page(staff, day)["appointments"]) == 4)
    return rows


def page(staff: Client, day: date, **more: Any) -> Any:
    return staff.call("GET", WORKLIST, {"date": day.isoformat(), **more}).result


def names(rows: list[Any]) -> list[tuple[int, int]]:
    return [(row["schedule_id"], row["place"]) for row in rows]


def accept(staff: Client, rows: list[Any]) -> Any:
    places = [{key: row[key] for key in ("schedule_id", "place", "version")} for row in rows]
    return staff.call("POST", ACCEPT, body={"places": places})


def test_the_pages_of_a_day_together_are_its_active_appointments_each_once(
    staff: Client, day: date, booked: list[Any]
) -> None:
    rows: list[Any] = []
    after, pages = "", 0
    while pages == 0 or after:
        shown = page(staff, day, limit=3, after=after)
        assert len(shown["appointments"]) <= 3
        rows, after, pages = rows + shown["appointments"], shown["next"], pages + 1

    assert pages == 2
    assert names(rows) == sorted(names(booked[:4]))


def test_a_room_is_listed_alone_and_in_pages_too(staff: Client, day: date, booked: list[Any]) -> None:
    first = page(staff, day, room_id=1, limit=1)
    second = page(staff, day, room_id=1, limit=1, after=first["next"])

    assert names(first["appointments"] + second["appointments"]) == names([booked[0], booked[2]])
    assert second["next"] == ""
    assert page(staff, day, room_id=99)["appointments"] == []


def test_telephones_come_if_they_are_asked_for(staff: Client, day: date, booked: list[Any]) -> None:
    with_contact, without = page(staff, day, room_id=2, contact="true"), page(staff, day, room_id=2)

    assert [row["telephone"] for row in with_contact["appointments"]] == [PERSON["mobile_phone"]] * 2
    assert [row["telephone"] for row in without["appointments"]] == ["", ""]


def test_a_page_begins_only_at_a_cursor_of_this_hospital(
    staff: Client, hospitals: Hospitals, day: date, booked: list[Any]
) -> None:
    cursor = page(staff, day, limit=1)["next"]
    refused = hospitals.new().client("staff.demo").call("GET", WORKLIST, {"date": day.isoformat(), "after": cursor})

    assert booked[0]["cid_masked"] not in cursor
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["after"])


def test_many_are_accepted_at_once_and_a_repeat_accepts_nobody_twice(staff: Client) -> None:
    schedule = open_lines(staff, desk_client.new_day(), line())[0]
    rows = [desk_client.booked(staff, schedule["schedule_id"])[1] for _ in range(3)]

    first, again = accept(staff, rows).result, accept(staff, rows).result

    assert names(first["accepted"]) == names(rows)
    assert all(row["hospital_confirm"] for row in first["accepted"])
    assert first["refused"] == []
    assert again == first


def test_who_cannot_be_accepted_is_named_with_the_reason_and_the_others_are_accepted(staff: Client) -> None:
    schedule = open_lines(staff, desk_client.new_day(), line())[0]
    changed, cancelled, waiting = [desk_client.booked(staff, schedule["schedule_id"])[1] for _ in range(3)]
    assert act(staff, cancelled, "cancel").status == 200
    stale = {**changed, "version": changed["version"] + 7}
    nobody = {**waiting, "place": 900}

    result = accept(staff, [stale, cancelled, nobody, waiting]).result

    assert names(result["accepted"]) == names([waiting])
    assert names(result["refused"]) == names([stale, cancelled, nobody])
    codes = [refused["code"] for refused in result["refused"]]
    assert codes == ["EditConflict", "AppointmentCancelled", "AppointmentNotFound"]
    assert all(refused["message"] and refused["message_th"] for refused in result["refused"])


def test_a_call_accepts_at_most_fifty(staff: Client) -> None:
    too_many = [{"schedule_id": 1, "place": n, "version": 1} for n in range(1, 52)]

    refused = staff.call("POST", ACCEPT, body={"places": too_many})

    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["places"])


def test_another_hospitals_appointment_is_not_found(staff: Client, hospitals: Hospitals) -> None:
    schedule = open_lines(staff, desk_client.new_day(), line())[0]
    _, row = desk_client.booked(staff, schedule["schedule_id"])

    assert accept(hospitals.new().client("staff.demo"), [row]).code == "AppointmentNotFound"

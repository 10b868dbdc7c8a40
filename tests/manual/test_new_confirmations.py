"""New here: people are asked to confirm by a time, and places may be released."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.clock import BANGKOK
from infra.local.local_stack import LocalStack
from tests import maker
from tests.client import Client, Reply, in_days, new_cid
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.manual.test_new_reminders import kinds, run_scheduled
from tests.waiting import eventually

APPOINTMENT = "/api/appointment/Appointment"


@pytest.fixture
def day(hospital: Hospital) -> date:
    return hospital.new_day()


def at(day: date, days_before: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day - timedelta(days=days_before), time(hour, minute), BANGKOK)


def set_rules(staff: Client, **rules: Any) -> Reply:
    now = staff.call("GET", "/api/dashboard/settings").result
    return staff.call("PUT", "/api/dashboard/settings", body={**now, **rules})


@pytest.fixture
def releases(staff: Client) -> None:
    """The hospital asks by 16:00 of the day before, and department 1 releases."""
    rules = {"confirm_time": "16:00", "confirm_days_before": 1, "release_departments": [1], "unasked_departments": []}
    assert set_rules(staff, **rules).status == 200


@pytest.fixture
def held(staff: Client, app_client: Client, day: date, releases: None) -> dict[str, Any]:
    """A new appointment of the day, with the person's id."""
    return book(staff, app_client, day, room=1)


def book(staff: Client, app_client: Client, day: date, room: int) -> dict[str, Any]:
    (opened,) = desk_client.open_lines(staff, day, desk_client.line(room_id=room))
    cid = new_cid()
    assert app_client.book(opened["schedule_id"], cid).status == 200
    return {"cid": cid, **shown(app_client, cid)[0]}


def shown(app_client: Client, cid: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = app_client.call("GET", APPOINTMENT, {"cid": cid}).result["appointments"]
    return rows


def run_at(hospital: Hospital, when: datetime) -> tuple[int, int]:
    done: tuple[int, int] = hospital.hospitals.run(maker.run_confirmations, when)
    return done


def request_and_deliver(hospital: Hospital, staff: Client, day: date) -> None:
    """Ask everybody of the day, and wait until the requests have reached them."""
    assert run_at(hospital, at(day, 2, 10))[0] >= 1
    eventually(lambda: hospital.hospitals.run(maker.requests_left, hospital.code) == 0, "the requests are delivered")


def released(staff: Client, day: date) -> list[dict[str, Any]]:
    query = {"date": day.isoformat()}
    rows: list[dict[str, Any]] = staff.call("GET", "/api/dashboard/appointments/released", query).result
    return rows


def confirm(app_client: Client, held: dict[str, Any]) -> Reply:
    query = {"Action": "AcknowledgeAppointmentSlot"}
    names = ("hospital_code", "hospital_appointment_slot_id", "cid")
    return app_client.call("POST", "/api/appointment/AppointmentSlot", query, {name: held[name] for name in names})


def test_nobody_is_asked_and_nothing_is_released_until_the_hospital_says_so(
    hospital: Hospital, app_client: Client, day: date
) -> None:
    staff = hospital.clerk()
    assert set_rules(staff, confirm_time="", release_departments=[], unasked_departments=[]).status == 200
    held = book(staff, app_client, day, room=1)
    for when in (at(day, 2, 10), at(day, 1, 15), at(day, 1, 20)):
        run_at(hospital, when)
    (after,) = shown(app_client, held["cid"])
    assert (after["confirm_by_datetime"], after["release_by_datetime"]) == ("", "")
    assert released(staff, day) == []


def test_the_function_of_the_reminders_asks_once_and_the_phone_and_the_desk_show_until_when(
    local_stack: LocalStack, staff: Client, hospital: Hospital, app_client: Client
) -> None:
    now = clock.now()  # people are asked from nine o'clock of the day before the deadline
    deadline = at(now.date() if now.hour < 9 else in_days(1), 0, 16)
    rules = {"confirm_time": f"{deadline:%H:%M}", "confirm_days_before": 1, "release_departments": [1]}
    assert set_rules(staff, **rules, unasked_departments=[]).status == 200
    day = deadline.date() + timedelta(days=1)
    held = book(staff, app_client, day, room=1)
    other = book(staff, app_client, day, room=2)

    run_scheduled(local_stack, "remind_people")
    eventually(lambda: "confirm" in kinds(app_client, held["cid"]))
    run_scheduled(local_stack, "remind_people")

    by = deadline.isoformat()[:19]
    (after,) = shown(app_client, held["cid"])
    assert (after["confirm_by_datetime"], after["release_by_datetime"]) == (by, by)
    (after,) = shown(app_client, other["cid"])
    assert (after["confirm_by_datetime"], after["release_by_datetime"]) == (by, "")
    listed = staff.call("GET", "/api/dashboard/worklist", {"date": day.isoformat()}).result["appointments"]
    assert [row["confirm_by_datetime"] for row in listed] == [by, by]
    assert kinds(app_client, held["cid"]).count("confirm") == 1


def test_an_unconfirmed_place_is_released_after_the_deadline_and_the_person_reads_why(
    hospital: Hospital, staff: Client, app_client: Client, his: Client, day: date, held: dict[str, Any]
) -> None:
    request_and_deliver(hospital, staff, day)
    run_at(hospital, at(day, 1, 15, 59))
    assert len(shown(app_client, held["cid"])) == 1

    run_at(hospital, at(day, 1, 16))

    assert shown(app_client, held["cid"]) == []
    (row,) = released(staff, day)
    assert (row["slip_code"], row["state"], row["place_free"]) == (held["slip_code"], "cancelled", True)
    eventually(lambda: "released" in kinds(app_client, held["cid"]))
    (notice,) = (n for n in inbox(app_client, held["cid"]) if n["kind"] == "released")
    assert "เพราะไม่มีการยืนยันภายใน" in notice["message_content_text"]
    assert "จองใหม่ในแอป" in notice["message_content_text"]
    again = his.cancel(held["cid"], held["hospital_appointment_slot_id"])
    assert again.status == 200  # to clients it is a cancelled appointment
    history = eventually(lambda: (rows := history_of(staff, row)) and rows[-1]["action"] == "release" and rows)
    assert history[-1]["login"] == "(system)"


def inbox(app_client: Client, cid: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).result
    return rows


def history_of(staff: Client, row: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/history"
    rows: list[dict[str, Any]] = staff.call("GET", path).result
    return rows


def accepts(staff: Client, _: Client, row: dict[str, Any]) -> Reply:
    return desk_client.act(staff, row, "accept")


def telephones(staff: Client, _: Client, row: dict[str, Any]) -> Reply:
    return desk_client.act(staff, row, "call-outcome", call_outcome="will_come")


def confirms(_: Client, app_client: Client, row: dict[str, Any]) -> Reply:
    return confirm(app_client, row)


@pytest.mark.parametrize("answer", [accepts, telephones, confirms])
def test_who_confirms_is_accepted_or_will_come_says_a_clerk_keeps_the_place(
    hospital: Hospital,
    staff: Client,
    app_client: Client,
    day: date,
    held: dict[str, Any],
    answer: Callable[[Client, Client, dict[str, Any]], Reply],
) -> None:
    request_and_deliver(hospital, staff, day)
    row = staff.call("GET", f"/api/dashboard/slips/{held['slip_code']}").result
    assert answer(staff, app_client, {**held, **row}).status == 200
    run_at(hospital, at(day, 1, 17))
    assert len(shown(app_client, held["cid"])) == 1


def test_a_released_place_is_given_back_while_it_is_free_and_the_person_is_told(
    hospital: Hospital, staff: Client, app_client: Client, day: date, held: dict[str, Any]
) -> None:
    request_and_deliver(hospital, staff, day)
    run_at(hospital, at(day, 1, 16))
    (row,) = released(staff, day)

    first, again = (desk_client.act(staff, row, "give-back") for _ in range(2))

    assert first.result == again.result
    (after,) = shown(app_client, held["cid"])
    names = ("hospital_appointment_slot_id", "queue_no", "slip_code")
    assert [after[name] for name in names] == [held[name] for name in names]
    assert released(staff, day) == []
    eventually(lambda: "given_back" in kinds(app_client, held["cid"]))
    run_at(hospital, at(day, 1, 17))
    assert len(shown(app_client, held["cid"])) == 1


def test_a_place_that_somebody_else_has_taken_is_refused_in_words(
    hospital: Hospital, staff: Client, app_client: Client, day: date, held: dict[str, Any]
) -> None:
    request_and_deliver(hospital, staff, day)
    run_at(hospital, at(day, 1, 16))
    assert app_client.book(held["schedule_id"], new_cid()).status == 200
    (row,) = released(staff, day)
    assert row["place_free"] is False
    for _ in range(2):
        refused = desk_client.act(staff, row, "give-back")
        assert (refused.status, refused.code) == (409, "PlaceTaken")


def test_another_hospital_sees_and_gives_back_nothing(
    hospital: Hospital, staff: Client, app_client: Client, demo_staff: Client, day: date, held: dict[str, Any]
) -> None:
    request_and_deliver(hospital, staff, day)
    run_at(hospital, at(day, 1, 16))
    (row,) = released(staff, day)
    assert released(demo_staff, day) == []
    assert desk_client.act(demo_staff, row, "give-back").code == "AppointmentNotFound"


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"confirm_time": "16.00"}, "confirm_time"),
        ({"confirm_time": "06:59"}, "confirm_time"),
        ({"confirm_time": "20:01"}, "confirm_time"),
        ({"confirm_days_before": 0}, "confirm_days_before"),
        ({"confirm_days_before": 8}, "confirm_days_before"),
        ({"release_departments": [77]}, "release_departments"),
        ({"unasked_departments": [77]}, "unasked_departments"),
    ],
)
def test_a_wrong_rule_is_refused_and_named(staff: Client, rules: dict[str, Any], field: str) -> None:
    refused = set_rules(staff, **rules)
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, [field])


def test_a_client_that_does_not_know_the_rules_leaves_them_as_they_are(staff: Client, releases: None) -> None:
    now = staff.call("GET", "/api/dashboard/settings").result
    known = ("version", "cancel_minutes_before", "max_active_per_department")
    saved = staff.call("PUT", "/api/dashboard/settings", body={name: now[name] for name in known}).result
    assert (saved["confirm_time"], saved["release_departments"]) == ("16:00", [1])

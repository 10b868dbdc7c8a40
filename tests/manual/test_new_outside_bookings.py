"""Ours: what systems of other hospitals may book, and how to cancel all of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, in_days, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.invariants import rows_of, violations
from tests.manual import desk_client
from tests.waiting import eventually

SETTINGS, OUTSIDE = "/api/dashboard/settings", "/api/dashboard/outside-bookings"
APPOINTMENTS = "/api/dashboard/appointments"
DEFAULTS = {
    "outside_booking": "all",
    "outside_hospitals": [],
    "outside_percent": 50,
    "outside_without_id_percent": 10,
}


@pytest.fixture
def day(hospital: Hospital) -> date:
    return hospital.new_day()


@pytest.fixture
def other(hospitals: Hospitals, hospital: Hospital) -> Hospital:
    return hospitals.new(with_catalogue=False)


@pytest.fixture(autouse=True)
def rules_are_the_defaults(staff: Client, local_stack: LocalStack) -> Iterator[None]:
    yield
    set_rules(staff, **DEFAULTS)
    assert violations(rows_of(local_stack.endpoint, hospital_code=staff.hospital_code)) == []


def set_rules(staff: Client, **rules: Any) -> Reply:
    now = staff.call("GET", SETTINGS).result
    return staff.call("PUT", SETTINGS, body={**now, **rules})


def without_id() -> str:
    return f"0{new_cid()[1:]}"


def opened(staff: Client, day: date, *capacities: int) -> list[int]:
    lines = [desk_client.line(period, 1, capacity) for period, capacity in enumerate(capacities, 1)]
    made = desk_client.open_lines(staff, day, *lines)
    return [one["schedule_id"] for one in sorted(made, key=lambda one: str(one["time_start"]))]


def from_outside(his2: Client, schedule_id: int, cid: str = "") -> Reply:
    return his2.book(schedule_id, cid or new_cid(), sender="00002")


def test_by_default_others_hold_half_of_a_schedule_rounded_up_and_the_hospital_and_the_app_the_rest(
    his: Client, his2: Client, staff: Client, app_client: Client, day: date
) -> None:
    (schedule,) = opened(staff, day, 5)
    answers = [from_outside(his2, schedule) for _ in range(4)]

    assert [answer.code for answer in answers] == ["OK", "OK", "OK", "OutsideShareReached"]
    assert answers[-1].status == 409
    assert "เลือกช่วงเวลาอื่น" in answers[-1].json["Message"]
    assert "Choose another schedule" in answers[-1].json["Error"]["message"]
    assert his.book(schedule, new_cid()).status == app_client.book(schedule, new_cid()).status == 200


def test_what_the_app_booked_in_a_hospitals_name_is_not_of_its_share_when_it_moves_it(
    his2: Client, staff: Client, app_client: Client, day: date
) -> None:
    first, second = opened(staff, day, 2, 2)
    cid = new_cid()
    held = app_client.book(first, cid, sender="00002").result["hospital_appointment_slot_id"]
    set_rules(staff, outside_booking="nobody")
    assert his2.postpone(cid, held, second).status == 200


def test_a_repeat_is_not_one_more_and_a_cancellation_gives_the_share_back(
    his2: Client, staff: Client, day: date
) -> None:
    (schedule,) = opened(staff, day, 2)
    cid = new_cid()
    held = from_outside(his2, schedule, cid).result["hospital_appointment_slot_id"]

    assert from_outside(his2, schedule, cid).result["hospital_appointment_slot_id"] == held
    assert from_outside(his2, schedule).code == "OutsideShareReached"
    assert his2.cancel(cid, held).status == 200
    assert from_outside(his2, schedule).status == 200


def test_a_move_takes_the_share_along_and_others_cannot_pass_it_by_moving(
    his2: Client, staff: Client, day: date
) -> None:
    first, second = opened(staff, day, 4, 2)
    cid, moving = new_cid(), new_cid()
    held = from_outside(his2, first, cid).result["hospital_appointment_slot_id"]
    left = from_outside(his2, first, moving).result["hospital_appointment_slot_id"]

    assert from_outside(his2, first).code == "OutsideShareReached"
    assert his2.postpone(cid, held, second).status == 200
    assert from_outside(his2, first).status == 200
    assert his2.postpone(moving, left, second).code == "OutsideShareReached"


def test_what_the_hospital_itself_moves_is_not_limited_and_counts_where_it_is_afterwards(
    his2: Client, staff: Client, day: date
) -> None:
    first, second = opened(staff, day, 4, 3)
    booked = [from_outside(his2, schedule).code for schedule in (second, second, first)]
    (row,) = staff.call("GET", APPOINTMENTS, {"date": day.isoformat(), "schedule_id": first}).result

    assert desk_client.act(staff, row, "postpone", to_schedule_id=second).status == 200

    assert booked == ["OK"] * 3
    assert [from_outside(his2, first).code for _ in range(3)] == ["OK", "OK", "OutsideShareReached"]
    moved = staff.call("GET", APPOINTMENTS, {"date": day.isoformat(), "schedule_id": second}).result
    for row in moved[:2]:
        assert desk_client.act(staff, row, "cancel").status == 200
    assert [from_outside(his2, second).code for _ in range(2)] == ["OK", "OutsideShareReached"]


def test_of_the_share_a_tenth_and_at_least_one_place_is_for_people_without_a_national_id(
    his: Client, his2: Client, staff: Client, day: date
) -> None:
    (schedule,) = opened(staff, day, 6)
    cid = without_id()
    held = from_outside(his2, schedule, cid).result["hospital_appointment_slot_id"]

    refused = from_outside(his2, schedule, f"9{new_cid()[1:]}")

    assert (refused.status, refused.code) == (409, "OutsideShareReached")
    assert from_outside(his2, schedule).status == 200, "somebody with an id"
    assert his.book(schedule, without_id()).status == 200, "the hospital's own system"
    assert his2.cancel(cid, held).status == 200
    assert from_outside(his2, schedule, without_id()).status == 200


def test_a_hospital_lets_in_whom_it_lists_or_nobody(
    his: Client, his2: Client, staff: Client, app_client: Client, day: date
) -> None:
    (schedule,) = opened(staff, day, 9)
    assert set_rules(staff, outside_booking="listed", outside_hospitals=["00003"]).status == 200
    refused = from_outside(his2, schedule)
    assert (refused.status, refused.code) == (409, "OutsideNotAllowed")
    assert set_rules(staff, outside_booking="listed", outside_hospitals=["00003", "00002"]).status == 200
    cid = new_cid()
    held = from_outside(his2, schedule, cid).result["hospital_appointment_slot_id"]

    assert set_rules(staff, outside_booking="nobody").status == 200

    assert from_outside(his2, schedule).code == "OutsideNotAllowed"
    assert his.book(schedule, new_cid()).status == app_client.book(schedule, new_cid()).status == 200
    assert his2.cancel(cid, held).status == 200, "who is no longer let in still gives places back"


def test_a_hospital_sets_the_shares_and_a_share_of_nothing_is_nothing(his2: Client, staff: Client, day: date) -> None:
    (schedule,) = opened(staff, day, 4)
    set_rules(staff, outside_percent=100, outside_without_id_percent=0)
    assert from_outside(his2, schedule, without_id()).code == "OutsideShareReached"
    assert [from_outside(his2, schedule).code for _ in range(5)] == ["OK"] * 4 + ["SlotsFull"]

    set_rules(staff, outside_percent=0)

    (another,) = opened(staff, in_days((day - in_days(0)).days + 1), 4)
    assert from_outside(his2, another).code == "OutsideShareReached"


def test_a_list_of_hospitals_names_real_ones(staff: Client) -> None:
    for listed in ([], ["98765"]):
        refused = set_rules(staff, outside_booking="listed", outside_hospitals=listed)
        assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["outside_hospitals"])


def test_who_sends_only_the_older_rules_leaves_the_others_as_they_are(staff: Client) -> None:
    set_rules(staff, outside_booking="listed", outside_hospitals=["00002"], outside_percent=20)
    older = ("cancel_minutes_before", "max_active_per_department", "version")
    now = staff.call("GET", SETTINGS).result

    staff.call("PUT", SETTINGS, body={name: now[name] for name in older})

    after = staff.call("GET", SETTINGS).result
    assert after == {**now, "version": now["version"] + 1}


def test_a_list_that_is_emptied_stays_empty(staff: Client) -> None:
    set_rules(staff, outside_hospitals=["00002"])
    set_rules(staff, outside_hospitals=[])
    assert staff.call("GET", SETTINGS).result["outside_hospitals"] == []


def test_everything_that_one_hospital_has_booked_is_counted_and_cancelled_and_nothing_else(
    his: Client, his2: Client, staff: Client, admin: Client, app_client: Client, other: Hospital, hospital: Hospital
) -> None:
    first, second = hospital.new_day(), hospital.new_day()
    of_day = [opened(staff, each, 8)[0] for each in (first, second)]
    theirs = [(schedule, new_cid()) for schedule in of_day for _ in range(2)] + [(of_day[0], without_id())]
    for schedule, cid in theirs:
        assert from_outside(his2, schedule, cid).status == 200
    another = hospital.seen_by(other.client("his.demo"))
    kept = [his.book(of_day[0], new_cid()), app_client.book(of_day[0], new_cid(), sender="00002")]
    kept += [another.book(of_day[1], new_cid(), sender=other.code)]
    assert [one.code for one in kept] == ["OK"] * 3
    body = {"hospital_code": "00002", "first_date": first.isoformat()}

    def counted() -> Any:
        found = staff.call("POST", OUTSIDE, body={**body, "action": "preview"}).result
        return {one["date"]: (one["appointments"], one["accepted"], one["without_id"]) for one in found["days"]}

    expected = {first.isoformat(): (3, 0, 1), second.isoformat(): (2, 0, 0)}
    eventually(lambda: counted() == expected, "both days are counted")
    cancelled = staff.call("POST", OUTSIDE, body={**body, "action": "cancel"}).result

    assert (cancelled["cancelled"], cancelled["next_date"]) == (5, "")
    assert counted() == {}
    for schedule, cid in theirs:
        held = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
        assert schedule not in [one["schedule_id"] for one in held]
    dates = [{"date": each.isoformat()} for each in (first, second)]
    assert [len(staff.call("GET", APPOINTMENTS, each).result) for each in dates] == [2, 1]
    eventually(lambda: _told(app_client, theirs[0][1]), "the person is told")
    entries = admin.call("GET", f"/api/accounts/hospitals/{hospital.code}/history").result
    entry = next(one for one in entries if one["action"] == "cancel_outside")
    assert {one["field"]: one["after"] for one in entry["changes"]} == {
        "hospital_code": "00002",
        "first_day": first.isoformat(),
    }


def _told(app_client: Client, cid: str) -> bool:
    return "ยกเลิก" in app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).text


def test_more_than_a_call_cancels_is_cancelled_by_the_next_calls(his2: Client, staff: Client, day: date) -> None:
    set_rules(staff, outside_percent=100)
    (schedule,) = opened(staff, day, 60)
    for _ in range(52):
        assert from_outside(his2, schedule).status == 200
    body = {"hospital_code": "00002", "action": "cancel"}

    cancelled, next_date = [], day.isoformat()
    while next_date:
        part = staff.call("POST", OUTSIDE, body={**body, "first_date": next_date}).result
        next_date = part["next_date"]
        cancelled.append(part["cancelled"])

    assert sum(cancelled) == 52
    assert max(cancelled) <= 50


def test_a_hospitals_own_bookings_are_not_from_outside_and_only_the_desk_takes_others_back(
    staff: Client, his: Client, hospital: Hospital
) -> None:
    own = staff.call("POST", OUTSIDE, body={"hospital_code": hospital.code, "action": "cancel"})
    assert (own.status, list(own.json["Error"]["fields"])) == (400, ["hospital_code"])
    assert his.call("POST", OUTSIDE, body={"hospital_code": "00002", "action": "cancel"}).code == "Forbidden"

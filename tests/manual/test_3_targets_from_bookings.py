"""Manual 3, ours: targets from the hospital's bookings and its white list."""

from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, in_days, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.manual.announcements import announcements_of, draft, newly_listed, recipients, send, show, upload
from tests.manual.desk_client import act, book, open_lines
from tests.waiting import eventually

FIRST, LAST = in_days(70), in_days(72)


def line(department: int, **more: Any) -> dict[str, Any]:
    return {"period_id": 1, "department_id": department, "room_id": department, "capacity": 9, "online": True, **more}


@pytest.fixture(scope="module")
def medicine(staff: Client) -> list[int]:
    """Schedules of department 1 on two days."""
    return [int(open_lines(staff, day, line(1))[0]["schedule_id"]) for day in (FIRST, LAST)]


@pytest.fixture(scope="module")
def vaccination(staff: Client) -> int:
    return int(open_lines(staff, FIRST, line(2))[0]["schedule_id"])


def take(staff: Client, message_id: int, **changes: Any) -> Reply:
    body = {"date_start": FIRST.isoformat(), "date_finish": LAST.isoformat(), **changes}
    return staff.call("POST", f"/api/messages/{message_id}/targets/bookings", body=body)


def taken(staff: Client, message_id: int) -> Any:
    def matched() -> Any:
        shown = show(staff, message_id)
        return shown["upload"]["state"] == "matched" and shown

    return eventually(matched, "the people are targets")


def names(staff: Client, message_id: int) -> list[str]:
    return sorted(each["name"] for each in recipients(staff, message_id))


def test_everybody_with_an_appointment_in_the_days_becomes_a_target_once(
    staff: Client, his: Client, medicine: list[int], vaccination: int
) -> None:
    twice, cancelled, moved_away = (newly_listed(staff, name) for name in ("สองนัด", "ยกเลิก", "นอกช่วง"))
    for schedule_id in (*medicine, vaccination):
        assert book(staff, schedule_id, twice).status == 200
    act(staff, book(staff, medicine[0], cancelled).result, "cancel")
    later = int(open_lines(staff, in_days(74), line(1))[0]["schedule_id"])
    assert book(staff, later, moved_away).status == 200
    by_his = new_cid()  # somebody whom only the hospital's system has booked is not on the white list
    assert his.book(medicine[1], by_his).status == 200

    message_id = draft(staff)["message_id"]
    started = take(staff, message_id)
    assert (started.status, started.result["upload"]["state"]) == (200, "matching")
    done = taken(staff, message_id)

    assert done["targets"] == 2
    assert (done["upload"]["matched"], done["upload"]["duplicate"], done["upload"]["not_in_white_list"]) == (2, 2, 0)
    assert (done["upload"]["bytes_done"], done["upload"]["bytes_total"]) == (2, 3)
    assert "นายสองนัด ใจดี" in names(staff, message_id)
    assert all(name for name in names(staff, message_id))
    take(staff, message_id)
    assert taken(staff, message_id)["targets"] == 2


def test_a_department_and_states_narrow_the_bookings(staff: Client, medicine: list[int], vaccination: int) -> None:
    waits, accepted = newly_listed(staff, "รอรับ"), newly_listed(staff, "รับแล้ว")
    assert book(staff, vaccination, waits).status == 200
    act(staff, book(staff, vaccination, accepted).result, "accept")

    def chosen(**changes: Any) -> list[str]:
        message_id = draft(staff)["message_id"]
        assert take(staff, message_id, department_id=2, **changes).status == 200
        taken(staff, message_id)
        return names(staff, message_id)

    assert chosen(states=["accepted"]) == ["นายรับแล้ว ใจดี"]
    assert "นายรับแล้ว ใจดี" not in chosen(states=["booked"])
    assert {"นายรับแล้ว ใจดี", "นายรอรับ ใจดี"} <= set(chosen(states=["booked", "accepted"]))
    assert chosen(states=["confirmed"]) == []


def test_bookings_of_another_hospital_are_never_read(staff: Client, hospitals: Hospitals, medicine: list[int]) -> None:
    other = hospitals.new().client("staff.demo")
    message_id = draft(other)["message_id"]
    assert take(other, message_id).status == 200
    assert taken(other, message_id)["targets"] == 0
    mine = [draft(staff)["message_id"] for _ in range(2)][-1]  # the other hospital has one announcement, number 1
    assert take(other, mine).status == 404


def test_who_wants_no_announcements_gets_none_though_booked(
    staff: Client, app_client: Client, medicine: list[int]
) -> None:
    cid = newly_listed(staff, "ไม่รับข่าว")
    assert book(staff, medicine[0], cid).status == 200
    choice = {"cid": cid, "hospital_code": staff.hospital_code, "wanted": False}
    assert app_client.call("POST", "/api/person/Announcements", body=choice).status == 200
    message_id = draft(staff, line=False)["message_id"]
    take(staff, message_id)
    taken(staff, message_id)
    assert send(staff, message_id)["reach"]["failed"] == 1
    (withheld,) = [one for one in recipients(staff, message_id) if one["name"] == "นายไม่รับข่าว ใจดี"]
    assert withheld["deliveries"]["app"] == {"state": "failed", "reason": "opted_out"}
    assert message_id not in [one["message_id"] for one in announcements_of(app_client, cid)]


def test_the_whole_white_list_joins_those_who_are_targets_already(hospitals: Hospitals) -> None:
    staff = hospitals.new().client("staff.demo")
    first = newly_listed(staff, "หนึ่ง")
    for name in ("สอง", "สาม"):
        newly_listed(staff, name)
    message_id = draft(staff)["message_id"]
    upload(staff, message_id, first.encode())
    assert staff.call("POST", f"/api/messages/{message_id}/targets/white-list", body={}).status == 200
    done = taken(staff, message_id)
    assert (done["targets"], done["upload"]["matched"], done["upload"]["duplicate"]) == (3, 2, 1)
    assert staff.call("GET", f"/api/messages/{message_id}/report", {"portion": 0}).result == []
    assert upload(staff, message_id, first.encode())["upload"]["duplicate"] == 1  # a file after a source is a file


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date_finish": in_days(69).isoformat()}, "date_finish"),
        ({"date_finish": in_days(70 + 62).isoformat()}, "date_finish"),
        ({"states": ["cancelled"]}, "states[0]"),
        ({"department_id": 0}, "department_id"),
    ],
)
def test_a_wrong_choice_names_the_field(staff: Client, changes: dict[str, Any], field: str) -> None:
    reply = take(staff, draft(staff)["message_id"], **changes)
    assert (reply.status, list(reply.json["Error"]["fields"])) == (400, [field])


def test_bookings_need_the_role_that_sees_them_and_the_one_that_sends(hospital: Hospital, staff: Client) -> None:
    message_id = draft(staff)["message_id"]
    for role in ("IMMUNIZATION_DASHBOARD:1", "APPOINTMENT_DASHBOARD:1"):
        assert take(hospital.clerk(role), message_id).code == "Forbidden"
    assert take(hospital.clerk("IMMUNIZATION_DASHBOARD:1 APPOINTMENT_DASHBOARD:1"), message_id).status == 200
    white_list = f"/api/messages/{message_id}/targets/white-list"
    taken(staff, message_id)
    assert hospital.clerk("IMMUNIZATION_DASHBOARD:1").call("POST", white_list, body={}).status == 200


def test_what_is_sent_gets_no_more_people(staff: Client, local_stack: LocalStack, medicine: list[int]) -> None:
    message_id = draft(staff)["message_id"]
    upload(staff, message_id, newly_listed(staff, "ส่งแล้ว").encode())
    send(staff, message_id)
    assert take(staff, message_id).code == "MessageNotDraft"

"""Every look-up of a person is recorded in the person's access log.

The administrator of the hospital sees the same entries, account by account.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.clock import BANGKOK
from tests import maker
from tests.access_log.test_declarations import SHOWN_AS_OWN, SHOWN_AT_WORK, SHOWN_BY_ID
from tests.client import SLOTS, Client, in_days, new_cid
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.manual.visit_client import KIOSK, POINTS, at_counter, schedule_of_today
from tests.waiting import eventually

OPEN_DAYS = (5, 6)
DESK = "/api/dashboard/appointments"
PERSON = {"prefix": "นาย", "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1}


def access_log(app_client: Client, cid: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = app_client.call("POST", "/api/person/AccessLog", body={"cid": cid}).result["accesses"]
    return rows


def actions_of(rows: list[dict[str, Any]]) -> set[str]:
    return {row["action"]["action"] for row in rows}


def see_on_the_day_of_the_visit(his: Client, staff: Client, kiosk: Client, app_client: Client, cid: str) -> None:
    today, schedule = in_days(0).isoformat(), schedule_of_today(staff)
    point = staff.call("POST", POINTS, body={"point_name": "ตรวจ", "rooms": [1]}).result["point_id"]
    row = staff.call("POST", DESK, body={"cid": cid, "schedule_id": schedule}).result
    assert kiosk.call("POST", f"{KIOSK}/arrivals", body={"code": cid}).status == 200
    staff.call("POST", "/api/dashboard/arrivals", body={"code": cid})
    appointment = {"hospital_code": his.hospital_code, "cid": cid}
    appointment["hospital_appointment_slot_id"] = row["hospital_appointment_slot_id"]
    his.call("POST", SLOTS, {"Action": "ConfirmArrival"}, appointment)
    assert app_client.call("POST", SLOTS, {"Action": "GetQueuePosition"}, appointment).status == 200
    assert at_counter(staff, point, "call", str(uuid.uuid4())).status == 200
    assert staff.call("GET", f"/api/dashboard/queues/{point}/counters/1").status == 200
    eventually(lambda: staff.call("GET", "/api/dashboard/visits/not-known", {"date": today}).result)
    outcome = {"slip_code": row["slip_code"], "outcome": "served"}
    assert staff.call("POST", "/api/dashboard/visits/outcome", body=outcome).status == 200


def see_whom_an_undone_closing_leaves(his: Client, staff: Client, cid: str) -> None:
    """A person books in the department again before the closing is undone.

    So the person keeps the new appointment.
    """
    day = in_days(6)
    closed = his.schedules(day)[0]
    other = next(
        each
        for each in his.schedules(day)
        if each["department_id"] == closed["department_id"] and each["time_start"] != closed["time_start"]
    )
    closing = {"date": day.isoformat(), "schedule_id": closed["schedule_id"], "closing": "00000000000000c1"}
    staff.call("POST", DESK, body={"cid": cid, "schedule_id": closed["schedule_id"]})
    assert staff.call("POST", "/api/dashboard/closures", body={**closing, "action": "cancel"}).result["cancelled"] == 1
    staff.call("POST", DESK, body={"cid": cid, "schedule_id": other["schedule_id"]})
    result = staff.call("POST", "/api/dashboard/reopenings", body={**closing, "people": 1}).result
    assert len(result["answered"]) == 1


def see_everywhere(his: Client, staff: Client, admin: Client, app_client: Client) -> str:
    """Call every action that shows a person, as system, desk and administrator.

    Returns the person's national id.
    """
    cid, code = new_cid(), his.hospital_code
    staff.call("POST", "/api/dashboard/people", body={"cid": cid, **PERSON})
    staff.call("POST", "/api/dashboard/people/lookup", body={"cid": cid})
    staff.call("POST", "/api/dashboard/white-list", body={})
    staff.call("POST", "/api/dashboard/white-list/find", body={"cid": cid})
    eventually(lambda: staff.call("POST", "/api/dashboard/white-list/search", body={"words": "ทดสอบ"}).result["people"])
    listed = staff.call("POST", "/api/dashboard/white-list/entry", body={"cid": cid}).result
    edited = {**PERSON, "cid": cid, "added_at": listed["added_at"]}
    assert staff.call("POST", "/api/dashboard/white-list/edit", body=edited).status == 200
    entry = admin.call("POST", "/api/accounts/registry/entry", body={"cid": cid}).result
    correction = {**PERSON, "cid": cid, "added_at": entry["added_at"], "reason": "ตรวจจากบัตรแล้ว"}
    assert admin.call("POST", "/api/accounts/registry/correct", body=correction).status == 200
    admin.call("POST", "/api/accounts/registry/history", body={"cid": cid})
    first, second = his.schedules(in_days(5))[:2]
    day = in_days(5).isoformat()

    row = staff.call("POST", DESK, body={"cid": cid, "schedule_id": first["schedule_id"]}).result
    place = f"{DESK}/{row['schedule_id']}/{row['place']}"
    appointment = {
        "hospital_code": code,
        "cid": cid,
        "hospital_appointment_slot_id": row["hospital_appointment_slot_id"],
    }
    app_client.call("POST", SLOTS, {"Action": "GetAppointmentCalendar"}, appointment)
    his.call("GET", "/api/appointment/Appointment", {"cid": cid})
    his.call("GET", "/api/ImmunizationTarget", {"cid": cid})
    eventually(lambda: cid in his.slots("GetHospitalSlotConfirmByDate", hospital_code=code, date=day).text)
    staff.call("GET", DESK, {"date": day})
    staff.call("GET", "/api/dashboard/worklist", {"date": day})
    staff.call("POST", f"{DESK}/check", body={"cid": cid, "schedule_id": second["schedule_id"]})
    staff.call("POST", f"{DESK}/of-person", body={"cid": cid})
    eventually(lambda: staff.call("POST", f"{DESK}/search", body={"words": "ทดสอบ"}).result["people"])
    places = [{name: row[name] for name in ("schedule_id", "place", "version")}]
    [row] = staff.call("POST", f"{DESK}/accept", body={"places": places}).result["accepted"]
    row = staff.call("POST", f"{place}/reject", body={"version": row["version"]}).result
    staff.call("POST", f"{place}/reveal")
    staff.call("GET", f"/api/dashboard/slips/{row['slip_code']}")
    staff.call("POST", "/api/dashboard/closures", body={"date": day, "action": "preview"})
    for change in ("accept", "reject"):
        row = staff.call("POST", f"{place}/{change}", body={"version": row["version"]}).result
    noted = {"version": row["version"], "call_outcome": "will_come"}
    row = staff.call("POST", f"{place}/call-outcome", body=noted).result
    to = {"version": row["version"], "to_schedule_id": second["schedule_id"]}
    row = staff.call("POST", f"{place}/postpone", body=to).result
    staff.call("POST", f"{DESK}/{row['schedule_id']}/{row['place']}/cancel", body={"version": row["version"]})

    message = {
        "hospital": {"hospital_code": code},
        "message_ref_code": f"R-{cid[-4:]}",
        "message_title": "ทดสอบ",
        "message_content_html": "ทดสอบ",
        "target": [cid],
    }
    message_id = his.call("POST", "/api/SendMessageTarget", body=message).result["message_id"]
    staff.call("GET", f"/api/messages/{message_id}/recipients")
    app_client.call("GET", "/api/message/Inbox", {"cid": cid})
    for name in ("Inbox", "Notices", "Announcements"):
        app_client.call("POST", f"/api/message/{name}", body={"cid": cid})
    return cid


def see_a_released_place(hospital: Hospital, staff: Client, app_client: Client, cid: str) -> None:
    """The system releases a place of the person, and the staff give it back."""
    day = hospital.new_day()
    rules = {"confirm_time": "16:00", "confirm_days_before": 1, "release_departments": [1]}
    now = staff.call("GET", "/api/dashboard/settings").result
    assert staff.call("PUT", "/api/dashboard/settings", body={**now, **rules}).status == 200
    (opened,) = desk_client.open_lines(staff, day, desk_client.line())
    assert app_client.book(opened["schedule_id"], cid).status == 200
    deadline = datetime.combine(day - timedelta(days=1), time(16), BANGKOK)
    hospital.hospitals.run(maker.run_confirmations, deadline - timedelta(days=1))
    hospital.hospitals.run(maker.requests_reached, hospital.code)
    hospital.hospitals.run(maker.run_confirmations, deadline)
    (row,) = staff.call("GET", f"{DESK}/released", {"date": day.isoformat()}).result
    assert desk_client.act(staff, row, "give-back").status == 200


@pytest.fixture(scope="module")
def recorded(his: Client, staff: Client, admin: Client, app_client: Client, hospital: Hospital) -> list[dict[str, Any]]:
    cid, expected = see_everywhere(his, staff, admin, app_client), SHOWN_BY_ID | SHOWN_AT_WORK | SHOWN_AS_OWN
    see_whom_an_undone_closing_leaves(his, staff, cid)
    see_a_released_place(hospital, staff, app_client, cid)
    see_on_the_day_of_the_visit(his, staff, hospital.clerk("QUEUE_KIOSK:1"), app_client, cid)

    def missing() -> set[str]:
        return expected - actions_of(access_log(app_client, cid))

    eventually(lambda: not missing(), "every reading is recorded")
    return access_log(app_client, cid)


def test_every_action_that_shows_a_person_is_in_the_persons_access_log(recorded: list[dict[str, Any]]) -> None:
    assert actions_of(recorded) == SHOWN_BY_ID | SHOWN_AT_WORK | SHOWN_AS_OWN


def test_a_row_says_in_words_which_hospital_did_what_and_names_nobody(
    recorded: list[dict[str, Any]], hospital: Hospital
) -> None:
    row = next(row for row in recorded if row["action"]["action"] == "GET /api/ImmunizationTarget")
    assert (row["hospital_code"], row["hospital_name"], row["by_app"]) == (hospital.code, hospital.name, False)
    assert row["action"]["thai"] == "ตรวจสอบข้อมูลบุคคลและการนัดหมายปัจจุบัน"
    assert row["action"]["english"] == "A person and the places they hold from today on."
    assert "his.demo" not in str(recorded)
    assert {row["by_app"] for row in recorded if row["action"]["action"].endswith("Inbox")} == {True}


def test_an_id_that_nobody_has_is_recorded_too(his: Client, staff: Client, app_client: Client) -> None:
    cid = new_cid()
    assert staff.call("POST", "/api/dashboard/people/lookup", body={"cid": cid}).code == "PersonNotFound"
    rows = eventually(lambda: access_log(app_client, cid))
    assert actions_of(rows) == {"POST /api/dashboard/people/lookup"}


def test_readings_of_an_hour_are_one_row_and_pages_go_on_where_the_last_ended(
    his: Client, app_client: Client, record: Callable[[list[Any]], None]
) -> None:
    cid = new_cid()
    record([(cid, f"2026-05-{day:02}T0{hour}:10:00+07:00") for day in range(1, 28) for hour in (1, 2)])
    record([(cid, "2026-05-27T02:59:59+07:00")])

    def page(after: str) -> Any:
        return app_client.call("POST", "/api/person/AccessLog", body={"cid": cid, "after": after}).result

    first = page("")
    second = page(first["next"])
    times = [row["at"] for row in first["accesses"] + second["accesses"]]
    assert (len(first["accesses"]), len(times), second["next"]) == (50, 54, "")
    assert times == sorted(times, reverse=True)
    assert times[0] == "2026-05-27T02:10:00+07:00"


@pytest.mark.parametrize("client", ["his", "staff", "admin"])
def test_nobody_but_the_app_reads_a_persons_access_log(request: pytest.FixtureRequest, client: str) -> None:
    reply = request.getfixturevalue(client).call("POST", "/api/person/AccessLog", body={"cid": new_cid()})
    assert (reply.status, reply.code) == (403, "Forbidden")


def test_an_administrator_sees_whom_an_account_was_shown_with_masked_ids(
    hospital: Hospital, admin: Client, his: Client
) -> None:
    cid = new_cid()
    his.call("GET", "/api/ImmunizationTarget", {"cid": cid})
    path = f"/api/accounts/hospitals/{hospital.code}/accounts/his.demo/look-ups"
    masked = f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}"

    def shown() -> Any:
        rows = admin.call("GET", path).result["look_ups"]
        return [row for row in rows if row["cid_masked"] == masked and "Immunization" in row["action"]["action"]]

    (row,) = eventually(shown)
    assert (row["by_id"], row["action"]["english"]) == (True, "A person and the places they hold from today on.")
    assert cid not in admin.call("GET", path).text


def test_an_administrator_of_another_hospital_sees_nothing_of_it(admin: Client) -> None:
    assert admin.call("GET", "/api/accounts/hospitals/00000/accounts/his.demo/look-ups").code == "HospitalNotFound"
    path = f"/api/accounts/hospitals/{admin.hospital_code}/accounts/nobody/look-ups"
    assert admin.call("GET", path).code == "AccountNotFound"


def test_the_slip_code_is_only_for_the_hospital_booked_the_one_that_booked_and_the_app(
    his: Client, his2: Client, app_client: Client, demo_his: Client
) -> None:
    cid = new_cid()
    assert his2.book(his.schedules(in_days(6))[0]["schedule_id"], cid, sender="00002").status == 200

    def slip_code(client: Client) -> str:
        (row,) = client.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
        code: str = row["slip_code"]
        return code

    assert slip_code(his) == slip_code(his2) == slip_code(app_client) != ""
    assert slip_code(demo_his) == ""

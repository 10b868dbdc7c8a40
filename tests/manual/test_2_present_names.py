"""Manual 2: names are shown as they are at present, from today on.

This holds for the names of a hospital, a department and a room, on everything from today on.

The slip's date, times and queue number stay as they were, and so does everything that says who did what.
"""

from typing import Any

from tests.client import SLOTS, Client, in_days
from tests.hospitals import PROVINCE_CODE, Hospital
from tests.manual.desk_client import act, booked, line, open_lines, table
from tests.waiting import eventually

DAY = in_days(5)
MINUTE = 60.0


def appointment(by: Client, cid: str) -> Any:
    return by.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"][0]


def staff_appointment(staff: Client, row: Any) -> Any:
    """The booking line of the place, as the desk lists it now."""
    query = {"date": row["date"], "schedule_id": row["schedule_id"]}
    rows = staff.call("GET", "/api/dashboard/appointments", query).result
    return next(each for each in rows if each["place"] == row["place"])


def history(staff: Client, row: Any) -> Any:
    """What happened at the place."""
    return staff.call("GET", f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/history").result


def calendar_file(app_client: Client, row: Any, cid: str, hospital: Hospital) -> str:
    """The person's calendar file, its lines unfolded."""
    query = {"Action": "GetAppointmentCalendar"}
    slot = {
        "hospital_code": hospital.code,
        "cid": cid,
        "hospital_appointment_slot_id": row["hospital_appointment_slot_id"],
    }
    return app_client.call("POST", SLOTS, query, slot).text.replace("\r\n ", "")


def rename_department(staff: Client, department_id: int, name: str) -> None:
    departments = staff.call("GET", "/api/dashboard/departments").result
    version = next(row["version"] for row in departments if row["department_id"] == department_id)
    body = {"department_name": name, "version": version}
    assert staff.call("PUT", f"/api/dashboard/departments/{department_id}", body=body).status == 200


def provinces_with(by: Client, code: str, *provinces: str) -> list[str]:
    """Those of the provinces in whose look-up the hospital is."""
    days = {"date_start": in_days(1).isoformat(), "date_finish": in_days(30).isoformat()}
    listed = {
        province: by.slots("GetHospitalSlotGroupByProvince", **days, province_code=province).result
        for province in provinces
    }
    return [province for province in provinces if code in [row["hospital_code"] for row in listed[province]]]


def rename_room(staff: Client, room_id: int, **changes: Any) -> Any:
    rooms = staff.call("GET", "/api/dashboard/rooms").result
    room = next(row for row in rooms if row["room_id"] == room_id) | changes
    return staff.call("PUT", f"/api/dashboard/rooms/{room.pop('room_id')}", body=room).result


def correct(country: Client, code: str, **changes: Any) -> Any:
    """Change the hospital's entry in the register."""
    path = f"/api/accounts/hospitals/{code}"
    body = country.call("GET", path).result | changes
    wanted = {name: body[name] for name in ("name", "province_code", "district", "years", "version")}
    return country.call("PUT", path, body=wanted).result


def test_a_rooms_new_name_and_telephone_reach_its_open_schedules_and_the_people_booked(
    his: Client, staff: Client
) -> None:
    (schedule,) = open_lines(staff, DAY, line(1, 1))
    cid, row = booked(staff, schedule["schedule_id"])
    before = appointment(his, cid)

    rename_room(staff, 1, room_name="ห้องใหม่", phone_number="02-999")

    eventually(lambda: appointment(his, cid)["hospital_room_name"] == "ห้องใหม่", "the person sees it", MINUTE)
    after = appointment(his, cid)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"hospital_room_name", "hospital_room_phone_number"}
    assert after["hospital_room_phone_number"] == "02-999"
    assert [each["room_name"] for each in table(staff, DAY) if each["room_id"] == 1] == ["ห้องใหม่"]
    assert [each["version"] for each in table(staff, DAY) if each["room_id"] == 1] == [schedule["version"]]
    assert act(staff, row, "accept").status == 200, "the screen's version is still the right one"


def test_what_says_who_did_what_and_when_stays_as_it_was(
    his: Client, staff: Client, app_client: Client, hospital: Hospital
) -> None:
    (schedule,) = open_lines(staff, DAY, line(2, 2))
    cid, row = booked(staff, schedule["schedule_id"])
    eventually(lambda: history(staff, row), "the booking is in the history")
    before, file = appointment(his, cid), calendar_file(app_client, row, cid, hospital)
    inbox = eventually(
        lambda: app_client.call("GET", "/api/message/Inbox", {"cid": cid}).result, "the booking's notice"
    )

    rename_department(staff, 2, "แผนกใหม่")

    eventually(lambda: appointment(his, cid)["hospital_department_name"] == "แผนกใหม่", "the person sees it", MINUTE)
    after = appointment(his, cid)
    assert {key for key in before if before[key] != after[key]} == {"hospital_department_name", "appointment_type_name"}
    assert [each["action"] for each in history(staff, row)] == ["book"]
    assert app_client.call("GET", "/api/message/Inbox", {"cid": cid}).result == inbox
    changed = set(calendar_file(app_client, row, cid, hospital).splitlines()) ^ set(file.splitlines())
    assert {each.split(":")[0] for each in changed} == {"SUMMARY", "DESCRIPTION"}, "of the entry and of its alarm"
    assert staff_appointment(staff, row)["version"] == row["version"]


def test_a_corrected_hospital_is_in_the_look_up_of_its_new_province_only_and_under_its_new_name(
    his: Client, app_client: Client, staff: Client, hospital: Hospital, country: Client
) -> None:
    (schedule,) = open_lines(staff, DAY, line(3, 1))
    cid, _ = booked(staff, schedule["schedule_id"])
    eventually(lambda: provinces_with(app_client, hospital.code, PROVINCE_CODE, "21") == [PROVINCE_CODE], "as it was")

    correct(country, hospital.code, name="โรงพยาบาลชื่อที่ถูกต้อง", province_code="21")

    eventually(lambda: provinces_with(app_client, hospital.code, PROVINCE_CODE, "21") == ["21"], "moved", MINUTE)
    days = {"date_start": in_days(1).isoformat(), "date_finish": in_days(30).isoformat()}
    listed = app_client.slots("GetHospitalSlotGroupByProvince", **days, province_code="21").result
    names = [row["hospital_name"] for row in listed if row["hospital_code"] == hospital.code]
    assert names == ["โรงพยาบาลชื่อที่ถูกต้อง"]
    eventually(lambda: appointment(his, cid)["hospital_name"] == names[0], "the person sees it", MINUTE)


def test_people_in_a_closed_schedule_see_the_present_too(his: Client, staff: Client) -> None:
    (schedule,) = open_lines(staff, DAY, line(4, 1))
    cid, _ = booked(staff, schedule["schedule_id"])
    closing = {"date": DAY.isoformat(), "schedule_id": schedule["schedule_id"], "action": "close"}
    assert staff.call("POST", "/api/dashboard/closures", body=closing).status == 200

    rename_room(staff, 1, room_name="ห้องของตารางที่ปิด")

    eventually(lambda: appointment(his, cid)["hospital_room_name"] == "ห้องของตารางที่ปิด", "the person sees it", MINUTE)


def test_a_room_that_moves_to_another_department_leaves_its_schedules_in_theirs(his: Client, staff: Client) -> None:
    (schedule,) = open_lines(staff, DAY, line(5, 1))
    cid, _ = booked(staff, schedule["schedule_id"])
    department = appointment(his, cid)["hospital_department_name"]

    rename_room(staff, 1, room_name="ห้องที่ย้ายแผนก", department_id=2)

    eventually(lambda: appointment(his, cid)["hospital_room_name"] == "ห้องที่ย้ายแผนก", "the person sees it", MINUTE)
    assert appointment(his, cid)["hospital_department_name"] == department
    rename_room(staff, 1, department_id=1)


def test_a_period_that_moves_takes_nobody_with_it(his: Client, staff: Client) -> None:
    (schedule,) = open_lines(staff, DAY, line(6, 1))
    cid, _ = booked(staff, schedule["schedule_id"])
    periods = staff.call("GET", "/api/dashboard/periods").result
    period = next(each for each in periods if each["period_id"] == 6)
    moved = period | {"period_name": "บ่าย", "time_start": "19:00:00", "time_finish": "19:59:59"}
    assert staff.call("PUT", f"/api/dashboard/periods/{moved.pop('period_id')}", body=moved).status == 200

    rename_room(staff, 1, room_name="ห้องหลังย้ายช่วงเวลา")

    eventually(lambda: appointment(his, cid)["hospital_room_name"] == "ห้องหลังย้ายช่วงเวลา", "it is done", MINUTE)
    after = appointment(his, cid)
    assert (after["time_start"], after["time_finish"]) == (period["time_start"], period["time_finish"])

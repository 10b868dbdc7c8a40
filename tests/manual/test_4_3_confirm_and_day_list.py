"""The person confirms (AcknowledgeAppointmentSlot); the booked list of a day.

GetHospitalSlotConfirmByDate.
"""

from datetime import datetime

from tests.client import SLOTS, Client, in_days
from tests.manual.test_4_3_4_cancel import booked

OPEN_DAYS = (5, 14)
ACTION = {"Action": "AcknowledgeAppointmentSlot"}


def slot(client: Client, cid: str, appointment: int) -> dict[str, object]:
    return {"hospital_code": client.hospital_code, "cid": cid, "hospital_appointment_slot_id": appointment}


def test_the_app_confirms_for_the_person_once_or_more(his: Client, app_client: Client) -> None:
    cid, appointment, _ = booked(his)
    first = app_client.call("POST", SLOTS, ACTION, slot(app_client, cid, appointment))
    again = app_client.call("POST", SLOTS, {**ACTION, **slot(app_client, cid, appointment)})
    assert first.result == again.result == {"hospital_appointment_slot_id": appointment}


def test_a_hospital_cannot_confirm_for_the_person(his: Client) -> None:
    cid, appointment, _ = booked(his)
    answer = his.call("POST", SLOTS, ACTION, slot(his, cid, appointment))
    assert (answer.status, answer.code) == (403, "Forbidden")


def test_a_cancelled_appointment_cannot_be_confirmed(his: Client, app_client: Client) -> None:
    cid, appointment, _ = booked(his)
    his.cancel(cid, appointment)
    answer = app_client.call("POST", SLOTS, ACTION, slot(app_client, cid, appointment))
    assert (answer.status, answer.code) == (409, "AppointmentCancelled")


def test_the_day_list_names_everyone_who_is_booked(his: Client) -> None:
    cid, appointment, schedule = booked(his, days=14)
    gone, ended, _ = booked(his, days=14)
    his.cancel(gone, ended)

    result = his.slots(
        "GetHospitalSlotConfirmByDate", hospital_code=his.hospital_code, date=in_days(14).isoformat()
    ).result

    one = next(row for row in result if row["cid"] == cid)
    assert one["hospital_appointment_slot_id"] == appointment
    assert one["schedule_id"] == schedule
    assert one["person_name"] == "นายทดสอบ ระบบ"
    assert gone not in [row["cid"] for row in result]
    assert set(one) == {
        "hospital_appointment_slot_id",
        "schedule_id",
        "cid",
        "person_name",
        "appointment_date",
        "time_start",
        "time_finish",
        "queue_no",
        "hospital_department_name",
        "hospital_room_name",
        "hospital_confirm",
        "hospital_confirm_datetime",
        "room_name",
        "appointment_type_name",
        "confirm_datetime",
    }
    assert one["room_name"] == one["hospital_room_name"]
    assert one["appointment_type_name"] == one["hospital_department_name"]
    assert datetime.fromisoformat(one["confirm_datetime"]).date() >= in_days(0)
    assert len(one["confirm_datetime"]) == len("2026-11-23T10:00:00")


def test_the_day_list_of_another_hospital_is_forbidden_at_every_level(his2: Client, app_client: Client) -> None:
    day = in_days(14).isoformat()
    assert his2.slots("GetHospitalSlotConfirmByDate", hospital_code=his2.hospital_code, date=day).status == 403
    assert app_client.slots("GetHospitalSlotConfirmByDate", hospital_code="00002", date=day).status == 403

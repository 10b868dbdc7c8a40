"""JSON samples of the manual's section 4, and the comparison with a response."""

from typing import Any

PERSON = {"cid": "xxxxxxxxxxxx", "prefix": "คำนำหน้า", "first_name": "ทดสอบ", "last_name": "ระบบ"}
APPOINTMENT = {
    "hospital_appointment_slot_id": 9999,
    "hospital_code": "00000",
    "hospital_name": "รพ.ทดสอบระบบ",
    "hospital_department_name": "xxx",
    "hospital_room_name": "yyyy",
    "appointment_date": "2000-01-01",
    "queue_no": "A001",
    "time_start": "08:00:00",
    "time_finish": "08:59:59",
}
DEPARTMENT = {"department_id": 1, "department_name": "อายุรกรรม"}
ROOM = {
    "department_id": 1,
    "department_name": "อายุรกรรม",
    "room_id": 1,
    "room_name": "ห้องตรวจ อายุรกรรม 1",
}
PROVINCE = {"hospital_code": "00000", "hospital_name": "รพ.ทดสอบระบบ", "available_slot": 999}
MONTH = {"date": "2000-01-01", "available_slot": 999}
SCHEDULE = {
    "schedule_id": 999,
    "department_name": "xxx",
    "room_name": "yyy",
    "time_start": "08:00:00",
    "time_finish": "08:59:59",
    "available_slot": 999,
}
BOOKED = {"hospital_appointment_slot_id": 8888}


def same_shape(sample: dict[str, Any], answer: dict[str, Any]) -> None:
    """Assert that the response has every field of the sample, with the same type.

    A field may not be null. Further fields are allowed.
    """
    for name, value in sample.items():
        assert name in answer, f"{name} is missing"
        assert type(answer[name]) is type(value), f"{name} is {answer[name]!r}"

"""Manual 4.3.2: what can be booked (the five look-ups of AppointmentSlot)."""

import pytest

from tests.client import Client, in_days, new_cid
from tests.hospitals import PROVINCE_CODE, Hospital
from tests.manual.samples import DEPARTMENT, MONTH, PROVINCE, ROOM, SCHEDULE, same_shape
from tests.waiting import eventually

OPEN_DAYS = (2, 10, 12)


def test_departments(his: Client) -> None:
    result = his.slots("GetHospitalDepartment", hospital_code=his.hospital_code).result
    same_shape(DEPARTMENT, result[0])
    assert (1, "อายุรกรรม") in [(row["department_id"], row["department_name"]) for row in result]


def test_departments_come_with_the_hospitals_present_name(his: Client, hospital: Hospital) -> None:
    result = his.slots("GetHospitalDepartment", hospital_code=his.hospital_code).result
    assert {row["hospital_name"] for row in result} == {hospital.name}


def test_rooms_with_their_departments(his: Client) -> None:
    result = his.slots("GetHospitalRoom", hospital_code=his.hospital_code).result
    same_shape(ROOM, result[0])
    assert result[0] == ROOM


def test_rooms_of_one_department(his: Client) -> None:
    result = his.slots("GetHospitalRoom", hospital_code=his.hospital_code, department_id=2).result
    assert [room["department_id"] for room in result] == [2]


def test_a_hospital_without_rooms_has_an_empty_list(his: Client) -> None:
    assert his.slots("GetHospitalRoom", hospital_code="00005").result == []


def test_a_months_days_with_schedules_and_their_free_places(his: Client) -> None:
    day = in_days(10)
    result = his.slots("GetHospitalSlotByMonth", hospital_code=his.hospital_code, year=day.year, month=day.month).result
    same_shape(MONTH, result[0])
    assert [one["date"] for one in result] == sorted(one["date"] for one in result)
    assert day.isoformat() in [one["date"] for one in result]


def test_a_province_by_hospital(his: Client) -> None:
    result = his.slots(
        "GetHospitalSlotGroupByProvince", date_start=in_days(1).isoformat(), date_finish=in_days(30).isoformat()
    ).result
    same_shape(PROVINCE, result[0])
    codes = [one["hospital_code"] for one in result]
    assert {his.hospital_code, "00000"} <= set(codes)
    assert codes == sorted(set(codes))


def test_a_country_level_caller_must_name_the_province(app_client: Client) -> None:
    days = {"date_start": in_days(1).isoformat(), "date_finish": in_days(2).isoformat()}
    without = app_client.slots("GetHospitalSlotGroupByProvince", **days)
    named = app_client.slots("GetHospitalSlotGroupByProvince", **days, province_code=PROVINCE_CODE)
    assert (without.status, list(without.json["Error"]["fields"])) == (400, ["province_code"])
    assert app_client.hospital_code in [one["hospital_code"] for one in named.result]


def test_a_days_schedules(his: Client) -> None:
    result = his.schedules(in_days(2))
    same_shape(SCHEDULE, result[0])
    assert {"department_id", "room_id", "appointment_type_name"} <= set(result[0])


def test_a_days_schedules_of_one_room(his: Client) -> None:
    result = his.slots(
        "GetHospitalSlotByDate", hospital_code=his.hospital_code, date=in_days(2).isoformat(), room_id=2
    ).result
    assert {one["room_id"] for one in result} == {2}


def test_a_day_without_schedules_is_an_empty_list(his: Client) -> None:
    assert (
        his.slots("GetHospitalSlotByDate", hospital_code=his.hospital_code, date=in_days(900).isoformat()).result == []
    )


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("GetHospitalDepartment", {}),
        ("GetHospitalRoom", {}),
        ("GetHospitalSlotByMonth", {"year": 2026, "month": 12}),
        ("GetHospitalSlotByDate", {"date": "2026-12-01"}),
    ],
)
def test_a_hospital_that_does_not_exist_is_not_found(his: Client, action: str, more: dict[str, object]) -> None:
    answer = his.slots(action, hospital_code="99999", **more)
    assert (answer.status, answer.code) == (404, "HospitalNotFound")


def test_availability_follows_a_booking(his: Client) -> None:
    day = in_days(12)

    def by_month() -> int:
        month = his.slots(
            "GetHospitalSlotByMonth", hospital_code=his.hospital_code, year=day.year, month=day.month
        ).result
        return next(one["available_slot"] for one in month if one["date"] == day.isoformat())

    def by_province() -> int:
        days = {"date_start": day.isoformat(), "date_finish": day.isoformat()}
        province = his.slots("GetHospitalSlotGroupByProvince", **days).result
        return next(one["available_slot"] for one in province if one["hospital_code"] == his.hospital_code)

    schedules = his.schedules(day)
    roomy = max(schedules, key=lambda s: s["available_slot"])
    assert his.book(roomy["schedule_id"], new_cid()).status == 200
    free = sum(one["available_slot"] for one in his.schedules(day))
    assert free < sum(one["available_slot"] for one in schedules)

    eventually(lambda: (by_month(), by_province()) == (free, free), f"both say {free}")

"""Manual 4.3.2: what can be booked (the five look-ups of AppointmentSlot)."""

from datetime import date
from typing import Any

import pytest

from tests.client import Client, in_days, new_cid
from tests.hospitals import PROVINCE_CODE, Hospital, Hospitals
from tests.manual import desk_client
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


@pytest.fixture(scope="module")
def two_departments(hospitals: Hospitals) -> Hospital:
    """Department 1 has 3 free places on the day after tomorrow and 2 a day later.

    Department 2 has 5 a day later.
    """
    hospital = hospitals.new()
    staff = hospital.clerk()
    desk_client.open_lines(staff, in_days(2), desk_client.line(1, 1, 3), desk_client.line(2, 2, 4, online=False))
    desk_client.open_lines(staff, in_days(3), desk_client.line(1, 1, 2), desk_client.line(1, 2, 5))
    his = hospital.client("his.demo")
    eventually(
        lambda: sum(of_departments(his, 2, 3).values(), ()) == (5, in_days(2), 5, in_days(3)), "both are counted"
    )
    return hospital


def of_departments(his: Client, first: int, last: int) -> dict[int, tuple[int, date | None]]:
    """Department -> its free places and the first day of them.

    From `first` to `last` days after today.
    """
    days = {"date_start": in_days(first).isoformat(), "date_finish": in_days(last).isoformat()}
    rows = his.slots("GetHospitalDepartment", hospital_code=his.hospital_code, **days).result
    return {row["department_id"]: (row["available_slot"], first_day_of(row)) for row in rows}


def first_day_of(row: dict[str, Any]) -> date | None:
    return date.fromisoformat(row["first_available_date"]) if "first_available_date" in row else None


def test_each_department_has_its_own_free_places_and_first_free_day(two_departments: Hospital) -> None:
    his = two_departments.client("his.demo")

    assert of_departments(his, 2, 3) == {1: (5, in_days(2)), 2: (5, in_days(3))}
    assert of_departments(his, 2, 2) == {1: (3, in_days(2)), 2: (0, None)}


def test_a_month_of_one_department_has_its_days_and_places_alone(two_departments: Hospital) -> None:
    his = two_departments.client("his.demo")

    def month(**more: Any) -> dict[str, int]:
        days = [in_days(2), in_days(3)]
        months = {(day.year, day.month) for day in days}
        rows = [
            row
            for year, number in months
            for row in his.slots(
                "GetHospitalSlotByMonth", hospital_code=his.hospital_code, year=year, month=number, **more
            ).result
        ]
        return {row["date"]: row["available_slot"] for row in rows}

    later, latest = in_days(2).isoformat(), in_days(3).isoformat()
    assert month() == {later: 3, latest: 7}
    assert month(department_id=1) == {later: 3, latest: 2}
    assert month(department_id=2) == {latest: 5}


def test_who_asks_for_no_days_gets_the_departments_as_the_manual_has_them(his: Client) -> None:
    row = his.slots("GetHospitalDepartment", hospital_code=his.hospital_code).result[0]

    assert set(row) == {"department_id", "department_name", "hospital_name"}


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"date_start": "2026-12-01"}, "date_finish"),
        ({"date_finish": "2026-12-01"}, "date_start"),
        ({"date_start": "2026-12-02", "date_finish": "2026-12-01"}, "date_finish"),
        ({"date_start": "2026-12-01", "date_finish": "2027-02-01"}, "date_finish"),
    ],
)
def test_the_days_of_departments_are_a_range_of_at_most_62(his: Client, days: dict[str, str], field: str) -> None:
    answer = his.slots("GetHospitalDepartment", hospital_code=his.hospital_code, **days)

    assert (answer.status, list(answer.json["Error"]["fields"])) == (400, [field])


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

"""Ours: find a person's appointments at the own hospital.

Also what the desk is told before it books.
"""

from typing import Any

import pytest

from tests.client import Client, Reply, in_days, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.manual import desk_client
from tests.manual.desk_client import act, book

DAYS = [in_days(offset) for offset in range(6, 22)]
OPEN_DAYS = range(6, 22)  # 16 days: two more than one call searches
APPOINTMENTS = "/api/dashboard/appointments"


def schedule_of(staff: Client, day: int = 0, line: int = 0) -> int:
    return int(desk_client.table(staff, DAYS[day])[line]["schedule_id"])


def known(staff: Client, first_name: str, last_name: str, phone: str = "", prefix: str = "นาย") -> str:
    cid = new_cid()
    person = {"cid": cid, "prefix": prefix, "first_name": first_name, "last_name": last_name, "gender": 1}
    more = {"mobile_phone": phone} if phone else {}
    assert staff.call("POST", "/api/dashboard/people", body={**person, **more}).status == 200
    return cid


def search(staff: Client, words: str, after: str = "") -> Reply:
    return staff.call("POST", f"{APPOINTMENTS}/search", body={"words": words, "after": after})


def names(staff: Client, words: str) -> list[str]:
    return [person["person_name"] for person in search(staff, words).result["people"]]


def of_person(staff: Client, **person: str) -> Any:
    return staff.call("POST", f"{APPOINTMENTS}/of-person", body=person).result


def check(staff: Client, cid: str, schedule_id: int) -> Any:
    return staff.call("POST", f"{APPOINTMENTS}/check", body={"cid": cid, "schedule_id": schedule_id}).result


def test_by_national_id_everything_of_the_person_at_this_hospital_is_found_and_nothing_of_another(
    staff: Client, hospitals: Hospitals
) -> None:
    other = hospitals.new((6,)).client("staff.demo")
    cid = known(staff, "รวมนัด", "ทุกอย่าง")
    known_there = {"cid": cid, "first_name": "รวมนัด", "gender": 1}
    assert other.call("POST", "/api/dashboard/people", body=known_there).status == 200
    second = book(staff, schedule_of(staff, 1), cid).result
    first = book(staff, schedule_of(staff, 0), cid).result
    act(staff, second, "cancel")
    elsewhere = book(other, int(desk_client.table(other, DAYS[0])[3]["schedule_id"]), cid).result

    appointments = of_person(staff, cid=cid)

    assert [(one["slip_code"], one["state"], one["is_over"]) for one in appointments] == [
        (first["slip_code"], "booked", False),
        (second["slip_code"], "cancelled", False),
    ]
    assert [one["slip_code"] for one in of_person(other, cid=cid)] == [elsewhere["slip_code"]]
    assert of_person(staff, cid=new_cid()) == []


def test_a_title_with_a_blank_hides_nobody(staff: Client) -> None:
    book(staff, schedule_of(staff), known(staff, "สมศรี", "มีชัย", prefix="ว่าที่ ร.ต."))
    assert names(staff, "สมศรี") == ["ว่าที่ ร.ต.สมศรี มีชัย"]
    assert names(staff, "ว่าที่ สมศรี มี") == ["ว่าที่ ร.ต.สมศรี มีชัย"]
    assert names(staff, "ชัย") == []


@pytest.mark.parametrize("words", ["พิมพ์ผกา", "นางพิมพ์", "ผกา", "ศรีเมือง", "พิมพ์  ศรี", "ศรีเมือง พิมพ์ผกา", "พิมพ์\u200bผกา"])
def test_by_name_a_part_from_the_beginning_is_enough_in_any_order(staff: Client, words: str) -> None:
    if "นางพิมพ์ผกา ศรีเมือง" not in names(staff, "พิมพ์ผกา"):
        book(staff, schedule_of(staff, line=2), known(staff, "พิมพ์ผกา", "ศรีเมือง", prefix="นาง"))

    assert "นางพิมพ์ผกา ศรีเมือง" in names(staff, words)


def test_a_sara_am_is_found_in_one_letter_and_in_two(staff: Client) -> None:
    book(staff, schedule_of(staff, line=2), known(staff, "อํานวย", "ชํานาญ"))
    book(staff, schedule_of(staff, line=2), known(staff, "สำราญ", "ดำรง"))

    assert len(names(staff, "อำนวย")) == len(names(staff, "ชำนาญ")) == 1
    assert len(names(staff, "สํารา")) == len(names(staff, "สำราญ ดํา")) == 1
    assert names(staff, "นาญ") == []  # of a last name, the beginning counts


def test_by_telephone_four_digits_are_enough(staff: Client) -> None:
    book(staff, schedule_of(staff, line=4), known(staff, "มือถือ", "มีเลข", "081-234-9876"))

    assert names(staff, "9876") == names(staff, "081 234") == names(staff, "๐๘๑๒๓๔๙๘๗๖") == ["นายมือถือ มีเลข"]


@pytest.mark.parametrize("words", ["ก", "081", " ", "x" * 101])
def test_what_is_too_short_to_be_searched_for_is_refused_with_the_field(staff: Client, words: str) -> None:
    assert search(staff, words).status == 400
    assert "words" in search(staff, words).json["Error"]["fields"]


def test_a_person_who_was_found_is_opened_without_the_national_id_and_only_by_this_hospital(
    staff: Client, hospitals: Hospitals
) -> None:
    cid = known(staff, "เปิดดู", "จากผลค้น")
    row = book(staff, schedule_of(staff, line=3), cid).result
    answer = search(staff, "เปิดดู")
    (person,) = answer.result["people"]

    assert cid not in answer.text
    assert [one["slip_code"] for one in of_person(staff, person=person["person"])] == [row["slip_code"]]
    other = hospitals.new().client("staff.demo")
    assert other.call("POST", f"{APPOINTMENTS}/of-person", body={"person": person["person"]}).status == 400
    assert staff.call("POST", f"{APPOINTMENTS}/of-person", body={}).status == 400


def test_a_search_says_until_when_it_has_searched_and_goes_on_from_there(staff: Client) -> None:
    book(staff, schedule_of(staff, day=15), known(staff, "ไกลโพ้น", "ท้ายสุด"))
    first = search(staff, "ไกลโพ้น").result

    assert (first["people"], first["until"], first["is_cut"]) == ([], DAYS[13].isoformat(), False)
    second = search(staff, "ไกลโพ้น", first["next"]).result
    assert [one["date"] for one in second["people"]] == [DAYS[15].isoformat()]
    assert (second["until"], second["next"]) == (DAYS[15].isoformat(), "")


def test_a_hospital_without_schedules_has_nobody_to_find(hospitals: Hospitals) -> None:
    staff = hospitals.new().client("staff.demo")

    assert search(staff, "ใคร").result == {"people": [], "until": "", "next": "", "is_cut": False}


def test_who_has_cancelled_is_found_by_id_and_no_longer_by_name(staff: Client) -> None:
    cid = known(staff, "ถอนตัว", "ไปแล้ว")
    act(staff, book(staff, schedule_of(staff, line=5), cid).result, "cancel")

    assert names(staff, "ถอนตัว") == []
    assert [one["state"] for one in of_person(staff, cid=cid)] == ["cancelled"]


def test_only_the_desk_searches(hospital: Hospital) -> None:
    for roles in ("IMMUNIZATION_DASHBOARD:1", "ACCOUNT_ADMIN:1", "IMMUNIZATION_SLOT_MANAGER:1"):
        clerk = hospital.clerk(roles)
        assert search(clerk, "สมชาย").status == 403
        assert clerk.call("POST", f"{APPOINTMENTS}/of-person", body={"cid": new_cid()}).status == 403


# ---- the repeat, and what is said before a booking ----


def test_a_repeated_booking_says_that_it_is_one_and_a_new_one_says_nothing(staff: Client) -> None:
    cid, schedule_id = known(staff, "จองซ้ำ", "สองครั้ง"), schedule_of(staff, line=6)

    first, again = book(staff, schedule_id, cid).result, book(staff, schedule_id, cid).result

    assert "repeated" not in first
    assert again == {**first, "repeated": True}


def test_before_a_booking_nothing_is_said_of_who_holds_nothing_that_day(staff: Client) -> None:
    cid = known(staff, "โล่งใจ", "ไม่มีนัด")
    row = book(staff, schedule_of(staff, day=2), cid).result

    said = check(staff, cid, schedule_of(staff, day=1))

    assert said["warnings"] == []
    assert [one["slip_code"] for one in said["appointments"]] == [row["slip_code"]]


def test_before_a_booking_the_desk_is_told_of_this_schedule_this_hour_and_this_department(staff: Client) -> None:
    table = desk_client.table(staff, DAYS[0])
    this_schedule = next(one for one in table if one["department_id"] == 1)
    same_hour = next(
        one for one in table if one["department_id"] == 2 and one["time_start"] == this_schedule["time_start"]
    )
    later = next(one for one in table if one["department_id"] == 1 and one["time_start"] > this_schedule["time_start"])
    other = next(one for one in table if one["department_id"] == 2 and one["time_start"] > this_schedule["time_start"])
    cid = known(staff, "ซ้อนกัน", "หลายอย่าง")
    row = book(staff, this_schedule["schedule_id"], cid).result

    assert check(staff, cid, this_schedule["schedule_id"])["warnings"] == ["already_booked"]
    assert check(staff, cid, same_hour["schedule_id"])["warnings"] == ["same_hour"]
    assert check(staff, cid, later["schedule_id"])["warnings"] == ["same_department"]
    assert check(staff, cid, other["schedule_id"])["warnings"] == []
    act(staff, row, "cancel")
    assert check(staff, cid, this_schedule["schedule_id"]) == {"warnings": [], "appointments": []}


def test_of_an_appointment_at_another_hospital_the_desk_learns_the_hour_and_nothing_else(
    staff: Client, hospitals: Hospitals
) -> None:
    far = hospitals.new((6,))
    other = far.client("staff.demo")
    cid = known(staff, "สองแห่ง", "เวลาเดียว")
    other_schedule = desk_client.table(other, DAYS[0])[0]
    book(other, int(other_schedule["schedule_id"]), cid)
    table = desk_client.table(staff, DAYS[0])
    same = next(one for one in table if one["time_start"] == other_schedule["time_start"])
    later = next(one for one in table if one["time_start"] > other_schedule["time_start"])

    said = staff.call("POST", f"{APPOINTMENTS}/check", body={"cid": cid, "schedule_id": same["schedule_id"]})

    assert said.result == {"warnings": ["same_hour_elsewhere"], "appointments": []}
    assert far.code not in said.text
    assert check(staff, cid, later["schedule_id"])["warnings"] == []


def test_a_schedule_of_another_hospital_is_not_checked(staff: Client, hospitals: Hospitals) -> None:
    other = hospitals.new((30,)).client("staff.demo")
    body = {"cid": new_cid(), "schedule_id": desk_client.table(other, in_days(30))[0]["schedule_id"]}

    assert staff.call("POST", f"{APPOINTMENTS}/check", body=body).code == "ScheduleNotFound"

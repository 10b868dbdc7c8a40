"""Ours: a hospital sees the names it gave, and the registry can be corrected.

The registry takes an unknown person from whoever says so first. These tests let one hospital say something wrong.
"""

from typing import Any

import pytest

from chalicelib.schedules.model import day_of
from tests.client import SLOTS, Client, Reply, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.manual import desk_client

LOOK_UP, PEOPLE, REGISTRY = "/api/dashboard/people/lookup", "/api/dashboard/people", "/api/accounts/registry"
WRONG = {"prefix": "นาย", "first_name": "ปลอม", "last_name": "ทั้งชื่อ", "gender": 1}
RIGHT = {"prefix": "นาง", "first_name": "สมศรี", "last_name": "ตัวจริง", "gender": 2}


@pytest.fixture(scope="module")
def wrong_sender(hospitals: Hospitals) -> Hospital:
    """A hospital that puts wrong names into the registry."""
    return hospitals.new()


@pytest.fixture(scope="module")
def schedule(hospital: Hospital, staff: Client) -> int:
    (made,) = desk_client.open_lines(staff, hospital.new_day(), desk_client.line(capacity=50))
    schedule_id: int = made["schedule_id"]
    return schedule_id


def registered_wrongly(wrong_sender: Hospital, **person: Any) -> str:
    """A person whom the registry knows under a wrong name."""
    cid = new_cid()
    send(wrong_sender.client("his.demo"), cid, {**WRONG, **person})
    return cid


def send(client: Client, cid: str, person: dict[str, Any]) -> None:
    hospital = {"hospital_code": client.hospital_code, "hospital_name": "", "his_identifier": "HIS ABC v1.0"}
    body = {"hospital": hospital, "target": [{"cid": cid, **person}]}
    assert client.call("POST", "/api/SendImmunizationTarget", body=body).status == 200


def look_up(staff: Client, cid: str) -> dict[str, Any]:
    person: dict[str, Any] = staff.call("POST", LOOK_UP, body={"cid": cid}).result
    return person


def first_name(client: Client, cid: str) -> str:
    """What the API shows a hospital's system, the same in both look-ups."""
    names = {
        client.call("GET", path, {"cid": cid}).result["person"]["first_name"]
        for path in ("/api/appointment/Appointment", "/api/ImmunizationTarget")
    }
    assert len(names) == 1
    return str(names.pop())


def book(client: Client, schedule: int, cid: str, person: dict[str, Any]) -> Reply:
    body = client.booking(schedule, cid)
    body["person"] = {"cid": cid, **person}
    return client.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body)


def day_list_row(staff: Client, schedule: int, appointment_id: int) -> dict[str, Any]:
    query = {"date": day_of(schedule).isoformat(), "schedule_id": schedule}
    rows = staff.call("GET", "/api/dashboard/appointments", query).result
    return next(row for row in rows if row["hospital_appointment_slot_id"] == appointment_id)


def test_a_hospital_sees_its_own_word_first_and_no_hospital_changes_anothers(
    his: Client, staff: Client, app_client: Client, wrong_sender: Hospital
) -> None:
    cid = registered_wrongly(wrong_sender)

    send(his, cid, RIGHT)

    assert look_up(staff, cid)["first_name"] == first_name(his, cid) == "สมศรี"
    assert look_up(wrong_sender.client("staff.demo"), cid)["first_name"] == "ปลอม"
    assert first_name(wrong_sender.client("his.demo"), cid) == "ปลอม"
    assert first_name(app_client, cid) == "ปลอม", "the app is shown what the registry says"


def test_a_hospital_without_a_word_of_its_own_sees_the_registrys(
    his: Client, staff: Client, wrong_sender: Hospital
) -> None:
    cid = registered_wrongly(wrong_sender)
    assert look_up(staff, cid)["first_name"] == first_name(his, cid) == "ปลอม"
    assert "registry_says" not in look_up(staff, cid)


def test_the_desk_is_told_that_the_registry_says_otherwise_and_who_said_it(
    staff: Client, hospital: Hospital, wrong_sender: Hospital
) -> None:
    cid = registered_wrongly(wrong_sender, birth_date="1950-01-15")

    added = staff.call("POST", PEOPLE, body={"cid": cid, **RIGHT}).result

    assert added["first_name"] == "สมศรี"
    says = added["registry_says"]
    assert (says["name"], says["gender"], says["birth_date"]) == ("นายปลอม ทั้งชื่อ", 1, "1950-01-15")
    assert says["added_by"] == wrong_sender.code
    assert len(says["added_at"]) == len("2026-11-23T10:00:00")
    assert look_up(staff, cid) == added


@pytest.mark.parametrize(
    ("own", "otherwise"),
    [
        ({"prefix": "ด.ช."}, False),
        ({"first_name": "ปล อม"}, True),
        ({"gender": 2}, True),
        ({"birth_date": "1950-01-16"}, True),
        ({"mobile_phone": "0812345678"}, False),
    ],
)
def test_only_another_name_sex_or_birth_date_is_otherwise(
    staff: Client, wrong_sender: Hospital, own: dict[str, Any], otherwise: bool
) -> None:
    cid = registered_wrongly(wrong_sender, birth_date="1950-01-15")
    added = staff.call("POST", PEOPLE, body={"cid": cid, **WRONG, **own}).result
    assert ("registry_says" in added) == otherwise


def test_a_booking_has_the_hospitals_own_name_of_the_person_at_the_desk_and_by_its_system(
    his: Client, staff: Client, wrong_sender: Hospital, schedule: int
) -> None:
    by_system, at_the_desk = registered_wrongly(wrong_sender), registered_wrongly(wrong_sender)
    for cid in (by_system, at_the_desk):
        send(his, cid, RIGHT)

    booked = book(his, schedule, by_system, WRONG).result["hospital_appointment_slot_id"]
    row = day_list_row(staff, schedule, booked)

    assert (row["person_name"], row["sent_name"]) == ("นางสมศรี ตัวจริง", "นายปลอม ทั้งชื่อ")
    assert desk_client.book(staff, schedule, at_the_desk).result["person_name"] == "นางสมศรี ตัวจริง"


def test_a_booking_under_another_name_changes_no_entry_and_the_desk_sees_what_was_sent(
    his: Client, staff: Client, wrong_sender: Hospital, schedule: int
) -> None:
    cid = registered_wrongly(wrong_sender)

    booked = book(his, schedule, cid, RIGHT).result["hospital_appointment_slot_id"]
    row = day_list_row(staff, schedule, booked)

    assert (row["person_name"], row["sent_name"]) == ("นายปลอม ทั้งชื่อ", "นางสมศรี ตัวจริง")
    assert first_name(his, cid) == first_name(wrong_sender.client("his.demo"), cid) == "ปลอม"
    found = staff.call("POST", "/api/dashboard/white-list/find", body={"cid": cid})
    assert found.code == "PersonNotFound", "a booking puts nobody on a white list"


def test_a_booking_that_says_what_is_known_says_nothing_otherwise(his: Client, staff: Client, schedule: int) -> None:
    cid = new_cid()
    for _ in range(2):
        booked = book(his, schedule, cid, RIGHT).result["hospital_appointment_slot_id"]
    assert day_list_row(staff, schedule, booked)["sent_name"] == ""


def entry(client: Client, cid: str) -> Reply:
    return client.call("POST", f"{REGISTRY}/entry", body={"cid": cid})


def correct(client: Client, cid: str, shown: dict[str, Any], **more: Any) -> Reply:
    body = {"cid": cid, **RIGHT, "added_at": shown["added_at"], "reason": "ตรวจจากบัตรประชาชนแล้ว", **more}
    return client.call("POST", f"{REGISTRY}/correct", body=body)


def test_an_administrator_of_the_hospital_that_said_it_corrects_the_registry(
    his: Client, staff: Client, app_client: Client, wrong_sender: Hospital
) -> None:
    cid, admin = registered_wrongly(wrong_sender, mobile_phone="0812345678"), wrong_sender.client("admin.demo")
    shown = entry(admin, cid).result
    assert (shown["first_name"], shown["added_by"], shown["added_login"]) == ("ปลอม", wrong_sender.code, "his.demo")

    corrected = correct(admin, cid, shown, birth_date="1980-05-17").result

    assert (corrected["first_name"], corrected["gender"], corrected["birth_date"]) == ("สมศรี", 2, "1980-05-17")
    assert (corrected["added_by"], corrected["added_login"]) == (wrong_sender.code, "admin.demo")
    assert look_up(staff, cid)["first_name"] == first_name(his, cid) == first_name(app_client, cid) == "สมศรี"
    assert look_up(staff, cid)["mobile_phone"] == "0812345678", "what is no identity stays"


def test_the_history_has_the_old_and_the_new_values_the_reason_and_no_whole_id(wrong_sender: Hospital) -> None:
    cid, admin = registered_wrongly(wrong_sender), wrong_sender.client("admin.demo")
    correct(admin, cid, entry(admin, cid).result)

    answer = admin.call("POST", f"{REGISTRY}/history", body={"cid": cid})

    (line,) = answer.result
    assert (line["action"], line["actor"]) == ("correct_person", f"admin.demo@{wrong_sender.code}")
    changes = {each["field"]: (each["before"], each["after"]) for each in line["changes"]}
    assert changes["first_name"] == ("ปลอม", "สมศรี")
    assert changes["gender"] == ("1", "2")
    assert changes["reason"] == ("", "ตรวจจากบัตรประชาชนแล้ว")
    assert cid not in answer.text


def test_a_correction_needs_a_reason(wrong_sender: Hospital) -> None:
    cid, admin = registered_wrongly(wrong_sender), wrong_sender.client("admin.demo")
    refused = correct(admin, cid, entry(admin, cid).result, reason=" ")
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["reason"])
    assert entry(admin, cid).result["first_name"] == "ปลอม"


def test_nobody_else_corrects_or_even_sees_it_but_the_country_does(
    admin: Client, staff: Client, country: Client, hospitals: Hospitals, wrong_sender: Hospital
) -> None:
    cid = registered_wrongly(wrong_sender)
    shown = entry(country, cid).result
    province = hospitals.add_account("00001", "province.registry", "สสจ.", "ACCOUNT_ADMIN:3")

    for other in (admin, province):
        assert entry(other, cid).code == correct(other, cid, shown).code == "PersonNotFound"
        assert other.call("POST", f"{REGISTRY}/history", body={"cid": cid}).code == "PersonNotFound"
    assert correct(staff, cid, shown).code == correct(wrong_sender.client("his.demo"), cid, shown).code == "Forbidden"
    assert correct(country, cid, shown).result["first_name"] == "สมศรี"


def test_a_province_corrects_what_its_hospitals_said(hospitals: Hospitals, wrong_sender: Hospital) -> None:
    cid = registered_wrongly(wrong_sender)
    office = hospitals.new(with_catalogue=False)  # in the province of every hospital of the tests
    province = hospitals.add_account(office.code, "province.registry", "สสจ.", "ACCOUNT_ADMIN:3")
    assert correct(province, cid, entry(province, cid).result).result["added_by"] == office.code


def test_of_two_corrections_the_second_sees_the_first_and_a_repeat_changes_nothing(wrong_sender: Hospital) -> None:
    cid, admin = registered_wrongly(wrong_sender), wrong_sender.client("admin.demo")
    shown = entry(admin, cid).result
    first, again = correct(admin, cid, shown), correct(admin, cid, shown)

    second = correct(admin, cid, shown, first_name="สมทรง")

    assert first.result == again.result
    assert (second.status, second.code) == (409, "EditConflict")
    assert second.json["Error"]["theirs"]["first_name"] == "สมศรี"
    assert len(admin.call("POST", f"{REGISTRY}/history", body={"cid": cid}).result) == 1


def test_somebody_whom_nobody_knows_has_no_entry_to_correct(country: Client) -> None:
    assert entry(country, new_cid()).code == "PersonNotFound"

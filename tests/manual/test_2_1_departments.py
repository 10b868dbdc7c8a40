"""Manual 2.1: รายการแผนกที่เปิด."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.client import Client
from tests.hospitals import Hospital, Hospitals

PATH = "/api/dashboard/departments"


@pytest.fixture(scope="module")
def empty(hospitals: Hospitals) -> Hospital:
    """A hospital that begins with an empty catalogue."""
    return hospitals.new(with_catalogue=False)


@pytest.fixture(scope="module")
def clerk(empty: Hospital) -> Client:
    return empty.clerk()


def add(clerk: Client, name: str) -> Any:
    return clerk.call("POST", PATH, body={"department_name": name}).result


def test_a_department_is_added_by_its_name_and_listed(clerk: Client, empty: Hospital, his: Client) -> None:
    made = add(clerk, "  กุมารเวชกรรม ")

    assert made["department_name"] == "กุมารเวชกรรม"
    assert made in clerk.call("GET", PATH).result
    on_the_wire = his.slots("GetHospitalDepartment", hospital_code=empty.code).result
    row = {"department_id": made["department_id"], "department_name": "กุมารเวชกรรม", "hospital_name": empty.name}
    assert row in on_the_wire


def test_two_departments_never_get_the_same_number(clerk: Client) -> None:
    first = add(clerk, "ทันตกรรม")
    clerk.call("DELETE", f"{PATH}/{first['department_id']}", {"version": 1}).result  # noqa: B018

    assert add(clerk, "จักษุ")["department_id"] > first["department_id"]


def test_the_same_department_added_again_is_the_one_that_is_there(clerk: Client) -> None:
    made = add(clerk, "จิตเวช")

    assert add(clerk, " จิตเวช") == made
    assert [one["department_name"] for one in clerk.call("GET", PATH).result].count("จิตเวช") == 1


def test_of_many_clicks_at_once_one_department_comes(clerk: Client) -> None:
    with ThreadPoolExecutor(8) as clicks:
        made = list(clicks.map(lambda _: add(clerk, "เวชกรรมฟื้นฟู"), range(8)))

    assert made == [made[0]] * 8
    assert [one["department_name"] for one in clerk.call("GET", PATH).result].count("เวชกรรมฟื้นฟู") == 1


def test_departments_added_at_once_by_several_people_all_come(clerk: Client) -> None:
    names = [f"คลินิกพิเศษ {number}" for number in range(6)]
    with ThreadPoolExecutor(6) as people:
        made = list(people.map(lambda name: add(clerk, name), names))

    assert len({one["department_id"] for one in made}) == 6
    assert {one["department_name"] for one in clerk.call("GET", PATH).result} >= set(names)


def test_a_department_needs_a_name(clerk: Client) -> None:
    answer = clerk.call("POST", PATH, body={"department_name": " "})

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"department_name"})


def test_a_department_is_renamed(clerk: Client) -> None:
    made = add(clerk, "ศัลยกรรม")

    renamed = clerk.call(
        "PUT", f"{PATH}/{made['department_id']}", body={"department_name": "ศัลยกรรมทั่วไป", "version": 1}
    )

    assert renamed.result == {**made, "department_name": "ศัลยกรรมทั่วไป", "version": 2}


def test_of_two_people_renaming_at_once_the_second_is_shown_both_versions(clerk: Client) -> None:
    made = add(clerk, "สูติกรรม")
    path = f"{PATH}/{made['department_id']}"
    clerk.call("PUT", path, body={"department_name": "สูตินรีเวช", "version": 1})

    answer = clerk.call("PUT", path, body={"department_name": "สูติ", "version": 1})

    assert (answer.status, answer.code) == (409, "EditConflict")
    assert answer.json["Error"]["yours"] == {"department_name": "สูติ", "version": 1}
    assert answer.json["Error"]["theirs"] == {**made, "department_name": "สูตินรีเวช", "version": 2}


def test_the_same_change_sent_again_gets_the_same_answer(clerk: Client) -> None:
    made = add(clerk, "รังสี")
    body = {"department_name": "รังสีวินิจฉัย", "version": 1}
    path = f"{PATH}/{made['department_id']}"

    assert clerk.call("PUT", path, body=body).result == clerk.call("PUT", path, body=body).result


def test_a_department_that_nobody_uses_is_removed(clerk: Client) -> None:
    made = add(clerk, "ฝังเข็ม")
    path = f"{PATH}/{made['department_id']}"

    assert clerk.call("DELETE", path, {"version": 1}).result == {"department_id": made["department_id"]}

    assert made not in clerk.call("GET", PATH).result
    assert clerk.call("DELETE", path, {"version": 1}).status == 404
    assert clerk.call("PUT", path, body={"department_name": "ฝังเข็ม", "version": 1}).status == 404


def test_a_department_with_rooms_is_not_removed_and_the_answer_names_them(clerk: Client) -> None:
    made = add(clerk, "กายภาพบำบัด")
    room = {"room_name": "ห้องกายภาพ 1", "department_id": made["department_id"]}
    room_id = clerk.call("POST", "/api/dashboard/rooms", body=room).result["room_id"]
    path = f"{PATH}/{made['department_id']}"

    answer = clerk.call("DELETE", path, {"version": 1})

    assert (answer.status, answer.code) == (409, "InUse")
    assert "ห้องกายภาพ 1" in answer.json["Message"]
    clerk.call("DELETE", f"/api/dashboard/rooms/{room_id}", {"version": 1})
    assert clerk.call("DELETE", path, {"version": 1}).status == 200


def test_another_hospitals_department_is_not_there(clerk: Client, staff: Client) -> None:
    made = add(clerk, "โภชนาการ")
    for number in range(made["department_id"]):
        other = add(clerk, f"โภชนาการ {number}")

    answer = staff.call("PUT", f"{PATH}/{other['department_id']}", body={"department_name": "ของเรา", "version": 1})

    assert answer.status == 404


def test_who_only_sees_the_slot_tables_may_not_keep_departments(empty: Hospital) -> None:
    viewer = empty.clerk("IMMUNIZATION_SLOT:1")

    assert viewer.call("GET", PATH).status == 200
    assert viewer.call("POST", PATH, body={"department_name": "ใหม่"}).status == 403


def test_a_department_is_not_given_the_name_of_another_and_may_keep_its_own(clerk: Client) -> None:
    taken, made = (add(clerk, name) for name in ("กายภาพบำบัด", "ฝังเข็ม"))
    path = f"{PATH}/{made['department_id']}"

    answer = clerk.call("PUT", path, body={"department_name": "กายภาพบำบัด", "version": 1})

    assert (answer.status, answer.code, set(answer.json["Error"]["fields"])) == (409, "NameTaken", {"department_name"})
    assert clerk.call("PUT", path, body={"department_name": "ฝังเข็ม", "version": 1}).result["version"] == 2
    removed = {"version": 1}
    assert clerk.call("DELETE", f"{PATH}/{taken['department_id']}", removed).status == 200
    assert clerk.call("PUT", path, body={"department_name": "กายภาพบำบัด", "version": 2}).result["version"] == 3


def test_a_renaming_that_is_sent_again_is_the_one_that_was_done(clerk: Client) -> None:
    made = add(clerk, "โสต")
    path, body = f"{PATH}/{made['department_id']}", {"department_name": "โสต ศอ นาสิก", "version": 1}

    assert clerk.call("PUT", path, body=body).result == clerk.call("PUT", path, body=body).result

"""Manual 2.2: รายการห้องตรวจ."""

from typing import Any

import pytest

from tests.client import Client
from tests.hospitals import Hospitals

PATH = "/api/dashboard/rooms"
OPEN_DAYS = (3,)


@pytest.fixture(scope="module")
def clerk(hospitals: Hospitals) -> Client:
    """A clerk of a hospital that begins with an empty catalogue."""
    return hospitals.new(with_catalogue=False).clerk()


@pytest.fixture(scope="module")
def department(clerk: Client) -> int:
    made = clerk.call("POST", "/api/dashboard/departments", body={"department_name": "ฉีดวัคซีน"}).result
    return int(made["department_id"])


def room(department: int, **more: Any) -> dict[str, Any]:
    return {"room_name": "ห้องฉีด 1", "department_id": department, "queue_code": "V", "queue_length": 4, **more}


def test_a_room_has_a_name_a_department_a_queue_code_and_a_queue_length(clerk: Client, department: int) -> None:
    made = clerk.call("POST", PATH, body=room(department, phone_number="02-000-0000")).result

    assert made in clerk.call("GET", PATH).result
    assert made == {
        "room_id": made["room_id"],
        "room_name": "ห้องฉีด 1",
        "department_id": department,
        "queue_code": "V",
        "queue_length": 4,
        "phone_number": "02-000-0000",
        "version": 1,
    }


def test_the_same_room_added_again_is_the_one_that_is_there(clerk: Client, department: int) -> None:
    made = clerk.call("POST", PATH, body=room(department, room_name="ห้องฉีด 2")).result

    assert clerk.call("POST", PATH, body=room(department, room_name="ห้องฉีด 2")).result == made
    assert clerk.call("GET", PATH).result.count(made) == 1


def test_another_room_of_the_same_name_in_the_department_is_refused_by_field(clerk: Client, department: int) -> None:
    assert clerk.call("POST", PATH, body=room(department, room_name="ห้องฉีด 3")).status == 200

    answer = clerk.call("POST", PATH, body=room(department, room_name="ห้องฉีด 3", queue_code="B"))

    assert (answer.status, answer.code) == (409, "NameTaken")
    assert set(answer.json["Error"]["fields"]) == {"room_name"}


def test_rooms_of_two_departments_may_have_one_name(clerk: Client, department: int) -> None:
    other = clerk.call("POST", "/api/dashboard/departments", body={"department_name": "อายุรกรรม"}).result
    first = clerk.call("POST", PATH, body=room(department, room_name="ห้องซักประวัติ")).result
    second = clerk.call("POST", PATH, body=room(other["department_id"], room_name="ห้องซักประวัติ")).result

    assert first["room_id"] != second["room_id"]


def test_a_room_is_not_given_the_name_of_another_of_its_department(clerk: Client, department: int) -> None:
    other = clerk.call("POST", "/api/dashboard/departments", body={"department_name": "ทันตกรรม"}).result
    for name in ("ห้องฉีด 6", "ห้องฉีด 7"):
        assert clerk.call("POST", PATH, body=room(department, room_name=name)).status == 200
    made = clerk.call("POST", PATH, body=room(other["department_id"], room_name="ห้องฉีด 6")).result
    path = f"{PATH}/{made['room_id']}"

    moved = clerk.call("PUT", path, body=room(department, room_name="ห้องฉีด 6", version=1))
    assert (moved.status, moved.code, set(moved.json["Error"]["fields"])) == (409, "NameTaken", {"room_name"})
    assert clerk.call("PUT", path, body=room(department, room_name="ห้องฉีด 8", version=1)).status == 200
    renamed = clerk.call("PUT", path, body=room(department, room_name="ห้องฉีด 7", version=2))
    assert (renamed.status, renamed.code) == (409, "NameTaken")


def test_a_room_belongs_to_a_department_of_the_hospital(clerk: Client, department: int) -> None:
    answer = clerk.call("POST", PATH, body=room(department + 100))

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"department_id"})


@pytest.mark.parametrize(
    ("field", "value"), [("room_name", ""), ("queue_length", 0), ("queue_length", 7), ("queue_code", "TOOLONG")]
)
def test_only_what_makes_a_queue_number_is_taken(clerk: Client, department: int, field: str, value: Any) -> None:
    answer = clerk.call("POST", PATH, body=room(department, **{field: value}))

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {field})


def test_a_change_names_the_version_it_was_made_from(clerk: Client, department: int) -> None:
    made = clerk.call("POST", PATH, body=room(department, room_name="ห้องฉีด 4")).result
    path = f"{PATH}/{made['room_id']}"

    changed = clerk.call("PUT", path, body=room(department, room_name="ห้องฉีด 4", queue_code="X", version=1)).result
    late = clerk.call("PUT", path, body=room(department, room_name="ห้องฉีด 4", queue_code="Y", version=1))

    assert (changed["queue_code"], changed["version"]) == ("X", 2)
    assert late.code == "EditConflict"
    assert (late.json["Error"]["yours"]["queue_code"], late.json["Error"]["theirs"]["queue_code"]) == ("Y", "X")


def test_a_room_with_coming_schedules_is_not_removed_and_the_answer_says_when(staff: Client) -> None:
    answer = staff.call("DELETE", f"{PATH}/1", {"version": 1})

    assert (answer.status, answer.code) == (409, "InUse")
    assert set(answer.json["Error"]["used_by"]) == {"date"}
    assert str(int(answer.json["Error"]["used_by"]["date"][:4]) + 543) in answer.json["Message"]


def test_a_room_that_is_not_used_is_removed(clerk: Client, department: int) -> None:
    made = clerk.call("POST", PATH, body=room(department, room_name="ห้องฉีด 5")).result

    assert clerk.call("DELETE", f"{PATH}/{made['room_id']}", {"version": 1}).status == 200
    assert made not in clerk.call("GET", PATH).result

"""Manual 2.3: รายการช่วงเวลาที่ใช้งานในระบบนัดหมาย."""

import pytest

from tests.client import Client
from tests.hospitals import Hospitals

PATH = "/api/dashboard/periods"
OPEN_DAYS = (3,)
MORNING = {"period_name": "เช้า", "time_start": "08:00:00", "time_finish": "11:59:59"}


@pytest.fixture(scope="module")
def clerk(hospitals: Hospitals) -> Client:
    """A clerk of a hospital that begins with an empty catalogue."""
    return hospitals.new(with_catalogue=False).clerk()


def test_a_period_has_a_name_a_start_and_an_end_and_is_listed_by_its_start(clerk: Client) -> None:
    afternoon = {"period_name": "บ่าย", "time_start": "13:00:00", "time_finish": "15:59:59"}
    clerk.call("POST", PATH, body=afternoon)
    clerk.call("POST", PATH, body=MORNING)

    listed = clerk.call("GET", PATH).result

    assert [one["period_name"] for one in listed] == ["เช้า", "บ่าย"]
    assert {name: listed[0][name] for name in MORNING} == MORNING


def test_the_same_period_added_again_is_the_one_that_is_there_and_another_of_its_name_is_refused(
    clerk: Client,
) -> None:
    evening = {"period_name": "นอกเวลา", "time_start": "16:30:00", "time_finish": "17:59:59"}
    made = clerk.call("POST", PATH, body=evening).result

    assert clerk.call("POST", PATH, body=evening).result == made
    answer = clerk.call("POST", PATH, body={**evening, "time_finish": "18:59:59"})
    assert (answer.status, answer.code, set(answer.json["Error"]["fields"])) == (409, "NameTaken", {"period_name"})


@pytest.mark.parametrize(
    ("start", "finish", "field"),
    [
        ("09:00:00", "09:00:00", "time_finish"),
        ("09:00:00", "08:59:59", "time_finish"),
        ("24:00:00", "08:59:59", "time_start"),
        ("9:00", "09:59:59", "time_start"),
        ("09:0๐:00", "09:59:59", "time_start"),
    ],
)
def test_a_period_ends_after_it_starts(clerk: Client, start: str, finish: str, field: str) -> None:
    answer = clerk.call("POST", PATH, body={"period_name": "ผิด", "time_start": start, "time_finish": finish})

    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {field})


def test_a_change_names_the_version_it_was_made_from(clerk: Client) -> None:
    made = clerk.call("POST", PATH, body=MORNING).result
    path = f"{PATH}/{made['period_id']}"

    changed = clerk.call("PUT", path, body={**MORNING, "period_name": "เช้าตรู่", "version": 1}).result
    late = clerk.call("PUT", path, body={**MORNING, "version": 1})

    assert (changed["period_name"], changed["version"]) == ("เช้าตรู่", 2)
    assert (late.status, late.json["Error"]["theirs"]) == (409, changed)


def test_a_period_with_coming_schedules_is_not_removed(staff: Client) -> None:
    answer = staff.call("DELETE", f"{PATH}/3", {"version": 1})

    assert (answer.status, answer.code) == (409, "InUse")


def test_a_period_that_is_not_used_is_removed(clerk: Client) -> None:
    made = clerk.call("POST", PATH, body=MORNING).result

    assert clerk.call("DELETE", f"{PATH}/{made['period_id']}", {"version": 1}).status == 200
    assert clerk.call("DELETE", f"{PATH}/{made['period_id']}", {"version": 1}).status == 404


def test_a_period_is_not_given_the_name_of_another(clerk: Client) -> None:
    bodies = [{**MORNING, "period_name": name} for name in ("รอบแรก", "รอบสอง")]
    made = [clerk.call("POST", PATH, body=body).result for body in bodies]

    answer = clerk.call("PUT", f"{PATH}/{made[1]['period_id']}", body={**bodies[0], "version": 1})

    assert (answer.status, answer.code, set(answer.json["Error"]["fields"])) == (409, "NameTaken", {"period_name"})

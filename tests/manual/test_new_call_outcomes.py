"""Ours: staff telephone people who have not confirmed, and note the outcome."""

from typing import Any

import pytest

from tests.client import Client, in_days
from tests.manual.desk_client import booked, table

OPEN_DAYS = (1,)
TOMORROW = in_days(1)


@pytest.fixture
def row(staff: Client) -> Any:
    """A new appointment of tomorrow, with the person's id."""
    cid, booking = booked(staff, table(staff, TOMORROW)[0]["schedule_id"])
    return booking | {"cid": cid}


def note(staff: Client, row: Any, outcome: str, version: int | None = None) -> Any:
    body = {"version": version or row["version"], "call_outcome": outcome}
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/call-outcome"
    return staff.call("POST", path, body=body)


@pytest.mark.parametrize("outcome", ["will_come", "no_answer", "wrong_number"])
def test_the_list_says_what_came_of_a_call_who_made_it_and_the_telephone(staff: Client, row: Any, outcome: str) -> None:
    noted = note(staff, row, outcome).result

    query = {"date": TOMORROW.isoformat(), "contact": "true"}
    rows = staff.call("GET", "/api/dashboard/worklist", query).result["appointments"]
    listed = next(each for each in rows if each["slip_code"] == row["slip_code"])
    assert (listed["call_outcome"], listed["call_outcome_by"]) == (outcome, "เจ้าหน้าที่ สาธิต")
    assert listed["call_outcome_datetime"] == noted["call_outcome_datetime"] != ""
    assert listed["telephone"] == "0800000000"


def test_clients_see_no_difference(staff: Client, his: Client, row: Any) -> None:
    def seen_by_clients() -> Any:
        query = {"cid": row["cid"]}
        return his.call("GET", "/api/appointment/Appointment", query).result

    before = seen_by_clients()
    assert note(staff, row, "will_come").status == 200
    assert seen_by_clients() == before


def test_a_repeat_changes_nothing_and_an_older_version_is_refused_with_both_values(staff: Client, row: Any) -> None:
    noted = note(staff, row, "no_answer").result
    assert note(staff, row, "no_answer").result == {**noted, "telephone": ""}

    conflict = note(staff, row, "will_come")
    assert conflict.code == "EditConflict"
    assert conflict.json["Error"]["theirs"]["call_outcome"] == "no_answer"
    assert note(staff, row, "will_come", noted["version"]).result["call_outcome"] == "will_come"


def test_a_call_about_a_cancelled_appointment_is_not_noted(staff: Client, row: Any) -> None:
    path = f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}/cancel"
    assert staff.call("POST", path, body={"version": row["version"]}).status == 200
    assert note(staff, row, "no_answer").code == "AppointmentCancelled"

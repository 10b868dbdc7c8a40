"""The runbook of docs/operations.md, Restoring.

A hospital is copied from the tables of one stage to those of another, and back.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack
from tests.client import Client, in_days, new_cid
from tests.invariants import rows_of, violations

pytestmark = pytest.mark.system  # an engine of its own


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A system of this module's own: it loses rows on purpose."""
    with LocalStack(tmp_path_factory.mktemp("restore"), kept=False) as running:
        yield running


def run(local_stack: LocalStack, stage: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**local_stack.env, "STAGE": stage},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.large  # `make test` restores a hospital with the runbook's command (tests/runbook)
def test_a_hospital_comes_back_from_restored_tables_with_every_booking(own: LocalStack, tmp_path: Path) -> None:
    his = Client(own.url).sign_in("his.demo", "00000", "His-demo-1")
    day, cid = in_days(4), new_cid()
    schedule = his.schedules(day)[0]
    booked = his.book(schedule["schedule_id"], cid).result
    current = his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]

    # What point-in-time recovery makes on AWS: the tables as they were, under the name of a stage of their own.
    run(own, "restored", "-c", "from infra.aws import resources_stack; resources_stack.apply('restored')")
    everything = str(tmp_path / "everything.jsonl")
    run(own, "local", "-m", "infra.ops.hospital_export", "export", "00000", everything)
    run(own, "restored", "-m", "infra.ops.hospital_export", "import", everything)
    assert violations(rows_of(own.endpoint, "restored")) == []

    lose_a_day(own, f"00000#{day.isoformat()}", cid)
    assert his.schedules(day) == []
    assert his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"] == []

    out = str(tmp_path / "hospital.jsonl")
    run(own, "restored", "-m", "infra.ops.hospital_export", "export", "00000", out)
    run(own, "local", "-m", "infra.ops.hospital_export", "import", out)

    assert his.schedules(day)[0]["available_slot"] == schedule["available_slot"] - 1
    assert his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"] == current
    assert his.cancel(cid, booked["hospital_appointment_slot_id"]).status == 200
    assert violations(rows_of(own.endpoint)) == []


def lose_a_day(local_stack: LocalStack, hospital_day: str, cid: str) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=local_stack.endpoint,
        region_name="ap-southeast-1",
        aws_access_key_id=local_stack.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=local_stack.env["AWS_SECRET_ACCESS_KEY"],
    )
    for table, name, value, sort in (
        ("moph-local-schedules", "hospital_day", hospital_day, "schedule_id"),
        ("moph-local-appointments", "cid", cid, "appointment"),
    ):
        found = client.query(
            TableName=table, KeyConditionExpression=f"{name} = :v", ExpressionAttributeValues={":v": {"S": value}}
        )
        for item in found["Items"]:
            client.delete_item(TableName=table, Key={name: item[name], sort: item[sort]})


def test_the_file_names_people_and_is_the_operators_alone(own: LocalStack, tmp_path: Path) -> None:
    path = tmp_path / "hospital.jsonl"
    run(own, "local", "-m", "infra.ops.hospital_export", "export", "00000", str(path))
    assert path.stat().st_mode & 0o077 == 0


def test_one_hospitals_file_holds_nothing_of_another(own: LocalStack, tmp_path: Path) -> None:
    path = tmp_path / "hospital.jsonl"
    run(own, "local", "-m", "infra.ops.hospital_export", "export", "00002", str(path))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines
    assert not any('"00000' in line for line in lines)


def test_days_whose_count_was_lost_are_counted_again(own: LocalStack) -> None:
    day = in_days(6)
    client = Client(own.url).sign_in("his.demo", "00000", "His-demo-1")
    before = counted(client, day)
    lose = "from chalicelib.tables import DayItem; import sys; DayItem('00000', sys.argv[1]).delete()"
    run(own, "local", "-c", lose, day.isoformat())
    run(own, "local", "-m", "infra.ops.recount", "00000", day.isoformat(), day.isoformat())
    assert counted(client, day) == before


def counted(client: Client, day: date) -> list[Any]:
    """The day in its month's list, if it is there."""
    month = client.slots("GetHospitalSlotByMonth", hospital_code="00000", year=day.year, month=day.month).result
    return [one for one in month if one["date"] == day.isoformat()]

"""Ours: the reminder on the day before, sent by the scheduled function."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

import app as the_map
from chalicelib import clock
from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.manual.announcements import link_line, outside
from tests.waiting import eventually

SCHEDULED = [one.name for one in the_map.app.event_sources if type(one).__name__ == "ScheduledEventConfig"]
_RUN = """
import sys
from app import app
from infra.local.event_sources import invoke
keys = "version account region detail source time id detail-type resources".split()
invoke(app, sys.argv[1], dict.fromkeys(keys, ""))
"""


def run_scheduled(local_stack: LocalStack, function: str) -> None:
    """Run the scheduled function once: the deployed one if any, else a process.

    The quiet hours of the night are off, because a test may run at any hour.
    """
    if "DEPLOYED_URL" in os.environ:
        name = f"moph-{os.environ['STAGE']}-{function.replace('_', '-')}"
        event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": [], "time": "",
                 "id": "", "version": "0", "account": "", "region": ""}  # fmt: skip
        answer = boto3.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        assert "FunctionError" not in answer, answer["Payload"].read()
        return
    env = {**local_stack.env, "WAKING_HOURS": "0-24"}
    subprocess.run([sys.executable, "-c", _RUN, function], env=env, cwd=ROOT, check=True)


@pytest.mark.parametrize("function", SCHEDULED)
def test_every_function_that_runs_by_the_clock_runs_to_its_end(local_stack: LocalStack, function: str) -> None:
    run_scheduled(local_stack, function)


def test_who_has_an_appointment_is_reminded_once_in_app_and_line_however_often_the_schedule_fires(
    local_stack: LocalStack, hospital: Hospital, app_client: Client
) -> None:
    clerk, cid = hospital.clerk(), new_cid()
    link_line(local_stack, app_client, cid, user_id=f"U{cid:0>32}")
    schedule_id = open_what_is_due_now(clerk)
    assert app_client.book(schedule_id, cid).status == 200

    run_scheduled(local_stack, "remind_people")
    eventually(lambda: "reminder" in kinds(app_client, cid))
    run_scheduled(local_stack, "remind_people")

    (held,) = app_client.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
    row = clerk.call("GET", f"/api/dashboard/slips/{held['slip_code']}").result
    assert desk_client.act(clerk, row, "accept").status == 200
    eventually(lambda: "accepted" in kinds(app_client, cid))  # a second reminder would be there by then
    assert sorted(kinds(app_client, cid)) == ["accepted", "booked", "reminder"]
    on_line = eventually(lambda: len(found := line_messages(local_stack, f"U{cid:0>32}")) == 3 and found)
    assert [one["times"] for one in on_line] == [1, 1, 1]


def open_what_is_due_now(clerk: Client) -> int:
    """A schedule whose people should have been reminded by now.

    Tomorrow's from nine o'clock on, today's before.
    """
    now = clock.now()
    day = now.date() if now.hour < 9 else now.date() + timedelta(days=1)

    late = {"period_name": "ค่ำ", "time_start": "22:00:00", "time_finish": "22:59:59"}
    period = clerk.call("POST", "/api/dashboard/periods", body=late).result["period_id"]
    (made,) = desk_client.open_lines(clerk, day, desk_client.line(period))
    schedule_id: int = made["schedule_id"]
    return schedule_id


def line_messages(local_stack: LocalStack, user_id: str) -> list[Any]:
    """What came to a LINE user's phone, and how many times each."""
    found: list[Any] = outside(local_stack, f"inbox?{urlencode({'channel': 'line', 'to': user_id})}")["messages"]
    return found


def kinds(app_client: Client, cid: str) -> list[str]:
    return [one["kind"] for one in app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).result]

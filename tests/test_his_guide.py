"""The commands and the Python of the HIS guide run; its error table is complete."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import app  # noqa: F401  imports every room, which declares its endpoints
from chalicelib.endpoint import declared
from chalicelib.http_adapter import status_of
from infra.local.local_stack import LocalStack
from tests.client import SLOTS, Client, in_days, new_cid, until_answered
from tests.manual.visit_client import POINTS, RULES, schedule_of_today

DOCS = Path(__file__).resolve().parents[1] / "docs"
GUIDES = [DOCS / "his-guide.en.md", DOCS / "his-guide.th.md"]
HIS_PATHS = ("/token", "/api/appointment/", "/api/ImmunizationTarget", "/api/SendImmunizationTarget")
FAMILY_CODES = {
    "InvalidRequest",
    "UnknownAction",
    "Unauthenticated",
    "Forbidden",
    "PasswordMustChange",
    "PathNotFound",
    "MethodNotAllowed",
    "TooManyRequests",
    "InternalError",
    "TryAgain",
}


@pytest.fixture(scope="module")
def schedule(staff: Client) -> int:
    """A schedule of today, whose room has a service point."""
    made = schedule_of_today(staff)
    assert staff.call("POST", POINTS, body={"point_name": "ตรวจ", "rooms": [1]}).status == 200
    return made


def blocks(guide: Path, language: str) -> str:
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", guide.read_text(encoding="utf-8"), re.S))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda g: g.name)
def test_the_shell_lines_run_from_token_to_cancel(guide: Path, local_stack: LocalStack) -> None:
    script = "set -eu -o pipefail\n" + blocks(guide, "bash")

    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "BASE": local_stack.url},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert 'MessageCode":200' in done.stdout
    assert "Error" not in done.stdout


def run_of_the_day(guide: Path, his: Client, schedule: int) -> list[Any]:
    """The answers of the commands for the day of the visit.

    Of a new person's appointment of today.
    """
    cid = new_cid()
    booked = until_answered(lambda: his.book(schedule, cid)).result
    person = {"HOSPITAL": his.hospital_code, "CID": cid, "ID": str(booked["hospital_appointment_slot_id"])}
    address = {"AUTH": f"Authorization: Bearer {his.token}", "SLOT": f"{his.url}{SLOTS}"}
    done = subprocess.run(
        ["bash", "-c", "set -eu\n" + blocks(guide, "sh").replace("\ncurl", "\necho; curl")],
        env={**os.environ, **person, **address},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line]
    assert [answer["MessageCode"] for answer in answers] == [200, 200, 200], answers
    return [answer["result"] for answer in answers]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda g: g.name)
def test_the_lines_of_the_day_run_with_a_queue_of_ours_and_one_that_the_system_leads(
    guide: Path, his: Client, staff: Client, schedule: int
) -> None:
    arrival, queues, _ = run_of_the_day(guide, his, schedule)
    assert arrival["point_id"] == queues[0]["point_id"]
    assert queues[0]["waiting"] == 1

    for led in ([1], []):
        rules = {**staff.call("GET", RULES).result, "his_departments": led}
        assert staff.call("PUT", RULES, body=rules).status == 200
        arrival, queues, _ = run_of_the_day(guide, his, schedule)
        assert (arrival["point_id"], queues[0]["waiting"]) == ((0, 0) if led else (queues[0]["point_id"], 1))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda g: g.name)
def test_the_python_runs_with_the_client_beside_it(guide: Path, local_stack: LocalStack) -> None:
    script = f"BASE = {local_stack.url!r}\nDAY = {in_days(5).isoformat()!r}\n" + blocks(guide, "python")

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=DOCS, capture_output=True, text=True, timeout=180, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("AppointmentNotFound")


def test_the_client_says_why_a_sign_in_failed(local_stack: LocalStack) -> None:
    script = f"""from his_client import Center, ApiError
try:
    Center({local_stack.url!r}, "nobody", "00000", "wrong").get("/api/appointment/Appointment", cid="1111111111119")
except ApiError as no:
    print(no.code)"""
    done = subprocess.run([sys.executable, "-c", script], cwd=DOCS, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "SignInFailed", done.stderr


@pytest.mark.parametrize("guide", GUIDES, ids=lambda g: g.name)
def test_the_error_table_names_every_code_that_an_his_can_meet_with_its_status(guide: Path) -> None:
    table = dict(
        (code, int(status))
        for status, code in re.findall(r"^\| (\d{3}) \| `(\w+)` \|", guide.read_text(encoding="utf-8"), re.M)
    )
    met = {kind.code: status_of(kind) for one in declared() if one.path.startswith(HIS_PATHS) for kind in one.errors}
    assert set(met) <= set(table)
    assert set(table) <= set(met) | FAMILY_CODES
    assert all(table[code] == status for code, status in met.items())
    assert set(table) >= FAMILY_CODES


def test_the_client_is_short_enough_to_read() -> None:
    assert len((DOCS / "his_client.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_the_document_to_read_begins_with_what_an_information_system_calls(local_stack: LocalStack) -> None:
    page = Client(local_stack.url).call("GET", "/docs").text
    order = [page.index(f"<h2>{path}") for path in ("/token", "/api/appointment/Appointment", "/api/SendMessageTarget")]
    assert order == sorted(order)
    assert order[-1] < min(page.index("<h2>/health"), page.index("<h2>/api/accounts"), page.index("<h2>/api/dashboard"))
    assert "not_in_white_list" in page

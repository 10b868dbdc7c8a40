"""Clients generated from docs/openapi.json book and cancel: Python, TypeScript."""

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.auth.passwords import password_hash
from infra.generate.openapi import FILE
from infra.local.child_processes import ROOT
from infra.local.demo import ACCOUNTS
from tests.client import Client, in_days, new_cid

TOOLS = ROOT / "openapi-tools" / "node_modules" / ".bin"
OPEN_DAYS = (6,)
DAY = in_days(6)


def run(*command: str | Path, folder: Path) -> str:
    """Run a command in a folder; returns what it prints."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The function that imports a module of the generated package."""
    folder = tmp_path_factory.mktemp("python")
    (folder / "settings.yaml").write_text("post_hooks: []\n", encoding="utf-8")
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--path", FILE, "--meta", "none"]
    run(*generate, "--config", "settings.yaml", "--output-path", "moph_client", folder=folder)
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"moph_client.{name}")
    sys.path.remove(str(folder))


def test_a_generated_python_client_books_and_cancels_and_loses_no_key(python_client: Any, his: Client) -> None:
    models, appointment = python_client("models"), "api.appointment."
    slot_get = python_client(f"{appointment}get_api_appointment_appointment_slot")
    slot_post = python_client(f"{appointment}post_api_appointment_appointment_slot")
    current = python_client(f"{appointment}get_api_appointment_appointment")
    center = python_client("client").AuthenticatedClient(base_url=his.url, token=his.token)
    get, post = models.GetApiAppointmentAppointmentSlotAction, models.PostApiAppointmentAppointmentSlotAction
    code, cid = his.hospital_code, new_cid()

    def look_up(action: Any, **query: Any) -> Any:
        return slot_get.sync(client=center, action=action, hospital_code=code, **query).result

    # Each answer is read as its own type, also if a shorter type of another action would fit it.
    departments, rooms = look_up(get.GETHOSPITALDEPARTMENT), look_up(get.GETHOSPITALROOM)
    schedules = look_up(get.GETHOSPITALSLOTBYDATE, date=DAY)
    days = look_up(get.GETHOSPITALSLOTBYMONTH, year=DAY.year, month=DAY.month)
    assert [type(rows[0]).__name__ for rows in (departments, rooms, schedules, days)] == [
        "DepartmentRow",
        "RoomRow",
        "ScheduleRow",
        "DaySlots",
    ]
    assert [schedule.to_dict() for schedule in schedules] == his.schedules(DAY)
    assert rooms[0].room_id

    body = models.ConfirmBody.from_dict(his.booking(schedules[0].schedule_id, cid))
    booked = slot_post.sync(client=center, action=post.CONFIRMAPPOINTMENTSLOT, body=body).result
    held = current.sync(client=center, cid=cid).result
    assert [row.hospital_appointment_slot_id for row in held.appointments] == [booked.hospital_appointment_slot_id]
    assert (held.person.first_name, held.person.phone_number) == ("ทดสอบ", "000-0000000")
    listed = look_up(get.GETHOSPITALSLOTCONFIRMBYDATE, date=DAY)
    assert [row.confirm_datetime[:10] for row in listed if row.cid == cid]

    look_up(get.CANCELAPPOINTMENTSLOT, cid=cid, hospital_appointment_slot_id=booked.hospital_appointment_slot_id)
    assert current.sync(client=center, cid=cid).result.appointments == []


@pytest.mark.large
def test_a_generated_typescript_client_books_and_cancels(tmp_path: Path, demo_his: Client) -> None:
    assert TOOLS.exists(), "run `make openapi-tools/node_modules` first"
    run(TOOLS / "swagger-typescript-api", "generate", "-p", FILE, "-o", tmp_path, "-n", "api.ts", folder=tmp_path)
    shutil.copy(ROOT / "tests" / "book_and_cancel.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "node.d.ts").write_text("declare const process: { argv: string[] };", encoding="utf-8")
    options = ["--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable", "--strict"]
    run(TOOLS / "tsc", *options, "--skipLibCheck", "book_and_cancel.ts", "node.d.ts", folder=tmp_path)
    password = next(account[-1] for account in ACCOUNTS if account[0] == "his.demo")
    arguments = [demo_his.url, demo_his.hospital_code, "his.demo", password_hash(password), new_cid(), DAY.isoformat()]

    printed = json.loads(run("node", "book_and_cancel.js", *arguments, folder=tmp_path))

    assert printed["schedule"]["schedule_id"] == demo_his.schedules(DAY)[0]["schedule_id"]
    assert printed["held"] == [printed["booked"]]
    assert printed["left"] == 0

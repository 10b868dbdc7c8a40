"""`chalice local --stage local`, with no settings, answers as `make run` does.

Both run beside each other.
"""

import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local import child_processes
from infra.local.local_stack import LocalStack
from tests.client import Client, in_days, new_cid
from tests.privacy import people_in
from tests.waiting import eventually

OPEN_DAYS = (25, 26)
CHALICE = os.path.join(os.path.dirname(sys.executable), "chalice")
# What a developer's shell does not have.
SET_BY_HAND = ("AWS_", "STAGE", "STATE_DIR", "XDG_", "LINE_", "APP_GATEWAY_", "CHALICE_")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project.

    Files that pytest writes into the real one would restart the server.
    """
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(child_processes.ROOT / "app.py", folder)
    for name in (".chalice", "chalicelib", "infra"):
        shutil.copytree(child_processes.ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules"))
    # What the first start of all leaves: these two are compiled before anything of ours runs.
    for name in ("app.py", "chalicelib/__init__.py"):
        py_compile.compile(str(folder / name), doraise=True)
    return folder


@pytest.fixture(scope="module")
def environment(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a plain shell, in whose default state folder the system runs."""
    home = tmp_path_factory.mktemp("state")
    (home / "moph-appointment-center").symlink_to(local_stack.state_dir)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(SET_BY_HAND)}
    return {**plain, "XDG_STATE_HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "chalice.log"


@pytest.fixture(scope="module")
def chalice_local(project: Path, environment: dict[str, str], log: Path, his: Client) -> Iterator[Client]:
    port = child_processes.free_port()
    command = [CHALICE, "local", "--stage", "local", "--port", str(port)]
    with log.open("wb") as output:
        # A session of its own: with autoreload the server is a child of the command.
        server = subprocess.Popen(
            command, cwd=project, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        url = f"http://127.0.0.1:{port}"
        child_processes.wait_for(f"{url}/ready", server)
        yield Client(url, his.token, his.hospital_code)
    finally:
        os.killpg(server.pid, 15)
        server.wait(300)


@pytest.mark.parametrize("headers", [{"Origin": "http://attacker.example"}, {"Host": "attacker.example"}])
def test_a_page_of_another_site_is_refused_here_too(chalice_local: Client, headers: dict[str, str]) -> None:
    assert chalice_local.call("GET", "/health").status == 200
    assert chalice_local.call("GET", "/health", headers=headers).status == 403


def test_a_day_of_an_his_on_chalices_own_server(chalice_local: Client, his: Client) -> None:
    day = in_days(25)
    schedule = chalice_local.schedules(day)[0]
    assert chalice_local.schedules(day) == his.schedules(day)
    cid = new_cid()
    booked = chalice_local.book(schedule["schedule_id"], cid).result["hospital_appointment_slot_id"]
    assert his.book(schedule["schedule_id"], cid).result["hospital_appointment_slot_id"] == booked
    moved = chalice_local.postpone(cid, booked, schedule["schedule_id"] + 2).result["hospital_appointment_slot_id"]
    assert chalice_local.cancel(cid, moved).status == 200
    look_up = {"cid": cid}
    answer = chalice_local.call("GET", "/api/appointment/Appointment", look_up).result
    assert answer == his.call("GET", "/api/appointment/Appointment", look_up).result


def test_forty_requests_while_others_book_are_forty_answers(chalice_local: Client, his: Client) -> None:
    day = in_days(26)
    schedules = [schedule["schedule_id"] for schedule in his.schedules(day)]
    people = [new_cid() for _ in range(40)]

    def book_elsewhere(number: int) -> int:
        return his.book(schedules[number % len(schedules)], people[number]).status

    with ThreadPoolExecutor(4) as others:
        bookings = [others.submit(book_elsewhere, number) for number in range(40)]
        answers = [chalice_local.slots("GetHospitalSlotByDate", **_of(his, day.isoformat())) for _ in range(40)]
        assert {booking.result() for booking in bookings} <= {200, 409}
    assert [answer.status for answer in answers] == [200] * 40


def _of(his: Client, day: str) -> dict[str, str]:
    return {"hospital_code": his.hospital_code, "date": day}


def test_refusals_are_the_same_too(chalice_local: Client, his: Client) -> None:
    for client in (chalice_local, his):
        wrong = client.slots("GetHospitalRoom", hospital_code="000000")
        assert (wrong.status, wrong.code) == (400, "InvalidRequest")
        assert client.book(999, new_cid()).code == "ScheduleNotFound"
        assert client.call("DELETE", "/api/appointment/Appointment").code == "MethodNotAllowed"


def test_an_unknown_path_is_404_in_the_envelope_and_repeats_no_token(chalice_local: Client) -> None:
    for path in ("/api/Nothing", "/nothing/at/all", "/api/appointment/AppointmentSlot/1"):
        for client in (chalice_local, Client(chalice_local.url)):
            answer = client.call("GET", path)
            assert (answer.status, answer.code) == (404, "PathNotFound")
            assert "eyJ" not in answer.text


def test_the_access_log_names_the_path_and_no_query(chalice_local: Client, log: Path) -> None:
    cid = new_cid()
    chalice_local.call("GET", "/api/appointment/Appointment", {"cid": cid})
    chalice_local.call("GET", "/api/Nothing", {"cid": cid})
    written = eventually(lambda: _with(log, "/api/Nothing"))
    assert "GET /api/appointment/Appointment" in written
    assert "?" not in written
    assert people_in(written) == []


def _with(log: Path, part: str) -> str:
    text = log.read_text(encoding="utf-8")
    return text if part in text else ""


def test_without_a_running_system_it_says_so_and_ends(
    project: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    command = [CHALICE, "local", "--stage", "local", "--port", str(child_processes.free_port())]
    env = {**environment, "XDG_STATE_HOME": str(tmp_path)}
    ended = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert ended.stderr == f"Start `make run` first: nothing runs on {tmp_path}/moph-appointment-center\n"

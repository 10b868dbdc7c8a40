"""`chalice local --stage local` against a running engine answers the same as `make run`."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from infra.local import processes
from infra.local.local_stack import LocalStack
from tests.client import Client, in_days, new_cid

OPEN_DAYS = (25,)


@pytest.fixture(scope="module")
def chalice_local(centre: LocalStack, his: Client) -> Iterator[Client]:
    port = processes.free_port()
    chalice = os.path.join(os.path.dirname(sys.executable), "chalice")
    # With autoreload whatever the tests write to the project's folder would restart it.
    command = [chalice, "local", "--stage", "local", "--no-autoreload"]
    server = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=processes.ROOT,
        env=centre.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        processes.wait_for(f"{url}/health", server)
        yield Client(url, his.token, his.hospital_code)
    finally:
        processes.stop(server)


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
    here = chalice_local.call("GET", "/api/appointment/Appointment", look_up).result
    assert here == his.call("GET", "/api/appointment/Appointment", look_up).result


def test_refusals_are_the_same_too(chalice_local: Client, his: Client) -> None:
    for client in (chalice_local, his):
        wrong = client.slots("GetHospitalRoom", hospital_code="000000")
        assert (wrong.status, wrong.code) == (400, "InvalidRequest")
        assert client.book(999, new_cid()).code == "ScheduleNotFound"
        assert client.call("DELETE", "/api/appointment/Appointment").code == "MethodNotAllowed"

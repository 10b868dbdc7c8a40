"""From a message with a message_confirm_url to the call of the hospital.

Through API, queues and functions.

The hospital's system, API, queues, functions and providers are servers and processes. Asserted is what the hospital
received.
"""

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from infra.bench.message_environment import (
    HOSPITAL,
    MessageEnvironment,
    cid,
    message_environment,
    seed_people,
    user_id,
)
from infra.local import child_processes
from tests.client import Client
from tests.function_process import ForkedWorkers
from tests.messages.hospital_server import HOST, Hospital, serving
from tests.waiting import SECONDS, eventually

pytestmark = pytest.mark.system

PEOPLE = 4
INSIDE = "inside.example.go.th"


@pytest.fixture(scope="module")
def bench() -> Iterator[MessageEnvironment]:
    with message_environment() as running:
        seed_people(running, PEOPLE)
        workers = ForkedWorkers(running, ("message-prepare", "message-app", "message-line"), seed=1)
        yield running
        workers.stop()


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    with serving(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def app_client(bench: MessageEnvironment) -> Client:
    return Client(bench.api).sign_in("mohprompt.demo", HOSPITAL, "Mohprompt-demo-1")


def sent(bench: MessageEnvironment, url: str) -> int:
    """Send a message with this URL and wait until everybody has it; returns its id."""
    his = Client(bench.api).sign_in("his.demo", HOSPITAL, "His-demo-1")
    body = {
        "hospital": {"hospital_code": HOSPITAL},
        "message_ref_code": url,
        "message_title": "คลินิกย้าย",
        "message_content_html": "<p>เชิญที่อาคาร 2</p>",
        "message_confirm_url": url,
        "target": [cid(n) for n in range(PEOPLE)],
    }
    message_id: int = his.call("POST", "/api/SendMessageTarget", body=body).result["message_id"]
    for channel in ("app", "line"):
        eventually(lambda c=channel: bench.received(c, message_id)["people"] == PEOPLE, "it is delivered")
    return message_id


def read_in_app(app_client: Client, person: int, message_id: int) -> str:
    body = {"cid": cid(person), "hospital_code": HOSPITAL, "message_id": message_id}
    read_at: str = app_client.call("POST", "/api/message/Read", body=body).result["read_at"]
    return read_at


def confirm_in_line(bench: MessageEnvironment, person: int, message_id: int) -> None:
    order = {"channel": "line", "api": bench.api, "user_id": user_id(person), "data": f"{HOSPITAL}-{message_id}"}
    bench.control("read", order)


def concurrently(*actions: object) -> None:
    threads = [threading.Thread(target=action) for action in actions]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def start(bench: MessageEnvironment, hospital: Hospital, *death: str) -> "subprocess.Popen[bytes]":
    names = {HOST: ["127.0.0.1"], INSIDE: ["169.254.169.254"]}
    there = {"port": hospital.port, "ca_certs": hospital.certificate, "names": names}
    with (bench.folder / "confirm_worker.log").open("ab") as output:
        return child_processes.start(
            "tests.messages.confirm_worker", json.dumps(there), *death, env=bench.env, output=output
        )


def left(bench: MessageEnvironment) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = bench.client("sqs").get_queue_attributes(QueueUrl=bench.queue_url("message-confirm"), AttributeNames=names)
    return sum(int(number) for number in found["Attributes"].values())


def call_all(bench: MessageEnvironment, hospital: Hospital) -> None:
    """Run the function until the queue is empty."""
    process = start(bench, hospital)
    eventually(lambda: left(bench) == 0, "the queue is empty")
    process.kill()
    process.wait()


def test_the_hospital_is_called_once_for_each_person_at_the_first_reading(bench, hospital, app_client):
    message_id = sent(bench, f"https://{HOST}/read?ref=once")
    concurrently(
        *[lambda: read_in_app(app_client, 0, message_id)] * 3,
        *[lambda: confirm_in_line(bench, 0, message_id)] * 2,
        lambda: read_in_app(app_client, 1, message_id),
    )
    assert left(bench) >= 2, "a reading does not wait for the hospital"
    assert start(bench, hospital, "DeleteMessageBatch").wait(SECONDS) == -SIGKILL  # done, but not deleted yet
    call_all(bench, hospital)
    assert hospital.requests == [f"{HOST}/read?ref=once"] * 2

    confirm_in_line(bench, 1, message_id)
    read_in_app(app_client, 0, message_id)
    call_all(bench, hospital)
    assert len(hospital.requests) == 2


def test_a_call_that_may_have_arrived_is_not_repeated(bench, hospital, app_client):
    read_in_app(app_client, 0, sent(bench, f"https://{HOST}/read?ref=killed"))
    hospital.holds = True
    process = start(bench, hospital)
    eventually(lambda: hospital.requests, "the hospital is called")
    process.kill()
    process.wait()
    hospital.let_go.set()
    call_all(bench, hospital)
    assert len(hospital.requests) == 1


def test_a_redirect_is_neither_followed_nor_tried_again(bench, hospital, app_client):
    hospital.status = 302
    read_in_app(app_client, 0, sent(bench, f"https://{HOST}/read?ref=redirect"))
    call_all(bench, hospital)
    assert hospital.requests == [f"{HOST}/read?ref=redirect"]


def test_a_hospital_that_answers_503_is_called_again(bench, hospital, app_client):
    hospital.status = 503
    read_in_app(app_client, 0, sent(bench, f"https://{HOST}/read?ref=busy"))
    process = start(bench, hospital)
    eventually(lambda: hospital.requests, "the hospital is called")
    hospital.status = 204
    eventually(lambda: left(bench) == 0, "the queue is empty")
    process.kill()
    process.wait()
    assert set(hospital.requests) == {f"{HOST}/read?ref=busy"}
    assert len(hospital.requests) >= 2


def test_a_name_that_resolves_to_a_private_address_is_not_called(bench, hospital, app_client):
    read_in_app(app_client, 0, sent(bench, f"https://{INSIDE}/latest/meta-data"))
    call_all(bench, hospital)
    assert hospital.requests == []


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/",
        f"https://{HOST}:8443/",
        f"https://user:secret@{HOST}/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::10.0.0.1]/",
    ],
)
def test_a_url_that_may_not_be_called_is_refused_by_the_api(bench, url):
    his = Client(bench.api).sign_in("his.demo", HOSPITAL, "His-demo-1")
    body = {
        "hospital": {"hospital_code": HOSPITAL},
        "message_ref_code": "bad",
        "message_title": "ก",
        "message_content_html": "ข",
        "message_confirm_url": url,
        "target": [cid(0)],
    }
    answer = his.call("POST", "/api/SendMessageTarget", body=body)
    assert (answer.status, list(answer.json["Error"]["fields"])) == (400, ["message_confirm_url"])

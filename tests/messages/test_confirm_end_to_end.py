"""From a message with a message_confirm_url to the hospital that is called, through everything that is in between.

The hospital's system, the API, the queues, the functions and the provider are real servers and processes. What is
asserted is what the hospital was asked.
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
    Workers,
    cid,
    message_environment,
    seed_people,
    user_id,
)
from infra.local import processes
from tests.client import Client
from tests.messages.his import HOST, Hospital, serving
from tests.waiting import SECONDS, eventually

pytestmark = pytest.mark.system

PEOPLE = 4
INSIDE = "inside.example.go.th"


@pytest.fixture(scope="module")
def here() -> Iterator[MessageEnvironment]:
    with message_environment() as running:
        seed_people(running, PEOPLE)
        workers = Workers(running, ("message-prepare", "message-app", "message-line"), seed=1)
        yield running
        workers.stop()


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    with serving(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def app_client(here: MessageEnvironment) -> Client:
    return Client(here.api).sign_in("mohprompt.demo", HOSPITAL, "Mohprompt-demo-1")


def sent(here: MessageEnvironment, url: str) -> int:
    """A message of this URL, as it is on everybody's phone; its id."""
    his = Client(here.api).sign_in("his.demo", HOSPITAL, "His-demo-1")
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
        eventually(lambda c=channel: here.received(c, message_id)["people"] == PEOPLE, "it is delivered")
    return message_id


def read_in_app(app_client: Client, person: int, message_id: int) -> str:
    body = {"cid": cid(person), "hospital_code": HOSPITAL, "message_id": message_id}
    read_at: str = app_client.call("POST", "/api/message/Read", body=body).result["read_at"]
    return read_at


def confirm_in_line(here: MessageEnvironment, person: int, message_id: int) -> None:
    order = {"channel": "line", "api": here.api, "user_id": user_id(person), "data": f"{HOSPITAL}-{message_id}"}
    here.control("read", order)


def at_once(*deeds: object) -> None:
    threads = [threading.Thread(target=deed) for deed in deeds]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def start(here: MessageEnvironment, hospital: Hospital, *death: str) -> "subprocess.Popen[bytes]":
    names = {HOST: ["127.0.0.1"], INSIDE: ["169.254.169.254"]}
    there = {"port": hospital.port, "ca_certs": hospital.certificate, "names": names}
    with (here.folder / "confirming.log").open("ab") as output:
        return processes.start("tests.messages.confirming", json.dumps(there), *death, env=here.env, output=output)


def left(here: MessageEnvironment) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = here.client("sqs").get_queue_attributes(QueueUrl=here.queue_url("message-confirm"), AttributeNames=names)
    return sum(int(number) for number in found["Attributes"].values())


def call_all(here: MessageEnvironment, hospital: Hospital) -> None:
    """The function runs until nothing is left to do."""
    process = start(here, hospital)
    eventually(lambda: left(here) == 0, "the queue is empty")
    process.kill()
    process.wait()


def test_the_hospital_is_called_once_for_each_person_at_the_first_reading(here, hospital, app_client):
    message_id = sent(here, f"https://{HOST}/read?ref=once")
    at_once(
        *[lambda: read_in_app(app_client, 0, message_id)] * 3,
        *[lambda: confirm_in_line(here, 0, message_id)] * 2,
        lambda: read_in_app(app_client, 1, message_id),
    )
    assert left(here) >= 2, "a reading does not wait for the hospital"
    assert start(here, hospital, "DeleteMessageBatch").wait(SECONDS) == -SIGKILL  # done, and not yet off the queue
    call_all(here, hospital)
    assert hospital.asked == [f"{HOST}/read?ref=once"] * 2

    confirm_in_line(here, 1, message_id)
    read_in_app(app_client, 0, message_id)
    call_all(here, hospital)
    assert len(hospital.asked) == 2


def test_a_call_that_may_have_arrived_is_not_made_again(here, hospital, app_client):
    read_in_app(app_client, 0, sent(here, f"https://{HOST}/read?ref=killed"))
    hospital.holds = True
    process = start(here, hospital)
    eventually(lambda: hospital.asked, "the hospital is called")
    process.kill()
    process.wait()
    hospital.let_go.set()
    call_all(here, hospital)
    assert len(hospital.asked) == 1


def test_a_redirect_leads_nowhere_and_is_not_tried_again(here, hospital, app_client):
    hospital.status = 302
    read_in_app(app_client, 0, sent(here, f"https://{HOST}/read?ref=redirect"))
    call_all(here, hospital)
    assert hospital.asked == [f"{HOST}/read?ref=redirect"]


def test_a_hospital_that_cannot_now_is_asked_again(here, hospital, app_client):
    hospital.status = 503
    read_in_app(app_client, 0, sent(here, f"https://{HOST}/read?ref=busy"))
    process = start(here, hospital)
    eventually(lambda: hospital.asked, "the hospital is called")
    hospital.status = 204
    eventually(lambda: left(here) == 0, "the queue is empty")
    process.kill()
    process.wait()
    assert set(hospital.asked) == {f"{HOST}/read?ref=busy"}
    assert len(hospital.asked) >= 2


def test_a_name_that_leads_inside_is_never_connected_to(here, hospital, app_client):
    read_in_app(app_client, 0, sent(here, f"https://{INSIDE}/latest/meta-data"))
    call_all(here, hospital)
    assert hospital.asked == []


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
def test_what_may_not_be_called_is_refused_when_it_is_sent(here, url):
    his = Client(here.api).sign_in("his.demo", HOSPITAL, "His-demo-1")
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

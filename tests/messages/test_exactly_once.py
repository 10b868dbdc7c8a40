"""Nobody gets the same message twice on one channel, and everybody gets it, however often a function dies.

Real engine, real HTTP, real processes: workers are killed with SIGKILL at random, jobs are delivered again, and the
providers fail one call in five in every way that they can. What is asserted is what the simulator counted.
"""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from infra.bench.message_environment import (
    HOSPITAL,
    MessageEnvironment,
    Workers,
    cid,
    message_environment,
    seed_people,
)
from infra.local.processes import ROOT
from infra.ops import redrive
from tests.waiting import eventually

pytestmark = pytest.mark.system

PEOPLE = 2_000
A_CALL = 80  # so that 2,000 targets are 25 batches a channel, and a kill meets one half way
QUEUES = ("message-prepare", "message-app", "message-line")
# One call in five: busy, failing before or after it was accepted, or silent after it was.
FAULTS = {"too_many": 0.05, "error_before": 0.05, "error_after": 0.05, "silent_after": 0.05, "slow_seconds": 0.1}
MOST_KILLS, STUCK_SECONDS = 12, 30


@pytest.fixture(scope="module")
def here() -> Iterator[MessageEnvironment]:
    with message_environment() as running:
        seed_people(running, PEOPLE)
        yield running


@pytest.fixture
def workers(here: MessageEnvironment) -> Iterator[Workers]:
    running = Workers(here, QUEUES + QUEUES[1:], seed=20261123)
    yield running
    running.stop()


def message(here: MessageEnvironment, ref: str, people: range) -> dict[str, Any]:
    here.sign_in("his.demo", "His-demo-1")
    body = {
        "hospital": {"hospital_code": HOSPITAL},
        "message_ref_code": ref,
        "message_title": "คลินิกย้าย",
        "message_content_html": "<p>เชิญที่อาคาร 2</p>",
        "target": [cid(n) for n in people],
    }
    return here.call("POST", "/api/SendMessageTarget", body)


def stop(here: MessageEnvironment, message_id: int) -> None:
    here.sign_in("staff.demo", "Staff-demo-1")
    here.call("POST", f"/api/messages/{message_id}/stop", {})


def overview(here: MessageEnvironment, message_id: int) -> dict[str, Any]:
    here.sign_in("staff.demo", "Staff-demo-1")
    return here.call("GET", f"/api/messages/{message_id}")


def waiting(here: MessageEnvironment, name: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = here.client("sqs").get_queue_attributes(QueueUrl=here.queue_url(name), AttributeNames=names)
    return sum(int(count) for count in found["Attributes"].values())


def set_aside(here: MessageEnvironment, name: str) -> list[str]:
    """What stands on a dead-letter queue, of which a test leaves fewer than ten."""
    where = here.queue_url(f"{name}-dead")
    found = here.client("sqs").receive_message(QueueUrl=where, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [one["Body"] for one in found.get("Messages", [])]


def is_set_aside(here: MessageEnvironment, name: str, message_id: int) -> bool:
    return any(json.loads(body).get("message_id") == message_id for body in set_aside(here, name))


def forget_the_jobs(here: MessageEnvironment) -> None:
    """Of a storm that is over: what was queued twice rests for as long as somebody else may be at its batch, is counted
    as attempted, and would come to the dead letters of another test."""
    for name in QUEUES:
        for queue in (name, f"{name}-dead"):
            here.client("sqs").purge_queue(QueueUrl=here.queue_url(queue))


def test_everyone_gets_it_once_while_functions_die_and_providers_fail(here, workers):
    here.control("faults", {"app": {**FAULTS, "seed": 1}, "line": {**FAULTS, "seed": 2}})
    sent = message(here, "STORM", range(0))
    stop(here, sent["message_id"])  # so that the batches wait until all of them are there
    for first in range(0, PEOPLE, A_CALL):
        sent = message(here, "STORM", range(first, first + A_CALL))
        assert (sent["accepted"], sent["refused"]) == (A_CALL, [])
    assert overview(here, sent["message_id"])["state"] == "stopped"
    assert here.received("app", sent["message_id"])["deliveries"] == 0

    seen, moved_at = {PEOPLE * 2}, time.monotonic()

    def all_sent() -> bool:
        nonlocal moved_at
        found = here.call("GET", f"/api/messages/{sent['message_id']}")
        left = sum(channel["queued"] for channel in found["counts"].values())
        moved = left not in seen
        if left and (moved or time.monotonic() > moved_at + STUCK_SECONDS):
            seen.add(left)
            moved_at = time.monotonic()
            if moved and workers.killed < MOST_KILLS:  # by progress and not by time, for a slow machine's sake
                workers.kill()
            here.call("POST", f"/api/messages/{sent['message_id']}/resume", {})  # everything unfinished, once more
        return found["state"] == "sent"

    here.call("POST", f"/api/messages/{sent['message_id']}/resume", {})
    eventually(all_sent, "every batch is done", every=0.5)
    assert workers.killed >= 2
    for channel in ("app", "line"):
        assert here.received(channel, sent["message_id"]) == {"people": PEOPLE, "deliveries": PEOPLE, "most": 1}
    counts = overview(here, sent["message_id"])
    assert counts["targets"] == PEOPLE
    assert counts["counts"] == {name: {"queued": 0, "sent": PEOPLE, "failed": 0} for name in ("app", "line")}
    forget_the_jobs(here)


def test_a_target_file_is_matched_once_though_the_function_dies(here, workers):
    here.control("faults", {})
    here.sign_in("staff.demo", "Staff-demo-1")
    made = here.call("POST", "/api/messages", {"title": "ก", "content": "ข", "app": True, "line": False})
    lines = [cid(n) for n in range(PEOPLE)] + [cid(n) for n in range(90_000, 100_000)] + [cid(0), "abc", ""]
    content = "\n".join(lines).encode()
    offer = here.call("POST", f"/api/messages/{made['message_id']}/upload", {"size": len(content)})
    put(offer["url"], content)
    here.call("POST", f"/api/messages/{made['message_id']}/targets", {"upload_id": offer["upload_id"]})

    killed_after = set()

    def matched() -> bool:
        upload = here.call("GET", f"/api/messages/{made['message_id']}")["upload"]
        if upload["state"] == "matching" and upload["portions"] not in killed_after:
            killed_after.add(upload["portions"])
            workers.kill("message-prepare")
        return upload["state"] == "matched"

    eventually(matched, "the file is matched", every=0.01)
    assert len(killed_after) >= 2
    found = overview(here, made["message_id"])
    outcome = {name: found["upload"][name] for name in ("matched", "not_in_white_list", "duplicate", "malformed")}
    assert outcome == {"matched": PEOPLE, "not_in_white_list": 10_000, "duplicate": 1, "malformed": 1}
    assert found["targets"] == PEOPLE


def put(url: str, content: bytes) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, content, method="PUT"), timeout=180) as answer:
        assert answer.status == 200


def test_what_fails_for_good_waits_and_comes_back_by_the_redrive_command(here, workers):
    here.control("faults", {"app": {"down": True}})
    sent = message(here, "DOWN", range(10))
    eventually(lambda: is_set_aside(here, "message-app", sent["message_id"]), "five attempts are over")
    there = waiting(here, "message-app-dead")
    assert overview(here, sent["message_id"])["counts"]["app"] == {"queued": 10, "sent": 0, "failed": 0}
    here.control("faults", {})
    assert f"message-app: {there} waiting" in redrive_command(here)
    assert f"message-app: {there} put back" in redrive_command(here, "message-app")
    eventually(lambda: overview(here, sent["message_id"])["state"] == "sent", "it is delivered", every=0.3)
    assert here.received("app", sent["message_id"]) == {"people": 10, "deliveries": 10, "most": 1}
    assert "message-app: 0 waiting" in redrive_command(here)


def redrive_command(here: MessageEnvironment, *arguments: str) -> str:
    """What `make redrive` prints."""
    command = [sys.executable, "-m", "infra.ops.redrive", *arguments]
    done = subprocess.run(command, env=here.env, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_job_that_nobody_understands_ends_in_the_dead_letter_queue_and_holds_up_no_other(here, workers):
    here.client("sqs").send_message(QueueUrl=here.queue_url("message-line"), MessageBody="not JSON")
    sent = message(here, "BESIDE", range(10))
    eventually(lambda: overview(here, sent["message_id"])["state"] == "sent", "the other is delivered", every=0.3)
    eventually(lambda: "not JSON" in set_aside(here, "message-line"), "the bad one is set aside", every=0.5)


def test_queues_and_logs_hold_no_national_id(here):
    """Without workers: what was posted stays on the queues and can be read there."""
    sent = message(here, "QUIET", range(30))
    sqs, bodies = here.client("sqs"), []

    def received() -> list[str]:
        found = sqs.receive_message(QueueUrl=here.queue_url("message-prepare"), MaxNumberOfMessages=10)
        bodies.extend(one["Body"] for one in found.get("Messages", []))
        return bodies

    # The last question of a worker that was killed may have taken it; then it comes again.
    eventually(received, "the job is on the queue")
    assert [json.loads(body) for body in bodies] == [
        {"do": "dispatch", "hospital_code": HOSPITAL, "message_id": sent["message_id"], "first": 1}
    ]
    logs = "".join(path.read_text(errors="replace") for path in here.folder.glob("*.log"))
    assert '"queue": "message-app"' in logs
    assert not [n for n in range(PEOPLE) if cid(n) in logs]
    stop(here, sent["message_id"])  # or the next test's workers would take it up


def test_the_storm_can_fail(here, workers):
    """The negative control: with a new key for every attempt, people get it twice and the count shows it."""
    here.control("faults", {"app": {"silent_after": 1}})
    sent = message(here, "CONTROL", range(10))
    eventually(lambda: is_set_aside(here, "message-app", sent["message_id"]), "accepted, and never answered")
    assert here.received("app", sent["message_id"]) == {"people": 10, "deliveries": 10, "most": 1}
    key = {"hospital_code": {"S": HOSPITAL}, "item": {"S": f"{sent['message_id']:010d}"}}
    here.client("dynamodb").update_item(
        TableName="moph-local-messages",
        Key=key,
        UpdateExpression="SET key_seed = :other",
        ExpressionAttributeValues={":other": {"S": "0f8fad5b-d9cb-469f-a165-70867728950e"}},
    )
    here.control("faults", {})
    redrive.put_back(here.client("sqs"), "message-app")
    eventually(lambda: here.received("app", sent["message_id"])["most"] == 2, "the change of keys shows")

"""Everybody gets a message exactly once on each channel, whatever fails.

On an engine, over HTTP, in processes: workers are killed with SIGKILL at random, jobs are queued again, and the
providers fail one call in five in every way that they can. Asserted is what the simulator counted.
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
    cid,
    message_environment,
    seed_people,
)
from infra.local.child_processes import ROOT
from infra.ops import redrive
from tests.function_process import ForkedWorkers
from tests.waiting import eventually

pytestmark = pytest.mark.system

PEOPLE = 1_000
A_CALL = 40  # so that 1,000 targets are 25 batches per channel, and a kill hits a running one
QUEUES = ("message-prepare", "message-app", "message-line")
# One call in five: 429, an error before or after the batch was accepted, or no answer.
FAULTS = {"too_many": 0.05, "error_before": 0.05, "error_after": 0.05, "silent_after": 0.05, "slow_seconds": 0.1}
MOST_KILLS, STUCK_SECONDS = 12, 30


@pytest.fixture(scope="module")
def bench() -> Iterator[MessageEnvironment]:
    with message_environment() as running:
        seed_people(running, PEOPLE)
        yield running


@pytest.fixture(scope="module")
def workers(bench: MessageEnvironment) -> Iterator[ForkedWorkers]:
    running = ForkedWorkers(bench, QUEUES + QUEUES[1:], seed=20261123)
    yield running
    running.stop()


def message(bench: MessageEnvironment, ref: str, people: range) -> dict[str, Any]:
    bench.sign_in("his.demo", "His-demo-1")
    body = {
        "hospital": {"hospital_code": HOSPITAL},
        "message_ref_code": ref,
        "message_title": "คลินิกย้าย",
        "message_content_html": "<p>เชิญที่อาคาร 2</p>",
        "target": [cid(n) for n in people],
    }
    return bench.call("POST", "/api/SendMessageTarget", body)


def stop(bench: MessageEnvironment, message_id: int) -> None:
    bench.sign_in("staff.demo", "Staff-demo-1")
    bench.call("POST", f"/api/messages/{message_id}/stop", {})


def overview(bench: MessageEnvironment, message_id: int) -> dict[str, Any]:
    bench.sign_in("staff.demo", "Staff-demo-1")
    return bench.call("GET", f"/api/messages/{message_id}")


def waiting(bench: MessageEnvironment, name: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = bench.client("sqs").get_queue_attributes(QueueUrl=bench.queue_url(name), AttributeNames=names)
    return sum(int(count) for count in found["Attributes"].values())


def set_aside(bench: MessageEnvironment, name: str) -> list[str]:
    """The bodies on a dead-letter queue; a test leaves fewer than ten."""
    where = bench.queue_url(f"{name}-dead")
    found = bench.client("sqs").receive_message(QueueUrl=where, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [one["Body"] for one in found.get("Messages", [])]


def is_set_aside(bench: MessageEnvironment, name: str, message_id: int) -> bool:
    return any(json.loads(body).get("message_id") == message_id for body in set_aside(bench, name))


def purge_queues(bench: MessageEnvironment) -> None:
    """Purge the queues after many kills.

    Jobs that were queued twice would end in the dead-letter queue during another test.
    """
    for name in QUEUES:
        for queue in (name, f"{name}-dead"):
            bench.client("sqs").purge_queue(QueueUrl=bench.queue_url(queue))


def test_everyone_gets_it_once_while_functions_die_and_providers_fail(bench, workers):
    bench.control("faults", {"app": {**FAULTS, "seed": 1}, "line": {**FAULTS, "seed": 2}})
    sent = message(bench, "EVERYBODY", range(0))
    stop(bench, sent["message_id"])  # so that no batch is delivered before all of them are stored
    for first in range(0, PEOPLE, A_CALL):
        sent = message(bench, "EVERYBODY", range(first, first + A_CALL))
        assert (sent["accepted"], sent["refused"]) == (A_CALL, [])
    assert overview(bench, sent["message_id"])["state"] == "stopped"
    assert bench.received("app", sent["message_id"])["deliveries"] == 0

    earlier, moved_at = {PEOPLE * 2}, time.monotonic()

    def all_sent() -> bool:
        nonlocal moved_at
        found = bench.call("GET", f"/api/messages/{sent['message_id']}")
        left = sum(channel["queued"] for channel in found["counts"].values())
        moved = left not in earlier
        if left and (moved or time.monotonic() > moved_at + STUCK_SECONDS):
            earlier.add(left)
            moved_at = time.monotonic()
            if moved and workers.killed < MOST_KILLS:  # by progress and not by time, because of slow machines
                workers.kill()
            bench.call("POST", f"/api/messages/{sent['message_id']}/resume", {})  # queue again what is not done
        return found["state"] == "sent"

    bench.call("POST", f"/api/messages/{sent['message_id']}/resume", {})
    eventually(all_sent, "every batch is done", every=0.5)
    assert workers.killed >= 2
    for channel in ("app", "line"):
        assert bench.received(channel, sent["message_id"]) == {"people": PEOPLE, "deliveries": PEOPLE, "most": 1}
    counts = overview(bench, sent["message_id"])
    assert counts["targets"] == PEOPLE
    assert counts["counts"] == {name: {"queued": 0, "sent": PEOPLE, "failed": 0} for name in ("app", "line")}
    purge_queues(bench)


def test_a_target_file_is_matched_once_even_if_the_function_dies(bench, workers):
    bench.control("faults", {})
    bench.sign_in("staff.demo", "Staff-demo-1")
    made = bench.call("POST", "/api/messages", {"title": "ก", "content": "ข", "app": True, "line": False})
    lines = [cid(n) for n in range(PEOPLE)] + [cid(n) for n in range(90_000, 100_000)] + [cid(0), "abc", ""]
    content = "\n".join(lines).encode()
    offer = bench.call("POST", f"/api/messages/{made['message_id']}/upload", {"size": len(content)})
    put(offer["url"], content)
    bench.call("POST", f"/api/messages/{made['message_id']}/targets", {"upload_id": offer["upload_id"]})

    killed_after = set()

    def matched() -> bool:
        upload = bench.call("GET", f"/api/messages/{made['message_id']}")["upload"]
        if upload["state"] == "matching" and upload["portions"] not in killed_after:
            killed_after.add(upload["portions"])
            workers.kill("message-prepare")
        return upload["state"] == "matched"

    eventually(matched, "the file is matched", every=0.01)
    assert len(killed_after) >= 2
    found = overview(bench, made["message_id"])
    outcome = {name: found["upload"][name] for name in ("matched", "not_in_white_list", "duplicate", "malformed")}
    assert outcome == {"matched": PEOPLE, "not_in_white_list": 10_000, "duplicate": 1, "malformed": 1}
    assert found["targets"] == PEOPLE


def put(url: str, content: bytes) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, content, method="PUT"), timeout=180) as answer:
        assert answer.status == 200


def test_a_job_that_failed_five_times_is_done_after_the_redrive_command(bench, workers):
    bench.control("faults", {"app": {"down": True}})
    sent = message(bench, "DOWN", range(10))
    eventually(lambda: is_set_aside(bench, "message-app", sent["message_id"]), "five attempts are over")
    there = waiting(bench, "message-app-dead")
    assert overview(bench, sent["message_id"])["counts"]["app"] == {"queued": 10, "sent": 0, "failed": 0}
    bench.control("faults", {})
    assert f"message-app: {there} waiting" in redrive_command(bench)
    assert f"message-app: {there} put back" in redrive_command(bench, "message-app")
    eventually(lambda: overview(bench, sent["message_id"])["state"] == "sent", "it is delivered", every=0.3)
    assert bench.received("app", sent["message_id"]) == {"people": 10, "deliveries": 10, "most": 1}
    assert "message-app: 0 waiting" in redrive_command(bench)


def redrive_command(bench: MessageEnvironment, *arguments: str) -> str:
    """The output of `make redrive`."""
    command = [sys.executable, "-m", "infra.ops.redrive", *arguments]
    done = subprocess.run(command, env=bench.env, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_body_that_is_no_job_ends_in_the_dead_letter_queue_and_stops_no_other(bench, workers):
    bench.client("sqs").send_message(QueueUrl=bench.queue_url("message-line"), MessageBody="not JSON")
    sent = message(bench, "BESIDE", range(10))
    eventually(lambda: overview(bench, sent["message_id"])["state"] == "sent", "the other is delivered", every=0.3)
    eventually(lambda: "not JSON" in set_aside(bench, "message-line"), "the bad one is set aside", every=0.5)


def test_the_count_shows_a_message_that_was_delivered_twice(bench, workers):
    """Negative control: with another key for the second attempt, people get it twice."""
    bench.control("faults", {"app": {"silent_after": 1}})
    sent = message(bench, "CONTROL", range(10))
    eventually(lambda: is_set_aside(bench, "message-app", sent["message_id"]), "accepted, and never answered")
    assert bench.received("app", sent["message_id"]) == {"people": 10, "deliveries": 10, "most": 1}
    key = {"hospital_code": {"S": HOSPITAL}, "item": {"S": f"{sent['message_id']:010d}"}}
    bench.client("dynamodb").update_item(
        TableName="moph-local-messages",
        Key=key,
        UpdateExpression="SET key_seed = :other",
        ExpressionAttributeValues={":other": {"S": "0f8fad5b-d9cb-469f-a165-70867728950e"}},
    )
    bench.control("faults", {})
    redrive.put_back(bench.client("sqs"), "message-app")
    eventually(lambda: bench.received("app", sent["message_id"])["most"] == 2, "the change of keys shows")


def test_queues_and_logs_hold_no_national_id(bench, workers):
    """The last test: it ends the workers, so the job stays on the queue."""
    workers.stop()
    sent = message(bench, "QUIET", range(30))
    sqs, bodies = bench.client("sqs"), []

    def received() -> list[str]:
        found = sqs.receive_message(QueueUrl=bench.queue_url("message-prepare"), MaxNumberOfMessages=10)
        bodies.extend(one["Body"] for one in found.get("Messages", []))
        return bodies

    # A worker that was killed may have received it; then it is received again.
    eventually(received, "the job is on the queue")
    assert [json.loads(body) for body in bodies] == [
        {"job": "DispatchBatches", "hospital_code": HOSPITAL, "message_id": sent["message_id"], "first_batch": 1}
    ]
    logs = "".join(path.read_text(errors="replace") for path in bench.folder.glob("*.log"))
    assert '"queue": "message-app"' in logs
    assert not [n for n in range(PEOPLE) if cid(n) in logs]

"""The fan-out under fire: real engine, real simulator, worker processes that are killed at random.

The test (tests/messages/test_exactly_once.py) runs it small, `make bench` runs it with 100,000 targets.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from infra import stack
from infra.local import engine, processes

QUEUES = ("message-prepare", "message-app", "message-line", "message-confirm")
HOSPITAL = "00000"


def check_digit(cid: str) -> int:
    return (11 - sum(int(d) * (13 - i) for i, d in enumerate(cid[:12])) % 11) % 10


def cid(number: int) -> str:
    """The n-th made-up person: a well-formed national id."""
    stem = f"1{number:011d}"
    return stem + str(check_digit(stem))


def user_id(number: int) -> str:
    return f"U{number:032x}"


@dataclass
class Ground:
    """An engine with the stack, a simulator, and the environment that reaches both."""

    folder: Path
    env: dict[str, str]
    simulator: str
    children: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def outside(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.simulator}/control/{path}", data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def received(self, channel: str, message_ref: str) -> dict[str, int]:
        """{"people", "deliveries", "most"} as the provider counted them."""
        nothing = {"people": 0, "deliveries": 0, "most": 0}
        found: dict[str, int] = self.outside("counts")["messages"].get(f"{channel} {message_ref}", nothing)
        return found

    def queue_url(self, name: str) -> str:
        return str(boto3.client("sqs").get_queue_url(QueueName=f"moph-local-{name}")["QueueUrl"])


@contextmanager
def ground(visibility_seconds: int = 2) -> Iterator[Ground]:
    """Starts everything in a temporary folder and points this process's AWS clients and settings at it, once a process.
    visibility_seconds: how soon a killed worker's jobs come back (360 s on AWS)."""
    with tempfile.TemporaryDirectory(prefix="moph-storm-") as name:
        folder = Path(name)
        port, outside = processes.free_port(), processes.free_port()
        env = processes.local_environment(f"http://127.0.0.1:{port}") | {
            "APP_GATEWAY_URL": f"http://127.0.0.1:{outside}/app",
            "LINE_API_URL": f"http://127.0.0.1:{outside}/line",
            "CHANNEL_RETRY_SECONDS": "0.2",
        }
        os.environ.update(env)
        here = Ground(folder, env, f"http://127.0.0.1:{outside}")
        here.children.append(engine.start(folder, port))
        try:
            simulator = processes.start("infra.local.simulator", "--port", str(outside), env=env)
            here.children.append(simulator)
            processes.wait_for(f"{here.simulator}/health", simulator)
            stack.apply("local")
            for queue in QUEUES:
                attributes = {"VisibilityTimeout": str(visibility_seconds)}
                boto3.client("sqs").set_queue_attributes(QueueUrl=here.queue_url(queue), Attributes=attributes)
            yield here
        finally:
            for child in reversed(here.children):
                processes.stop(child)


class Workers:
    """Processes that do what Lambda does with a queue. `kill_one` ends one without a warning and starts another."""

    def __init__(self, here: Ground, queues: tuple[str, ...], seed: int) -> None:
        self._here = here
        self._random = random.Random(seed)
        self._log = (here.folder / "workers.log").open("ab")
        self._running = [(queue, self._start(queue)) for queue in queues]
        self.killed = 0

    def _start(self, queue: str) -> "subprocess.Popen[bytes]":
        return processes.start("infra.bench.worker", queue, env=self._here.env, output=self._log)

    def kill_one(self) -> None:
        place = self._random.randrange(len(self._running))
        queue, process = self._running[place]
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.killed += 1
        self._running[place] = (queue, self._start(queue))

    def stop(self) -> None:
        for _, process in self._running:
            process.kill()
            process.wait()
        self._log.close()

    def log(self) -> str:
        return (self._here.folder / "workers.log").read_text(encoding="utf-8")


def seed_people(count: int, linked: bool = True, threads: int = 4) -> None:
    """Puts people 0..count-1 on the hospital's white list, each with a LINE user."""
    client = boto3.client("dynamodb")
    rows = [
        row
        for n in range(count)
        for row in (
            ("moph-local-people", {"cid": cid(n), "record": f"hospital#{HOSPITAL}", "hospital_code": HOSPITAL,
                                   "prefix": "คุณ", "first_name": f"ทดสอบ{n}", "last_name": "ระบบ"}),
            ("moph-local-line-links", {"key": f"cid#{cid(n)}", "cid": cid(n), "user_id": user_id(n)}),
        )[: 2 if linked else 1]
    ]  # fmt: skip
    chunks = [rows[start : start + 25] for start in range(0, len(rows), 25)]

    def write(mine: list[Any]) -> None:
        for chunk in mine:
            request: dict[str, list[Any]] = {}
            for table, row in chunk:
                item = {name: {"S": value} for name, value in row.items()}
                request.setdefault(table, []).append({"PutRequest": {"Item": item}})
            while request:
                request = client.batch_write_item(RequestItems=request)["UnprocessedItems"]

    running = [threading.Thread(target=write, args=(chunks[n::threads],)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def until(done: Any, seconds: float, what: str, every: float = 0.1, meanwhile: Any = None) -> None:
    """Waits until done() is true; does `meanwhile` in between. Raises AssertionError at the deadline."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        if meanwhile:
            meanwhile()
        time.sleep(every)


def peak_mib() -> int:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit("run `make bench`, or pytest tests/messages/test_exactly_once.py")

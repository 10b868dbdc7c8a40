"""The fan-out under fire: real engine, real simulator, worker processes that are killed at random.

The test (tests/messages/test_exactly_once.py) runs it small, `make bench` runs it with 100,000 targets.
"""

import hashlib
import hmac
import json
import random
import signal
import subprocess
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
class BenchEnvironment:
    """An engine with the stack and the demo data, the API, a simulator, and the environment that reaches them."""

    folder: Path
    env: dict[str, str]
    simulator: str
    api: str
    children: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    token: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client of the engine; this process's own environment stays as it is."""
        return boto3.client(
            service,
            endpoint_url=self.env["AWS_ENDPOINT_URL"],
            region_name=self.env["AWS_REGION"],
            aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
        )

    def sign_in(self, login: str, password: str) -> None:
        """From here on `call` speaks for this account."""
        if login not in self._tokens:
            self._tokens[login] = self._fetch_token(login, password)
        self.token = self._tokens[login]

    def _fetch_token(self, login: str, password: str) -> str:
        key = hmac.new(b"$jwt@moph#", password.encode(), hashlib.sha256).hexdigest()
        query = f"Action=get_moph_access_token&user={login}&hospital_code={HOSPITAL}&password_hash={key}"
        with urllib.request.urlopen(f"{self.api}/token?{query}", timeout=30) as answer:
            return str(answer.read().decode())

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The `result` of one call to the API; a refusal is raised as urllib's HTTPError."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.api + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["result"]

    def outside(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.simulator}/control/{path}", data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def received(self, channel: str, message_id: int) -> dict[str, int]:
        """{"people", "deliveries", "most"} as the provider counted them."""
        nothing = {"people": 0, "deliveries": 0, "most": 0}
        found: dict[str, int] = self.outside("counts")["messages"].get(f"{channel} {HOSPITAL}-{message_id}", nothing)
        return found

    def queue_url(self, name: str) -> str:
        return str(self.client("sqs").get_queue_url(QueueName=f"moph-local-{name}")["QueueUrl"])

    def set_visibility(self, seconds: int) -> None:
        """How soon a killed worker's jobs come back (360 s on AWS)."""
        for queue in QUEUES:
            attributes = {"VisibilityTimeout": str(seconds)}
            self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url(queue), Attributes=attributes)


@contextmanager
def bench_environment() -> Iterator[BenchEnvironment]:
    """Starts everything but the workers in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="moph-storm-") as name, Path(name, "output.log").open("ab") as output:
        port, outside, api = (processes.free_port() for _ in range(3))
        env = processes.local_environment(f"http://127.0.0.1:{port}") | {
            "APP_GATEWAY_URL": f"http://127.0.0.1:{outside}/app",
            "LINE_API_URL": f"http://127.0.0.1:{outside}/line",
            "CHANNEL_RETRY_SECONDS": "0.2",
        }
        here = BenchEnvironment(Path(name), env, f"http://127.0.0.1:{outside}", f"http://127.0.0.1:{api}")
        here.children.append(engine.start(here.folder, port, SAVE_SECONDS="0"))  # a clean end saves
        try:
            simulator = processes.start(
                "infra.local.provider_simulator", "--port", str(outside), env=env, output=output
            )
            here.children.append(simulator)
            processes.wait_for(f"{here.simulator}/health", simulator)
            if processes.start("infra.local.prepare_tables", env=env, output=output).wait():
                raise RuntimeError("the tables could not be prepared")
            serving = processes.start("infra.local.api", str(api), env=env, output=output)
            here.children.append(serving)
            processes.wait_for(f"{here.api}/health", serving)
            here.set_visibility(2)
            yield here
        finally:
            for child in reversed(here.children):
                processes.stop(child)


class Workers:
    """Processes that do what Lambda does with a queue."""

    def __init__(
        self, here: BenchEnvironment, queues: tuple[str, ...], seed: int, count_into: Path | None = None
    ) -> None:
        self._here, self._count_into = here, count_into
        self._random = random.Random(seed)
        self._log = (here.folder / "workers.log").open("ab")
        self._running = [(queue, self._start(queue)) for queue in queues]
        self.killed = 0

    def _start(self, queue: str) -> "subprocess.Popen[bytes]":
        counting = [str(self._count_into)] if self._count_into else []
        return processes.start("infra.bench.queue_worker", queue, *counting, env=self._here.env, output=self._log)

    def kill(self, queue: str | None = None) -> None:
        """Ends a worker, of the queue or any, without a warning, and starts another."""
        places = [n for n, (its, _) in enumerate(self._running) if queue in (None, its)]
        place = self._random.choice(places)
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

    def peak_mib(self) -> dict[str, int]:
        """queue -> the most memory that a worker of it, alive now, has held, in MiB."""
        peaks: dict[str, int] = {}
        for queue, process in self._running:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            kib = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
            peaks[queue] = max(peaks.get(queue, 0), kib // 1024)
        return peaks


def seed_people(here: BenchEnvironment, count: int, linked: bool = True, threads: int = 4) -> None:
    """Puts people 0..count-1 on the hospital's white list, each with a LINE user."""
    client = here.client("dynamodb")
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

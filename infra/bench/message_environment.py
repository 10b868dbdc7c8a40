"""Environment for sending messages: engine, API, provider simulator and workers.

The workers are processes that can be killed. `infra.bench.messages` uses this environment with 100,000 targets; the
tests of messages and reminders use it with fewer.
"""

import hashlib
import hmac
import json
import random
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

from infra.bench.bench_environment import HOSPITAL, cid
from infra.local import child_processes, engine

QUEUES = ("message-prepare", "message-app", "message-line", "message-confirm")


def user_id(number: int) -> str:
    """The LINE user id of the n-th test person."""
    return f"U{number:032x}"


@dataclass
class MessageEnvironment:
    """The running processes, and clients to call them.

    folder: logs and the engine's state. env: environment variables for further processes. simulator, api: URLs.
    children: the engine, the simulator and the API, in this order. token: of the account that has signed in.
    """

    folder: Path
    env: dict[str, str]
    simulator: str
    api: str
    children: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    token: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)
    _queue_urls: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """The boto3 client of the engine, independent of this process's environment.

        Made once for each service, because it takes longer than a request.
        """
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self.env["AWS_ENDPOINT_URL"],
                region_name=self.env["AWS_REGION"],
                aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
            )
        return self._clients[service]

    def sign_in(self, login: str, password: str) -> None:
        """Make `call` use this account's token from now on."""
        if login not in self._tokens:
            self._tokens[login] = self._fetch_token(login, password)
        self.token = self._tokens[login]

    def _fetch_token(self, login: str, password: str) -> str:
        key = hmac.new(b"$jwt@moph#", password.encode(), hashlib.sha256).hexdigest()
        query = f"Action=get_moph_access_token&user={login}&hospital_code={HOSPITAL}&password_hash={key}"
        with urllib.request.urlopen(f"{self.api}/token?{query}", timeout=30) as response:
            return str(response.read().decode())

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API and return the `result`.

        Raises urllib's HTTPError if the response is an error.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.api + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["result"]

    def control(self, path: str, body: Any = None) -> Any:
        """Call /control/<path> of the simulator and return its JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.simulator}/control/{path}", data)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def received(self, channel: str, message_id: int) -> dict[str, int]:
        """The provider's counts of one message: people, deliveries and most.

        most: the largest number of deliveries to one person.
        """
        messages: dict[str, dict[str, int]] = self.control("counts")["messages"]
        return messages.get(f"{channel} {HOSPITAL}-{message_id}", {"people": 0, "deliveries": 0, "most": 0})

    def queue_url(self, name: str) -> str:
        if name not in self._queue_urls:
            self._queue_urls[name] = self.client("sqs").get_queue_url(QueueName=f"moph-local-{name}")["QueueUrl"]
        return self._queue_urls[name]

    def set_visibility(self, seconds: int) -> None:
        """Set the seconds until a killed worker's jobs are visible again (on AWS 360)."""
        for queue in QUEUES:
            attributes = {"VisibilityTimeout": str(seconds)}
            self.client("sqs").set_queue_attributes(QueueUrl=self.queue_url(queue), Attributes=attributes)


@contextmanager
def message_environment() -> Iterator[MessageEnvironment]:
    """Start the processes, except the workers, with a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="moph-messages-") as name, Path(name, "output.log").open("ab") as output:
        port, simulator_port, api_port = (child_processes.free_port() for _ in range(3))
        simulator_url, api_url = f"http://127.0.0.1:{simulator_port}", f"http://127.0.0.1:{api_port}"
        env = child_processes.local_environment(f"http://127.0.0.1:{port}") | child_processes.provider_settings(
            simulator_url
        )
        env["CHANNEL_RETRY_SECONDS"] = "0.2"
        environment = MessageEnvironment(Path(name), env, simulator_url, api_url)
        children = environment.children

        def start(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
            children.append(child_processes.start(module, *arguments, env=env, output=output))
            return children[-1]

        children.append(engine.start(environment.folder, port, SAVE_SECONDS="0"))  # saves at a clean end only
        try:
            child_processes.wait_for(
                f"{simulator_url}/health", start("infra.local.provider_server", "--port", str(simulator_port))
            )
            if child_processes.start("infra.local.prepare_tables", env=env, output=output).wait():
                raise RuntimeError("the tables could not be prepared")
            child_processes.wait_for(f"{api_url}/health", start("infra.local.api", str(api_port)))
            environment.set_visibility(2)
            yield environment
        finally:
            for child in reversed(children):
                child.kill()  # a clean end would save the state, which goes with the folder
                child.wait()


class Workers:
    """Processes that call the functions of queues, as Lambda does.

    queues: one process for each entry. seed: for the choice of the workers to kill. count_into: the file in which they
    count their AWS requests.
    """

    def __init__(
        self, environment: MessageEnvironment, queues: tuple[str, ...], seed: int, count_into: Path | None = None
    ) -> None:
        self._environment, self._count_into = environment, count_into
        self._random = random.Random(seed)
        self._log = (environment.folder / "workers.log").open("ab")
        self._running = [(queue, self._start(queue)) for queue in queues]
        self.killed = 0

    def _start(self, queue: str) -> Any:
        """Start one worker process."""
        count_file = [str(self._count_into)] if self._count_into else []
        env = self._environment.env
        return child_processes.start("infra.bench.queue_worker", queue, *count_file, env=env, output=self._log)

    def _end(self, process: Any) -> None:
        """Kill a worker that `_start` has started, with SIGKILL, and wait for its end."""
        process.kill()
        process.wait()

    def kill(self, queue: str | None = None) -> None:
        """Kill a random worker with SIGKILL, and start another.

        queue: choose only among its workers, if given.
        """
        candidates = [n for n, (its_queue, _) in enumerate(self._running) if queue in (None, its_queue)]
        number = self._random.choice(candidates)
        queue, process = self._running[number]
        self._end(process)
        self.killed += 1
        self._running[number] = (queue, self._start(queue))

    def stop(self) -> None:
        for _, process in self._running:
            self._end(process)
        self._log.close()

    def peak_mib(self) -> dict[str, int]:
        """Peak resident memory in MiB of the running workers, by queue."""
        peaks: dict[str, int] = {}
        for queue, process in self._running:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            kib = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
            peaks[queue] = max(peaks.get(queue, 0), kib // 1024)
        return peaks


def seed_people(environment: MessageEnvironment, count: int, linked: bool = True, threads: int = 4) -> None:
    """Put people 0 to count - 1 on the hospital's white list.

    linked: each has a LINE account.
    """
    client = environment.client("dynamodb")
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

    def write(thread_chunks: list[Any]) -> None:
        for chunk in thread_chunks:
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
    """Wait until done() is true. Raises AssertionError after `seconds`.

    what: for the error's text. every: seconds between two checks. meanwhile: is called between them.
    """
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        if meanwhile:
            meanwhile()
        time.sleep(every)

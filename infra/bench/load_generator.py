"""Load: prepared requests, sent by client processes over kept connections, all at once; and how long each took."""

import http.client
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier

PROCESSES = 4
_start: Barrier


@dataclass(frozen=True)
class Sent:
    """One prepared HTTP request. then: what the same client sends when it has been answered, timed as one with it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None
    then: "Sent | None" = None


@dataclass
class Outcome:
    """seconds: per request, in no order. statuses: status -> how many. wall: from the first to the last. cpu: what the
    client processes used."""

    seconds: list[float]
    statuses: dict[int, int]
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall


def send(address: str, clients: int, requests: list[Sent]) -> Outcome:
    """Deals the requests out to that many clients and sends them; address: host:port."""
    spawning = multiprocessing.get_context("spawn")
    workers = min(PROCESSES, clients)
    start = spawning.Barrier(workers)
    shares = [[requests[c::clients] for c in range(clients)][w::workers] for w in range(workers)]
    with ProcessPoolExecutor(workers, spawning, initializer=_ready, initargs=(start,)) as pool:
        parts = list(pool.map(partial(_work, address), shares))
    seconds = [one for part in parts for one, _ in part[0]]
    statuses: dict[int, int] = {}
    for part in parts:
        for _, status in part[0]:
            statuses[status] = statuses.get(status, 0) + 1
    wall = max(part[2] for part in parts) - min(part[1] for part in parts)
    return Outcome(seconds, statuses, wall, sum(part[3] for part in parts))


def _ready(start: Barrier) -> None:
    global _start
    _start = start


def _work(address: str, shares: list[list[Sent]]) -> tuple[list[tuple[float, int]], float, float, float]:
    with ThreadPoolExecutor(len(shares)) as threads:
        _start.wait(timeout=120)
        began, cpu = time.monotonic(), time.process_time()
        answers = [one for part in threads.map(partial(_client, address), shares) for one in part]
    return answers, began, time.monotonic(), time.process_time() - cpu


def _client(address: str, requests: list[Sent]) -> list[tuple[float, int]]:
    connection = http.client.HTTPConnection(address, timeout=60)
    answers = []
    for one in requests:
        began = time.perf_counter()
        step: Sent | None = one
        while step:
            connection.request(step.method, step.path, step.body, step.headers)
            answer = connection.getresponse()
            answer.read()
            step = step.then if answer.status == 200 else None
        answers.append((time.perf_counter() - began, answer.status))
    connection.close()
    return answers

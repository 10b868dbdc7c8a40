"""Load generator: send prepared HTTP requests from several processes; time them.

Several clients in each process send at the same time.
"""

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
class HttpRequest:
    """A prepared request.

    then: what the same client sends after a response with status 200; both are timed together.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None
    then: "HttpRequest | None" = None


@dataclass
class Outcome:
    """Outcome of a load.

    seconds: the duration of each request, unordered. statuses: HTTP status -> how many. wall: seconds from the first
    request to the last response. cpu: CPU seconds of the client processes.
    """

    seconds: list[float]
    statuses: dict[int, int]
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall


def send(address: str, clients: int, requests: list[HttpRequest]) -> Outcome:
    """Divide the requests among the clients and send them.

    Each client keeps one connection. address: host:port.
    """
    spawning = multiprocessing.get_context("spawn")
    workers = min(PROCESSES, clients)
    start = spawning.Barrier(workers)
    shares = [[requests[c::clients] for c in range(clients)][w::workers] for w in range(workers)]
    with ProcessPoolExecutor(workers, spawning, initializer=_ready, initargs=(start,)) as pool:
        parts = list(pool.map(partial(_work, address), shares))
    seconds = [duration for part in parts for duration, _ in part[0]]
    statuses: dict[int, int] = {}
    for part in parts:
        for _, status in part[0]:
            statuses[status] = statuses.get(status, 0) + 1
    wall = max(part[2] for part in parts) - min(part[1] for part in parts)
    return Outcome(seconds, statuses, wall, sum(part[3] for part in parts))


def _ready(start: Barrier) -> None:
    global _start
    _start = start


def _work(address: str, shares: list[list[HttpRequest]]) -> tuple[list[tuple[float, int]], float, float, float]:
    with ThreadPoolExecutor(len(shares)) as threads:
        _start.wait(timeout=120)
        began, cpu = time.monotonic(), time.process_time()
        results = [result for part in threads.map(partial(_client, address), shares) for result in part]
    return results, began, time.monotonic(), time.process_time() - cpu


def _client(address: str, requests: list[HttpRequest]) -> list[tuple[float, int]]:
    connection = http.client.HTTPConnection(address, timeout=60)
    results = []
    for request in requests:
        began = time.perf_counter()
        step: HttpRequest | None = request
        while step:
            connection.request(step.method, step.path, step.body, step.headers)
            response = connection.getresponse()
            response.read()
            step = step.then if response.status == 200 else None
        results.append((time.perf_counter() - began, response.status))
    connection.close()
    return results

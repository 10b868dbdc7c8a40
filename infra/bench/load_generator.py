"""Load generator: send prepared HTTP requests from several processes; time them.

Several clients in each process send at the same time.
"""

import http.client
import multiprocessing
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier

PROCESSES = 4
Result = tuple[float, int, int]  # seconds, HTTP status, how often it was sent again
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
    request to the last response. cpu: CPU seconds of the client processes. repeated: how often a client sent a request
    again, because the response was 503.
    """

    seconds: list[float]
    statuses: dict[int, int]
    wall: float
    cpu: float
    repeated: int = 0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall


def send(address: str, clients: int, requests: list[HttpRequest], repeats: int = 0) -> Outcome:
    """Divide the requests among the clients and send them.

    Each client keeps one connection. address: host:port. repeats: how often a client sends a request again if the
    response is 503, as the guides tell it to; all attempts are one duration.
    """
    spawning = multiprocessing.get_context("spawn")
    workers = min(PROCESSES, clients)
    start = spawning.Barrier(workers)
    shares = [[requests[c::clients] for c in range(clients)][w::workers] for w in range(workers)]
    with ProcessPoolExecutor(workers, spawning, initializer=_ready, initargs=(start,)) as pool:
        parts = list(pool.map(partial(_work, address, repeats), shares))
    results = [result for part in parts for result in part[0]]
    wall = max(part[2] for part in parts) - min(part[1] for part in parts)
    return Outcome(
        seconds=[duration for duration, _, _ in results],
        statuses=dict(Counter(status for _, status, _ in results)),
        wall=wall,
        cpu=sum(part[3] for part in parts),
        repeated=sum(repeated for _, _, repeated in results),
    )


def _ready(start: Barrier) -> None:
    global _start
    _start = start


def _work(address: str, repeats: int, shares: list[list[HttpRequest]]) -> tuple[list[Result], float, float, float]:
    with ThreadPoolExecutor(len(shares)) as threads:
        _start.wait(timeout=120)
        began, cpu = time.monotonic(), time.process_time()
        results = [result for part in threads.map(partial(_client, address, repeats), shares) for result in part]
    return results, began, time.monotonic(), time.process_time() - cpu


def _client(address: str, repeats: int, requests: list[HttpRequest]) -> list[Result]:
    connection = http.client.HTTPConnection(address, timeout=60)
    results = []
    for request in requests:
        began, repeated = time.perf_counter(), 0
        step: HttpRequest | None = request
        while step:
            connection.request(step.method, step.path, step.body, step.headers)
            response = connection.getresponse()
            response.read()
            if response.status == 503 and repeated < repeats:
                repeated += 1
            else:
                step = step.then if response.status == 200 else None
        results.append((time.perf_counter() - began, response.status, repeated))
    connection.close()
    return results

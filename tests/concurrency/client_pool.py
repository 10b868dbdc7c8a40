"""Pool of 64 concurrent clients: eight processes with eight threads each.

All clients start at the same moment. A client is a function of its `ClientTask`. It runs in another process, sends HTTP
requests as an HIS does, and returns the responses.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.synchronize import Barrier
from typing import Any

from tests import forks
from tests.invariants import engine_keys, use_engine_keys

PROCESSES, THREADS = 8, 8

_starting_line: Barrier


@dataclass(frozen=True)
class ClientTask:
    """Task of one client.

    number: from 0. seed: of its random numbers. given: the arguments of the test.
    """

    number: int
    seed: int
    given: Any
    barrier: threading.Barrier | None = None

    def wait_for_all(self) -> None:
        """Wait until every client of the pool has called this.

        Every process of the pool needs at least one client.
        """
        assert self.barrier, "only a running client can wait for the others"
        self.barrier.wait(timeout=180)

    def random(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.number}")


@dataclass
class ClientPool:
    """Pool of PROCESSES x THREADS clients. `run` may be called several times."""

    seed: int
    _pool: ProcessPoolExecutor = field(init=False)

    def __enter__(self) -> "ClientPool":
        line = forks.context.Barrier(PROCESSES)
        self._pool = ProcessPoolExecutor(PROCESSES, forks.context, initializer=_prepare, initargs=(line, engine_keys()))
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def run(self, client: Callable[[ClientTask], Any], given: list[Any]) -> list[Any]:
        """Start one client for each item of `given`, all at the same moment.

        Returns their results, in order.
        """
        tasks = [ClientTask(number, self.seed, one) for number, one in enumerate(given)]
        shares = [tasks[n::PROCESSES] for n in range(PROCESSES)]
        by_number: dict[int, Any] = {}
        for answers in self._pool.map(partial(_run_share, client), shares):
            by_number.update(answers)
        return [by_number[task.number] for task in tasks]


def _prepare(line: Barrier, keys: dict[str, str]) -> None:
    global _starting_line
    _starting_line = line
    use_engine_keys(keys)


def _run_share(client: Callable[[ClientTask], Any], tasks: list[ClientTask]) -> dict[int, Any]:
    barrier = threading.Barrier(max(1, len(tasks)), action=partial(_starting_line.wait, 180))
    with ThreadPoolExecutor(max(1, len(tasks))) as threads:
        _starting_line.wait(timeout=180)
        running = {task.number: threads.submit(client, replace(task, barrier=barrier)) for task in tasks}
        return {number: one.result() for number, one in running.items()}

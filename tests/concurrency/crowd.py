"""Many clients at once: eight client processes with eight threads each, all let go at the same moment.

A client is a function of its `Seat`; it runs in another process, talks HTTP like any HIS, and returns what it was told.
"""

import multiprocessing
import random
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.invariants import engine_keys, use_engine_keys

PROCESSES, THREADS = 8, 8

_starting_line: Barrier


@dataclass(frozen=True)
class Seat:
    """One client's place in the crowd: its number from 0, its own random numbers, and what the test hands it."""

    number: int
    seed: int
    given: Any
    meeting: threading.Barrier | None = None

    def meet(self) -> None:
        """Waits until every client of the crowd has come as far. Needs a client in each process, at least."""
        assert self.meeting, "only a client that is under way can meet the others"
        self.meeting.wait(timeout=180)

    def random(self) -> random.Random:
        return random.Random(f"{self.seed}/{self.number}")


@dataclass
class Crowd:
    """PROCESSES x THREADS clients; `run` may be called again and again."""

    seed: int
    _pool: ProcessPoolExecutor = field(init=False)

    def __enter__(self) -> "Crowd":
        spawning = multiprocessing.get_context("spawn")
        line = spawning.Barrier(PROCESSES)
        self._pool = ProcessPoolExecutor(PROCESSES, spawning, initializer=_stand_ready, initargs=(line, engine_keys()))
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def run(self, client: Callable[[Seat], Any], given: list[Any]) -> list[Any]:
        """Lets one client go per item of `given`, all at once, and returns what they return, in order."""
        seats = [Seat(number, self.seed, one) for number, one in enumerate(given)]
        shares = [seats[n::PROCESSES] for n in range(PROCESSES)]
        by_number: dict[int, Any] = {}
        for answers in self._pool.map(partial(_let_go, client), shares):
            by_number.update(answers)
        return [by_number[seat.number] for seat in seats]


def _stand_ready(line: Barrier, keys: dict[str, str]) -> None:
    global _starting_line
    _starting_line = line
    use_engine_keys(keys)


def _let_go(client: Callable[[Seat], Any], seats: list[Seat]) -> dict[int, Any]:
    meeting = threading.Barrier(max(1, len(seats)), action=partial(_starting_line.wait, 180))
    with ThreadPoolExecutor(max(1, len(seats))) as threads:
        _starting_line.wait(timeout=180)
        running = {seat.number: threads.submit(client, replace(seat, meeting=meeting)) for seat in seats}
        return {number: one.result() for number, one in running.items()}

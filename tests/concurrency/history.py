"""Recorded history of concurrent clients, and the checks of it.

Clients in several processes book, cancel, postpone and read, while API processes are killed and started again and the
storage fails at random. Afterwards, a checker compares all responses. Each client repeats a request until there is a
response, as the wire contract asks, so each entry has a beginning (the first attempt), an end (the response) and an
outcome.
"""

import random
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import urllib3

from infra.local import child_processes
from infra.local.local_stack import LocalStack
from tests.client import SLOTS, Client, Reply
from tests.concurrency.client_pool import ClientPool, ClientTask
from tests.concurrency.desk_clients import SCHEDULES, run_task
from tests.faults.api import KINDS_AFTER_THE_EFFECT, KINDS_WITHOUT_EFFECT
from tests.invariants import Rows, violations

PATIENCE_SECONDS, LEAST = 90, 4
PLACES = 20
FAULTS = [
    f"{call} {kind} 1"
    for call in ("BatchGetItem", "TransactWriteItems", "Query", "UpdateItem", "GetItem")
    for kind in KINDS_WITHOUT_EFFECT + KINDS_AFTER_THE_EFFECT
]


@dataclass(frozen=True)
class Entry:
    """A request of a person and its response.

    source: the schedule that is given up; 0 for a booking. target: the one that is wanted; 0 for a cancellation. held:
    the appointment id that is given up. began, ended: seconds of the machine's clock. status: 0 if there was no
    response. result: the appointment id in the response.
    """

    cid: str
    source: int
    target: int
    held: int
    began: float
    ended: float
    status: int
    code: str
    result: int


@dataclass(frozen=True)
class CountReading:
    """Number of taken places of a schedule, read between `began` and `ended`."""

    schedule: int
    taken: int
    began: float
    ended: float


@dataclass
class ClientLog:
    """Requests and readings of one client."""

    entries: list[Entry] = field(default_factory=list)
    readings: list[CountReading] = field(default_factory=list)


def book_and_read(task: ClientTask) -> ClientLog:
    """Book, cancel and postpone for the client's people, and read the free places.

    given: (urls, token, hospital_code, day, schedule_ids, those nobody edits, cids, seconds). If the machine is too
    busy in these seconds, the client continues until it has sent at least LEAST requests.
    """
    urls, token, code, day, schedules, steady, cids, seconds = task.given
    chance, log = task.random(), ClientLog()
    clients = [RetryingClient(url, token, chance, code) for url in urls]
    held: dict[str, dict[int, int]] = {cid: {} for cid in cids}
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(log.entries) < LEAST:
        if chance.random() < 0.25:
            began = time.monotonic()
            query = {"Action": "GetHospitalSlotByDate", "hospital_code": code, "date": day}
            reply = chance.choice(clients).call("GET", SLOTS, query)
            free_places = {one["schedule_id"]: one["available_slot"] for one in reply.result}
            ended = time.monotonic()
            log.readings += [CountReading(one, PLACES - free_places[one], began, ended) for one in steady]
            continue
        entry = _act(chance, chance.choice(clients), code, chance.choice(cids), held, schedules)
        log.entries.append(entry)
        if entry.status == 0:
            break  # it is unknown what this person holds now
        if entry.status == 200:
            held[entry.cid].pop(entry.source, None)
            if entry.target:
                held[entry.cid][entry.target] = entry.result
    return log


def _act(
    chance: random.Random,
    client: "RetryingClient",
    code: str,
    cid: str,
    held: dict[str, dict[int, int]],
    where: list[int],
) -> Entry:
    mine = held[cid]
    wanted = chance.choice([one for one in where if one not in mine] or where)
    source = chance.choice(sorted(mine)) if mine and chance.random() < 0.6 else 0
    target = 0 if source and chance.random() < 0.5 else wanted
    had = mine.get(source, 0)
    began = time.monotonic()
    try:
        if not source:
            reply = client.book(target, cid, hospital_code=code)
        elif target:
            reply = client.postpone(cid, had, target, code)
        else:
            reply = client.cancel(cid, had, code)
    except Unanswered:
        return Entry(cid, source, target, had, began, time.monotonic(), 0, "", 0)
    result = reply.result["hospital_appointment_slot_id"] if reply.status == 200 else 0
    return Entry(cid, source, target, had, began, time.monotonic(), reply.status, reply.code, result)


def read_schedule_table(task: ClientTask) -> list[CountReading]:
    """Run a clerk who reads the schedule table, which has places and free places.

    Both are read together there. given: (urls, token, day, schedule_ids, seconds).
    """
    urls, token, day, schedules, seconds = task.given
    chance, readings = task.random(), []
    clients = [RetryingClient(url, token, chance) for url in urls]
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(readings) < LEAST * len(schedules):
        began = time.monotonic()
        rows = chance.choice(clients).call("GET", SCHEDULES, {"date": day}).result
        taken = {row["schedule_id"]: row["capacity"] - row["available_count"] for row in rows}
        ended = time.monotonic()
        readings += [CountReading(one, taken[one], began, ended) for one in schedules]
        threading.Event().wait(chance.uniform(0.1, 0.4))
    return readings


class Unanswered(Exception):
    """There was no response within PATIENCE_SECONDS."""


class RetryingClient(Client):
    """Client that repeats a request until there is a response other than 503.

    So it survives the end of an API process. Some requests order a fault, which the process with the failing storage
    produces. Raises Unanswered after PATIENCE_SECONDS.
    """

    def __init__(self, url: str, token: str, chance: random.Random, hospital_code: str = "00000") -> None:
        super().__init__(url, token, hospital_code)
        self._chance = random.Random(chance.random())

    def call(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        deadline, waiting = time.monotonic() + PATIENCE_SECONDS, threading.Event()
        while time.monotonic() < deadline:
            fault = self._chance.choice(FAULTS) if self._chance.random() < 0.2 else "- - 0"
            try:
                reply = super().call(method, path, query, body, {**(headers or {}), "X-Fault": fault})
            except urllib3.exceptions.HTTPError:
                waiting.wait(0.1)
                continue
            if reply.status != 503:
                return reply
        raise Unanswered


class Processes:
    """API processes on the system's engine, one of them with a failing storage.

    `kill_one` kills one and starts it again on its port.
    """

    def __init__(self, local_stack: LocalStack, count: int = 3) -> None:
        self._local_stack = local_stack
        self._output = local_stack.log_of("api").open("ab")
        self._ports = [child_processes.free_port() for _ in range(count)]
        self._running = [self._start(n) for n in range(count)]
        for port, process in zip(self._ports, self._running, strict=True):
            child_processes.wait_for(f"http://127.0.0.1:{port}/health", process)

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        module = "tests.faults.api" if number == 0 else "infra.local.api"
        return child_processes.start(module, str(self._ports[number]), env=self._local_stack.env, output=self._output)

    def kill_one(self, chance: random.Random) -> None:
        number = chance.randrange(len(self._running))
        self._running[number].kill()
        self._running[number].wait()
        self._running[number] = self._start(number)
        child_processes.wait_for(f"http://127.0.0.1:{self._ports[number]}/health", self._running[number])

    def stop(self) -> None:
        for process in self._running:
            child_processes.stop(process)
        self._output.close()


@dataclass
class History:
    """All recorded entries and readings."""

    entries: list[Entry]
    readings: list[CountReading]


ClientTasks = list[tuple[Callable[[ClientTask], Any], Any]]


def record(
    client_pool: ClientPool, local_stack: LocalStack, client_tasks: Callable[[list[str]], ClientTasks]
) -> tuple[list[Any], int]:
    """Run all client tasks while the API processes are killed and started again.

    client_tasks: makes the tasks from the URLs of the API processes. Returns the result of each task, and how often a
    process was killed.
    """
    running, chance = Processes(local_stack), random.Random(client_pool.seed)
    over, kills = threading.Event(), 0

    def keep_killing() -> None:
        nonlocal kills
        while not over.wait(chance.uniform(0.5, 2.5)):
            kills += 1
            running.kill_one(chance)

    killer = threading.Thread(target=keep_killing)
    try:
        killer.start()
        results = client_pool.run(run_task, client_tasks(running.urls))
    finally:
        over.set()
        killer.join()
        running.stop()
    return results, kills


FOREVER = float("inf")


@dataclass
class Hold:
    """A held place.

    It was taken between taken[0] and taken[1], and given up between given_up[0] and given_up[1]. certain: false if
    there was no response, so it is unknown whether it was taken at all.
    """

    cid: str
    schedule: int
    appointment_id: int
    taken: tuple[float, float]
    given_up: tuple[float, float] = (FOREVER, FOREVER)
    certain: bool = True


def holds_of(entries: list[Entry]) -> list[Hold]:
    """The places that people held according to the responses, and when."""
    holds: list[Hold] = []
    current: dict[tuple[str, int], Hold] = {}
    for one in entries:
        if one.status not in (0, 200):
            continue
        moment = (one.began, one.ended if one.status else FOREVER)
        if one.source and (before := current.get((one.cid, one.source))):
            before.given_up = moment
            if one.status:
                del current[(one.cid, one.source)]
        if one.target:
            known = current.get((one.cid, one.target))
            if known is None:
                made = Hold(one.cid, one.target, one.result, moment, certain=one.status == 200)
                current[(one.cid, one.target)] = made
                holds.append(made)
    return holds


def contradictions(history: History, rows: Rows) -> list[str]:
    """Contradictions of the stored rows and the responses to the history.

    An empty list if everything is right.
    """
    found = violations(rows)
    found += [f"{e.code} to {e.cid}" for e in history.entries if e.status not in (0, 200, 409)]
    holds = holds_of(history.entries)
    found += _the_end(holds, history, rows)
    found += _one_holder(holds)
    found += _wrong_counts(holds, history.readings)
    return found


def _the_end(holds: list[Hold], history: History, rows: Rows) -> list[str]:
    unsure = {one.cid for one in history.entries if one.status == 0}
    acknowledged = {
        (h.cid, h.schedule, h.appointment_id) for h in holds if h.given_up[0] == FOREVER and h.cid not in unsure
    }
    people = {one.cid for one in history.entries} - unsure
    there = {
        (one["cid"], int(one["schedule_id"]), int(one["appointment_id"]))
        for one in rows.active()
        if one["cid"] in people
    }
    return [f"acknowledged and lost: {one}" for one in acknowledged - there] + [
        f"there unasked: {one}" for one in there - acknowledged
    ]


def _one_holder(holds: list[Hold]) -> list[str]:
    """Appointment ids that two people certainly held at the same time."""
    by_id: dict[int, list[Hold]] = defaultdict(list)
    for one in sorted(holds, key=lambda h: h.taken[1]):
        if one.certain:
            by_id[one.appointment_id].append(one)
    return [
        f"{earlier.cid} and {later.cid} held {earlier.appointment_id} at once"
        for same in by_id.values()
        for earlier, later in pairwise(same)
        if later.taken[1] < earlier.given_up[0]
    ]


def _wrong_counts(holds: list[Hold], readings: list[CountReading]) -> list[str]:
    """Readings that contradict free + active = capacity.

    The taken places of a reading must be at least those that were certainly taken during all of it, and at most those
    that may have been taken at some moment of it.
    """
    by_schedule: dict[int, list[Hold]] = defaultdict(list)
    for one in holds:
        by_schedule[one.schedule].append(one)
    found = []
    for reading in readings:
        of_schedule = by_schedule[reading.schedule]
        certain = sum(h.certain and h.taken[1] <= reading.began and h.given_up[0] >= reading.ended for h in of_schedule)
        possible = sum(h.taken[0] <= reading.ended and h.given_up[1] >= reading.began for h in of_schedule)
        if not certain <= reading.taken <= possible:
            found.append(f"{reading.schedule}: {reading.taken} taken were seen, {certain} to {possible} can have been")
    return found

"""A recorded history: clients in several processes book, cancel, postpone and look, while API processes are killed and
started again and the storage fails at random; afterwards a checker goes through what everybody was told.

Every request is repeated until it is answered, as a client of the wire contract does, so each entry has a beginning
(the first attempt), an end (the answer) and an outcome.
"""

import random
import subprocess
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import urllib3

from infra.local import processes
from infra.local.centre import Centre
from tests.client import SLOTS, Client, Reply, booking
from tests.concurrency.crowd import Crowd, Seat
from tests.faults.api import KINDS_AFTER_THE_EFFECT, KINDS_WITHOUT_EFFECT
from tests.invariants import Rows, rows_of, violations

PATIENCE_SECONDS = 90
FAULTS = [
    f"{call} {kind} 1"
    for call in ("BatchGetItem", "TransactWriteItems", "Query")
    for kind in KINDS_WITHOUT_EFFECT + KINDS_AFTER_THE_EFFECT
]


@dataclass(frozen=True)
class Entry:
    """One request. status 0: nobody answered. source: the schedule given up, 0 for a booking; target: the one wanted, 0
    for a cancellation. held: the id that was held; result: the id that was told."""

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
class Sight:
    """Free places of a schedule, read somewhere between `began` and `ended`."""

    schedule: int
    free: int
    began: float
    ended: float


@dataclass
class Chapter:
    """What one client did and saw."""

    entries: list[Entry] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)


def chronicle(seat: Seat) -> Chapter:
    """given: (urls, token, day, schedule_ids, cids, seconds)."""
    urls, token, day, schedules, cids, seconds = seat.given
    chance, chapter = seat.random(), Chapter()
    clients = [Client(url, token) for url in urls]
    held: dict[str, dict[int, int]] = {cid: {} for cid in cids}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if chance.random() < 0.25:
            began = time.monotonic()
            query = {"Action": "GetHospitalSlotByDate", "hospital_code": "00000", "date": day}
            reply = _until_answered(chance, clients, "GET", query, None)
            if reply is not None and reply.status == 200:
                seen = {one["schedule_id"]: one["available_slot"] for one in reply.result}
                ended = time.monotonic()
                chapter.sights += [Sight(one, seen[one], began, ended) for one in schedules]
            continue
        entry = _act(chance, clients, chance.choice(cids), held, schedules)
        chapter.entries.append(entry)
        if entry.status == 0:
            break  # nobody knows what this person holds now
        if entry.status == 200:
            held[entry.cid].pop(entry.source, None)
            if entry.target:
                held[entry.cid][entry.target] = entry.result
    return chapter


def _act(
    chance: random.Random, clients: list[Client], cid: str, held: dict[str, dict[int, int]], schedules: list[int]
) -> Entry:
    mine = held[cid]
    wanted = chance.choice([one for one in schedules if one not in mine] or schedules)
    source = chance.choice(sorted(mine)) if mine and chance.random() < 0.6 else 0
    target = 0 if source and chance.random() < 0.5 else wanted
    query: dict[str, Any] = {"Action": "ConfirmAppointmentSlot"}
    body = None if source else booking(target, cid)
    if source:
        query = {"hospital_code": "00000", "cid": cid, "hospital_appointment_slot_id": mine[source]}
        query |= {"Action": "PostponeAppointmentSlot", "schedule_id": target} if target else {
            "Action": "CancelAppointmentSlot"
        }  # fmt: skip
    began = time.monotonic()
    reply = _until_answered(chance, clients, "GET" if source else "POST", query, body)
    ended = time.monotonic()
    had = mine.get(source, 0)
    if reply is None:
        return Entry(cid, source, target, had, began, ended, 0, "", 0)
    result = reply.result["hospital_appointment_slot_id"] if reply.status == 200 else 0
    return Entry(cid, source, target, had, began, ended, reply.status, reply.code, result)


def _until_answered(
    chance: random.Random, clients: list[Client], method: str, query: dict[str, Any], body: Any
) -> Reply | None:
    deadline, waiting = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while time.monotonic() < deadline:
        fault = chance.choice(FAULTS) if chance.random() < 0.2 else "- - 0"
        try:
            reply = chance.choice(clients).call(method, SLOTS, query, body, {"X-Fault": fault})
        except urllib3.exceptions.HTTPError:
            waiting.wait(0.1)
            continue
        if reply.status != 503:
            return reply
    return None


class Processes:
    """API processes on the centre's engine, one of them with a failing storage; `kill_one` kills one and starts it
    again on its port."""

    def __init__(self, centre: Centre, count: int = 3) -> None:
        self._centre = centre
        self._output = centre.log_of("api").open("ab")
        self._ports = [processes.free_port() for _ in range(count)]
        self._running = [self._start(n) for n in range(count)]
        for port, process in zip(self._ports, self._running, strict=True):
            processes.wait_for(f"http://127.0.0.1:{port}/health", process)

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        module = "tests.faults.api" if number == 0 else "infra.local.api"
        return processes.start(module, str(self._ports[number]), env=self._centre.env, output=self._output)

    def kill_one(self, chance: random.Random) -> None:
        number = chance.randrange(len(self._running))
        self._running[number].kill()
        self._running[number].wait()
        self._running[number] = self._start(number)
        processes.wait_for(f"http://127.0.0.1:{self._ports[number]}/health", self._running[number])

    def stop(self) -> None:
        for process in self._running:
            processes.stop(process)
        self._output.close()


@dataclass
class History:
    """Everything that was recorded, and how often an API process was killed meanwhile."""

    entries: list[Entry]
    sights: list[Sight]
    kills: int


def record(crowd: Crowd, centre: Centre, given: list[Any], seconds: float) -> History:
    """Lets the clients live for that long; `given`: per client (token, day, schedule_ids, cids)."""
    running, chance = Processes(centre), random.Random(crowd.seed)
    over, kills = threading.Event(), 0

    def keep_killing() -> None:
        nonlocal kills
        while not over.wait(chance.uniform(0.5, 2.5)):
            running.kill_one(chance)
            kills += 1

    killer = threading.Thread(target=keep_killing)
    try:
        killer.start()
        chapters = crowd.run(chronicle, [(running.urls, *one, seconds) for one in given])
    finally:
        over.set()
        killer.join()
        running.stop()
    entries = sorted((one for chapter in chapters for one in chapter.entries), key=lambda e: e.began)
    return History(entries, [one for chapter in chapters for one in chapter.sights], kills)


FOREVER = float("inf")


@dataclass
class Hold:
    """A place held: taken between taken[0] and taken[1], given up between given_up[0] and given_up[1]. certain: False
    where nobody answered whether it was taken at all."""

    cid: str
    schedule: int
    appointment_id: int
    taken: tuple[float, float]
    given_up: tuple[float, float] = (FOREVER, FOREVER)
    certain: bool = True


def holds_of(entries: list[Entry]) -> list[Hold]:
    """What everybody held and when, by what they were told."""
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


def contradictions(history: History, rows: Rows, capacity: int) -> list[str]:
    """Whatever the storage or an answer says against the history; none is what a test wants."""
    found = violations(rows)
    found += [f"{e.code} to {e.cid}" for e in history.entries if e.status not in (0, 200, 409)]
    holds = holds_of(history.entries)
    found += _the_end(holds, history, rows)
    found += _one_holder(holds)
    found += _sights(holds, history.sights, capacity)
    return found


def _the_end(holds: list[Hold], history: History, rows: Rows) -> list[str]:
    unsure = {one.cid for one in history.entries if one.status == 0}
    told = {(h.cid, h.schedule, h.appointment_id) for h in holds if h.given_up[0] == FOREVER and h.cid not in unsure}
    people = {one.cid for one in history.entries} - unsure
    there = {
        (one["cid"], int(one["schedule_id"]), int(one["appointment_id"]))
        for one in rows.active()
        if one["cid"] in people
    }
    return [f"acknowledged and lost: {one}" for one in told - there] + [f"there unasked: {one}" for one in there - told]


def _one_holder(holds: list[Hold]) -> list[str]:
    """Two people never held the same appointment id for certain at the same time."""
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


def _sights(holds: list[Hold], sights: list[Sight], capacity: int) -> list[str]:
    """Free + active = capacity at every moment that was read: what was seen lies between the places that were taken for
    certain all the while and those that may have been taken for a moment of it."""
    by_schedule: dict[int, list[Hold]] = defaultdict(list)
    for one in holds:
        by_schedule[one.schedule].append(one)
    found = []
    for sight in sights:
        here = by_schedule[sight.schedule]
        certain = sum(h.certain and h.taken[1] <= sight.began and h.given_up[0] >= sight.ended for h in here)
        possible = sum(h.taken[0] <= sight.ended and h.given_up[1] >= sight.began for h in here)
        if not certain <= capacity - sight.free <= possible:
            taken = capacity - sight.free
            found.append(f"{sight.schedule}: {taken} taken were seen, {certain} to {possible} can have been")
    return found


def after(crowd: Crowd, centre: Centre, given: list[Any], seconds: float, capacity: int) -> tuple[History, list[str]]:
    """Records a history and checks it."""
    history = record(crowd, centre, given, seconds)
    return history, contradictions(history, rows_of(centre.endpoint), capacity)

"""Bookings and look-ups through the API process, against the bare engine doing the same transaction and the same read.

    python -m infra.bench.booking [--requests 400]

The bare side sends the very bytes that the product would send for the same places, from as many clients, over
kept connections and without any library: nothing can be faster on this engine. It does so once with the transaction
alone and once with the read that goes before, since these two requests are what a booking asks of the storage. CPU is
what the processes used, so the figures hold on a busy machine too, where the rates do not.
"""

import argparse
import json
import time
from dataclasses import replace
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib import clock, storage
from chalicelib.booking import rules, store
from chalicelib.booking.rules import Sender
from chalicelib.schedules import store as schedules
from chalicelib.schedules.rules import Schedule
from infra.bench.bench_environment import (
    HOSPITAL,
    BenchEnvironment,
    Stopwatch,
    bench_environment,
    cid,
    open_schedules,
    percentile,
)
from infra.bench.load_generator import Outcome, Sent, send

SLOTS = "/api/appointment/AppointmentSlot?Action="
CLIENTS = (1, 8, 32)


class Recorded:
    """Keeps what would be sent to the storage, and answers that it is done, while `on`."""

    def __init__(self) -> None:
        self.on = False
        self.requests: list[Sent] = []
        storage.connection().client.meta.events.register("before-send.dynamodb", self._keep)

    def _keep(self, request: Any, **_: Any) -> AWSResponse | None:
        if not self.on:
            return None
        names = ("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")
        headers = {name: _text(request.headers[name]) for name in names}
        self.requests.append(Sent("POST", "/", headers, request.body))
        return AWSResponse(request.url, 200, {}, _Nothing())


class _Nothing:
    def stream(self, *_: Any, **__: Any) -> Any:
        yield b'{"Items": [], "Count": 0, "ScannedCount": 0}'


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def bare_bookings(
    recorded: Recorded, schedule: Schedule, first_person: int, count: int, *, reading: bool = False
) -> list[Sent]:
    """The transactions of `count` bookings, a person and a place each. reading: after the read that goes before."""
    recorded.on, recorded.requests = True, []
    sender = Sender(HOSPITAL, "bench", "bench", True)
    for n in range(count):
        one = rules.new_appointment(
            schedule, n + 1, cid(first_person + n), "ทดสอบ ระบบ", sender, "", clock.now(), "00000000", None, 0
        )
        if reading:
            store.read_for_booking(HOSPITAL, schedule.schedule_id, one.cid)
        store.take_place(replace(one, comment="bench"), None)
    recorded.on = False
    if not reading:
        return recorded.requests
    reads, writes = recorded.requests[::2], recorded.requests[1::2]
    return [replace(read, then=write) for read, write in zip(reads, writes, strict=True)]


def api_bookings(token: str, schedule: Schedule, first_person: int, count: int) -> list[Sent]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    sent = []
    for n in range(count):
        person = {
            "cid": cid(first_person + n),
            "prefix": "นาย",
            "first_name": "ทดสอบ",
            "last_name": "ระบบ",
            "gender": 1,
        }
        body = {
            "hospital": {"hospital_code": HOSPITAL, "system_identifier": "bench"},
            "person": person,
            "appointment": {"hospital_code": HOSPITAL, "schedule_id": schedule.schedule_id, "comment": "bench"},
        }
        sent.append(Sent("POST", SLOTS + "ConfirmAppointmentSlot", headers, json.dumps(body).encode()))
    return sent


def register(first_person: int, count: int) -> None:
    """Puts the people into the registry, so that both sides write the same two items."""
    from chalicelib.people.model import Person
    from chalicelib.people.store import register

    for n in range(count):
        register(Person(cid(first_person + n), "นาย", "ทดสอบ", "ระบบ", 1), "2026-01-01T00:00:00+07:00")


def row(name: str, clients: int, outcome: Outcome, cpu: list[float]) -> float:
    """Prints one line of the table; returns requests per CPU second of the serving processes."""
    count = len(outcome.seconds)
    served = sum(cpu)
    each = " + ".join(f"{1000 * one / count:.2f}" for one in cpu)
    print(
        f"| {name} | {clients} | {outcome.rate:,.0f} | {percentile(outcome.seconds, 0.5):.1f} |"
        f" {percentile(outcome.seconds, 0.99):.1f} | {each} | {count / served:,.0f} |",
        flush=True,
    )
    assert set(outcome.statuses) == {200}, outcome.statuses
    return count / served


def library(recorded: Recorded, here: BenchEnvironment, first_person: int, count: int = 100) -> None:
    """What the same transaction costs any Python program: botocore's client in this process, the request ready made."""
    schedule = open_schedules(count, 1)[0]
    register(first_person, count)
    ready = [json.loads(one.body or b"") for one in bare_bookings(recorded, schedule, first_person, count)]
    client = storage.connection().client
    watch, own = Stopwatch(here.engine), time.process_time()
    seconds = []
    for one in ready:
        began = time.perf_counter()
        client.transact_write_items(**one)
        seconds.append(time.perf_counter() - began)
    used = time.process_time() - own
    wall, cpu = watch.stop()
    row("the transaction, through botocore", 1, Outcome(seconds, {200: count}, wall, used), [*cpu, used])


def measure(here: BenchEnvironment, requests: int) -> None:
    print("\n| what | clients | per second | p50 ms | p99 ms | CPU ms each (engine + process) | per CPU second |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    recorded, token = Recorded(), here.token()
    bare_address, api_address = (one.removeprefix("http://") for one in (here.endpoint, here.url))
    register(0, 3 * requests * len(CLIENTS))
    person, ratios = 0, {}
    for clients in CLIENTS:
        bare, both, api = open_schedules(requests, 3)
        prepared = bare_bookings(recorded, bare, person, requests)
        watch = Stopwatch(here.engine)
        outcome = send(bare_address, clients, prepared)
        plain = row("the transaction, bare engine", clients, outcome, watch.stop()[1])
        prepared = bare_bookings(recorded, both, person + requests, requests, reading=True)
        watch = Stopwatch(here.engine)
        outcome = send(bare_address, clients, prepared)
        read = row("the read and the transaction, bare engine", clients, outcome, watch.stop()[1])
        prepared = api_bookings(token, api, person + 2 * requests, requests)
        watch = Stopwatch(here.engine, here.api)
        outcome = send(api_address, clients, prepared)
        booked = row("book, API", clients, outcome, watch.stop()[1])
        ratios[f"book, {clients} clients"] = booked / plain
        ratios[f"book against its read and transaction, {clients} clients"] = booked / read
        person += 3 * requests
    library(recorded, here, person)
    day = open_schedules(1, 1)[0].day
    for clients in CLIENTS:
        recorded.on, recorded.requests = True, []
        schedules.schedules_of(HOSPITAL, day)
        recorded.on = False
        watch = Stopwatch(here.engine)
        outcome = send(bare_address, clients, recorded.requests * requests)
        plain = row("the day's Query, bare engine", clients, outcome, watch.stop()[1])
        path = f"{SLOTS}GetHospitalSlotByDate&hospital_code={HOSPITAL}&date={day.isoformat()}"
        one = Sent("GET", path, {"Authorization": f"Bearer {token}"})
        watch = Stopwatch(here.engine, here.api)
        outcome = send(api_address, clients, [one] * requests)
        ratios[f"look-up, {clients} clients"] = row("look-up of a day, API", clients, outcome, watch.stop()[1]) / plain
    print("\nAPI to bare engine, per CPU second: " + "; ".join(f"{name} {value:.2f}" for name, value in ratios.items()))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="per line of the table, at most 999")
    chosen = parser.parse_args(arguments)
    with bench_environment() as here:
        measure(here, chosen.requests)


if __name__ == "__main__":
    main()

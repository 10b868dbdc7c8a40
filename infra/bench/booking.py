"""Bench: bookings and look-ups through the API, and sent to the engine directly.

    python -m infra.bench.booking [--requests 400]

The direct side sends the same bytes of the same DynamoDB requests as the app would, from as many clients, over kept
connections and without a library, so nothing can be faster on this engine. It is measured twice: the booking's
transaction alone, and the transaction after the read that precedes it. CPU time is that of the processes, so unlike the
rates it holds on a busy machine too. A client sends a request again if the response is 503; the last column counts
these.
"""

import argparse
import json
import time
from dataclasses import replace
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib import clock, storage
from chalicelib.booking import rules, store
from chalicelib.booking.model import BookingRequest, BookingSnapshot, Sender
from chalicelib.people.model import Person, PersonEntry
from chalicelib.schedules import store as schedules
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.schedules.model import Schedule
from infra.bench.bench_environment import (
    HOSPITAL,
    BenchEnvironment,
    Stopwatch,
    bench_environment,
    cid,
    open_schedules,
    percentile,
)
from infra.bench.load_generator import HttpRequest, Outcome, send

SLOTS = "/api/appointment/AppointmentSlot?Action="
CLIENTS = (1, 8, 32)
SMALL = 20
REPEATS = 5  # of a request that was answered with 503


class RequestRecorder:
    """Records the DynamoDB requests of this process while `on`.

    It returns empty responses instead of sending them.
    """

    def __init__(self) -> None:
        self.on = False
        self.requests: list[HttpRequest] = []
        storage.connection().client.meta.events.register("before-send.dynamodb", self._record)

    def _record(self, request: Any, **_: Any) -> AWSResponse | None:
        if not self.on:
            return None
        names = ("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")
        headers = {name: _text(request.headers[name]) for name in names}
        self.requests.append(HttpRequest("POST", "/", headers, request.body))
        return AWSResponse(request.url, 200, {}, _EmptyResult())


class _EmptyResult:
    def stream(self, *_: Any, **__: Any) -> Any:
        yield b'{"Items": [], "Count": 0, "ScannedCount": 0}'


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def direct_bookings(
    recorded: RequestRecorder, schedule: Schedule, first_person: int, count: int, *, reading: bool = False
) -> list[HttpRequest]:
    """The DynamoDB requests of `count` bookings, a person and a place each.

    reading: each after its read.
    """
    recorded.on, recorded.requests = True, []
    sender, schedule_id = Sender(HOSPITAL, "bench", "bench", True), schedule.info.schedule_id
    for n in range(count):
        person = Person(cid(first_person + n), first_name="ทดสอบ", last_name="ระบบ")
        snapshot = BookingSnapshot(schedule, person, None, BookingRules(), 0)
        if reading:
            store.read_for_booking(HOSPITAL, schedule_id, person.cid)
        request = BookingRequest(HOSPITAL, schedule_id, person, sender, "bench")
        store.take_place(rules.new_appointment(request, snapshot, n + 1, "00000000", clock.now()))
    recorded.on = False
    if not reading:
        return recorded.requests
    reads, writes = recorded.requests[::2], recorded.requests[1::2]
    return [replace(read, then=write) for read, write in zip(reads, writes, strict=True)]


def api_bookings(token: str, schedule: Schedule, first_person: int, count: int) -> list[HttpRequest]:
    """The API requests of `count` bookings of one schedule, a person each."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    requests = []
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
            "appointment": {"hospital_code": HOSPITAL, "schedule_id": schedule.info.schedule_id, "comment": "bench"},
        }
        content = json.dumps(body).encode()
        requests.append(HttpRequest("POST", SLOTS + "ConfirmAppointmentSlot", headers, content))
    return requests


def register(first_person: int, count: int) -> None:
    """Put the people into the registry, so that both sides write the same two items."""
    from chalicelib.people.store import register

    for n in range(count):
        person = Person(cid(first_person + n), "นาย", "ทดสอบ", "ระบบ", 1)
        register(PersonEntry(person, added_at="2026-01-01T00:00:00+07:00"))


def row(name: str, clients: int, outcome: Outcome, cpu: list[float]) -> float:
    """Print one row of the table.

    Returns requests per CPU second of the serving processes.
    """
    count = len(outcome.seconds)
    served = sum(cpu)
    each = " + ".join(f"{1000 * seconds / count:.2f}" for seconds in cpu)
    print(
        f"| {name} | {clients} | {outcome.rate:,.0f} | {percentile(outcome.seconds, 0.5):.1f} |"
        f" {percentile(outcome.seconds, 0.99):.1f} | {each} | {count / served:,.0f} | {outcome.repeated} |",
        flush=True,
    )
    assert set(outcome.statuses) == {200}, outcome.statuses
    return count / served


def measure_botocore(
    recorded: RequestRecorder, environment: BenchEnvironment, first_person: int, count: int = 100
) -> None:
    """Measure the same transaction with botocore's client in this process.

    This is what it costs any Python program.
    """
    schedule = open_schedules(count, 1)[0]
    register(first_person, count)
    requests = direct_bookings(recorded, schedule, first_person, count)
    transactions = [json.loads(request.body or b"") for request in requests]
    client = storage.connection().client
    stopwatch, own = Stopwatch(environment.engine), time.process_time()
    seconds = []
    for transaction in transactions:
        began = time.perf_counter()
        client.transact_write_items(**transaction)
        seconds.append(time.perf_counter() - began)
    used = time.process_time() - own
    wall, cpu = stopwatch.stop()
    row("the transaction, through botocore", 1, Outcome(seconds, {200: count}, wall, used), [*cpu, used])


def send_to_engine(environment: BenchEnvironment, name: str, clients: int, prepared: list[HttpRequest]) -> float:
    stopwatch = Stopwatch(environment.engine)
    outcome = send(environment.engine_url.removeprefix("http://"), clients, prepared)
    return row(f"{name}, engine alone", clients, outcome, stopwatch.stop()[1])


def send_to_api(environment: BenchEnvironment, name: str, clients: int, prepared: list[HttpRequest]) -> float:
    stopwatch = Stopwatch(environment.engine, environment.api)
    outcome = send(environment.api_url.removeprefix("http://"), clients, prepared, REPEATS)
    return row(f"{name}, API", clients, outcome, stopwatch.stop()[1])


def measure_small(
    environment: BenchEnvironment, recorded: RequestRecorder, token: str, first_person: int, requests: int
) -> dict[str, float]:
    """Measure bookings on schedules of 20 places.

    Most schedules are small: their item is, and clients meet at their places. Returns ratios to the engine alone.
    """
    name, clients = f"{SMALL} places", 8
    small = open_schedules(SMALL, 3 * (requests // SMALL))
    write, read_and_write, book = list[HttpRequest](), list[HttpRequest](), list[HttpRequest]()
    for n, (first, second, third) in enumerate(zip(small[::3], small[1::3], small[2::3], strict=True)):
        person = first_person + 3 * n * SMALL
        write += direct_bookings(recorded, first, person, SMALL)
        read_and_write += direct_bookings(recorded, second, person + SMALL, SMALL, reading=True)
        book += api_bookings(token, third, person + 2 * SMALL, SMALL)
    written = send_to_engine(environment, f"the transaction, {name}", clients, write)
    read_and_written = send_to_engine(environment, f"the read and the transaction, {name}", clients, read_and_write)
    booked = send_to_api(environment, f"book, {name}", clients, book)
    return {
        f"book on schedules of {name}, {clients} clients": booked / written,
        f"book on schedules of {name} against its read and transaction, {clients} clients": booked / read_and_written,
    }


def measure(environment: BenchEnvironment, requests: int) -> None:
    print("\n| what | clients | per second | p50 ms | p99 ms | CPU ms each (engine + process) | per CPU second | 503 |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    recorded, token = RequestRecorder(), environment.token()
    register(0, 3 * requests * (len(CLIENTS) + 1))
    person, ratios = 0, {}
    for clients in CLIENTS:
        first, second, third = open_schedules(requests, 3)
        prepared = direct_bookings(recorded, first, person, requests)
        write = send_to_engine(environment, "the transaction", clients, prepared)
        prepared = direct_bookings(recorded, second, person + requests, requests, reading=True)
        read_and_write = send_to_engine(environment, "the read and the transaction", clients, prepared)
        booked = send_to_api(environment, "book", clients, api_bookings(token, third, person + 2 * requests, requests))
        ratios[f"book, {clients} clients"] = booked / write
        ratios[f"book against its read and transaction, {clients} clients"] = booked / read_and_write
        person += 3 * requests
    ratios |= measure_small(environment, recorded, token, person, requests)
    measure_botocore(recorded, environment, person + 3 * requests)
    day = open_schedules(1, 1)[0].info.day
    for clients in CLIENTS:
        recorded.on, recorded.requests = True, []
        schedules.schedules_of(HOSPITAL, day)
        recorded.on = False
        query = send_to_engine(environment, "the day's Query", clients, recorded.requests * requests)
        path = f"{SLOTS}GetHospitalSlotByDate&hospital_code={HOSPITAL}&date={day.isoformat()}"
        look_up = HttpRequest("GET", path, {"Authorization": f"Bearer {token}"})
        ratios[f"look-up, {clients} clients"] = (
            send_to_api(environment, "look-up of a day", clients, [look_up] * requests) / query
        )
    figures = "; ".join(f"{name} {value:.2f}" for name, value in ratios.items())
    print(f"\nAPI to engine alone, per CPU second: {figures}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="per row of the table, at most 999")
    options = parser.parse_args(arguments)
    with bench_environment() as environment:
        measure(environment, options.requests)


if __name__ == "__main__":
    main()

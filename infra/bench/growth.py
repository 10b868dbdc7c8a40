"""Bench: what an action costs when its surroundings have grown.

    python -m infra.bench.growth [--white-list 20000]

A person with 10 and with 1,000 appointments that are over; a day of 16 schedules and 160 bookings, and one of 480 and
5,000; a white list of 100 and of `--white-list` people (100,000 with FULL=1). Each action is done in this process.
Prints read units and median CPU milliseconds of both. Fails if the ratio of one of them is above its limit.
"""

import argparse
import logging
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib import clock, storage
from chalicelib.people import store as people
from chalicelib.people.model import Person, PersonEntry
from chalicelib.schedules import availability
from chalicelib.schedules.rows import SCHEDULES
from chalicelib.settings import settings
from chalicelib.tables import ScheduleItem
from infra.bench.availability import put_appointments
from infra.bench.bench_environment import HOSPITAL, bench_environment, cid, open_schedules
from infra.bench.today import full_day
from infra.generate.request_meter import Caller, RequestMeter

SLOTS = "/api/appointment/AppointmentSlot"
HISTORIES, DAYS, FEW_LISTED = (10, 1_000), ((2, 160), (60, 5_000)), 100
TIMES = 9
# The most that CPU time may grow if nothing else should: two medians of a busy machine differ by so much.
FLAT = 1.6
# A day of thirty times as many schedules has thirty times as many rooms in its counts.
OF_A_DAY = 10.0
# Copied before each action, so that all begin with empty processor caches. The engine would empty them only while it
# searches a large table.
_LARGER_THAN_CACHES = bytearray(64_000_000)


@dataclass
class Cost:
    read: float
    milliseconds: float


class Growth:
    """The costs of each action, first with few and then with many."""

    def __init__(self, meter: RequestMeter) -> None:
        self._meter = meter
        self.costs: dict[str, list[Cost]] = {}

    def measure(self, action: str, actions: list[Callable[[], Any]]) -> list[Any]:
        """Do equal actions and keep the medians of their costs; returns their results."""
        reads, seconds, results = [], [], []
        for do in actions:
            self._meter.take()
            bytes(_LARGER_THAN_CACHES)
            began = time.process_time()
            results.append(do())
            seconds.append(time.process_time() - began)
            reads.append(self._meter.take().read)
        cost = Cost(statistics.median(reads), 1000 * statistics.median(seconds))
        self.costs.setdefault(action, []).append(cost)
        return results


def put_history(person: str, count: int) -> None:
    """Write this number of appointments that are over."""
    client, table = storage.connection().client, settings().table("appointments")
    (row,) = client.scan(TableName=table, Limit=1)["Items"]
    days = [clock.today() - timedelta(days=1 + n) for n in range(count)]
    items = [row | {"cid": {"S": person}, "appointment": {"S": f"{day}#{HOSPITAL}#{day:%Y%m%d}0001"}} for day in days]
    for start in range(0, count, 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        client.batch_write_item(RequestItems={table: puts})


def of_persons(growth: Growth, caller: Caller) -> None:
    """Book, move, cancel and list for persons with short and with long histories."""
    caller.sign_in("mohprompt.demo", "Mohprompt-demo-1")
    schedules = [schedule.info.schedule_id for schedule in open_schedules(20, 2)]

    def book(body: dict[str, Any]) -> Any:
        return caller.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body)

    def slots(action: str, query: dict[str, Any]) -> Any:
        return caller.call("GET", SLOTS, {"Action": action, **query})

    def booking(person: str) -> dict[str, Any]:
        name = {"prefix": "นาย", "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1}
        return {
            "hospital": {"hospital_code": HOSPITAL, "system_identifier": "bench"},
            "person": {"cid": person, **name},
            "appointment": {"hospital_code": HOSPITAL, "schedule_id": schedules[0]},
        }

    book(booking(cid(99)))
    for part, count in enumerate(HISTORIES):
        persons = [cid(100 + part * TIMES + n) for n in range(TIMES)]
        for person in persons:
            put_history(person, count)
        held = growth.measure(
            "book",
            [lambda p=p: book(booking(p)) for p in persons],  # type: ignore[misc]
        )
        names = [{"hospital_code": HOSPITAL, "cid": person} for person in persons]
        growth.measure(
            "current appointments",
            [lambda p=p: caller.call("GET", "/api/appointment/Appointment", {"cid": p}) for p in persons],  # type: ignore[misc]
        )
        to = {"schedule_id": schedules[1]}
        moves = [{**name, **booked, **to} for name, booked in zip(names, held, strict=True)]
        moved = growth.measure("postpone", [lambda m=m: slots("PostponeAppointmentSlot", m) for m in moves])  # type: ignore[misc]
        ends = [{**name, **booked} for name, booked in zip(names, moved, strict=True)]
        growth.measure("cancel", [lambda e=e: slots("CancelAppointmentSlot", e) for e in ends])  # type: ignore[misc]


def of_days(growth: Growth, caller: Caller) -> None:
    """The Welcome page and today's overview on a small and on a full day."""
    caller.sign_in("staff.demo", "Staff-demo-1")
    today = clock.today()
    for rooms, bookings in DAYS:
        with ScheduleItem.batch_write() as batch:
            for schedule in full_day(today, rooms, bookings):
                batch.save(SCHEDULES.row(schedule))
        put_appointments(0, bookings, [today])
        availability.recount({(HOSPITAL, today)})
        for name, path in (("the Welcome page", "Welcome"), ("today's overview", "today")):
            growth.measure(name, [lambda p=path: caller.call("GET", f"/api/dashboard/{p}")] * TIMES)  # type: ignore[misc]


def of_white_lists(growth: Growth, caller: Caller, most: int) -> None:
    """A page of a short and of a long white list, and one person of it."""

    def add(start: int) -> None:
        listed = [Person(cid(n), "นาย", "ทดสอบ", "ระบบ", 1) for n in range(start, start + 100)]
        entries = [PersonEntry(person, added_at="2026-01-01T00:00:00+07:00") for person in listed]
        people.add_to_white_list(HOSPITAL, entries, "care")

    white_list = "/api/dashboard/white-list"
    written, body = 0, {"cid": cid(5)}
    for count in (FEW_LISTED, most):
        with ThreadPoolExecutor(4) as writers:
            list(writers.map(add, range(written, count, 100)))
        written = count
        caller.call("POST", white_list, None, {})
        growth.measure("a page of the white list", [lambda: caller.call("POST", white_list, None, {})] * TIMES)
        growth.measure(
            "find on the white list", [lambda: caller.call("POST", f"{white_list}/find", None, body)] * TIMES
        )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--white-list", type=int, default=20_000)
    most = parser.parse_args(arguments).white_list
    logging.getLogger("moph").disabled = True  # a line a request
    with bench_environment():
        growth, caller = Growth(RequestMeter()), Caller()
        of_persons(growth, caller)
        of_days(growth, caller)
        of_white_lists(growth, caller, most)
    print("\n| action | read units, few | many | CPU ms, few | many | ratio | at most |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    grown = []
    for action, (few, many) in growth.costs.items():
        limit = OF_A_DAY if action in ("the Welcome page", "today's overview") else FLAT
        ratio = many.milliseconds / few.milliseconds
        figures = f"{few.read:g} | {many.read:g} | {few.milliseconds:.1f} | {many.milliseconds:.1f}"
        print(f"| {action} | {figures} | {ratio:.2f} | {limit:g} |", flush=True)
        # Read units depend on sizes only: what shall not grow has exactly the same.
        reads_more = many.read > few.read * (limit if limit != FLAT else 1)
        grown += [action] if ratio > limit or reads_more else []
    assert not grown, f"grows with its surroundings: {grown}"


if __name__ == "__main__":
    main()

"""Availability by month and by province, as the number of bookings grows: the cost must not.

    python -m infra.bench.availability [--bookings 1000,10000,100000]

A booking leaves an appointment, and changes figures on its day's item; the number of day items depends on hospitals and
days alone. So the appointments are put into their table by the batch, the days are counted once, and both look-ups are
made as the product makes them: what they read and what DynamoDB would charge for it is compared, line by line.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from chalicelib import clock, storage, tables
from chalicelib.schedules import availability, day_store
from chalicelib.schedules.store import schedules_of
from infra.bench.bench_environment import HOSPITAL, bench_environment, cid

PROVINCE = "84"


class Meter:
    """Requests, items and read units of what the product asks, from the storage's own answers."""

    def __init__(self) -> None:
        self.requests = self.items = 0
        self.units = 0.0
        events = storage.connection().client.meta.events
        events.register("provide-client-params.dynamodb.Query", self._ask)
        events.register("after-call.dynamodb.Query", self._count)

    def _ask(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def _count(self, parsed: dict[str, Any], **_: Any) -> None:
        self.requests += 1
        self.items += int(parsed.get("ScannedCount", 0))
        self.units += float(parsed.get("ConsumedCapacity", {}).get("CapacityUnits", 0))

    def of(self, ask: Any) -> tuple[int, int, float, float]:
        """(requests, items, units, median milliseconds) of one look-up."""
        self.requests = self.items = 0
        self.units = 0.0
        ask()
        counted = self.requests, self.items, self.units
        seconds = []
        for _ in range(15):
            began = time.perf_counter()
            ask()
            seconds.append(time.perf_counter() - began)
        return (*counted, 1000 * sorted(seconds)[7])


def put_appointments(first: int, count: int, days: list[date]) -> None:
    """Appointments by the batch, spread over the days; four writers, 25 a request."""
    client = storage.connection().client
    name = f"{tables.settings().prefix}-appointments"

    def write(start: int) -> None:
        requests = [{"PutRequest": {"Item": _appointment(n, days[n % len(days)])}} for n in range(start, start + 25)]
        client.batch_write_item(RequestItems={name: requests})

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(first, first + count, 25)))


def _appointment(number: int, day: date) -> dict[str, Any]:
    text = {
        "cid": cid(number),
        "appointment": f"{day.isoformat()}#{HOSPITAL}#1",
        "hospital_day": f"{HOSPITAL}#{day.isoformat()}",
        "schedule_place": f"1#{number:09d}",
        "state": "booked",
    }
    return {name: {"S": value} for name, value in text.items()}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", default="1000,10000", help="how many there are, step by step")
    steps = [int(one) for one in parser.parse_args(arguments).bookings.split(",")]
    with bench_environment():
        meter, today = Meter(), clock.today()
        days = [today + timedelta(days=offset) for offset in range(1, 31)]
        last = today + timedelta(days=61)
        middle = days[15]
        print("\n| bookings | look-up | requests | items | read units | median ms |")
        print("|---:|---|---:|---:|---:|---:|")
        there, seen = 0, set()
        for step in steps:
            put_appointments(there, step - there, days)
            there = step
            for day in days:
                day_store.save(HOSPITAL, day, schedules_of(HOSPITAL, day), clock.now().isoformat())
            for name, ask in (
                ("by month", lambda: availability.by_month(HOSPITAL, middle.year, middle.month)),
                ("by province", lambda: availability.by_province(PROVINCE, today, last)),
            ):
                requests, items, units, median = meter.of(ask)
                seen.add((name, requests, items, units))
                print(f"| {step:,} | {name} | {requests} | {items} | {units:g} | {median:.1f} |", flush=True)
        assert len(seen) == 2, "a look-up costs more where there are more bookings"


if __name__ == "__main__":
    main()

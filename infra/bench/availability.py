"""Bench: cost of availability by month and by province.

    python -m infra.bench.availability [--bookings 1000,10000,100000]

The cost must not grow with the number of bookings. The appointments are written to their table in batches, then the
days are counted, then both look-ups are made. Prints requests, items, read units and median milliseconds of each. Fails
if a look-up costs more with more bookings.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from chalicelib import clock, storage
from chalicelib.schedules import availability, day_store
from chalicelib.schedules.store import schedules_of
from chalicelib.settings import settings
from infra.bench.bench_environment import HOSPITAL, bench_environment, cid

PROVINCE = "84"


class QueryMeter:
    """Counts the requests, items and read units of queries, from DynamoDB's responses."""

    def __init__(self) -> None:
        self.requests = self.items = 0
        self.units = 0.0
        client = storage.connection().client
        self._session = client._endpoint.http_session
        client.meta.events.register("before-send.dynamodb.Query", self._send)

    def _send(self, request: Any, **_: Any) -> Any:
        """Send the request and count it. PynamoDB asks for the capacity units of each."""
        response = self._session.send(request)
        answer = json.loads(response.content)
        self.requests += 1
        self.items += int(answer.get("ScannedCount", 0))
        self.units += float(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0))
        return response

    def measure(self, look_up: Callable[[], Any]) -> tuple[int, int, float, float]:
        """(requests, items, units, median milliseconds) of one look-up."""
        self.requests = self.items = 0
        self.units = 0.0
        look_up()
        counted = self.requests, self.items, self.units
        seconds = []
        for _ in range(15):
            began = time.perf_counter()
            look_up()
            seconds.append(time.perf_counter() - began)
        return (*counted, 1000 * statistics.median(seconds))


def put_appointments(first: int, count: int, days: list[date]) -> None:
    """Write `count` appointments, spread over the days: four threads, 25 a request."""
    client = storage.connection().client
    name = settings().table("appointments")

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
    parser.add_argument("--bookings", default="1000,10000", help="numbers of bookings, ascending")
    steps = [int(number) for number in parser.parse_args(arguments).bookings.split(",")]
    with bench_environment():
        meter, today = QueryMeter(), clock.today()
        days = [today + timedelta(days=offset) for offset in range(1, 31)]
        last = today + timedelta(days=61)
        middle = days[15]
        print("\n| bookings | look-up | requests | items | read units | median ms |")
        print("|---:|---|---:|---:|---:|---:|")
        written, costs = 0, set()
        for step in steps:
            put_appointments(written, step - written, days)
            written = step
            for day in days:
                day_store.save(HOSPITAL, day, schedules_of(HOSPITAL, day), clock.now().isoformat())
            for name, look_up in (
                ("by month", lambda: availability.by_month(HOSPITAL, middle.year, middle.month)),
                ("by province", lambda: availability.by_province(PROVINCE, today, last)),
            ):
                requests, items, units, median = meter.measure(look_up)
                costs.add((name, requests, items, units))
                print(f"| {step:,} | {name} | {requests} | {items} | {units:g} | {median:.1f} |", flush=True)
        assert len(costs) == 2, "a look-up costs more with more bookings"


if __name__ == "__main__":
    main()

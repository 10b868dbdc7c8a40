"""Bench: many people book the places of one schedule at the same time.

    python -m infra.bench.hot_schedule [--places 999] [--people 5000]

Prints the total time and the durations of the requests. Fails if more or fewer places are booked than there are.
"""

import argparse

from infra.bench.bench_environment import bench_environment, open_schedules, percentile
from infra.bench.booking import SLOTS, api_bookings
from infra.bench.load_generator import send

CLIENTS = 64


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--people", type=int, default=1000)
    options = parser.parse_args(arguments)
    with bench_environment() as environment:
        schedule = open_schedules(options.places, 1)[0]
        requests = api_bookings(environment.token(), schedule, 0, options.people)
        outcome = send(environment.api_url.removeprefix("http://"), CLIENTS, requests)
    booked, full = outcome.statuses.get(200, 0), outcome.statuses.get(409, 0)
    again = sum(count for status, count in outcome.statuses.items() if status not in (200, 409))
    print(f"\n{options.people} people, {CLIENTS} at a time, on {options.places} places ({SLOTS.split('?')[0]}):")
    print("\n| booked | SlotsFull | TryAgain | total time | p50 ms | p99 ms |")
    print("|---:|---:|---:|---:|---:|---:|")
    p50, p99 = (percentile(outcome.seconds, share) for share in (0.5, 0.99))
    print(f"| {booked} | {full} | {again} | {outcome.wall:.1f} s | {p50:.0f} | {p99:.0f} |", flush=True)
    if again == 0:
        assert booked == min(options.places, options.people), f"{booked} of {options.places} places were booked"
    assert booked <= options.places, "more places were booked than there are"


if __name__ == "__main__":
    main()

"""One hot schedule: many people want the places of one period at the same moment.

    python -m infra.bench.hot_schedule [--places 999] [--people 5000]

Prints the time until it is sold out and what the refused wait; ends with an error unless exactly the places are sold.
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
    chosen = parser.parse_args(arguments)
    with bench_environment() as here:
        schedule = open_schedules(chosen.places, 1)[0]
        wanted = api_bookings(here.token(), schedule, 0, chosen.people)
        outcome = send(here.url.removeprefix("http://"), CLIENTS, wanted)
    sold, refused = outcome.statuses.get(200, 0), outcome.statuses.get(409, 0)
    again = sum(count for status, count in outcome.statuses.items() if status not in (200, 409))
    print(f"\n{chosen.people} people, {CLIENTS} at a time, on {chosen.places} places ({SLOTS.split('?')[0]}):")
    print("\n| booked | SlotsFull | told to try again | all answered in | p50 ms | p99 ms |")
    print("|---:|---:|---:|---:|---:|---:|")
    p50, p99 = (percentile(outcome.seconds, share) for share in (0.5, 0.99))
    print(f"| {sold} | {refused} | {again} | {outcome.wall:.1f} s | {p50:.0f} | {p99:.0f} |", flush=True)
    if again == 0:
        assert sold == min(chosen.places, chosen.people), f"{sold} of {chosen.places} places were sold"
    assert sold <= chosen.places, "oversold"


if __name__ == "__main__":
    main()

"""Simulation of DynamoDB's transaction conflicts and throttling.

    python -m infra.bench.conflicts [--seed 1]

No local engine has them. This is a discrete-event simulation of many people who book the same schedule. Each person
reads the schedule and writes the transaction, with the app's own constants (time budget, pauses, random places). The
model of DynamoDB follows three facts of its documentation: a transaction that meets another one on the same item is
cancelled with TransactionConflict; a partition serves at most 1,000 write units a second, a transactional write costs
two units per kB and item, and further writes are throttled; a request takes some milliseconds. AWS's own variance is
not modelled: use the figures to compare constants, not as a promise.
"""

import argparse
import heapq
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

BUDGET_SECONDS, FIRST_PAUSE, LONGEST_PAUSE = 2.0, 0.02, 0.4  # chalicelib/storage.py
READ_SECONDS, WRITE_SECONDS, COMMIT_SECONDS = 0.004, 0.012, 0.006
PARTITION_UNITS = 1000.0
ITEM_KILOBYTES = 2  # a schedule with a full set of places; its appointments and people are in other partitions


@dataclass
class Schedule:
    """The schedule's item, and its partition's write units.

    free: places. busy_until: end of the present transaction, in seconds. tokens: write units that are left. filled_at:
    time of the last refill, in seconds.
    """

    free: set[int]
    busy_until: float = 0.0
    tokens: float = PARTITION_UNITS
    filled_at: float = 0.0

    def admits(self, now: float) -> bool:
        """Take the write units of a transaction; False if the partition throttles it."""
        self.tokens = min(PARTITION_UNITS, self.tokens + (now - self.filled_at) * PARTITION_UNITS)
        self.filled_at = now
        if self.tokens < 2 * ITEM_KILOBYTES:
            return False
        self.tokens -= 2 * ITEM_KILOBYTES
        return True


@dataclass
class Outcome:
    """Outcome of a simulation.

    booked, full, again: seconds until each person was booked, got SlotsFull, or got TryAgain. conflicts, throttled: how
    often a transaction was cancelled or throttled. sold_out_at: when the last place was taken, in seconds.
    """

    booked: list[float] = field(default_factory=list)
    full: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    conflicts: int = 0
    throttled: int = 0
    sold_out_at: float = 0.0


def person(schedule: Schedule, outcome: Outcome, generator: random.Random, start: float) -> Iterator[float]:
    """One person's booking, as a generator that yields the time of its next step.

    Times are in seconds.
    """
    now, attempt, first = start, 0, True
    end = start + BUDGET_SECONDS
    now += generator.expovariate(1 / READ_SECONDS)
    yield now
    known_free = set(schedule.free)
    while True:
        if not known_free:
            outcome.full.append(now - start)
            return
        place = min(known_free) if first else generator.choice(sorted(known_free))
        now += generator.expovariate(1 / WRITE_SECONDS)
        yield now
        if not schedule.admits(now):
            outcome.throttled += 1
        elif now < schedule.busy_until:
            outcome.conflicts += 1
        elif place not in schedule.free:
            known_free, first = set(schedule.free), False  # the failed condition returns the item
            continue
        else:
            schedule.busy_until = now + COMMIT_SECONDS
            schedule.free.discard(place)
            if not schedule.free:
                outcome.sold_out_at = now
            now += COMMIT_SECONDS
            outcome.booked.append(now - start)
            return
        pause = generator.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
        attempt += 1
        if now + pause > end:
            outcome.again.append(now - start)
            # The client sends the request again after Retry-After, with a new time budget.
            now += 1.0
            end, attempt = now + BUDGET_SECONDS, 0
            yield now
            known_free, first = set(schedule.free), True
            continue
        now += pause
        yield now


def simulate(places: int, people: int, within: float, seed: int) -> Outcome:
    """Simulate people who start at random times. within: the range, in seconds."""
    generator = random.Random(seed)
    schedule, outcome = Schedule(set(range(1, places + 1))), Outcome()
    waiting: list[tuple[float, int, Iterator[float]]] = []
    for number in range(people):
        start = generator.uniform(0, within)
        heapq.heappush(waiting, (start, number, person(schedule, outcome, generator, start)))
    while waiting:
        _, number, booking = heapq.heappop(waiting)
        at = next(booking, None)
        if at is not None:
            heapq.heappush(waiting, (at, number, booking))
    return outcome


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args(arguments).seed
    print("\n| places | people | within s | sold out after s | booked p50 / p99 s | refused p50 / p99 s |"
          " 503 a person | conflicts a booking | throttled a booking |")  # fmt: skip
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for places, people, within in ((20, 64, 0.1), (20, 1000, 10), (999, 1500, 60), (999, 5000, 60), (999, 5000, 5)):
        outcome = simulate(places, people, within, seed)
        assert len(outcome.booked) == min(places, people), "the simulation booked a wrong number of places"
        print(
            f"| {places} | {people:,} | {within:g} | {outcome.sold_out_at:.1f} |"
            f" {_p50_p99(outcome.booked)} | {_p50_p99(outcome.full)} |"
            f" {len(outcome.again) / people:.2f} |"
            f" {outcome.conflicts / places:.1f} | {outcome.throttled / places:.1f} |",
            flush=True,
        )


def _p50_p99(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "-"
    cuts = statistics.quantiles(seconds, n=100)
    return f"{cuts[49]:.2f} / {cuts[98]:.2f}"


if __name__ == "__main__":
    main()

"""What DynamoDB does that no local engine does: transaction conflicts and partition limits, simulated.

    python -m infra.bench.conflicts [--seed 1]

A discrete-event simulation of one hot schedule: people arrive, each reads the schedule and writes the transaction, with
the product's own constants (budget, pauses, random places). DynamoDB is modelled by three facts of its documentation: a
transaction that meets another one on the same item is cancelled with TransactionConflict; a partition serves at most
1,000 write units a second, a transactional write costs two units per kB and item, and what is over is throttled; a
request takes some milliseconds. What it cannot model is AWS's own variance: the figures are for choosing, not promises.
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
ITEM_KILOBYTES = 2  # a schedule with a full set of places; its appointment and person are other partitions


@dataclass
class Schedule:
    """The hot item: the free places, the transaction that holds it now, and its partition's tokens."""

    free: set[int]
    busy_until: float = 0.0
    tokens: float = PARTITION_UNITS
    filled_at: float = 0.0

    def admits(self, now: float) -> bool:
        self.tokens = min(PARTITION_UNITS, self.tokens + (now - self.filled_at) * PARTITION_UNITS)
        self.filled_at = now
        if self.tokens < 2 * ITEM_KILOBYTES:
            return False
        self.tokens -= 2 * ITEM_KILOBYTES
        return True


@dataclass
class Told:
    booked: list[float] = field(default_factory=list)
    full: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    conflicts: int = 0
    throttled: int = 0
    sold_out_at: float = 0.0


def person(schedule: Schedule, told: Told, chance: random.Random, start: float) -> Iterator[float]:
    """One booking as a coroutine: yields the moment at which it wants to go on."""
    now, attempt, first = start, 0, True
    end = start + BUDGET_SECONDS
    now += chance.expovariate(1 / READ_SECONDS)
    yield now
    seen = set(schedule.free)
    while True:
        if not seen:
            told.full.append(now - start)
            return
        place = min(seen) if first else chance.choice(sorted(seen))
        now += chance.expovariate(1 / WRITE_SECONDS)
        yield now
        if not schedule.admits(now):
            told.throttled += 1
        elif now < schedule.busy_until:
            told.conflicts += 1
        elif place not in schedule.free:
            seen, first = set(schedule.free), False  # the failed condition brings the item back
            continue
        else:
            schedule.busy_until = now + COMMIT_SECONDS
            schedule.free.discard(place)
            if not schedule.free:
                told.sold_out_at = now
            now += COMMIT_SECONDS
            told.booked.append(now - start)
            return
        pause = chance.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
        attempt += 1
        if now + pause > end:
            told.again.append(now - start)
            # The client sends the request again after Retry-After, with a budget of its own.
            now += 1.0
            end, attempt = now + BUDGET_SECONDS, 0
            yield now
            seen, first = set(schedule.free), True
            continue
        now += pause
        yield now


def simulate(places: int, people: int, within: float, seed: int) -> Told:
    """That many people arrive at random within that many seconds."""
    chance = random.Random(seed)
    schedule, told = Schedule(set(range(1, places + 1))), Told()
    waiting: list[tuple[float, int, Iterator[float]]] = []
    for number in range(people):
        start = chance.uniform(0, within)
        heapq.heappush(waiting, (start, number, person(schedule, told, chance, start)))
    while waiting:
        _, number, one = heapq.heappop(waiting)
        at = next(one, None)
        if at is not None:
            heapq.heappush(waiting, (at, number, one))
    return told


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args(arguments).seed
    print("\n| places | people | within s | sold out after s | booked p50 / p99 s | refused p50 / p99 s |"
          " 503 a person | conflicts a booking | throttled a booking |")  # fmt: skip
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for places, people, within in ((20, 64, 0.1), (20, 1000, 10), (999, 1500, 60), (999, 5000, 60), (999, 5000, 5)):
        told = simulate(places, people, within, seed)
        assert len(told.booked) == min(places, people), "the simulation oversold"
        print(
            f"| {places} | {people:,} | {within:g} | {told.sold_out_at:.1f} |"
            f" {_both(told.booked)} | {_both(told.full)} |"
            f" {len(told.again) / people:.2f} | {told.conflicts / places:.1f} | {told.throttled / places:.1f} |",
            flush=True,
        )


def _both(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "-"
    cuts = statistics.quantiles(seconds, n=100)
    return f"{cuts[49]:.2f} / {cuts[98]:.2f}"


if __name__ == "__main__":
    main()

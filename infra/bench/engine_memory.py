"""Bench: growth of the embedded engine's memory with bookings.

    python -m infra.bench.engine_memory [--bookings 600]

Everything that follows a booking is included. The local stack runs as `make run` does, and saves its state. The rows of
a booking stay: the appointment, its person, its audit entry, its notice and the inbox entry. Stream records that were
read, and data that requests leave behind, must not stay. Prints the engine's memory after each part of the bookings.
Fails if the second half adds more than MOST_KB each.
"""

import argparse
from datetime import timedelta
from pathlib import Path

from chalicelib import clock
from infra.bench.before_after import ROOT, running

PARTS = 6
MOST_KB = 25


def megabytes(pid: int) -> float:
    """The private and shared memory of a process that is in use."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=600)
    count = parser.parse_args(arguments).bookings
    part = count // PARTS
    with running(ROOT, kept=True) as stack:
        days = (clock.today() + timedelta(days=n) for n in range(1, 29))
        places = [schedule for day in days for schedule in stack.schedules(day) for _ in range(20)]
        print("\n| bookings | MB of the engine | KB more each |\n|---:|---:|---:|")
        before = megabytes(stack.pids["engine"])
        sizes = [before]
        for n in range(PARTS):
            first = n * part
            stack.send([stack.booking(person, places[person]) for person in range(first, first + part)])
            stack.wait_until_drained(first + part)
            sizes.append(megabytes(stack.pids["engine"]))
            print(f"| {first + part:,} | {sizes[-1]:.0f} | {1024 * (sizes[-1] - sizes[-2]) / part:.0f} |", flush=True)
        growth = 1024 * (sizes[-1] - sizes[PARTS // 2]) / (count - count // 2)
    assert growth <= MOST_KB, f"{growth:.0f} KB more for each booking"


if __name__ == "__main__":
    main()

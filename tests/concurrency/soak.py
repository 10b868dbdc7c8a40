"""Histories one after the other, each with its own seed, for SOAK_SECONDS (600): `make soak`.

SEED=n begins with that seed. Prints a line per round; ends with 1, and the seed, where a round contradicts itself.

    python -m tests.concurrency.soak
"""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from infra.local.centre import Centre
from tests.client import Client, in_days, new_cid
from tests.concurrency.crowd import Crowd
from tests.concurrency.history import after

ROUND_SECONDS = 30


def main() -> int:
    seconds, seed = float(os.environ.get("SOAK_SECONDS") or 600), int(os.environ.get("SEED") or 1)
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="moph-soak-") as folder, Centre(Path(folder)) as centre:
        while time.monotonic() < end:
            his = Client(centre.url).sign_in("his.demo", "00000", "His-demo-1")
            day = in_days(1 + seed % 30)
            fresh = [s["schedule_id"] for s in his.schedules(day) if s["available_slot"] == 20][:4]
            given = [(his.token, day.isoformat(), fresh, [new_cid() for _ in range(4)]) for _ in range(24)]
            with Crowd(seed) as crowd:
                history, found = after(crowd, centre, given, min(ROUND_SECONDS, end - time.monotonic()), 20)
            told = Counter(one.code or "unanswered" for one in history.entries)
            print(
                f"seed {seed}: {len(history.entries)} requests, {len(history.sights)} sights, {history.kills} kills,"
                f" {dict(told)}",
                flush=True,
            )
            if found:
                print("\n".join([*found[:20], f"{len(found)} contradictions; repeat with SEED={seed}"]))
                return 1
            seed += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

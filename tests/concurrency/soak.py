"""Rounds one after the other, each with its own seed, for SOAK_SECONDS (600): `make soak`.

SEED=n begins with that seed. Prints a line per round; ends with 1, and the seed, where a round contradicts itself.

    python -m tests.concurrency.soak
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from infra.local.centre import Centre
from tests import ward as wards
from tests.client import Client
from tests.concurrency import rounds
from tests.concurrency.crowd import Crowd

ROUND_SECONDS = 25


def main() -> int:
    seconds, seed = float(os.environ.get("SOAK_SECONDS") or 600), int(os.environ.get("SEED") or 1)
    end = time.monotonic() + seconds
    moved: list[str] = []
    with tempfile.TemporaryDirectory(prefix="moph-soak-") as folder, Centre(Path(folder)) as centre:
        his = Client(centre.url).sign_in("his.demo", "00000", "His-demo-1")
        app_client = Client(centre.url).sign_in("mohprompt.demo", "00000", "Mohprompt-demo-1")
        ward = wards.make(centre)
        while time.monotonic() < end:
            with Crowd(seed) as crowd:
                length = max(5.0, min(ROUND_SECONDS, end - time.monotonic()))
                played = rounds.play(crowd, centre, ward, his, app_client, length)
            print(f"seed {seed}: {played.line}", flush=True)
            moved += played.moved
            if found := played.contradictions:
                print("\n".join([*found[:20], f"{len(found)} contradictions; repeat with SEED={seed}"]))
                return 1
            seed += 1
        # What people are told comes by the stream, behind everything that the rounds did.
        if found := rounds.notices_missing(centre, ward, app_client, moved, seconds=600):
            print("\n".join([*found[:20], f"{len(found)} people were not told once"]))
            return 1
        print(f"{len(moved)} people whom desks moved or cancelled were told so once, each time")
    return 0


if __name__ == "__main__":
    sys.exit(main())

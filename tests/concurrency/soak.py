"""Soak test (`make soak`): rounds with different seeds, for ten minutes.

    STAGE=local python -m tests.concurrency.soak

SOAK_SECONDS sets another duration, SEED=n the first seed. Prints who sends the frequent requests to the storage
(docs/adr/0025), and a line for each round. If a round has a contradiction, prints its seed and ends with
exit code 1. A round lasts until everybody has the notices about their appointments. So the work of streams and queues
does not pile up, and nothing is left at the end.
"""

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from chalicelib.settings import settings
from infra.local import demo
from infra.local.local_stack import LocalStack
from tests import staffed_hospital
from tests.client import Client
from tests.concurrency import rounds
from tests.concurrency.client_pool import ClientPool
from tests.hospitals import hospitals_of

ROUND_SECONDS = 25
NOTICE_SECONDS = 600


def main() -> int:
    os.environ.setdefault("STAFF_CALLS_PER_SECOND", "10000")  # one account of a round stands for several clerks
    seconds, seed = float(os.environ.get("SOAK_SECONDS") or 600), int(os.environ.get("SEED") or 1)
    end = time.monotonic() + seconds
    print(f"{'botocore' if settings().botocore_only else 'the lean sender'} sends, {seconds:.0f} s", flush=True)
    moved = 0
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="moph-soak-"))
        local_stack = stack.enter_context(LocalStack(Path(folder)))
        hospital = stack.enter_context(hospitals_of(local_stack)).new()
        his, staffed = hospital.client("his.demo"), staffed_hospital.make(hospital)
        app_client = hospital.seen_by(Client(local_stack.url).sign_in(*demo.APP_CREDENTIALS))
        while time.monotonic() < end:
            with ClientPool(seed) as client_pool:
                length = max(5.0, min(ROUND_SECONDS, end - time.monotonic()))
                played = rounds.play(client_pool, local_stack, staffed, his, app_client, length)
            print(f"seed {seed}: {played.line}", flush=True)
            # Notices come through the stream and the queues, after everything that the round did.
            began = time.monotonic()
            missing = rounds.notices_missing(local_stack, staffed, app_client, played.moved, NOTICE_SECONDS)
            print(
                f"seed {seed}: {len(played.moved)} people got their notices in {time.monotonic() - began:.0f} s",
                flush=True,
            )
            if found := [*played.contradictions, *missing]:
                print("\n".join([*found[:20], f"{len(found)} contradictions; repeat with SEED={seed}"]))
                return 1
            moved += len(played.moved)
            seed += 1
    print(f"{moved} people among whom desks moved and cancelled got one notice each time")
    return 0


if __name__ == "__main__":
    sys.exit(main())

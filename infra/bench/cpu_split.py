"""Where an action's CPU goes: ours, PynamoDB with botocore, the token, Chalice.

    python -m infra.bench.cpu_split [--requests 100]

The requests go through Chalice's local gateway in this process, on the embedded engine, first without and then with a
profiler that counts CPU time. What the standard library uses is laid to the door of whoever called it.
"""

import argparse
import cProfile
import logging
import pstats
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from infra.bench.bench_environment import HOSPITAL, bench_environment, open_schedules
from infra.bench.booking import SLOTS, api_bookings, register
from infra.bench.load_generator import Sent

GROUPS = {
    "/chalicelib/": "ours",
    "/msgspec/": "ours",
    "/logging/": "ours",
    "/pynamodb/": "PynamoDB, botocore",
    "/botocore/": "PynamoDB, botocore",
    "/urllib3/": "PynamoDB, botocore",
    "/jwt/": "token",
    "/cryptography/": "token",
    "/chalice/": "Chalice",
}
NAMES = ("ours", "PynamoDB, botocore", "token", "Chalice", "rest")
Function = tuple[str, int, str]


def split(profile: cProfile.Profile) -> Counter[str]:
    """Group -> share of the CPU time."""
    stats: dict[Function, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    shares: Counter[str] = Counter()
    for function, (_, _, own, _, _) in stats.items():
        for group, part in _owners(stats, function, 8).items():
            shares[group] += own * part
    total = sum(shares.values())
    return Counter({group: one / total for group, one in shares.items()})


def _owners(stats: dict[Function, Any], function: Function, depth: int) -> dict[str, float]:
    for part, group in GROUPS.items():
        if part in function[0]:
            return {group: 1.0}
    callers = stats[function][4]
    weight = sum(one[3] for one in callers.values())
    if depth == 0 or not weight:
        return {"rest": 1.0}
    found: Counter[str] = Counter()
    for caller, one in callers.items():
        for group, part in _owners(stats, caller, depth - 1).items():
            found[group] += part * one[3] / weight
    return dict(found)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    count = parser.parse_args(arguments).requests
    with bench_environment() as here:
        from chalice.config import Config
        from chalice.local import LocalGateway

        from app import app

        logging.getLogger("moph").handlers = [logging.NullHandler()]
        gateway, token = LocalGateway(app, Config.create(lambda_timeout=29)), here.token()

        def ask(requests: Iterable[Sent]) -> None:
            for one in requests:
                headers = {name.lower(): value for name, value in one.headers.items()}
                answer = gateway.handle_request(one.method, one.path, headers, one.body)
                assert answer["statusCode"] == 200, answer["body"]

        register(0, 2 * count + 1)
        twenty = [open_schedules(20, 20, in_days=40 + n) for n in range((2 * count) // 400 + 1)]
        places = [schedule for day in twenty for schedule in day for _ in range(20)]
        bookings = [api_bookings(token, schedule, n, 1)[0] for n, schedule in enumerate(places[: 2 * count + 1])]
        day = open_schedules(20, 16, in_days=60)[0].day.isoformat()
        path = f"{SLOTS}GetHospitalSlotByDate&hospital_code={HOSPITAL}&date={day}"
        looks = [Sent("GET", path, {"Authorization": f"Bearer {token}"})] * (2 * count + 1)
        print(f"\n| action | CPU ms | {' | '.join(NAMES)} |\n|---|---:|{'---:|' * len(NAMES)}")
        for name, requests in (("book", bookings), ("look-up of a day of 16 schedules", looks)):
            ask(requests[:1])
            began = time.process_time()
            ask(requests[1 : count + 1])
            each = 1000 * (time.process_time() - began) / count
            profile = cProfile.Profile(time.process_time)
            profile.runcall(ask, requests[count + 1 :])
            shares = split(profile)
            print(f"| {name} | {each:.1f} | {' | '.join(f'{shares[group]:.0%}' for group in NAMES)} |", flush=True)
            assert shares["ours"] < 1 / 3, f"{name}: ours is {shares['ours']:.0%}"


if __name__ == "__main__":
    main()

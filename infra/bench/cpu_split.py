"""Bench: CPU time of an action: our code, access to the storage, token, Chalice.

    python -m infra.bench.cpu_split [--requests 100]

The requests go through Chalice's local gateway in this process, first without a profiler, then with one that counts
CPU time. The time of the standard library counts for its caller. Fails if our code uses a third or more.
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
from infra.bench.load_generator import HttpRequest

# The first folder or file that fits.
GROUPS = {
    "/chalicelib/storage.py": "storage access",
    "/chalicelib/dynamodb_sender.py": "storage access",
    "/chalicelib/row_mapper.py": "storage access",
    "/chalicelib/number_attributes.py": "storage access",
    "/chalicelib/": "ours",
    "/msgspec/": "ours",
    "/logging/": "ours",
    "/pynamodb/": "storage access",
    "/botocore/": "storage access",
    "/urllib3/": "storage access",
    "/jwt/": "token",
    "/cryptography/": "token",
    "/chalice/": "Chalice",
}
NAMES = ("ours", "storage access", "token", "Chalice", "rest")
Function = tuple[str, int, str]


def split(profile: cProfile.Profile) -> Counter[str]:
    """Share of each group in the profiled CPU time, 0 to 1."""
    stats: dict[Function, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    shares: Counter[str] = Counter()
    for function, (_, _, own, _, _) in stats.items():
        for group, part in _groups(stats, function, 8).items():
            shares[group] += own * part
    total = sum(shares.values())
    return Counter({group: seconds / total for group, seconds in shares.items()})


def _groups(stats: dict[Function, Any], function: Function, depth: int) -> dict[str, float]:
    """Share of each group in a function's time, 0 to 1.

    A function of the standard library gets the shares of its callers, followed up to `depth` levels.
    """
    for folder, group in GROUPS.items():
        if folder in function[0]:
            return {group: 1.0}
    callers = stats[function][4]
    weight = sum(timing[3] for timing in callers.values())
    if depth == 0 or not weight:
        return {"rest": 1.0}
    shares: Counter[str] = Counter()
    for caller, timing in callers.items():
        for group, share in _groups(stats, caller, depth - 1).items():
            shares[group] += share * timing[3] / weight
    return dict(shares)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    count = parser.parse_args(arguments).requests
    with bench_environment() as environment:
        from chalice.config import Config
        from chalice.local import LocalGateway

        from app import app

        logging.getLogger("moph").handlers = [logging.NullHandler()]
        gateway, token = LocalGateway(app, Config.create(lambda_timeout=29)), environment.token()

        def call(requests: Iterable[HttpRequest]) -> None:
            for request in requests:
                headers = {name.lower(): value for name, value in request.headers.items()}
                response = gateway.handle_request(request.method, request.path, headers, request.body)
                assert response["statusCode"] == 200, response["body"]

        register(0, 2 * count + 1)
        days = [open_schedules(20, 20, in_days=40 + n) for n in range((2 * count) // 400 + 1)]
        places = [schedule for day_schedules in days for schedule in day_schedules for _ in range(20)]
        bookings = [api_bookings(token, schedule, n, 1)[0] for n, schedule in enumerate(places[: 2 * count + 1])]
        day = open_schedules(20, 16, in_days=60)[0].info.day.isoformat()
        path = f"{SLOTS}GetHospitalSlotByDate&hospital_code={HOSPITAL}&date={day}"
        look_ups = [HttpRequest("GET", path, {"Authorization": f"Bearer {token}"})] * (2 * count + 1)
        print(f"\n| action | CPU ms | {' | '.join(NAMES)} |\n|---|---:|{'---:|' * len(NAMES)}")
        for name, requests in (("book", bookings), ("look-up of a day of 16 schedules", look_ups)):
            call(requests[:1])
            began = time.process_time()
            call(requests[1 : count + 1])
            each = 1000 * (time.process_time() - began) / count
            profile = cProfile.Profile(time.process_time)
            profile.runcall(call, requests[count + 1 :])
            shares = split(profile)
            print(f"| {name} | {each:.1f} | {' | '.join(f'{shares[group]:.0%}' for group in NAMES)} |", flush=True)
            assert shares["ours"] < 1 / 3, f"{name}: ours is {shares['ours']:.0%}"


if __name__ == "__main__":
    main()

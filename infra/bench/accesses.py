"""Bench: CPU time that the access record adds to a look-up.

    python -m infra.bench.accesses [--requests 300]

Each look-up is of another person, so that each one writes an access line. Prints a table with the CPU milliseconds of
a look-up and of its access record. Fails if the record adds a tenth or more.
"""

import argparse
import logging
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib import shown_people
from chalicelib.access_log import log_lines
from chalicelib.caller import Caller
from chalicelib.settings import settings
from infra.bench.bench_environment import HOSPITAL, bench_environment, cid

CALLER = Caller("his.demo", HOSPITAL)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    count = parser.parse_args(arguments).requests
    with bench_environment() as environment, TemporaryDirectory() as folder:
        settings.cache_clear()  # they were read before the environment had the secret for the hashes
        from chalice.config import Config
        from chalice.local import LocalGateway

        from app import app

        log = logging.getLogger("moph")
        log.handlers = [logging.FileHandler(Path(folder, "api.log"))]
        gateway = LocalGateway(app, Config.create(lambda_timeout=29))
        headers = {"authorization": f"Bearer {environment.token()}"}

        def look_up(number: int) -> None:
            path = f"/api/appointment/Appointment?cid={cid(number)}"
            assert gateway.handle_request("GET", path, headers, b"")["statusCode"] == 200

        def record(number: int) -> None:
            with shown_people.noting() as cids:
                shown_people.note(cid(number))
                log_lines.write(log_lines.with_quota(CALLER), "GET /api/appointment/Appointment", True, list(cids))

        look_up(0)
        whole = _cpu_ms(look_up, count)
        recording = _cpu_ms(record, count)
    share = recording / (whole - recording)
    print("\n| look-up, CPU ms | of it recording, CPU ms | added |\n|---:|---:|---:|")
    print(f"| {whole:.2f} | {recording:.3f} | {share:.1%} |")
    assert share < 0.1


def _cpu_ms(do: Callable[[int], None], count: int) -> float:
    began = time.process_time()
    for number in range(1, count + 1):
        do(number)
    return 1000 * (time.process_time() - began) / count


if __name__ == "__main__":
    main()

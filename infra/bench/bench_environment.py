"""Environment of the booking benches: a temporary engine and one API process.

The engine has the demo data. Nothing else runs beside them, no event sources either, so that only the requests are
measured.
"""

import os
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chalicelib import clock
from chalicelib.auth.passwords import password_hash
from chalicelib.fields import check_digit
from chalicelib.schedules import catalogue_store, store
from chalicelib.schedules.model import Schedule, ScheduleSpec
from infra.aws import resources_stack
from infra.local import child_processes, demo, engine, seed

HOSPITAL = "00000"


@dataclass
class BenchEnvironment:
    """The two processes of a bench, and how to call them.

    env: the environment of processes that call the engine. engine, api: the ids of the two processes.
    """

    env: dict[str, str]
    engine_url: str
    api_url: str
    engine: int
    api: int

    def token(self) -> str:
        """Sign in as the Mor Prom app's back end; returns the token."""
        user, hospital, password = demo.APP_CREDENTIALS
        query = {"Action": "get_moph_access_token", "user": user, "hospital_code": hospital}
        query["password_hash"] = password_hash(password)
        with urllib.request.urlopen(f"{self.api_url}/token?{urllib.parse.urlencode(query)}", timeout=30) as response:
            return str(response.read().decode())


@contextmanager
def bench_environment() -> Iterator[BenchEnvironment]:
    """Start the environment, and use its engine in this process's settings.

    Use it once in a process.
    """
    with engine.temporary() as running:
        resources_stack.apply("local")
        seed.load()
        port = child_processes.free_port()
        url = f"http://127.0.0.1:{port}"
        with (running.folder / "api.log").open("wb") as log:
            api = child_processes.start("infra.local.api", str(port), env=running.env, output=log)
        try:
            child_processes.wait_for(f"{url}/health", api)
            yield BenchEnvironment(running.env, running.endpoint, url, running.process.pid, api.pid)
        finally:
            child_processes.stop(api)


def open_schedules(places: int, count: int, in_days: int = 40) -> list[Schedule]:
    """Open `count` new schedules with that many places each, all on one day."""
    day = clock.today() + timedelta(days=in_days)
    specs = [ScheduleSpec(n % 8 + 1, 1, 1, places, online=True) for n in range(count)]
    return store.open_schedules(catalogue_store.hospital(HOSPITAL), day, specs)


def cid(number: int) -> str:
    """The national id of the n-th test person: 13 digits with a correct check digit."""
    first_12 = f"2{number:011d}"
    return f"{first_12}{check_digit(first_12)}"


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentile(values: list[float], share: float) -> float:
    """A percentile of durations, in milliseconds.

    values: seconds. share: 0.99 for the 99th.
    """
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Stopwatch:
    """Measures wall time and the CPU time of processes, in seconds.

    From its creation to `stop`.
    """

    def __init__(self, *pids: int) -> None:
        self._pids = pids
        self._wall, self._cpu = time.perf_counter(), [cpu_seconds(pid) for pid in pids]

    def stop(self) -> tuple[float, list[float]]:
        """(wall time, [CPU time of each process])."""
        wall = time.perf_counter() - self._wall
        return wall, [cpu_seconds(pid) - before for pid, before in zip(self._pids, self._cpu, strict=True)]

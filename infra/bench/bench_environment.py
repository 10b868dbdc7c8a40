"""What the booking benches stand on: an engine without periodic saving, the stack, one hospital, one API process.

No feeder runs beside it, so that what is measured is the request and nothing else.
"""

import os
import tempfile
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
from chalicelib.schedules.rules import Schedule, ScheduleSpec
from infra.aws import stack
from infra.local import demo, engine, processes, seed

HOSPITAL = "00000"


@dataclass
class BenchEnvironment:
    """env: reaches the engine. api, engine: process ids."""

    env: dict[str, str]
    endpoint: str
    url: str
    engine: int
    api: int

    def token(self) -> str:
        """A token of the Mor Prom app's back end."""
        user, hospital, _, _, password = next(one for one in demo.ACCOUNTS if one[0] == "mohprompt.demo")
        query = {"Action": "get_moph_access_token", "user": user, "hospital_code": hospital}
        query["password_hash"] = password_hash(password)
        with urllib.request.urlopen(f"{self.url}/token?{urllib.parse.urlencode(query)}", timeout=30) as answer:
            return str(answer.read().decode())


@contextmanager
def bench_environment() -> Iterator[BenchEnvironment]:
    """Starts everything in a temporary folder and points this process's settings at it, once a process."""
    with tempfile.TemporaryDirectory(prefix="moph-bench-") as name:
        folder = Path(name)
        port, api_port = processes.free_port(), processes.free_port()
        env = processes.local_environment(f"http://127.0.0.1:{port}")
        os.environ.update(env)
        children = [engine.start(folder, port, **engine.NOTHING_SAVED)]
        try:
            stack.apply("local")
            seed.load()
            with (folder / "api.log").open("wb") as log:
                children.append(processes.start("infra.local.api", str(api_port), env=env, output=log))
            url = f"http://127.0.0.1:{api_port}"
            processes.wait_for(f"{url}/health", children[1])
            yield BenchEnvironment(env, f"http://127.0.0.1:{port}", url, children[0].pid, children[1].pid)
        finally:
            for child in reversed(children):
                processes.stop(child)


def open_schedules(places: int, count: int, in_days: int = 40) -> list[Schedule]:
    """Fresh schedules of that many places, all on one day."""
    day = clock.today() + timedelta(days=in_days)
    lines = [ScheduleSpec(n % 8 + 1, 1, 1, places, online=True) for n in range(count)]
    return store.open_schedules(catalogue_store.hospital(HOSPITAL), day, lines)


def cid(number: int) -> str:
    """The n-th made-up person: a well-formed national id."""
    first = f"2{number:011d}"
    return f"{first}{check_digit(first)}"


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentile(values: list[float], share: float) -> float:
    """Milliseconds below which that share of the values (seconds) lies."""
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Stopwatch:
    """Wall and CPU seconds of some processes between `start` and `stop`."""

    def __init__(self, *pids: int) -> None:
        self._pids = pids
        self._wall, self._cpu = time.perf_counter(), [cpu_seconds(pid) for pid in pids]

    def stop(self) -> tuple[float, list[float]]:
        wall = time.perf_counter() - self._wall
        return wall, [cpu_seconds(pid) - before for pid, before in zip(self._pids, self._cpu, strict=True)]

"""What an announcement costs and how fast it goes out: `make bench` runs it, docs/performance.md shows it.

    python -m infra.bench.messages [--targets 100000] [--lines 1000000]

Four workers (prepare, app, line, line) on the embedded engine, providers played by the simulator over HTTP.
1. The target file is matched.     2. It is sent, in peace.
3. Another is sent while workers are killed at random, every unfinished batch is queued again and again, and the
   providers fail one call in ten. Nothing may be delivered twice, nothing left out; otherwise this exits 1.
4. A file of `--lines` lines, most of them strangers, is matched: the memory must not grow with it.
"""

import argparse
import collections
import os
import platform
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from infra.bench.message_environment import BenchEnvironment, Workers, bench_environment, cid, seed_people, until

QUEUES = ("message-prepare", "message-app", "message-line", "message-line")
FAULTS = {"too_many": 0.025, "error_before": 0.025, "error_after": 0.025, "silent_after": 0.025, "slow_seconds": 0.05}
HOUR = 3600


class Counted:
    """Requests to the engine since the last look, by operation."""

    def __init__(self, path: Path) -> None:
        self._path, self._seen = path, 0
        path.touch()

    def since(self) -> collections.Counter[str]:
        with self._path.open(encoding="utf-8") as file:
            file.seek(self._seen)
            found = collections.Counter(line.strip().removeprefix("before-send.") for line in file)
            self._seen = file.tell()
        # A worker that waits asks the queue all the time; that is no part of what a message costs.
        return collections.Counter({name: n for name, n in found.items() if not name.endswith("ReceiveMessage")})


def upload(here: BenchEnvironment, lines: int, known: int) -> tuple[int, float]:
    """A draft whose target file has `lines` lines, `known` of them white-listed; and the seconds it took to match."""
    body = {"title": "คลินิกย้าย", "content": "เชิญที่อาคาร 2", "app": True, "line": True}
    message_id = here.call("POST", "/api/messages", body)["message_id"]
    content = "\n".join(cid(n if n < known else 10_000_000 + n) for n in range(lines)).encode()
    offer = here.call("POST", f"/api/messages/{message_id}/upload", {"size": len(content)})
    with urllib.request.urlopen(urllib.request.Request(offer["url"], content, method="PUT"), timeout=120) as answer:
        assert answer.status == 200
    started = time.monotonic()
    here.call("POST", f"/api/messages/{message_id}/targets", {"upload_id": offer["upload_id"]})
    until(lambda: show(here, message_id)["upload"]["state"] != "matching", HOUR, "it is matched", every=0.2)
    assert show(here, message_id)["upload"]["matched"] == known
    return message_id, time.monotonic() - started


def show(here: BenchEnvironment, message_id: int) -> dict[str, Any]:
    found: dict[str, Any] = here.call("GET", f"/api/messages/{message_id}")
    return found


def send(here: BenchEnvironment, message_id: int, trouble: Any = None) -> float:
    started = time.monotonic()
    here.call("POST", f"/api/messages/{message_id}/send", {})
    until(lambda: show(here, message_id)["state"] == "sent", HOUR, "it is sent", every=0.5, meanwhile=trouble)
    return time.monotonic() - started


def row(what: str, figure: str) -> None:
    print(f"  {what:<62} {figure:>16}", flush=True)


def cost(counted: collections.Counter[str], targets: int) -> str:
    return f"{counted.total() / targets:.3f}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--targets", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    wanted = parser.parse_args()
    targets, right = wanted.targets, True
    print(f"Announcements: {targets:,} targets x 2 channels; {platform.machine()}, {os.cpu_count()} cores, "
          f"Python {platform.python_version()}, embedded engine")  # fmt: skip
    with bench_environment() as here:
        seed_people(here, targets)
        here.sign_in("staff.demo", "Staff-demo-1")
        here.set_visibility(20)
        requests = here.folder / "requests"
        counter, workers = Counted(requests), Workers(here, QUEUES, seed=1, count_into=requests)
        try:
            first, seconds = upload(here, targets, targets)
            row("matched with the white list, lines/s", f"{targets / seconds:,.0f}")
            row("  requests to the engine per target", cost(counter.since(), targets))
            seconds = send(here, first)
            row("sent in peace, targets/s (each on two channels)", f"{targets / seconds:,.0f}")
            spent = counter.since()
            row("  requests to the engine per target, both channels", cost(spent, targets))
            peaks = workers.peak_mib()
            row("  calls to providers per target, both channels", f"{calls(here) / targets:.4f}")
            second, _ = upload(here, targets, targets)
            here.outside("faults", {"app": {**FAULTS, "seed": 1}, "line": {**FAULTS, "seed": 2}})
            seconds = send(here, second, lambda: trouble(here, workers, second))
            row("sent under fire, targets/s", f"{targets / seconds:,.0f}")
            row("  workers killed", f"{workers.killed}")
            for message_id in (first, second):
                for channel in ("app", "line"):
                    got = here.received(channel, message_id)
                    once = got == {"people": targets, "deliveries": targets, "most": 1}
                    right = right and once
                    row(f"  message {message_id} on {channel}: people reached, once each", f"{got['people']:,} {once}")
            here.outside("faults", {})
            workers.stop()
            workers = Workers(here, QUEUES, seed=1)
            _, seconds = upload(here, wanted.lines, targets)
            row(f"{wanted.lines:,} lines matched, lines/s", f"{wanted.lines / seconds:,.0f}")
            peaks = {queue: max(mib, peaks[queue]) for queue, mib in workers.peak_mib().items()}
            for queue in dict.fromkeys(QUEUES):
                row(f"  most memory of the {queue} function, MiB", str(peaks[queue]))
            right = right and max(peaks.values()) < 256
        finally:
            workers.stop()
    return 0 if right else 1


def calls(here: BenchEnvironment) -> int:
    counted: dict[str, int] = here.outside("counts")["calls"]
    return sum(counted.values())


def trouble(here: BenchEnvironment, workers: Workers, message_id: int) -> None:
    workers.kill()
    here.call("POST", f"/api/messages/{message_id}/resume", {})
    time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())

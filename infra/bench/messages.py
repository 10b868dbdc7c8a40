"""Bench: speed and cost of announcements, also under faults.

    python -m infra.bench.messages [--targets 100000] [--lines 1000000]

See docs/announcements.md. Four workers (prepare, app, line, line) run on the embedded engine, with the provider
simulator.

1. A target file is matched with the white list.
2. The announcement is sent without faults.
3. Another one is sent while workers are killed at random, unfinished batches are queued again and again, and the
   providers fail one call in ten.
4. A file of `--lines` lines is matched; most of the people in it are not on the white list.

Exit code 1 if a person gets a message twice or not at all, or if a worker uses 256 MiB or more.
"""

import argparse
import os
import platform
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from infra.bench.bench_environment import cid
from infra.bench.message_environment import MessageEnvironment, Workers, message_environment, seed_people, until

QUEUES = ("message-prepare", "message-app", "message-line", "message-line")
FAULTS = {"too_many": 0.025, "error_before": 0.025, "error_after": 0.025, "silent_after": 0.025, "slow_seconds": 0.05}
HOUR = 3600


class RequestCounter:
    """Reads the file in which the workers count their AWS requests."""

    def __init__(self, path: Path) -> None:
        self._path, self._position = path, 0
        path.touch()

    def take(self) -> int:
        """The number of requests since the last call of this method.

        ReceiveMessage is not counted, because it is polling.
        """
        with self._path.open(encoding="utf-8") as file:
            file.seek(self._position)
            lines = file.read().splitlines()
            self._position = file.tell()
        return sum(not line.endswith("ReceiveMessage") for line in lines)


def upload(environment: MessageEnvironment, lines: int, known: int) -> tuple[int, float]:
    """Make a draft with a target file, and wait until it is matched.

    lines: of the file. known: how many of its people are on the white list. Returns the message's id and the seconds of
    the matching.
    """
    body = {"title": "คลินิกย้าย", "content": "เชิญที่อาคาร 2", "app": True, "line": True}
    message_id = environment.call("POST", "/api/messages", body)["message_id"]
    content = "\n".join(cid(n if n < known else 10_000_000 + n) for n in range(lines)).encode()
    offer = environment.call("POST", f"/api/messages/{message_id}/upload", {"size": len(content)})
    with urllib.request.urlopen(urllib.request.Request(offer["url"], content, method="PUT"), timeout=120) as response:
        assert response.status == 200
    started = time.monotonic()
    environment.call("POST", f"/api/messages/{message_id}/targets", {"upload_id": offer["upload_id"]})
    until(lambda: show(environment, message_id)["upload"]["state"] != "matching", HOUR, "it is matched", every=0.2)
    assert show(environment, message_id)["upload"]["matched"] == known
    return message_id, time.monotonic() - started


def show(environment: MessageEnvironment, message_id: int) -> dict[str, Any]:
    message: dict[str, Any] = environment.call("GET", f"/api/messages/{message_id}")
    return message


def send(environment: MessageEnvironment, message_id: int, meanwhile: Any = None) -> float:
    """Send a message and wait until it is sent; returns the seconds.

    meanwhile: called again and again until then.
    """
    started = time.monotonic()
    environment.call("POST", f"/api/messages/{message_id}/send", {})
    until(lambda: show(environment, message_id)["state"] == "sent", HOUR, "it is sent", every=0.5, meanwhile=meanwhile)
    return time.monotonic() - started


def row(what: str, figure: str) -> None:
    print(f"  {what:<62} {figure:>16}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--targets", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    targets, correct = options.targets, True
    print(f"Announcements: {targets:,} targets x 2 channels; {platform.machine()}, {os.cpu_count()} cores, "
          f"Python {platform.python_version()}, embedded engine")  # fmt: skip
    with message_environment() as environment:
        seed_people(environment, targets)
        environment.sign_in("staff.demo", "Staff-demo-1")
        environment.set_visibility(20)
        requests = environment.folder / "requests"
        counter, workers = RequestCounter(requests), Workers(environment, QUEUES, seed=1, count_into=requests)
        try:
            first, seconds = upload(environment, targets, targets)
            row("matched with the white list, lines/s", f"{targets / seconds:,.0f}")
            row("  requests to the engine per target", f"{counter.take() / targets:.3f}")
            seconds = send(environment, first)
            row("sent without faults, targets/s (each on two channels)", f"{targets / seconds:,.0f}")
            row("  requests to the engine per target, both channels", f"{counter.take() / targets:.3f}")
            peaks = workers.peak_mib()
            row("  calls to providers per target, both channels", f"{provider_calls(environment) / targets:.4f}")
            second, _ = upload(environment, targets, targets)
            environment.control("faults", {"app": {**FAULTS, "seed": 1}, "line": {**FAULTS, "seed": 2}})
            seconds = send(environment, second, lambda: disturb(environment, workers, second))
            row("sent under faults, targets/s", f"{targets / seconds:,.0f}")
            row("  workers killed", f"{workers.killed}")
            for message_id in (first, second):
                for channel in ("app", "line"):
                    received = environment.received(channel, message_id)
                    once = received == {"people": targets, "deliveries": targets, "most": 1}
                    correct = correct and once
                    name = f"  message {message_id} on {channel}: people reached, once each"
                    row(name, f"{received['people']:,} {once}")
            environment.control("faults", {})
            workers.stop()
            workers = Workers(environment, QUEUES, seed=1)
            _, seconds = upload(environment, options.lines, targets)
            row(f"{options.lines:,} lines matched, lines/s", f"{options.lines / seconds:,.0f}")
            peaks = {queue: max(mib, peaks[queue]) for queue, mib in workers.peak_mib().items()}
            for queue in dict.fromkeys(QUEUES):
                row(f"  most memory of the {queue} function, MiB", str(peaks[queue]))
            correct = correct and max(peaks.values()) < 256
        finally:
            workers.stop()
    return 0 if correct else 1


def provider_calls(environment: MessageEnvironment) -> int:
    calls: dict[str, int] = environment.control("counts")["calls"]
    return sum(calls.values())


def disturb(environment: MessageEnvironment, workers: Workers, message_id: int) -> None:
    """Kill a worker and queue every unfinished batch again."""
    workers.kill()
    environment.call("POST", f"/api/messages/{message_id}/resume", {})
    time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())

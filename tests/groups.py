"""`make test`: every test, in groups side by side. A group is a pytest of its own, with a centre, ports and folders of
its own, so it meets nothing of the others but their use of the processors.

    python -m tests.groups

One group more runs at once than there are processors, since each waits a good deal of its time; what one has to say is
shown in one piece when it ends. Exit code 1 where any has failed; Ctrl-C ends them all. Whatever starts a centre has
its logs searched at the end (test_privacy.py).
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from infra.local import processes
from infra.local.run import build_dashboard

LOGS = processes.ROOT / "build" / "tests"
PRIVACY = "tests/test_privacy.py"
BROWSER = ["tests/system", "tests/phone"]  # they fill whole days that the manual's tests use
STORMS = ["tests/concurrency"]
FAULTS = ["tests/faults", "tests/model", "tests/test_schemathesis.py"]
OWN_ENGINES = ["tests/kill", "tests/messages", "tests/test_costs.py", "tests/test_restore.py"]
APART = [*BROWSER, *STORMS, *FAULTS, *OWN_ENGINES]
# The longest first.
SIDE_BY_SIDE = {
    "browser": [*BROWSER, PRIVACY],
    "own engines": OWN_ENGINES,
    "all others": ["tests", *(f"--ignore={path}" for path in APART)],
    "faults": [*FAULTS, PRIVACY],
    "storms": [*STORMS, PRIVACY],
}
ENDING_SECONDS = 60


@dataclass
class Group:
    """A pytest process that is running; its words go to a file."""

    name: str
    arguments: list[str]
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        print(f"{self.name}: started", flush=True)
        with self.log.open("wb") as output:
            self._process = processes.start("pytest", *self.arguments, env=dict(os.environ), output=output)

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.replace(' ', '-')}.log"

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def report(self) -> bool:
        """Shows what it said; whether it passed."""
        passed = self._process.wait() == 0
        outcome = "passed" if passed else f"FAILED with exit code {self._process.returncode}"
        print(f"\n{self.log.read_text(encoding='utf-8', errors='replace')}", end="")
        print(f"{self.name}: {outcome} after {time.monotonic() - self.began:.0f} s\n", flush=True)
        return passed

    def interrupt(self) -> None:
        """As Ctrl-C in a terminal: it ends what it has started."""
        if not self.has_ended():
            self._process.send_signal(signal.SIGINT)

    def end(self, deadline: float) -> None:
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()  # its own children end with it


def run(groups: dict[str, list[str]], at_once: int) -> bool:
    """Runs the groups, so many at once; whether all passed."""
    waiting, running, passed = list(groups.items()), [], True
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                name, paths = waiting.pop(0)
                running.append(Group(name, ["-q", "-p", "no:cacheprovider", *paths]))
            time.sleep(0.2)
            for group in [one for one in running if one.has_ended()]:
                running.remove(group)
                passed = group.report() and passed
    except KeyboardInterrupt:
        for group in running:
            group.interrupt()
        deadline = time.monotonic() + ENDING_SECONDS
        for group in running:
            group.end(deadline)
        raise
    return passed


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)
    LOGS.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    try:
        # Before all others: `make run`, which they start, looks through the dashboard's folder.
        if missing := build_dashboard():
            print(missing)
        passed = run({name: [*paths, "-m", "not alone"] for name, paths in SIDE_BY_SIDE.items()}, processors() + 1)
        # What measures has the machine to itself.
        passed = run({"alone": ["tests", "-m", "alone"]}, 1) and passed
    except KeyboardInterrupt:
        print("Interrupted", file=sys.stderr)
        return 130
    print(f"All tests together: {'passed' if passed else 'FAILED'} after {time.monotonic() - began:.0f} s")
    return not passed


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main())

"""Search every state of the booking protocol with Spin (docs/protocol.md).

    python -m tests.protocol.prove [--full]    # `make prove`, `make prove FULL=1`

Each search is exhaustive: Spin tries every order of the storage calls, with every place where an answer is lost or a
process is killed. The searches of the protocol must find nothing; each search of a seeded fault must find it, else the
model could not find a fault of that kind. The searches with the most states are smaller without --full. Exit code 1 if
a search ends otherwise, or if Spin cannot be had.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.debian_packages import apt_get

MODEL = Path(__file__).with_name("booking.pml")
SECONDS = 3_600
MEGABYTES = 6_000
COMPILE = ["gcc", "-O2", "-DCOLLAPSE", "-DSPACE", f"-DMEMLIM={MEGABYTES}"]
INVARIANTS, EVERYBODY_IS_ANSWERED, SHORTEST_WAY = ["-DSAFETY"], ["-DNP"], ["-DSAFETY", "-DBFS"]


@dataclass(frozen=True)
class Search:
    """One search of the model.

    settings: of the model, by its own names. compiled: how Spin searches. finds: true if the search must find a fault.
    large: the setting to add to a search with many states, and the one for a full search.
    """

    title: str
    settings: tuple[str, ...]
    compiled: list[str]
    finds: bool = False
    large: tuple[str, str] | None = None


SEARCHES = [
    Search("a desk closes a schedule meanwhile", ("DESK",), INVARIANTS, large=("TWO", "SECOND=1")),
    Search("one request is sent again while it runs", ("COPY",), INVARIANTS, large=("TWO", "SECOND=1")),
    Search("book, cancel and move", (), INVARIANTS),
    Search("one answer is lost", ("FAULTS=1",), INVARIANTS),
    Search(
        "one request is killed, one answer lost", ("FAULTS=1", "CRASHES=1"), INVARIANTS, large=("SECOND=1", "SECOND=3")
    ),
    Search("a person may hold one place", ("LIMIT",), INVARIANTS),
    Search("everybody gets an answer", (), EVERYBODY_IS_ANSWERED),
    Search("everybody gets an answer, though one is lost", ("FAULTS=1",), EVERYBODY_IS_ANSWERED),
    Search("everybody gets an answer, with a limit", ("LIMIT",), EVERYBODY_IS_ANSWERED),
    Search("seeded: a count without a place", ("COUNT_ONLY",), SHORTEST_WAY, finds=True),
    Search("seeded: no version", ("NO_VERSION", "LIMIT", "COPY", "SECOND=1"), SHORTEST_WAY, finds=True),
    Search("seeded: no client token", ("NO_TOKEN", "FAULTS=1", "COPY", "SECOND=1"), SHORTEST_WAY, finds=True),
]


@dataclass(frozen=True)
class Outcome:
    """Result that Spin reports of a search. is_complete: no state was left out."""

    errors: int
    states: int
    seconds: float
    is_complete: bool

    def as_expected(self, search: Search) -> bool:
        return self.errors == 1 if search.finds else self.errors == 0 and self.is_complete


def run(search: Search, is_full: bool) -> Outcome:
    """Search the states of the model.

    Raises CalledProcessError, TimeoutExpired, ValueError (no result).
    """
    with tempfile.TemporaryDirectory() as folder:
        added = (search.large[is_full],) if search.large else ()
        settings = [f"-D{setting}" for setting in (*search.settings, *added)]
        for command in (["spin", "-a", *settings, str(MODEL)], [*COMPILE, *search.compiled, "-o", "pan", "pan.c"]):
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
        options = ["-l"] if search.compiled == EVERYBODY_IS_ANSWERED else []
        report = subprocess.run(
            ["./pan", "-m100000", *options], cwd=folder, check=False, capture_output=True, text=True, timeout=SECONDS
        ).stdout
    return read_report(report)


def read_report(report: str) -> Outcome:
    """Parse the output of Spin. Raises ValueError if it has no result."""
    errors, states = re.search(r"errors: (\d+)", report), re.search(r"([\d.e+]+) states, stored", report)
    seconds = re.search(r"elapsed time ([\d.e+]+)", report)
    if not (errors and states and seconds):
        raise ValueError(f"the search ended without a result: {report[-500:]}")
    incomplete = "Search not completed" in report or "max search depth too small" in report
    return Outcome(int(errors[1]), int(float(states[1])), float(seconds[1]), not incomplete)


def main() -> int:
    is_full = "--full" in sys.argv
    if not shutil.which("spin") or not shutil.which("gcc"):
        apt_get("spin", "gcc", "libc6-dev")
    if not shutil.which("spin") or not shutil.which("gcc"):
        print("Spin or gcc is missing: install the packages spin and gcc", file=sys.stderr)
        return 1
    print(f"{'search':48}{'states':>12}{'seconds':>9}  result")
    all_right = True
    with ThreadPoolExecutor(2) as threads:
        for search, outcome in zip(SEARCHES, threads.map(partial(run, is_full=is_full), SEARCHES), strict=True):
            right = outcome.as_expected(search)
            all_right &= right
            what = "a fault" if outcome.errors else "nothing" if outcome.is_complete else "not completed"
            result = f"{what}, as it must be" if right else f"{what}: WRONG"
            print(f"{search.title:48}{outcome.states:12,}{outcome.seconds:9.1f}  {result}", flush=True)
    return 0 if all_right else 1


if __name__ == "__main__":
    sys.exit(main())

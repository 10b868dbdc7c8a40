"""Attack a running system on this machine (`make attack`).

    BASE_URL=http://127.0.0.1:8000 STATE_DIR=... python -m tests.security.attack

Prints a line for each attack. The attacks are the specifications in tests/security and some others. They make their own
hospitals and accounts in the running system, and people whom no earlier run had, through the engine that its state
folder names. So they can be repeated on the same state. BASE_URL: another server on the same engine. Exit code 0 if
every attack was held off, 1 if one was not, 2 if there is nothing to attack.
"""

import os
import re
import sys
import time
from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from infra.local import state_folder
from infra.local.child_processes import ROOT
from infra.local.origin_guard import is_foreign

ATTACKS = [
    "tests/security",
    "tests/manual/test_1_token_after_account_change.py",
    "tests/manual/test_4_2_token.py",
    "tests/test_bad_input.py",
]
# This module reports instead of pytest.
OPTIONS = ["-p", "no:terminal", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "python_files=test_*.py attack_*.py"]


class CannotAttack(Exception):
    """There is nothing that may be attacked. The text gives the reason."""


class Report:
    """Pytest plugin that prints a line for each attack.

    The line says held, BROKEN or left out, what was tried and in how many ways, and which responses came.
    """

    def __init__(self) -> None:
        self.attacks = 0
        self.broken: list[str] = []
        self._outcomes: dict[str, list[str]] = defaultdict(list)
        self._said: dict[str, list[str]] = defaultdict(list)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("[")[0]
        if report.when == "call" or not report.passed:
            self._outcomes[name].append(report.outcome)
        if report.when == "call":
            self._said[name] += [str(value) for key, value in report.user_properties if key == "answer"]
        if report.failed:
            reasons = re.findall(r"^E +(.*)", report.longreprtext, re.MULTILINE) or [report.longreprtext]
            self._said[name].append("\n  ".join([report.nodeid, *reasons]))

    @pytest.hookimpl
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Print the previous attack, if this test belongs to another one."""
        self._print_finished(item.nodeid.split("[")[0])

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._outcomes[report.nodeid].append("failed")
            self._said[report.nodeid].append(report.longreprtext)

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        self._print_finished("")

    def _print_finished(self, running: str) -> None:
        for name in [name for name in self._outcomes if name != running]:
            self._print(name, self._outcomes.pop(name), self._said.pop(name, []))

    def _print(self, name: str, outcomes: list[str], said: list[str]) -> None:
        from tests.client import statuses

        answers = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
        statuses.clear()
        verdict = "BROKEN" if "failed" in outcomes else "held  " if "passed" in outcomes else "left out"
        tried = re.sub(r"_+", " ", name.rsplit("::test_", 1)[-1])
        cases = f" ({len(outcomes)} ways)" if len(outcomes) > 1 else ""
        self.attacks += 1
        if verdict == "BROKEN":
            self.broken.append(tried)
        print(f"{verdict}  {tried}{cases}: {'; '.join([answers or 'no request', *said])}", flush=True)


def main() -> int:
    try:
        environment = target(os.environ.get("BASE_URL", ""))
    except (CannotAttack, state_folder.NotRunning) as problem:
        print(problem, file=sys.stderr)
        return 2
    os.environ.update(environment)
    os.chdir(ROOT)
    print(f"Attacking {environment['DEPLOYED_URL']}", flush=True)
    report, started, cpu = Report(), time.monotonic(), time.process_time()
    code = pytest.main([*OPTIONS, *(sys.argv[1:] or ATTACKS)], plugins=[report])
    seconds, own = time.monotonic() - started, time.process_time() - cpu
    print(f"{report.attacks} attacks in {seconds:.0f} s ({own:.0f} s of CPU here); broken: {len(report.broken)}")
    return 1 if code or report.broken else 0


def target(base_url: str) -> dict[str, str]:
    """Environment variables for the tests.

    base_url: URL of the server; "" for the system of the state folder. Raises CannotAttack, NotRunning.
    """
    if base_url and (not base_url.startswith("http://") or is_foreign(urlsplit(base_url).netloc, None)):
        raise CannotAttack(f"BASE_URL is {base_url}: only an http server on this machine is attacked")
    running = state_folder.running_environment(state_folder.state_dir())
    url = base_url.rstrip("/") or running["API_URL"]
    # The numbers of people grow by 100 a second. No run uses so many before the next run begins.
    first_person = str(int(time.time() * 100) % 10**11)
    return {
        **running,
        "DEPLOYED_URL": url,
        "DEPLOYED_SIMULATOR": running["SIMULATOR_URL"],
        "FIRST_PERSON": first_person,
    }


if __name__ == "__main__":
    sys.exit(main())

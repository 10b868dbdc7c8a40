"""`make run` ends in every way, under load, and starts again with its data.

A clean end (SIGTERM, Ctrl-C, a closed terminal) loses nothing. A kill of the supervisor alone loses nothing either,
because the kernel hands its children SIGTERM. A kill of the engine itself loses at most what was written since its last
save (infra/local/engine_process.py): a few seconds, measured here.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from infra.local import child_processes
from tests.client import Client, in_days, new_cid
from tests.invariants import Rows, rows_of, violations
from tests.large import large
from tests.waiting import eventually

pytestmark = pytest.mark.system

SEED = int(os.environ.get("SEED", "1"))


class Run:
    """`make run` as a process of its own, with ports and a folder of its own."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.port = child_processes.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "Run":
        self.process = self.spawn()
        child_processes.wait_for(f"{self.url}/health", self.process)
        return self

    def spawn(self, **more: str) -> "subprocess.Popen[str]":
        env = {
            **os.environ,
            "PORT": str(self.port),
            "STATE_DIR": str(self.state_dir),
            "PATH": "/nowhere",  # without npm, so that no dashboard is built
            "SAVE_SECONDS": "1",  # a test that waits for a save is under load until then
            **more,
        }
        command = [sys.executable, "-m", "infra.local.run"]
        return subprocess.Popen(
            command, env=env, cwd=child_processes.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def end(self, number: signal.Signals) -> int:
        """Sends a signal and waits for the end."""
        assert self.process
        self.process.send_signal(number)
        self.process.communicate(timeout=600)
        return self.process.returncode

    def children(self) -> dict[str, int]:
        """Module -> process id of what the supervisor has started."""
        assert self.process
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        named = {}
        for pid in listed:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            named[words[2].decode().rsplit(".", 1)[-1]] = int(pid)
        return named

    @property
    def endpoint(self) -> str:
        return self.exported["AWS_ENDPOINT_URL"]

    @property
    def exported(self) -> dict[str, str]:
        """The variables of the state folder's `env`."""
        lines = (self.state_dir / "env").read_text().splitlines()
        return dict(line.removeprefix("export ").split("=", 1) for line in lines)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One folder for all tests, with world-readable files of an older version."""
    made = Run(tmp_path_factory.mktemp("run") / "state")
    for file in (made.state_dir / "engine" / "kms.json", made.state_dir / "lock"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}")
        file.chmod(0o644)
    yield made
    if made.process and made.process.poll() is None:
        made.end(signal.SIGKILL)  # nobody wants it back


@pytest.fixture
def run(kept: Run) -> Run:
    """A running system; if an earlier test has ended it, it starts on the saved data."""
    return kept if kept.process and kept.process.poll() is None else kept.start()


class Load:
    """Four clients that book and cancel for their own people until the system ends.

    `said`: for each person, (when the last answer came, whether they hold a place by it). `open`: people whose last
    request had no answer.
    """

    def __init__(self, url: str) -> None:
        self.said: dict[str, tuple[float, int | None]] = {}
        self.open: set[str] = set()
        token = Client(url).sign_in("his.demo", "00000", "His-demo-1").token
        client = Client(url, token)
        self._schedules = [s["schedule_id"] for day in (8, 9, 10) for s in client.schedules(in_days(day))]
        self._threads = [threading.Thread(target=self._work, args=(url, token, n)) for n in range(4)]
        for thread in self._threads:
            thread.start()

    def _work(self, url: str, token: str, number: int) -> None:
        chance, client = random.Random(f"{SEED}/{number}"), Client(url, token)
        cid = ""
        try:
            while True:
                cid = new_cid()
                self.open.add(cid)
                answer = client.book(chance.choice(self._schedules), cid)
                held = answer.result["hospital_appointment_slot_id"] if answer.status == 200 else None
                if held and chance.random() < 0.3:
                    self._tell(cid, held)
                    self.open.add(cid)
                    if client.cancel(cid, held).status == 200:
                        held = None
                    else:
                        continue
                if answer.status in (200, 409):
                    self._tell(cid, held)
        except urllib3.exceptions.HTTPError:
            pass

    def _tell(self, cid: str, held: int | None) -> None:
        self.said[cid] = (time.monotonic(), held)
        self.open.discard(cid)

    def until_told(self, count: int) -> None:
        """Waits for that many answers."""
        eventually(lambda: len(self.said) >= count, "the load gets going", every=0.02)

    def finish(self) -> None:
        for thread in self._threads:
            thread.join(timeout=600)
            assert not thread.is_alive()

    def lost(self, rows: Rows, before: float = float("inf")) -> list[str]:
        """People whose rows differ from what was acknowledged before that moment."""
        found: dict[str, list[int]] = defaultdict(list)
        for one in rows.active():
            found[one["cid"]].append(int(one["appointment_id"]))
        acknowledged = {cid: held for cid, (at, held) in self.said.items() if cid not in self.open and at < before}
        return [cid for cid, held in acknowledged.items() if found[cid] != ([held] if held else [])]


def check_days(client: Client) -> None:
    """Check that the month's figures agree with the schedules.

    So no stream record is lost.
    """
    for day in (in_days(8), in_days(9), in_days(10)):
        expected = sum(s["available_slot"] for s in client.schedules(day))
        eventually(lambda day=day, free=expected: _of_month(client, day) == free, f"{day} has {expected} by month too")


def _of_month(client: Client, day: Any) -> int:
    rows = client.slots("GetHospitalSlotByMonth", hospital_code="00000", year=day.year, month=day.month).result
    return int(next(row["available_slot"] for row in rows if row["date"] == day.isoformat()))


def test_a_first_start_that_is_cut_short_is_completed_by_the_next(kept: Run) -> None:
    process = kept.spawn()
    eventually((kept.state_dir / "running").exists, "the first start has begun", every=0.01)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=600)

    kept.start()

    his = Client(kept.url).sign_in("his.demo", "00000", "His-demo-1")
    assert len(his.schedules(in_days(30))) == 16


def test_the_state_is_readable_for_its_owner_only_also_if_an_older_version_left_it_open_to_all(run: Run) -> None:
    paths = (run.state_dir, *run.state_dir.rglob("*"))
    assert [str(path) for path in paths if mode(path) & 0o077] == []


def mode(path: Path) -> int:
    """The permissions of a file; 0 if it is gone, as a file that replaces another is."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize(
    "number",
    [signal.SIGTERM, *map(large, (signal.SIGINT, signal.SIGHUP))],
)
def test_ended_cleanly_at_a_random_moment_under_load_nothing_acknowledged_is_lost(
    run: Run, number: signal.Signals
) -> None:
    load = Load(run.url)
    load.until_told(random.Random(f"{SEED}/{number}").randint(20, 120))
    assert run.end(number) == 0
    load.finish()

    run.start()

    his = Client(run.url).sign_in("his.demo", "00000", "His-demo-1")
    rows = rows_of(run.endpoint, keys=run.exported)
    assert load.lost(rows) == []
    assert violations(rows) == []
    check_days(his)


def test_a_killed_supervisor_loses_nothing_and_leaves_nobody_behind(run: Run) -> None:
    load = Load(run.url)
    load.until_told(60)
    children = run.children()
    run.end(signal.SIGKILL)
    load.finish()
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children.values()), "the children end with it")

    run.start()
    his = Client(run.url).sign_in("his.demo", "00000", "His-demo-1")
    rows = rows_of(run.endpoint, keys=run.exported)
    assert load.lost(rows) == []
    assert violations(rows) == []
    check_days(his)


def test_a_killed_engine_loses_at_most_the_last_seconds_and_the_rest_is_consistent(run: Run) -> None:
    load = Load(run.url)
    load.until_told(30)
    safe = until_it_saves(run)  # the save after this one holds all that was acknowledged before
    until_it_saves(run)
    load.until_told(len(load.said) + 30)
    os.kill(run.children()["engine_process"], signal.SIGKILL)
    assert run.process
    _, said = run.process.communicate(timeout=600)
    load.finish()
    assert run.process.returncode == 1
    assert "engine" in said

    run.start()
    his = Client(run.url).sign_in("his.demo", "00000", "His-demo-1")
    rows = rows_of(run.endpoint, keys=run.exported)
    assert load.lost(rows, before=safe) == []
    assert violations(rows) == []
    check_days(his)


def until_it_saves(run: Run) -> float:
    """Waits until the engine has saved; returns a moment at which it had not yet."""
    saved = run.state_dir / "engine" / "dynamodb.json"

    def stamp() -> int:
        return saved.stat().st_mtime_ns if saved.exists() else 0

    before, not_yet = stamp(), 0.0

    def has_saved() -> bool:
        nonlocal not_yet
        now = time.monotonic()
        if stamp() != before:
            return True
        not_yet = now
        return False

    eventually(has_saved, "the engine saves while it runs", every=0.02)
    return not_yet


def test_a_taken_port_is_one_clear_line_and_exit_code_1(tmp_path: Path) -> None:
    run = Run(tmp_path / "state")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do; the test itself holds the port
        taken.bind(("127.0.0.1", run.port))
        taken.listen()
        code, said = outcome_of(run)

    assert code == 1
    assert said == [f"Cannot start: port {run.port} is taken: stop what uses it, or choose another with PORT="]


@pytest.mark.parametrize("wrong", ["http", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_one_clear_line_and_exit_code_1(tmp_path: Path, wrong: str) -> None:
    process = Run(tmp_path / "state").spawn(PORT=wrong)
    _, said = process.communicate(timeout=600)
    assert (process.returncode, said) == (1, "Cannot start: PORT must be a number up to 65535\n")


def test_a_folder_that_cannot_be_written_is_one_clear_line_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, said = outcome_of(Run(tmp_path / "file" / "state"))

    assert (code, len(said)) == (1, 1)
    assert "cannot write to" in said[0]


def test_a_folder_in_use_by_another_make_run_is_one_clear_line_and_exit_code_1(run: Run) -> None:
    code, said = outcome_of(Run(run.state_dir))

    assert (code, len(said)) == (1, 1)
    assert "in use by another" in said[0]


def test_a_closed_terminal_ends_it_cleanly(run: Run) -> None:
    assert run.end(signal.SIGHUP) == 0


@pytest.mark.parametrize("command", ["redrive", "chalice-local", "admin"])
def test_what_needs_a_running_make_run_says_so_in_one_line(tmp_path: Path, command: str) -> None:
    venv = f"VENV={Path(sys.prefix)}"
    make = ["make", "--no-print-directory", f"STATE_DIR={tmp_path}", venv, "--assume-old=setup", command]
    done = subprocess.run(make, cwd=child_processes.ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == f"Start `make run` first: nothing runs on {tmp_path}\n", done.stderr


def outcome_of(run: Run) -> tuple[int, list[str]]:
    """Exit code and error lines of a start that is bound to fail."""
    process = run.spawn()
    _, said = process.communicate(timeout=600)
    return process.returncode, said.strip().splitlines()

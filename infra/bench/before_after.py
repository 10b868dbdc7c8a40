"""Bench: CPU time per operation of a commit and of this working copy.

    BASE=<commit> python -m infra.bench.before_after [--people 300] [--rounds 3]

The two run in turn, three times, on one machine. The commit's files are unpacked into a temporary folder. Each round
starts the whole local stack of one of the two and sends it the same requests from eight clients: look-ups of a day and
of a month, and bookings on schedules of twenty places. The processes that read streams and queues are stopped
meanwhile, so that only the requests are measured. Then these processes continue, and everything that they do until both
notices of each booking are delivered is added. The CPU time of the engine, the API, `feed` and `counts` is counted, so
other work on the machine disturbs little.

Fails if a ratio is above its target.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boto3

from chalicelib import clock
from chalicelib.auth.passwords import password_hash
from infra.bench.bench_environment import HOSPITAL, cid, cpu_seconds
from infra.bench.load_generator import HttpRequest, send
from infra.local import demo

ROOT = Path(__file__).resolve().parents[2]
# The last commit that sent every request to DynamoDB with botocore.
BASE = "a4191c901b863367212ba73a7eb62331cf6e6194"
CLIENTS, LOOK_UPS, WARM_UP = 8, 300, 16
# The queues count as empty if no notice arrives for this time.
STILL_SECONDS = 60
DAY, MONTH, BOOKING, ALL = "look-up of a day", "look-up of a month", "booking alone", "booking with all that follows"
# Operation -> the most that it may cost, as a share of what it cost at BASE.
TARGETS = {DAY: 0.7, MONTH: 0.65, BOOKING: 0.65, ALL: 0.45}
SLOTS = "/api/appointment/AppointmentSlot?"
# Runs in the tree that is measured; ends when its input ends. Prints the address, the environment and the processes.
_STACK = """
import json, sys
from pathlib import Path
from infra.local.local_stack import LocalStack
with LocalStack(Path(sys.argv[1]), kept=sys.argv[2] == "kept") as stack:
    pids = {name: process.pid for name, process in stack._processes}
    facts = {"url": stack.url, "simulator": stack.simulator, "env": stack.env, "pids": pids}
    print(json.dumps(facts), flush=True)
    sys.stdin.read()
"""


class RunningStack:
    """A local stack of one of the two trees.

    Its processes `feed` and `counts` can be stopped for a while.
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        self.url, self.simulator, self.pids = facts["url"], facts["simulator"], facts["pids"]
        env = facts["env"]
        self.dynamodb = boto3.client(
            "dynamodb",
            endpoint_url=env["AWS_ENDPOINT_URL"],
            region_name=env["AWS_DEFAULT_REGION"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )
        user, hospital, password = demo.APP_CREDENTIALS
        query = {"Action": "get_moph_access_token", "user": user, "hospital_code": hospital}
        token = self.get(
            f"{self.url}/token?{urllib.parse.urlencode(query | {'password_hash': password_hash(password)})}"
        )
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    @staticmethod
    def get(url: str, headers: dict[str, str] | None = None) -> str:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=60) as answer:
            return str(answer.read().decode())

    def signal(self, number: int) -> None:
        """Stop `feed` and `counts` (SIGSTOP), or let them continue (SIGCONT)."""
        for name in ("feed", "counts"):
            os.kill(self.pids[name], number)

    def cpu(self, *names: str) -> float:
        return sum(cpu_seconds(self.pids[name]) for name in names)

    def look_up(self, query: dict[str, Any]) -> HttpRequest:
        return HttpRequest("GET", SLOTS + urllib.parse.urlencode(query), self._headers)

    def schedules(self, day: date) -> list[int]:
        query = {"Action": "GetHospitalSlotByDate", "hospital_code": HOSPITAL, "date": day.isoformat()}
        answer = json.loads(self.get(self.url + SLOTS + urllib.parse.urlencode(query), self._headers))
        return [schedule["schedule_id"] for schedule in answer["result"]]

    def booking(self, person: int, schedule_id: int) -> HttpRequest:
        who = {"cid": cid(person), "prefix": "นาย", "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1}
        body = {
            "hospital": {"hospital_code": HOSPITAL, "system_identifier": "bench"},
            "person": who,
            "appointment": {"hospital_code": HOSPITAL, "schedule_id": schedule_id, "comment": "bench"},
        }
        path = SLOTS + "Action=ConfirmAppointmentSlot"
        return HttpRequest("POST", path, self._headers, json.dumps(body).encode())

    def send(self, requests: list[HttpRequest]) -> float:
        """Send the requests from CLIENTS clients.

        Returns the CPU seconds of engine and API.
        """
        before = self.cpu("engine", "api")
        outcome = send(self.url.removeprefix("http://"), CLIENTS, requests)
        if set(outcome.statuses) != {200}:
            raise RuntimeError(f"answers: {outcome.statuses}")
        return self.cpu("engine", "api") - before

    def wait_until_drained(self, expected: int) -> int:
        """Wait until this number of notices is delivered, or no more are delivered.

        Returns how many were delivered.
        """
        delivered, until = self.delivered(), time.monotonic() + STILL_SECONDS
        while delivered < expected and time.monotonic() < until:
            time.sleep(0.2)
            before, delivered = delivered, self.delivered()
            if delivered > before:
                until = time.monotonic() + STILL_SECONDS
        return delivered

    def delivered(self) -> int:
        """How many notices the app's gateway and LINE have got."""
        messages = json.loads(self.get(f"{self.simulator}/control/counts"))["messages"]
        return sum(count["deliveries"] for count in messages.values())


@contextmanager
def running(tree: Path, *, kept: bool = False) -> Iterator[RunningStack]:
    """The local stack of a tree, as a context manager.

    It runs the tree's own code with this working copy's packages. kept: it saves its state.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _STACK, folder, "kept" if kept else "thrown away"]
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        process = subprocess.Popen(
            command, cwd=tree, env=env | {"PYTHONPATH": str(tree)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the stack has no pipes")
        try:
            yield RunningStack(json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()
            process.wait(120)


def measure(tree: Path, people: int) -> dict[str, float]:
    """Operation -> CPU milliseconds each, of one round."""
    with running(tree) as stack:
        for person in range(people + WARM_UP):
            link = {"key": {"S": f"cid#{cid(person)}"}, "cid": {"S": cid(person)}, "user_id": {"S": f"U{person:032x}"}}
            stack.dynamodb.put_item(TableName="moph-local-line-links", Item=link)
        day = clock.today() + timedelta(days=5)
        free = stack.schedules(day) + stack.schedules(day + timedelta(days=1))
        in_day = {"Action": "GetHospitalSlotByDate", "hospital_code": HOSPITAL, "date": day.isoformat()}
        month = clock.today().replace(day=1) + timedelta(days=32)
        in_month = {
            "Action": "GetHospitalSlotByMonth",
            "hospital_code": HOSPITAL,
            "year": month.year,
            "month": month.month,
        }
        for query in (in_day, in_month):
            stack.send([stack.look_up(query)] * 3 * CLIENTS)
        # The first calls of a process cost more: LINE's package alone is half a second of imports.
        stack.send([stack.booking(people + person, free[-1]) for person in range(WARM_UP)])
        stack.wait_until_drained(2 * WARM_UP)
        first = stack.delivered()
        stack.signal(signal.SIGSTOP)
        try:
            each = {
                name: stack.send([stack.look_up(query)] * LOOK_UPS) / LOOK_UPS
                for name, query in ((DAY, in_day), (MONTH, in_month))
            }
            bookings = [stack.booking(person, free[person % (len(free) - 1)]) for person in range(people)]
            booked = stack.send(bookings)
        finally:
            stack.signal(signal.SIGCONT)
        others = ("engine", "api", "feed", "counts")
        before = stack.cpu(*others)
        delivered = stack.wait_until_drained(first + 2 * people) - first
        followed = stack.cpu(*others) - before
        if delivered < 2 * people:
            print(f"{tree}: {delivered} of {2 * people} notices after {STILL_SECONDS} s without another", flush=True)
    each |= {BOOKING: booked / people, ALL: (booked + followed) / people}
    return {name: 1000 * seconds for name, seconds in each.items()}


@contextmanager
def unpacked(commit: str) -> Iterator[Path]:
    """The files of a commit in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="moph-base-"))
    try:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--people", type=int, default=300, help="at most 620, the places of two demo days without one schedule"
    )
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    base = os.environ.get("BASE") or BASE
    rounds: dict[str, list[dict[str, float]]] = {"before": [], "after": []}
    with unpacked(base) as before:
        for _ in range(chosen.rounds):
            for name, tree in (("before", before), ("after", ROOT)):
                rounds[name].append(measure(tree, chosen.people))
    print(f"\nBefore: {base[:12]}. CPU milliseconds each, medians of {chosen.rounds}.\n")
    print("| operation | before | after | share | at most |\n|---|---:|---:|---:|---:|")
    missed = []
    for name, most in TARGETS.items():
        old, new = (statistics.median(each[name] for each in rounds[side]) for side in ("before", "after"))
        print(f"| {name} | {old:.1f} | {new:.1f} | {new / old:.2f} | {most} |", flush=True)
        missed += [name] if new / old > most else []
    if missed:
        print(f"above their targets: {', '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())

"""`make costs`: what each action asks of DynamoDB, measured, and what a million of them cost; writes docs/costs.md.

    python -m infra.costs            measures and writes docs/costs.md
    python -m infra.costs --json     measures and prints {"action": {"requests", "read", "write"}, ...}

Runs each action once in this process against an engine of its own with the demo data. Requests and consumed capacity
are counted at the storage connection; the engine counts capacity as DynamoDB does, so the figures do not depend on the
machine.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "costs.md"
SLOTS = "/api/appointment/AppointmentSlot"
_READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}

# US dollars a million, list prices of us-east-1; other regions cost some 10 to 20 % more. Put in your region's own.
PRICES = {"read": 0.125, "write": 0.625, "API Gateway": 3.50, "Lambda call": 0.20, "SQS": 0.40, "KMS signature": 3.00}
GIGABYTE_SECOND = 0.0000166667
# What a call is taken to last in Lambda, in seconds at 1 GB: an assumption, to be replaced by the dashboard's figure.
CALL_SECONDS = 0.03


@dataclass
class Cost:
    """What one action asked of DynamoDB. read, write: capacity units."""

    requests: int = 0
    read: float = 0
    write: float = 0

    @property
    def dollars_a_million(self) -> float:
        return self.read * PRICES["read"] + self.write * PRICES["write"]


class Meter:
    """Counts what the process's one DynamoDB connection asks for."""

    def __init__(self) -> None:
        from chalicelib import storage

        self.cost = Cost()
        self._keys = 0
        events = storage.connection().client.meta.events
        events.register("provide-client-params.dynamodb.*", self._ask_for_capacity)
        events.register("after-call.dynamodb.*", self._count)

    def _ask_for_capacity(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        self._keys = sum(len(one["Keys"]) for one in params.get("RequestItems", {}).values() if "Keys" in one)
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def _count(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        self.cost.requests += 1
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if model.name == "BatchGetItem":
            # The engine reports none: a consistent read of an item of up to 4 KB, or of none, is one unit.
            self.cost.read += self._keys
        elif model.name in _READS:
            self.cost.read += units
        else:
            self.cost.write += units

    def take(self) -> Cost:
        """What was counted since the last time."""
        taken, self.cost = self.cost, Cost()
        return taken


class Caller:
    """Calls the app in this process, as its gateway would."""

    def __init__(self) -> None:
        from chalice.test import Client

        from app import app

        self._http = Client(app).http
        self.token = ""

    def call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = path + (f"?{urlencode(query)}" if query else "")
        answer = self._http.request(method, url, headers=headers, body=json.dumps(body) if body else b"")
        if answer.status_code != 200:
            raise RuntimeError(f"{method} {path}: {answer.body.decode()}")
        return answer.body.decode() if path == "/token" else answer.json_body["result"]

    def sign_in(self, login: str, password: str) -> None:
        from chalicelib.accounts.rules import password_hash

        fields = {"user": login, "hospital_code": "00000", "password_hash": password_hash(password)}
        self.token = ""
        self.token = self.call("POST", "/token", {"Action": "get_moph_access_token"}, fields)

    def slots(self, action: str, method: str = "GET", body: Any = None, **query: Any) -> Any:
        return self.call(method, SLOTS, {"Action": action, **query}, body)


def measure() -> dict[str, Cost]:
    """Every measured action with what it asked for, in the order of a person's way through the centre."""
    from chalicelib import clock
    from chalicelib.fields import check_digit
    from chalicelib.schedules import actions as schedules
    from chalicelib.schedules import availability
    from infra import demo

    meter, caller = Meter(), Caller()
    day = clock.today() + timedelta(days=3)
    stranger = f"300000000003{check_digit('300000000003')}"
    there = {"hospital_code": "00000"}
    later = day + timedelta(days=12)  # its month holds half of the demo days at least
    month = {"year": later.year, "month": later.month}
    found: dict[str, Cost] = {}

    def record(name: str, result: Any = None) -> Any:
        found[name] = meter.take()
        return result

    schedules.reachable()  # the client is made; only requests of actions are counted from here
    meter.take()
    record("sign in", caller.sign_in("his.demo", "His-demo-1"))
    caller.slots("GetHospitalDepartment", **there)  # the account is looked up once in a while; that is counted apart
    first_call = meter.take()
    record("GetHospitalDepartment", caller.slots("GetHospitalDepartment", **there))
    once = found["GetHospitalDepartment"]
    found["looking an account up, once in a while"] = Cost(
        first_call.requests - once.requests, first_call.read - once.read, first_call.write - once.write
    )
    record("GetHospitalRoom", caller.slots("GetHospitalRoom", **there))
    span = {"date_start": day.isoformat(), "date_finish": (day + timedelta(days=20)).isoformat()}
    record("GetHospitalSlotGroupByProvince", caller.slots("GetHospitalSlotGroupByProvince", **span))
    record("GetHospitalSlotByMonth", caller.slots("GetHospitalSlotByMonth", **month, **there))
    open_ = record("GetHospitalSlotByDate", caller.slots("GetHospitalSlotByDate", date=day.isoformat(), **there))
    first, second, third = (one["schedule_id"] for one in open_[:3])
    record("book, a person whom the registry knows", _book(caller, first, demo.PEOPLE[0].cid))
    booked = record("book, a new person", _book(caller, second, stranger))
    new = {**there, "cid": stranger}
    record("current appointments", caller.call("GET", "/api/appointment/Appointment", {"cid": new["cid"]}))
    moved = record("postpone", caller.slots("PostponeAppointmentSlot", **new, **booked, schedule_id=third))
    record("cancel", caller.slots("CancelAppointmentSlot", **new, **moved))
    record("GetHospitalSlotConfirmByDate", caller.slots("GetHospitalSlotConfirmByDate", date=day.isoformat(), **there))
    record("count a day anew (after each change, at most)", availability.recount({("00000", day)}))
    _staff_measures(caller, record, day, month)
    return found


def _staff_measures(caller: Caller, record: Any, day: date, month: dict[str, int]) -> None:
    caller.sign_in("staff.demo", "Staff-demo-1")
    caller.call("GET", "/api/dashboard/calendar", month)
    record("sign in and the first call, on the dashboard")
    record("the dashboard's calendar of a month", caller.call("GET", "/api/dashboard/calendar", month))
    query = {"date": day.isoformat()}
    rows = record("the dashboard's list of a day", caller.call("GET", "/api/dashboard/appointments", query))
    one = rows["bookings"][0] if isinstance(rows, dict) else rows[0]
    path = f"/api/dashboard/appointments/{one['schedule_id']}/{one['place']}/accept"
    record("accept", caller.call("POST", path, body={"version": one["version"]}))


def _book(caller: Caller, schedule_id: int, cid: str) -> Any:
    person = {"cid": cid, "prefix": "นาย", "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1}
    body = {
        "hospital": {"hospital_code": "00000", "hospital_name": "รพ.ทดสอบระบบ"},
        "person": person,
        "appointment": {"hospital_code": "00000", "schedule_id": schedule_id},
    }
    return caller.slots("ConfirmAppointmentSlot", "POST", body)


def measured() -> dict[str, Cost]:
    """`measure` in a process of its own, against an engine of its own with the demo data."""
    from infra.local.centre import Centre

    with tempfile.TemporaryDirectory() as folder, Centre(Path(folder)) as centre:
        done = subprocess.run(
            [sys.executable, "-m", "infra.costs", "--inside"],
            env=centre.env,
            capture_output=True,
            text=True,
            check=True,
        )
    return {name: Cost(**values) for name, values in json.loads(done.stdout.splitlines()[-1]).items()}


def document(found: dict[str, Cost]) -> str:
    """docs/costs.md."""
    rows = [
        f"| {name} | {one.requests} | {one.read:g} | {one.write:g} | {one.dollars_a_million:.2f} |"
        for name, one in found.items()
    ]
    call = PRICES["API Gateway"] + PRICES["Lambda call"] + CALL_SECONDS * GIGABYTE_SECOND * 1e6
    book, look = found["book, a new person"], found["GetHospitalSlotByDate"]
    # What a booking sets off: a recount of its day, at most one each, and a line of the audit.
    after = found["count a day anew (after each change, at most)"].dollars_a_million + PRICES["write"]
    lambdas = 2 * (PRICES["Lambda call"] + CALL_SECONDS * GIGABYTE_SECOND * 1e6)
    rows_written, messages = 2 * PRICES["write"], 3 * PRICES["SQS"] / 100
    sign_in = found["sign in"].dollars_a_million + call + PRICES["KMS signature"]
    return "\n".join(
        [
            "# What it costs",
            "",
            "`make costs` measures and writes this page; a test fails when an action asks for more than stands here.",
            "",
            "## Requests and capacity per action",
            "",
            "Measured on the embedded engine with the demo data (16 schedules a day), which counts capacity units as",
            "DynamoDB does: they follow from the items' sizes, not from the machine.",
            "",
            "| action | requests | read units | write units | DynamoDB, US$ a million |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            "## A million of each",
            "",
            f"With the list prices in `infra/costs.py` (us-east-1; another region's go there) and calls of"
            f" {CALL_SECONDS * 1000:.0f} ms",
            "at 1 GB, which is an assumption: put in what the CloudWatch dashboard shows.",
            "",
            "| a million | DynamoDB | API Gateway and Lambda | what it sets off | together, US$ |",
            "|---|---:|---:|---:|---:|",
            f"| bookings | {book.dollars_a_million:.2f} | {call:.2f} | {after + lambdas:.2f}"
            f" | {book.dollars_a_million + call + after + lambdas:.2f} |",
            f"| look-ups of a day | {look.dollars_a_million:.2f} | {call:.2f} | 0.00"
            f" | {look.dollars_a_million + call:.2f} |",
            f"| deliveries | {rows_written:.2f} | 0.00 | {messages:.2f} | {rows_written + messages:.2f} |",
            f"| sign-ins | {found['sign in'].dollars_a_million:.2f} | {call:.2f} | {PRICES['KMS signature']:.2f}"
            f" | {sign_in:.2f} |",
            "",
            "What a booking sets off is a recount of its day and a line in the audit, each at most once; a busy day's",
            "changes share recounts. A delivery is reckoned, not measured: two writes of its recipient's row and a",
            "hundredth of three queue messages; what LINE charges is not in here. Logs, storage and CloudFront come on",
            "top and do not depend on how a request is made.",
            "",
        ]
    )


def main() -> None:
    if "--inside" in sys.argv:
        print(json.dumps({name: vars(one) for name, one in measure().items()}, ensure_ascii=False))
        return
    found = measured()
    if "--json" in sys.argv:
        print(json.dumps({name: vars(one) for name, one in found.items()}, ensure_ascii=False, indent=1))
        return
    DOCUMENT.write_text(document(found), encoding="utf-8")
    print(f"{DOCUMENT.relative_to(Path.cwd()) if DOCUMENT.is_relative_to(os.getcwd()) else DOCUMENT} is up to date")


if __name__ == "__main__":
    main()

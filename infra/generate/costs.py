"""`make costs`: what each action asks of DynamoDB, measured, and what a million of them cost; writes docs/costs.md.

    python -m infra.generate.costs            measures and writes docs/costs.md
    python -m infra.generate.costs --json     measures, prints {"action": {"requests", "items", "read", "write"}, ...}

Each action is done once (`cost_scenarios.py`), against an engine of its own with the demo data and a fixed clock, and what it
asks for is counted at the storage connection (`request_meter.py`): the figures depend neither on the machine nor on the day.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.generate.cost_scenarios import TARGETS
from infra.generate.request_meter import Cost

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "costs.md"

# US dollars a million, list prices of us-east-1; other regions cost some 10 to 20 % more. Put in your region's own.
PRICES = {"read": 0.125, "write": 0.625, "API Gateway": 3.50, "Lambda call": 0.20, "SQS": 0.40, "KMS signature": 3.00}
GIGABYTE_SECOND = 0.0000166667
# What a call is taken to last in Lambda, in seconds at 1 GB: an assumption, to be replaced by the dashboard's figure.
CALL_SECONDS = 0.03
SET_OFF = (
    "count a day anew (after each change, at most)",
    "a line of the audit (after each change)",
    "a notice to a person",
    "hand a notice to the app's gateway",
    "hand a notice to LINE",
)
ANNOUNCED = (
    f"match it with the white list ({TARGETS} people)",
    "put its batches on the queues",
    f"hand it to the app's gateway ({TARGETS} people)",
    f"hand it to LINE ({TARGETS} people)",
)


@dataclass(frozen=True)
class Measured:
    """costs: action -> what it asked for, in the order of the document. called: the endpoints that were called."""

    costs: dict[str, Cost]
    called: frozenset[str]


def measured() -> Measured:
    """`measures` in a process of its own."""
    command = [sys.executable, "-m", "infra.generate.cost_scenarios"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    told = json.loads(done.stdout.splitlines()[-1])
    return Measured({name: Cost(**one) for name, one in told["costs"].items()}, frozenset(told["called"]))


def dollars(one: Cost) -> float:
    """What a million of it cost at DynamoDB."""
    return one.read * PRICES["read"] + one.write * PRICES["write"]


def document(found: dict[str, Cost]) -> str:
    """docs/costs.md."""
    rows = [
        f"| {name} | {one.requests} | {one.items} | {one.read:g} | {one.write:g} | {dollars(one):.2f} |"
        for name, one in found.items()
    ]
    run = PRICES["Lambda call"] + CALL_SECONDS * GIGABYTE_SECOND * 1e6
    call = PRICES["API Gateway"] + run
    book, look, sign_in = found["book, a new person"], found["GetHospitalSlotByDate"], found["sign in"]
    # A recount of the day, a line of the audit, and a notice on two channels: five functions and two queue messages.
    after = sum(dollars(found[name]) for name in SET_OFF) + 5 * run + 2 * PRICES["SQS"]
    # Per person, in the app and in LINE; a batch of a hundred is one queue message and one function a channel.
    reached = sum(dollars(found[name]) for name in ANNOUNCED) / TARGETS
    rest = (3 * PRICES["SQS"] + 3 * run) / TARGETS
    return "\n".join(
        [
            "# What it costs",
            "",
            "`make costs` measures and writes this page; a test fails when an action asks for anything else.",
            "",
            "## Requests, items and capacity per action",
            "",
            "Measured on the embedded engine with the demo data (16 schedules a day) and a fixed clock. The engine",
            "counts capacity units as DynamoDB does: they follow from the items' sizes, not from the machine. Items",
            "are those read, before any filter, and those written.",
            "",
            "| action | requests | items | read units | write units | DynamoDB, US$ a million |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
            "",
            "## A million of each",
            "",
            f"With the list prices in `infra/generate/costs.py` (us-east-1; another region's go there) and calls of"
            f" {CALL_SECONDS * 1000:.0f} ms",
            "at 1 GB, which is an assumption: put in what the CloudWatch dashboard shows.",
            "",
            "| a million | DynamoDB | API Gateway and Lambda | what it sets off | together, US$ |",
            "|---|---:|---:|---:|---:|",
            _line("bookings", dollars(book), call, after),
            _line("look-ups of a day", dollars(look), call, 0),
            _line("people reached by an announcement", reached, 0, rest),
            _line("sign-ins", dollars(sign_in), call, PRICES["KMS signature"]),
            "",
            "What a booking sets off is a recount of its day, a line in the audit and a notice to the person in the",
            "app and in LINE, each at most once; a busy day's changes share recounts. Who has not linked LINE is",
            "told in the app alone, which saves the row for LINE, its function and its queue message. A person",
            "reached is matched with the white list and handed to both channels in batches of a hundred; what LINE",
            "charges is not in here.",
            "Logs, storage and CloudFront come on top and do not depend on how a request is made.",
            "",
        ]
    )


def _line(what: str, dynamodb: float, call: float, after: float) -> str:
    return f"| {what} | {dynamodb:.2f} | {call:.2f} | {after:.2f} | {dynamodb + call + after:.2f} |"


def main() -> None:
    found = measured().costs
    if "--json" in sys.argv:
        print(json.dumps({name: vars(one) for name, one in found.items()}, ensure_ascii=False, indent=1))
        return
    DOCUMENT.write_text(document(found), encoding="utf-8")
    print(f"{DOCUMENT.relative_to(ROOT)} is up to date")


if __name__ == "__main__":
    main()

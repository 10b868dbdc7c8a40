"""`make costs`: measure the DynamoDB usage of each action and write docs/costs.md, with prices for a million.

    python -m infra.generate.costs            writes docs/costs.md
    python -m infra.generate.costs --json     prints {action: {"requests", "items", "read", "write"}}

Each action of `cost_scenarios.py` is done once, and `request_meter.py` counts its requests. The figures depend neither
on the machine nor on the day.
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

# US dollars a million, list prices of us-east-1. Other regions cost 10 to 20 % more: use your region's prices.
PRICES = {"read": 0.125, "write": 0.625, "API Gateway": 3.50, "Lambda call": 0.20, "SQS": 0.40, "KMS signature": 3.00}
GIGABYTE_SECOND = 0.0000166667
# Assumed duration of a call in Lambda, in seconds at 1 GB. Replace it by the figure of the CloudWatch dashboard.
CALL_SECONDS = 0.03
# The background work after a booking.
AFTER_BOOKING = (
    "recount a day (after each change, at most)",
    "an audit entry (after each change)",
    "a notice to a person",
    "deliver a notice to the app's gateway",
    "deliver a notice to LINE",
)
# The work of sending an announcement to TARGETS people.
SENDING = (
    f"match it with the white list ({TARGETS} people)",
    "put its batches on the queues",
    f"deliver it to the app's gateway ({TARGETS} people)",
    f"deliver it to LINE ({TARGETS} people)",
)


@dataclass(frozen=True)
class Measured:
    """costs: action -> its cost, in the order of the document. called: the names of the endpoints called."""

    costs: dict[str, Cost]
    called: frozenset[str]


def measured() -> Measured:
    """Run `cost_scenarios` in a process of its own. Raises RuntimeError with its stderr if it fails."""
    command = [sys.executable, "-m", "infra.generate.cost_scenarios"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    output = json.loads(done.stdout.splitlines()[-1])
    return Measured({name: Cost(**cost) for name, cost in output["costs"].items()}, frozenset(output["called"]))


def dollars(cost: Cost) -> float:
    """The DynamoDB price of a million of these actions, in US dollars."""
    return cost.read * PRICES["read"] + cost.write * PRICES["write"]


def document(costs: dict[str, Cost]) -> str:
    """The content of docs/costs.md."""
    rows = [
        f"| {name} | {cost.requests} | {cost.items} | {cost.read:g} | {cost.write:g} | {dollars(cost):.2f} |"
        for name, cost in costs.items()
    ]
    run = PRICES["Lambda call"] + CALL_SECONDS * GIGABYTE_SECOND * 1e6
    call = PRICES["API Gateway"] + run
    book, look_up, sign_in = costs["book, a new person"], costs["GetHospitalSlotByDate"], costs["sign in"]
    # A recount of the day, an audit entry, and a notice on two channels: five function calls and two queue messages.
    after = sum(dollars(costs[name]) for name in AFTER_BOOKING) + 5 * run + 2 * PRICES["SQS"]
    # Per person, in the app and in LINE. A batch of a hundred people is one queue message and one call a channel.
    reached = sum(dollars(costs[name]) for name in SENDING) / TARGETS
    rest = (3 * PRICES["SQS"] + 3 * run) / TARGETS
    return "\n".join(
        [
            "# What it costs",
            "",
            "`make costs` measures and writes this page. A test fails if an action's figures differ from it.",
            "",
            "## Requests, items and capacity per action",
            "",
            "Measured on the embedded engine with the demo data (16 schedules a day) and a fixed clock. The engine",
            "counts capacity units as DynamoDB does: they depend on the items' sizes, not on the machine. Items are",
            "those read, before a filter, and those written.",
            "",
            "| action | requests | items | read units | write units | DynamoDB, US$ a million |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
            "",
            "## A million of each",
            "",
            "The prices are the list prices of us-east-1 in `infra/generate/costs.py`. A call is assumed to take",
            f"{CALL_SECONDS * 1000:.0f} ms at 1 GB. For your own figures change the prices to those of your region,",
            "and the duration to the one that the CloudWatch dashboard shows.",
            "",
            "| a million | DynamoDB | API Gateway and Lambda | work afterwards | together, US$ |",
            "|---|---:|---:|---:|---:|",
            _line("bookings", dollars(book), call, after),
            _line("look-ups of a day", dollars(look_up), call, 0),
            _line("people reached by an announcement", reached, 0, rest),
            _line("sign-ins", dollars(sign_in), call, PRICES["KMS signature"]),
            "",
            "After a booking, its day is counted again, the audit gets an entry, and the person gets a notice in the",
            "app and in LINE: each at most once, since the changes of a busy day share a recount. A person without",
            "LINE gets the notice in the app only; this saves the row for LINE, its function call and its queue",
            "message. The people of an announcement are matched with the white list and sent to both channels in",
            "batches of a hundred. LINE's own charges are not included.",
            "Logs, storage and CloudFront are not included; they do not depend on how a request is made.",
            "",
        ]
    )


def _line(what: str, dynamodb: float, call: float, after: float) -> str:
    return f"| {what} | {dynamodb:.2f} | {call:.2f} | {after:.2f} | {dynamodb + call + after:.2f} |"


def main() -> None:
    costs = measured().costs
    if "--json" in sys.argv:
        print(json.dumps({name: vars(cost) for name, cost in costs.items()}, ensure_ascii=False, indent=1))
        return
    DOCUMENT.write_text(document(costs), encoding="utf-8")
    print(f"{DOCUMENT.relative_to(ROOT)} is up to date")


if __name__ == "__main__":
    main()

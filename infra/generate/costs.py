"""`make costs`: measure the DynamoDB usage of each action; write docs/costs.md.

    python -m infra.generate.costs            writes docs/costs.md
    python -m infra.generate.costs --json     prints {action: {"requests", "items", "read", "write"}}

The page has the prices of a million actions. Each action of `cost_scenarios.py` is done once, and `request_meter.py`
counts its requests. The figures depend neither on the machine nor on the day.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.generate import prices
from infra.generate.cost_scenarios import TARGETS
from infra.generate.request_meter import Cost

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "costs.md"

# The region whose prices the first table shows.
REGION = "us-east-1"
# What one call writes into the logs: API Gateway's line, ours with its metrics, and three lines of Lambda's own.
LOG_BYTES = 1_400
# A compressed answer with its headers: of a booking or a sign-in, and of a look-up of a day.
ANSWER_BYTES, LOOK_UP_BYTES = 900, 1_800
# A message is sent, received and deleted.
QUEUE_REQUESTS = 3
# Lambda asks an empty queue with five requests at a time, each of which waits for 20 s.
IDLE_RECEIVES = 5 * 30 * 86_400 // 20
# Assumed duration of a call in Lambda, in seconds at 1 GB. Replace it by the figure of the CloudWatch dashboard.
CALL_SECONDS = 0.03
# A million bookings in a month, in the eight hours of 22 working days. A stream has four shards, as a new table has.
BOOKINGS_A_SECOND, SHARDS = 1_000_000 / (22 * 8 * 3600), 4
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
    """Result of the measurement.

    costs: action -> its cost, in the order of the document. called: the names of the endpoints called.
    """

    costs: dict[str, Cost]
    called: frozenset[str]


def measured() -> Measured:
    """Run `cost_scenarios` in a process of its own.

    Raises RuntimeError with its stderr if it fails.
    """
    command = [sys.executable, "-m", "infra.generate.cost_scenarios"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    output = json.loads(done.stdout.splitlines()[-1])
    return Measured({name: Cost(**cost) for name, cost in output["costs"].items()}, frozenset(output["called"]))


def dollars(cost: Cost) -> float:
    """The DynamoDB price of a million of these actions, in US dollars of REGION."""
    return _dollars(cost, prices.of(REGION))


def _dollars(cost: Cost, dollars: dict[str, float]) -> float:
    return cost.read * dollars["read"] + cost.write * dollars["write"]


def document(costs: dict[str, Cost]) -> str:
    """The content of docs/costs.md."""
    rows = [
        f"| {name} | {cost.requests} | {cost.items} | {cost.read:g} | {cost.write:g} | {dollars(cost):.2f} |"
        for name, cost in costs.items()
    ]
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
            f"| action | requests | items | read units | write units | DynamoDB in {REGION}, US$ a million |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
            "",
            "## A million of each",
            "",
            "The prices are at the end of this page; not all of them are verified. A call is assumed to take",
            f"{CALL_SECONDS * 1000:.0f} ms at 1 GB, to write {LOG_BYTES:,} bytes of logs, and to be answered with",
            f"{ANSWER_BYTES:,} bytes ({LOOK_UP_BYTES:,} for a look-up). For your own figures change the duration to",
            "the one that the CloudWatch dashboard shows.",
            "",
            "| a million | DynamoDB | Gateway, Lambda | CloudFront, firewall, logs | work afterwards | together, US$ |",
            "|---|---:|---:|---:|---:|---:|",
            *(line for region in prices.REGIONS for line in _millions(costs, region)),
            "",
            "After a booking, its day is counted again, the audit gets an entry, and the person gets a notice in the",
            "app and in LINE: each at most once, since the changes of a busy day share a recount. Lambda collects the",
            "records of a stream and the jobs of a queue for some seconds (`app.py`), so that bookings share calls and",
            f"queue messages. The figures assume {BOOKINGS_A_SECOND:.2f} bookings a second, which are a million in the",
            f"working hours of a month, and {SHARDS} shards a stream. Bookings one by one share nothing. A person",
            "without LINE gets the notice in the app only; this saves an update, its function call and its queue",
            "message. The people of an announcement are matched with the white list and sent to both channels in",
            "batches of a hundred. LINE's own charges, storage and backups are not included.",
            "",
            "## A month without a single call",
            "",
            "| what | how many | US$ a month |",
            "|---|---:|---:|",
            *_monthly_lines(),
            "",
            "The firewall is there in prod. An alarm or a metric is paid for whether it rings or not: CloudWatch takes",
            f"US$ {prices.MONTHLY['metric'].dollars:.2f} for each metric that the functions write in the month, and",
            "`Done` counts once for each outcome.",
            "",
            "## Prices",
            "",
            "US dollars a million, or a gigabyte if the name says so, without free tiers and taxes. The letter says",
            "where a price was seen. To check one, or to add a region, read AWS's own list, which needs no account:",
            "`https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/<offer>/current/<region>/index.csv`. Outside",
            "us-east-1 the usage types begin with the region's prefix: "
            + ", ".join(f"`{prefix}` in {region}" for region, prefix in prices.PREFIXES.items() if prefix)
            + ".",
            "Then change `infra/generate/prices.py`, which is the only place, and run `make costs`.",
            "",
            *prices.lines(),
            "",
        ]
    )


def _millions(costs: dict[str, Cost], region: str) -> list[str]:
    dollars = prices.of(region)
    run = dollars["Lambda call"] + CALL_SECONDS * dollars["Lambda GB-second"]
    logs = LOG_BYTES / 1e9 * 1e6 * dollars["logs gigabyte"]
    call = dollars["API Gateway"] + run
    message = QUEUE_REQUESTS * dollars["SQS"]

    def edge(answer_bytes: int) -> float:
        requests = dollars["CloudFront request"] + dollars["CloudFront function"] + dollars["firewall"]
        return requests + answer_bytes / 1e9 * 1e6 * dollars["CloudFront gigabyte"] + logs

    def of(name: str) -> float:
        return _dollars(costs[name], dollars)

    def after(calls: float, messages: float) -> float:
        return sum(of(name) for name in AFTER_BOOKING) + calls * (run + logs) + messages * message

    # Per person, in the app and in LINE. A batch of a hundred people is one queue message and one call a channel.
    reached = sum(of(name) for name in SENDING) / TARGETS
    rest = 3 * (message + run + logs) / TARGETS
    return [
        _line(f"bookings, {region}", of("book, a new person"), call, edge(ANSWER_BYTES), after(*_shares())),
        # A recount of the day, the stream of appointments, and a notice on two channels.
        _line(f"bookings one by one, {region}", of("book, a new person"), call, edge(ANSWER_BYTES), after(4, 2)),
        _line(f"look-ups of a day, {region}", of("GetHospitalSlotByDate"), call, edge(LOOK_UP_BYTES), 0),
        _line(f"people reached by an announcement, {region}", reached, 0, 0, rest),
        _line(f"sign-ins, {region}", of("sign in"), call, edge(ANSWER_BYTES), dollars["KMS signature"]),
    ]


def _shares() -> tuple[float, float]:
    """Function calls and queue messages per booking, at the assumed rate.

    Returns (function calls, queue messages).
    """
    import app

    waits = {each.name: getattr(each, "maximum_batching_window_in_seconds", 0) for each in app.app.event_sources}
    in_recount = 1 + waits["count_days"] * BOOKINGS_A_SECOND / SHARDS
    in_stream_call = 1 + waits["appointments_stream"] * BOOKINGS_A_SECOND / SHARDS
    in_job_call = in_stream_call * (1 + waits["message_app"] * BOOKINGS_A_SECOND / in_stream_call)
    return 1 / in_recount + 1 / in_stream_call + 2 / in_job_call, 2 / in_stream_call


def _monthly_lines() -> list[str]:
    """Rows of what is paid by the month, counted in the template."""
    from infra.aws import template

    resources = template.build()["Resources"].values()

    def number(kind: str) -> int:
        return sum(resource["Type"] == kind for resource in resources)

    (firewall,) = [r["Properties"] for r in resources if r["Type"] == "AWS::WAFv2::WebACL"]
    queues = number("AWS::Lambda::EventSourceMapping") - sum("StartingPosition" in r["Properties"] for r in resources)
    rules, keys, alarms = len(firewall["Rules"]), number("AWS::KMS::Key"), number("AWS::CloudWatch::Alarm")
    receives = queues * IDLE_RECEIVES
    monthly = {name: price.dollars for name, price in prices.MONTHLY.items()}
    rows: list[tuple[str, str, float]] = [
        ("firewall and its rules", f"1 and {rules}", monthly["firewall"] + rules * monthly["firewall rule"]),
        ("keys", str(keys), keys * monthly["key"]),
        ("alarms", str(alarms), alarms * monthly["alarm"]),
        ("dashboard", "1", monthly["dashboard"]),
        ("receives from empty queues", f"{receives:,}", receives / 1e6 * prices.of(REGION)["SQS"]),
    ]
    return [f"| {what} | {how_many} | {price:.2f} |" for what, how_many, price in rows]


def _line(what: str, dynamodb: float, call: float, edge: float, after: float) -> str:
    together = dynamodb + call + edge + after
    return f"| {what} | {dynamodb:.2f} | {call:.2f} | {edge:.2f} | {after:.2f} | {together:.2f} |"


def main() -> None:
    costs = measured().costs
    if "--json" in sys.argv:
        print(json.dumps({name: vars(cost) for name, cost in costs.items()}, ensure_ascii=False, indent=1))
        return
    DOCUMENT.write_text(document(costs), encoding="utf-8")
    print(f"{DOCUMENT.relative_to(ROOT)} is up to date")


if __name__ == "__main__":
    main()

"""Bench: CPU time of 1 MB of the worst HTML, compared with 1 MB of plain text.

    python -m infra.bench.markup

A hospital's system sends them. Each call of SendMessageTarget has as much content as the API accepts. Fails if HTML
costs the API process more than three times the CPU time of plain text. The last column is the work on the text alone
(`chalicelib/messages/markup.py`). Reading a message is not measured: nothing is parsed then.
"""

import json
import time

from chalicelib.messages import markup
from chalicelib.messages.plain_text import LONGEST_CONTENT
from infra.bench.bench_environment import HOSPITAL, BenchEnvironment, Stopwatch, bench_environment
from infra.bench.load_generator import HttpRequest, send

MEGABYTE = 1_000_000
LONGEST_HTML = 40_000
# The API refuses more visible text than LINE accepts, so these have little of it.
WORST = {
    "tags that never end, in a dropped element": "<svg><a ",
    "elements inside one another": "<div>",
    "short elements": "<p></p>",
    "unbalanced elements": "<b><p></b>",
    "comments that never end": "<!--",
    "dropped elements": "<svg></svg>",
    "rows and cells": "<tr><td>",
    "images": '<img src="https://x" alt="">',
    "many attributes": '<a href="https://x" b="1" c=2 d e f g>',
}


def calls(token: str, name: str, content: str) -> list[HttpRequest]:
    """Calls that together send 1 MB of messages with this content."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = {"hospital": {"hospital_code": HOSPITAL}, "message_title": "bench", "message_content_html": content}
    return [
        HttpRequest(
            "POST",
            "/api/SendMessageTarget",
            headers,
            json.dumps({**body, "message_ref_code": f"{name} {number}", "target": []}).encode(),
        )
        for number in range(MEGABYTE // len(content))
    ]


def measure(environment: BenchEnvironment, name: str, content: str) -> float:
    """Send 1 MB, print a row of the table, and return the API process's CPU seconds."""
    requests = calls(environment.token(), name, content)
    stopwatch = Stopwatch(environment.api)
    outcome = send(environment.api_url.removeprefix("http://"), 1, requests)
    _, (cpu,) = stopwatch.stop()
    assert set(outcome.statuses) == {200}, outcome.statuses
    began = time.process_time()
    for _ in requests:
        clean = markup.clean(content)
        markup.with_hosts(clean)
        markup.plain(clean)
    alone = time.process_time() - began
    print(f"| {name} | {len(requests)} | {cpu:.2f} | {alone:.2f} |", flush=True)
    return cpu


def main() -> None:
    with bench_environment() as environment:
        print("\n| 1 MB of | calls | CPU seconds of the API process | of them cleaning |\n|---|---:|---:|---:|")
        plain = measure(environment, "plain text", "x" * LONGEST_CONTENT)
        for name, piece in WORST.items():
            html = measure(environment, name, piece * (LONGEST_HTML // len(piece)))
            assert html <= 3 * plain, f"{name}: {html:.2f} s, plain text {plain:.2f} s"


if __name__ == "__main__":
    main()

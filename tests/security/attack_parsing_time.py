"""Texts that are expensive to parse.

Only `make attack` collects this file, because times of a busy machine prove nothing in CI.
"""

import time
from collections.abc import Callable

import pytest

from tests.client import Client, new_cid

LENGTH = 15_900  # so much text is taken
AT_MOST = 3  # times as long as plain text
ROUNDS = 5
WORST = {
    "open tags in a dropped one": "<svg>" + "<a " * LENGTH,
    "tags in tags": "<b>" * LENGTH,
    "attributes": "<a " + 'x="" ' * LENGTH,
    "comments": "<!--" * LENGTH,
    "half an entity": "&#x" * LENGTH,
    "ends without a beginning": "</p>" * LENGTH,
    "links": '<a href="//a">' * LENGTH,
    "tables": "<table>" * LENGTH,
}


def send(his: Client, html: str) -> None:
    body = {
        "hospital": {"hospital_code": his.hospital_code},
        "message_ref_code": "ref",
        "message_title": "เรื่อง",
        "message_content_html": "<p>ข้อความ</p>" + html[:LENGTH],
        "target": [new_cid()],
    }
    reply = his.call("POST", "/api/SendMessageTarget", body=body)
    assert reply.status == 200, reply.text


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


@pytest.mark.parametrize("name", WORST)
def test_the_worst_html_costs_at_most_three_times_as_much_as_plain_text(
    his: Client, name: str, record_property: Callable[[str, object], None]
) -> None:
    """Compare the shortest of several times of each.

    They are measured alternately, so that other work on the machine slows both.
    """
    times = [(seconds(lambda: send(his, "ก" * LENGTH)), seconds(lambda: send(his, WORST[name]))) for _ in range(ROUNDS)]
    plain, worst = map(min, zip(*times, strict=True))
    record_property("answer", f"{name} {worst / plain:.1f} times")
    assert worst / plain <= AT_MOST

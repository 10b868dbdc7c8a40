"""Linking LINE users with people. In memory, single-threaded."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock import BANGKOK
from chalicelib.errors import Invalid
from chalicelib.messages import line_events
from chalicelib.messages.line_link_store import (
    line_users,
    offer_line_link,
    person_of_line_user,
    take_line_link,
    unlink_line_user,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)
SOMCHAI, MALEE = "1111111111119", "1234567890121"


@pytest.fixture(autouse=True)
def tables(memory: None) -> None:
    """Every test starts without links."""


def link(cid: str, user_id: str, at: int = 1_000) -> bool:
    offer_line_link(f"nonce-{cid}-{user_id}", cid, NOON + timedelta(minutes=10))
    return take_line_link(f"nonce-{cid}-{user_id}", user_id, NOON, at)


def test_a_nonce_links_once() -> None:
    assert link(SOMCHAI, "U1")
    assert not take_line_link(f"nonce-{SOMCHAI}-U1", "U2", NOON, 1_000)
    assert (line_users([SOMCHAI, MALEE]), person_of_line_user("U1")) == ({SOMCHAI: "U1"}, SOMCHAI)


def test_a_nonce_that_expired_or_was_never_offered_links_nobody() -> None:
    offer_line_link("late", SOMCHAI, NOON)
    assert not take_line_link("late", "U1", NOON, 1_000)
    assert not take_line_link("unknown", "U1", NOON, 1_000)
    assert line_users([SOMCHAI]) == {}


def test_a_new_line_user_of_a_person_replaces_the_old_one() -> None:
    assert link(SOMCHAI, "U1")
    assert link(SOMCHAI, "U2")
    assert (line_users([SOMCHAI]), person_of_line_user("U1")) == ({SOMCHAI: "U2"}, None)


def test_a_line_user_that_another_person_links_leaves_the_first_person() -> None:
    assert link(SOMCHAI, "U1")
    assert link(MALEE, "U1")
    assert (line_users([SOMCHAI, MALEE]), person_of_line_user("U1")) == ({MALEE: "U1"}, MALEE)


def test_a_line_user_who_leaves_has_no_link() -> None:
    assert link(SOMCHAI, "U1")
    unlink_line_user("U1", at=2_000)
    unlink_line_user("U1", at=2_000)
    assert (line_users([SOMCHAI]), person_of_line_user("U1")) == ({}, None)


# ---- the events of LINE ----


def event(kind: str, user_id: str, at: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "timestamp": at, "source": {"type": "user", "userId": user_id}, **more}


def receive(*events: Any) -> None:
    """Send events to the webhook, as LINE signs them."""
    body = json.dumps({"destination": "U0", "events": list(events)}).encode()
    signature = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    line_events.receive(body, signature, "secret")


def linking(cid: str, user_id: str, at: int) -> dict[str, Any]:
    offered = line_events.offer_line_link(cid)
    return event("accountLink", user_id, at, link={"result": "ok", "nonce": offered})


def test_an_unfollow_that_line_sends_again_does_not_end_a_newer_link() -> None:
    receive(linking(SOMCHAI, "U1", at=1_000))
    left = event("unfollow", "U1", at=2_000)
    receive(left)
    receive(linking(SOMCHAI, "U1", at=3_000))
    receive(left)
    assert (line_users([SOMCHAI]), person_of_line_user("U1")) == ({SOMCHAI: "U1"}, SOMCHAI)
    receive(event("unfollow", "U1", at=4_000))
    assert (line_users([SOMCHAI]), person_of_line_user("U1")) == ({}, None)


def test_a_link_that_line_tells_of_late_does_not_replace_a_newer_one() -> None:
    late = linking(SOMCHAI, "U1", at=1_000)
    receive(linking(SOMCHAI, "U2", at=2_000))
    receive(late)
    assert (line_users([SOMCHAI]), person_of_line_user("U1")) == ({SOMCHAI: "U2"}, None)


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        7,
        {},
        {"type": "unfollow", "timestamp": 1, "source": None},
        {"type": "unfollow", "timestamp": "x", "source": {"userId": "U9"}},
        event("accountLink", "U9", 1, link=None),
        event("accountLink", "U9", 1, link={"result": "ok"}),
        event("accountLink", "U9", 1, link={"result": "ok", "nonce": "n" * 5_000}),
        event("postback", "U9", 1, postback={"data": 7}),
        event("postback", "U1", 1, postback={"data": "00000-"}),
        event("postback", "U1", 1, postback={"data": "00000-" + "9" * 5_000}),
        {"type": "unfollow", "timestamp": 1, "source": {"userId": ["U9"]}},
    ],
)
def test_a_malformed_event_does_not_drop_the_good_ones_around_it(malformed: Any) -> None:
    receive(linking(SOMCHAI, "U1", at=1_000))
    receive(linking(MALEE, "U2", at=1_000), malformed, event("unfollow", "U1", at=2_000))
    assert line_users([SOMCHAI, MALEE]) == {MALEE: "U2"}


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"events": 7}', b'{"events": {}}', b"\xff"])
def test_a_body_that_is_no_webhook_is_refused(body: bytes) -> None:
    signature = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    with pytest.raises(Invalid):
        line_events.receive(body, signature, "secret")

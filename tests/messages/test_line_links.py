"""Linking LINE users with people. In memory, single-threaded."""

from datetime import datetime, timedelta

import pytest

from chalicelib.clock import BANGKOK
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


def link(cid: str, user_id: str) -> bool:
    offer_line_link(f"nonce-{cid}-{user_id}", cid, NOON + timedelta(minutes=10))
    return take_line_link(f"nonce-{cid}-{user_id}", user_id, NOON)


def test_a_nonce_links_once() -> None:
    assert link(SOMCHAI, "U1")
    assert not take_line_link(f"nonce-{SOMCHAI}-U1", "U2", NOON)
    assert (line_users([SOMCHAI, MALEE]), person_of_line_user("U1")) == ({SOMCHAI: "U1"}, SOMCHAI)


def test_a_nonce_that_expired_or_was_never_offered_links_nobody() -> None:
    offer_line_link("late", SOMCHAI, NOON)
    assert not take_line_link("late", "U1", NOON)
    assert not take_line_link("unknown", "U1", NOON)
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
    unlink_line_user("U1")
    unlink_line_user("U1")
    assert (line_users([SOMCHAI]), person_of_line_user("U1")) == ({}, None)

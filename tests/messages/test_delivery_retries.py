"""When a delivery may be repeated (docs/announcements.md)."""

from datetime import datetime, timedelta

from chalicelib.clock import BANGKOK
from chalicelib.messages.delivery_rules import idempotency_key, may_repeat, pause_seconds

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)


def test_every_attempt_at_a_batch_has_one_key_and_no_other_batch_has_it():
    seed = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert idempotency_key(seed, 1, 1, "line") == idempotency_key(seed, 1, 1, "line")
    keys = {idempotency_key(seed, a, b, c) for a in (1, 2) for b in (1, 2) for c in ("app", "line")}
    assert len(keys) == 8


def test_a_call_in_doubt_is_repeated_only_while_the_provider_knows_its_key():
    assert may_repeat(NOON, NOON)
    assert may_repeat(NOON - timedelta(hours=22), NOON)
    assert not may_repeat(NOON - timedelta(hours=23), NOON)


def test_pauses_double_up_to_a_limit_and_are_as_long_as_the_provider_asks():
    assert [pause_seconds(n, 20, None, jitter=1.0) for n in (1, 2, 3, 30)] == [20, 40, 80, 900]
    assert [pause_seconds(n, 20, None, jitter=0.0) for n in (1, 2, 3, 30)] == [10, 20, 40, 450]
    assert pause_seconds(1, 1, 120.0, jitter=0.5) == 120
    assert pause_seconds(1, 1, 86_400.0, jitter=0.5) == 900

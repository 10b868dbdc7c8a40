"""Rules for repeated deliveries: idempotency key, lease, doubt, pauses. Pure.

See docs/announcements.md.
"""

import uuid
from datetime import datetime, timedelta

# LINE keeps a retry key for 24 hours; one hour is a margin for clocks and slow calls.
REPEATABLE_FOR = timedelta(hours=23)
# Longer than a channel function may run (infra/aws), so the lease of a running function cannot end.
LEASE = timedelta(seconds=90)
_MAX_PAUSE_SECONDS = 900.0


def idempotency_key(seed: str, target_list: int, batch: int, channel: str) -> uuid.UUID:
    """The key that the provider gets with a batch. It is the same for every attempt."""
    return uuid.uuid5(uuid.UUID(seed), f"{target_list}.{batch}/{channel}")


def may_repeat(in_doubt_since: datetime, now: datetime) -> bool:
    """Return whether the provider still knows the key of an earlier call.

    in_doubt_since: when the call was first made.
    """
    return now - in_doubt_since < REPEATABLE_FOR


def pause_seconds(receives: int, first: float, retry_after: float | None, jitter: float) -> int:
    """Seconds before a failed job is received again, at most 15 minutes.

    The pause doubles with each failure, with jitter. receives: how often the job was received. first: the longest first
    pause. retry_after: what the provider asks for. jitter: a random number from 0 to 1; the pause is half of the
    longest one or more.
    """
    longest = min(_MAX_PAUSE_SECONDS, first * 2.0 ** max(0, receives - 1))
    return int(min(_MAX_PAUSE_SECONDS, max(retry_after or 0.0, longest * (1 + jitter) / 2)))

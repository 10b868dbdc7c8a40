"""The ways out: one file each, one shape for all.

A channel hands one batch to its provider and says what became of it. It keeps no state and retries nothing: the queue
does that, with the same key, so that a provider which had accepted the first call does not deliver twice.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class OutboundBatch:
    """What one call carries. message_ref: names the message to the provider and comes back with the confirm button.
    to: the provider's own ids (national ids for the app, LINE user ids), 1-500 of them. key: the same on every attempt.
    """

    key: uuid.UUID
    message_ref: str
    title: str
    content_html: str
    text: str
    to: Sequence[str]


class ChannelRefused(Exception):
    """The provider will not take this batch, however often it is asked. Nothing was delivered."""


class ChannelUnavailable(Exception):
    """The provider did not take this batch now. `in_doubt`: it may have, all the same (no answer, or a 5xx).
    retry_after: seconds that it asks us to wait, where it says so."""

    def __init__(self, reason: str, *, in_doubt: bool, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.in_doubt = in_doubt
        self.retry_after = retry_after


class Channel(Protocol):
    def send(self, outbound_batch: OutboundBatch) -> frozenset[str]:
        """Hands the batch over and returns those of `to` that the provider does not know. Raises ChannelRefused or
        ChannelUnavailable, and nothing else."""


def unavailable(status: int, retry_after: str | None) -> ChannelUnavailable:
    """The failure that a provider's status means. 401 and 403 are here, not refusals: our own keys are wrong, every
    batch meets the same, and none of them is lost once an operator has put it right."""
    seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
    return ChannelUnavailable(f"HTTP {status}", in_doubt=status >= 500, retry_after=seconds)


def may_pass(status: int) -> bool:
    return status in (401, 403, 408, 425, 429) or status >= 500

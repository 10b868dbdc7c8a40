"""The channels: one file per provider, one interface for all.

A channel hands one batch to its provider and reports the outcome. It keeps no state and retries nothing. Retries come
from the queue, with the same key, so a provider that accepted the first call does not deliver twice.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class OutboundBatch:
    """The content of one call to a provider.

    key: idempotency key, the same for every attempt. message_ref: `Message.ref`; the confirm button sends it back.
    sender: name and code of the hospital, which every channel shows above the text, because a text can name any sender.
    to: 1 to 500 of the provider's own ids (national ids for the app, LINE user ids). has_button: `Message.has_button`.
    """

    key: uuid.UUID
    message_ref: str
    sender: str
    title: str
    content_html: str
    text: str
    to: Sequence[str]
    has_button: bool = True


class ChannelRefused(Exception):
    """The provider refuses this batch, now and on every other attempt.

    Nothing was delivered.
    """


class ChannelUnavailable(Exception):
    """The provider did not accept this batch now; another attempt may help.

    in_doubt: it may have accepted the batch (no answer, or a 5xx). retry_after: seconds that it asks to wait, or None.
    """

    def __init__(self, reason: str, *, in_doubt: bool, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.in_doubt = in_doubt
        self.retry_after = retry_after


class Channel(Protocol):
    def send(self, outbound_batch: OutboundBatch) -> frozenset[str]:
        """Hand the batch over; return the ids of `to` that the provider does not know.

        Raises ChannelRefused or ChannelUnavailable.
        """


def unavailable(status: int, retry_after: str | None) -> ChannelUnavailable:
    """The error for a status of which `is_temporary` is true."""
    seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
    return ChannelUnavailable(f"HTTP {status}", in_doubt=status >= 500, retry_after=seconds)


def is_temporary(status: int) -> bool:
    """Return whether another attempt may help after this HTTP status.

    401 and 403 are temporary: our own keys are wrong, and no batch may be lost before an operator corrects them.
    """
    return status in (401, 403, 408, 425, 429) or status >= 500

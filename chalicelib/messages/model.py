"""What an announcement is made of. Standard library only."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.messages import rules

CID_LENGTH = 13


@dataclass(frozen=True)
class Message:
    """An announcement of a hospital, or a notice to one person (`kind` says of what; "" is an announcement).

    channels: some of rules.CHANNELS. times: ISO with offset, Bangkok; sent_at "" until it was sent. key_seed: what the
    keys are made from that every attempt shows a provider. target_list: number of the target list in use.
    """

    hospital_code: str
    message_id: int
    hospital_name: str
    title: str
    content_html: str
    channels: frozenset[str]
    created_by: str
    created_at: str
    key_seed: str
    kind: str = ""
    state: str = rules.DRAFT
    ref_code: str = ""
    confirm_url: str = ""
    sent_at: str = ""
    target_list: int = 1
    version: int = 1

    @property
    def key(self) -> str:
        """The partition of its target list."""
        return list_key(self.hospital_code, self.message_id, self.target_list)

    @property
    def recipient_key(self) -> str:
        """Its place among a person's messages, which are in the order of time."""
        return recipient_key(self.created_at, self.key)

    @property
    def ref(self) -> str:
        """What a provider calls it, and what comes back when the person confirms."""
        return message_ref(self.hospital_code, self.message_id)


def list_key(hospital_code: str, message_id: int, target_list: int) -> str:
    return f"{hospital_code}#{message_id}.{target_list}"


def recipient_key(created_at: str, key: str) -> str:
    return f"{created_at}#{key}"


def message_ref(hospital_code: str, message_id: int) -> str:
    return f"{hospital_code}-{message_id}"


def read_message_ref(ref: str) -> tuple[str, int] | None:
    """(hospital code, message id), or None for what is not one of our references."""
    hospital_code, _, number = ref.partition("-")
    if len(hospital_code) != 5 or not (hospital_code + number).isascii() or not (hospital_code + number).isdigit():
        return None
    return hospital_code, int(number)


@dataclass(frozen=True)
class Target:
    """A person in the hospital's white list who shall get a message."""

    cid: str
    name: str


@dataclass(frozen=True)
class NewNotice:
    """A message to one person, to be put under a reference that no other of the hospital has."""

    message: Message
    ref: str
    target: Target


@dataclass(frozen=True)
class ChannelDelivery:
    """One batch on one channel. sent is None until the batch is done on it; holder, held_until: who is at it now;
    in_doubt_since: when the first call was made whose outcome is unknown."""

    sent: int | None = None
    failed: int | None = None
    holder: str = ""
    held_until: datetime | None = None
    in_doubt_since: datetime | None = None

    @property
    def done(self) -> bool:
        return self.sent is not None


@dataclass(frozen=True)
class Batch:
    """Up to 500 deliveries per channel, decided once: who is in it never changes."""

    number: int
    people: int
    read: int = 0
    channel_deliveries: dict[str, ChannelDelivery] = field(default_factory=dict)


@dataclass(frozen=True)
class MatchingProgress:
    """How far the matching of a target list is. portion: portions decided; portion_written: portions whose recipients
    are written down; counts: outcome -> lines; upload_state: "" no upload yet, "matching", "matched", "failed"."""

    portion: int = 0
    portion_written: int = 0
    batches: int = 0
    upload_id: str = ""
    upload_state: str = ""
    upload_size: int = 0
    next_offset: int = 0
    next_line: int = 1
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Totals:
    """Deliveries of a message counted by channel, people by reading."""

    targets: int
    read: int
    sent: dict[str, int]
    failed: dict[str, int]
    queued: dict[str, int]


def totals(batches: list[Batch], channels: frozenset[str]) -> Totals:
    """The sums over a message's batches."""
    sent, failed, queued = {}, {}, {}
    for channel in sorted(channels):
        channel_deliveries = [(batch, batch.channel_deliveries.get(channel, ChannelDelivery())) for batch in batches]
        sent[channel] = sum(delivery.sent or 0 for _, delivery in channel_deliveries)
        failed[channel] = sum(delivery.failed or 0 for _, delivery in channel_deliveries)
        queued[channel] = sum(batch.people for batch, delivery in channel_deliveries if not delivery.done)
    return Totals(sum(batch.people for batch in batches), sum(batch.read for batch in batches), sent, failed, queued)

"""Messages, target lists, batches, recipients: dataclasses and states (manual 3).

Standard library only. Times in text are ISO with offset, Bangkok, to the second; "" if it has not happened.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.messages.plain_text import html_of
from chalicelib.messages.source_model import TargetSource

APP, LINE = "app", "line"
CHANNELS = (APP, LINE)

# A message. "sent" is not stored: a sending message is sent if nothing of it is queued.
DRAFT, SCHEDULED, SENDING, STOPPED = "draft", "scheduled", "sending", "stopped"
SENT = "sent"

# A delivery: one person, one channel.
QUEUED, FAILED, READ = "queued", "failed", "read"
DELIVERY_STATES = (QUEUED, SENT, FAILED, READ)
# Why a delivery failed. These words are on the wire: screens and clients show a sentence of their own for each.
NOT_LINKED = "not_linked"  # the person has not linked a LINE account
UNKNOWN_TO_PROVIDER = "unknown_to_provider"
REFUSED_BY_PROVIDER = "refused_by_provider"
OUTCOME_UNKNOWN = "outcome_unknown"  # sent, never answered, and too long ago to send again safely
OPTED_OUT = "opted_out"  # the person wants no announcements of this hospital
DAY_LIMIT = "day_limit"  # the hospital has sent the person as many announcements today as it may

# The last upload of a target file. "": none yet.
UPLOAD_MATCHING, UPLOAD_MATCHED, UPLOAD_FAILED = "matching", "matched", "failed"
# The outcome of one line of it. These words are on the wire too.
MATCHED = "matched"
NOT_LISTED = "not_in_white_list"
MALFORMED = "malformed"
DUPLICATE = "duplicate"
TOO_MANY_LINES = "too_many_lines"
LINE_OUTCOMES = (MATCHED, NOT_LISTED, MALFORMED, DUPLICATE, TOO_MANY_LINES)

# The call of a hospital's message_confirm_url for one reading.
DUE, CALLING, CALLED, CALL_FAILED = "due", "calling", "called", "failed"

CID_LENGTH = 13
# Announcements and notices are numbered apart, so a hospital's announcements are one range of keys.
FIRST_NOTICE = 1_000_000_000
# The number of a notice follows from its name. Clients may keep it in 32 bits.
LAST_NOTICE = 2**31 - 1
# Notices that may ask the person to confirm an appointment. LINE shows them without the button that confirms the
# reading, because people take it for the confirmation of the appointment.
_WITHOUT_BUTTON = frozenset({"confirm", "reminder"})
# The batch number of a notice, which is in no batch: its row in the messages table says all.
NO_BATCH = 0


@dataclass(frozen=True)
class Message:
    """An announcement of a hospital, or a notice to one person.

    content_text: as staff typed it, or made from the HTML of a hospital's system. content_html: this HTML, made safe
    when it was written; "" for plain text. content_sent: this HTML as it was sent, if it differs.
    channels: some of CHANNELS. created_by, changed_by: logins. key_seed: UUID from which the idempotency keys for the
    providers are made. kind: subject of a notice, "" for an announcement. target_list: number of the target list in
    use. expires_at: None for announcements of earlier versions, which are kept. hidden_in_line: the lines of
    content_text that LINE leaves out, because a locked phone shows them; "" for none. send_at: the time for which it
    is or was scheduled; "" if it is sent by hand.
    """

    hospital_code: str
    message_id: int
    hospital_name: str
    title: str
    content_text: str
    channels: frozenset[str]
    created_by: str
    created_at: str
    key_seed: str
    content_html: str = ""
    content_sent: str = ""
    hidden_in_line: str = ""
    kind: str = ""
    state: str = DRAFT
    ref_code: str = ""
    confirm_url: str = ""
    send_at: str = ""
    sent_at: str = ""
    changed_by: str = ""
    target_list: int = 1
    version: int = 1
    expires_at: datetime | None = None

    @property
    def html(self) -> str:
        """Safe HTML for the app."""
        return self.content_html or html_of(self.content_text)

    @property
    def line_text(self) -> str:
        """The plain text for LINE."""
        if not self.hidden_in_line:
            return self.content_text
        hidden = self.hidden_in_line.split("\n")
        return "\n".join(line for line in self.content_text.split("\n") if line not in hidden)

    @property
    def sender(self) -> str:
        """The hospital as every channel shows it: its name as we know it, and its code."""
        return f"{self.hospital_name} ({self.hospital_code})"

    @property
    def list_key(self) -> str:
        """Key of its target list in the batches table."""
        return list_key(self.hospital_code, self.message_id, self.target_list)

    @property
    def inbox_key(self) -> str:
        """Key of the message in each recipient's inbox, which is in the order of time."""
        return inbox_key(self.created_at, self.list_key)

    @property
    def is_notice(self) -> bool:
        """Whether this is about the person's own appointment, and so always delivered."""
        return self.message_id >= FIRST_NOTICE

    @property
    def has_button(self) -> bool:
        """Whether LINE shows the button that confirms the reading."""
        return self.kind not in _WITHOUT_BUTTON

    @property
    def ref(self) -> str:
        """Name of the message for the providers; the confirm button sends it back."""
        return message_ref(self.hospital_code, self.message_id)


def list_key(hospital_code: str, message_id: int, target_list: int) -> str:
    return f"{hospital_code}#{message_id}.{target_list}"


def inbox_key(created_at: str, of_list: str) -> str:
    return f"{created_at}#{of_list}"


def message_ref(hospital_code: str, message_id: int) -> str:
    return f"{hospital_code}-{message_id}"


def read_message_ref(ref: str) -> tuple[str, int] | None:
    """(hospital code, message id) of a `Message.ref`; None if it is not one."""
    hospital_code, _, number = ref.partition("-")
    if len(hospital_code) != 5 or not ref.isascii() or not (hospital_code.isdigit() and number.isdigit()):
        return None
    return hospital_code, int(number)


def expiry(created_at: str, kept_days: int) -> datetime:
    """The time at which a message is deleted, with its batches and recipients."""
    return datetime.fromisoformat(created_at) + timedelta(days=kept_days)


@dataclass(frozen=True)
class Target:
    """A person of the hospital's white list to whom a message goes."""

    cid: str
    name: str


@dataclass(frozen=True)
class ChannelDelivery:
    """Delivery of one batch on one channel.

    sent, failed: people; None until the batch is done. holder, held_until: lease of the job that works on it.
    in_doubt_since: time of the first call whose outcome is unknown. missed: whom the channel did not reach, as a
    hexadecimal number whose bit n is the person at place n; "" if it reached everybody or nobody.
    """

    sent: int | None = None
    failed: int | None = None
    holder: str = ""
    held_until: datetime | None = None
    in_doubt_since: datetime | None = None
    missed: str = ""

    @property
    def done(self) -> bool:
        return self.sent is not None

    @property
    def missed_bits(self) -> int:
        """`missed` as a number.

        Batches of earlier versions have the number of the failed alone: their bits are the lowest ones.
        """
        return int(self.missed, 16) if self.missed else (1 << (self.failed or 0)) - 1


@dataclass(frozen=True)
class StoredNotice:
    """A notice to one person, with its deliveries, in one row.

    once: the notice's own name within the hospital. Its message id follows from it. reached_at: when it first reached
    the person on a channel; "" until then, and for notices of earlier versions.
    """

    message: Message
    cid: str
    once: str
    reached_at: str = ""
    app: ChannelDelivery = field(default=ChannelDelivery(), metadata={"prefix": "app_"})
    line: ChannelDelivery = field(default=ChannelDelivery(), metadata={"prefix": "line_"})

    def on(self, channel: str) -> ChannelDelivery:
        """The delivery of this notice on a channel."""
        return self.app if channel == APP else self.line

    def with_delivery(self, channel: str, delivery: ChannelDelivery) -> "StoredNotice":
        """This notice with another delivery on a channel."""
        return replace(self, app=delivery) if channel == APP else replace(self, line=delivery)


@dataclass(frozen=True)
class Batch:
    """Up to 500 people of a target list, and their deliveries.

    The people of a batch never change. list_key: `Message.list_key`. number: from 1. people, read: how many are in it,
    and have read the message. read_missed: places of those of the readers whom no channel had reached when they read
    it; empty for readings of earlier versions.
    """

    list_key: str
    number: int
    people: int
    read: int = 0
    read_missed: frozenset[int] = frozenset()
    app: ChannelDelivery = field(default=ChannelDelivery(), metadata={"prefix": "app_"})
    line: ChannelDelivery = field(default=ChannelDelivery(), metadata={"prefix": "line_"})
    expires_at: datetime | None = None

    def on(self, channel: str) -> ChannelDelivery:
        """The delivery of this batch on a channel."""
        return self.app if channel == APP else self.line

    def with_delivery(self, channel: str, delivery: ChannelDelivery) -> "Batch":
        """This batch with another delivery on a channel."""
        return replace(self, app=delivery) if channel == APP else replace(self, line=delivery)

    def missed_bits(self, channels: Iterable[str]) -> int:
        """Whom no channel has reached, as a number whose bit n is the person at place n.

        That is everybody if no channel is done.
        """
        bits = (1 << self.people) - 1
        for delivery in map(self.on, channels):
            bits &= delivery.missed_bits if delivery.done else bits
        return bits


@dataclass(frozen=True)
class MatchingProgress:
    """Progress of making a target list, and of matching its last upload.

    An upload is a target file or what is read from a source; its lines are processed in chunks. chunks_decided: chunks
    whose batches are stored. chunks_written: chunks whose recipients are stored too. batches: stored so far.
    upload_size, next_offset: bytes of a file and of it those before the next chunk; days of bookings; 0 for the white
    list. next_line: number of the next line. counts: line outcome -> lines.
    """

    list_key: str
    expires_at: datetime | None = None
    chunks_decided: int = 0
    chunks_written: int = 0
    batches: int = 0
    upload_id: str = ""
    upload_state: str = ""
    upload_size: int = 0
    next_offset: int = 0
    next_line: int = 1
    counts: dict[str, int] = field(default_factory=dict)
    source: TargetSource = field(default=TargetSource(), metadata={"prefix": "source_"})

    @property
    def shown_state(self) -> str:
        """`upload_state` as it is shown: matching until all recipients are stored too."""
        is_complete = self.chunks_written == self.chunks_decided
        return self.upload_state if is_complete or not self.upload_state else UPLOAD_MATCHING


@dataclass(frozen=True)
class Recipient:
    """A person as the target of one message.

    inbox_key: `Message.inbox_key`. batch, place: batch number, and position in it from 0; the batch of a notice is
    NO_BATCH, and those of earlier versions have one. read_in: channel of the first
    reading. confirm_state: of the hospital's confirm call; "" if there is none. withheld: why the person did not get
    the message, OPTED_OUT or DAY_LIMIT; "" for the others.
    """

    cid: str
    inbox_key: str
    hospital_code: str
    message_id: int
    batch: int
    place: int
    name: str = ""
    read_at: str = ""
    read_in: str = ""
    confirm_state: str = ""
    withheld: str = ""
    expires_at: datetime | None = None

    @property
    def list_key(self) -> str:
        """`Message.list_key` of the message."""
        return self.inbox_key.split("#", 1)[1]

    @property
    def is_notice(self) -> bool:
        """`Message.is_notice` of the message."""
        return self.message_id >= FIRST_NOTICE


@dataclass(frozen=True)
class LineLink:
    """A person and their LINE user. An offered link has no user yet and expires.

    linked_at: milliseconds since 1970, by LINE's clock, as in LINE's events.
    """

    cid: str
    user_id: str = ""
    linked_at: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Reach:
    """What became of the people of a target list; each is counted once.

    read: have read it. delivered: it reached them on a channel, and they have not read it. failed: every channel is
    done, and none reached them. waiting: the others.
    """

    read: int = 0
    delivered: int = 0
    failed: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Totals:
    """Sums over the batches of a message: people, and deliveries by channel."""

    targets: int
    reach: Reach
    sent: dict[str, int]
    failed: dict[str, int]
    queued: dict[str, int]

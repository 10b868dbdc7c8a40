"""What holds for announcements whatever stores or carries them (manual 3; docs/announcements.md)."""

import ipaddress
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote, urlsplit

from chalicelib.errors import Conflict, Invalid, MessageNotDraft, MessageNotSending

APP, LINE = "app", "line"
CHANNELS = (APP, LINE)

# A batch is what one call to a provider carries: LINE's multicast takes 500 user ids at most.
BATCH_SIZE = 500
# The matching function writes down how far it is after each portion, so this bounds its memory and what it repeats.
PORTION_LINES = 5_000
BATCHES_PER_PORTION = PORTION_LINES // BATCH_SIZE
LONGEST_FILE_LINES = 1_000_000
_LONGEST_LINE = 200

# ---- states ----

DRAFT, SENDING, STOPPED = "draft", "sending", "stopped"
# (state, what is done) -> the state afterwards. "sent" is not stored: a sending message is sent when nothing is queued.
TRANSITIONS = {
    (DRAFT, "edit"): DRAFT,
    (DRAFT, "send"): SENDING,
    (SENDING, "send"): SENDING,  # asking again is how a send is repeated whose answer was lost
    (SENDING, "stop"): STOPPED,
    (STOPPED, "stop"): STOPPED,
    (STOPPED, "resume"): SENDING,
    (SENDING, "resume"): SENDING,  # and how deliveries are sent on that were brought back to life
}
_REFUSALS: dict[str, type[Conflict]] = {"edit": MessageNotDraft, "send": MessageNotDraft}


def next_state(state: str, deed: str) -> str:
    """The state after the deed. Raises MessageNotDraft or MessageNotSending where the table has no such line."""
    try:
        return TRANSITIONS[state, deed]
    except KeyError:
        raise _REFUSALS.get(deed, MessageNotSending)() from None


QUEUED, SENT, FAILED, READ = "queued", "sent", "failed", "read"
DELIVERY_STATES = (QUEUED, SENT, FAILED, READ)


def delivery_state(done: bool, failure: str | None, read_at: str | None) -> str:
    """One delivery's state from the three facts that are stored: its batch is done, its failure, and that the person
    read it on this channel."""
    if read_at:
        return READ
    if failure:
        return FAILED
    return SENT if done else QUEUED


# Why a delivery failed. The words are contract: screens and clients show their own sentence for each.
NOT_LINKED = "not_linked"  # the person has not linked a LINE account
UNKNOWN_TO_PROVIDER = "unknown_to_provider"
REFUSED_BY_PROVIDER = "refused_by_provider"
OUTCOME_UNKNOWN = "outcome_unknown"  # handed over once, never answered, and too long ago to ask again safely

# ---- the target file ----

MATCHED, NOT_LISTED, MALFORMED, DUPLICATE, TOO_MANY_LINES = (
    "matched",
    "not_in_white_list",
    "malformed",
    "duplicate",
    "too_many_lines",
)
_FROM_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_IGNORED = str.maketrans("", "", " \t-–—.\u00a0\u200b\u200c\u200d\ufeff\"',;")


@dataclass(frozen=True)
class TargetLine:
    """One line of the file: its number from 1, what is left of it, and the byte where the next line begins."""

    number: int
    text: str
    next_offset: int


def target_lines(blocks: Iterable[bytes], offset: int = 0, number: int = 1) -> Iterator[TargetLine]:
    """Cuts a stream of bytes that begins at `offset` with line `number` into lines, in bounded memory.

    Takes UTF-8 with or without BOM and TIS-620, line by line; LF and CRLF; Thai digits; drops blanks, dashes, quotes.
    A line that cannot be an id because it is too long is passed on cut, and a file without line ends therefore too.
    """
    rest = b""
    skipping = False
    for block in blocks:
        rest += block
        *whole, rest = rest.split(b"\n")
        for raw in whole:
            offset += len(raw) + 1
            yield TargetLine(number, "too long" if skipping else clean(raw), offset)
            skipping = False
            number += 1
        if len(rest) > _LONGEST_LINE:
            skipping = True
            offset += len(rest)
            rest = b""
    if rest or skipping:
        yield TargetLine(number, "too long" if skipping else clean(rest), offset + len(rest))


def clean(raw: bytes) -> str:
    """One line as an id would be written: ASCII digits only, if it is one."""
    if len(raw) > _LONGEST_LINE:
        return "too long"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        # Windows writes Thai in cp874; its digits are TIS-620's. Bytes that it has no letter for are no id either.
        text = raw.decode("cp874", "replace")
    return text.strip().translate(_IGNORED).translate(_FROM_THAI_DIGITS)


def is_utf16(head: bytes) -> bool:
    """Whether a file begins like Notepad's "Unicode": two bytes a letter, which no line of it would survive."""
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head


Item = TypeVar("Item")


def batches(items: Sequence[Item], size: int = BATCH_SIZE) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


# ---- sending ----

# LINE forgets a retry key after 24 hours; an hour is left for clocks and slow calls.
REPEATABLE_FOR = timedelta(hours=23)
# Longer than a channel function may run (infra/), so a lease outlives its holder and never the other way round.
LEASE = timedelta(seconds=90)


def repeat_key(seed: str, batch: str, channel: str) -> uuid.UUID:
    """The same for every attempt at one batch on one channel, so the provider recognises the second call."""
    return uuid.uuid5(uuid.UUID(seed), f"{batch}/{channel}")


def may_repeat(in_doubt_since: datetime | None, now: datetime) -> bool:
    """Whether a call whose outcome is unknown may be made again without the person getting the message twice."""
    return in_doubt_since is None or now - in_doubt_since < REPEATABLE_FOR


def pause_seconds(receives: int, first: float, retry_after: float | None, draw: random.Random) -> int:
    """How long a failed batch rests: doubling with full jitter, at least what the provider asks, at most 15 minutes."""
    longest = min(900.0, first * 2.0 ** max(0, receives - 1))
    return int(min(900.0, max(retry_after or 0.0, draw.uniform(longest / 2, longest))))


# ---- message_confirm_url ----


def confirm_url_parts(url: str) -> tuple[str, int, str]:
    """(host, port, path with query) of a URL that may be called. Raises Invalid, naming the field."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise _bad_url("this is not a URL") from None
    if parts.scheme != "https" or not parts.hostname:
        raise _bad_url("send a URL that begins with https://")
    if parts.username or parts.password:
        raise _bad_url("a user name or password in the URL is not allowed")
    if port != 443:
        raise _bad_url("only port 443 is called")
    if _is_address(parts.hostname) and not is_public(parts.hostname):
        raise _bad_url("only public addresses are called")
    try:
        host = parts.hostname.encode("idna").decode()
    except UnicodeError:
        raise _bad_url("this host name cannot be") from None
    # Thai letters and blanks travel as %XX; what is quoted already stays as it is.
    path = quote(parts.path, _AS_THEY_ARE) or "/"
    return host, port, f"{path}?{quote(parts.query, _AS_THEY_ARE)}" if parts.query else path


_AS_THEY_ARE = "%/:?@!$&'()*+,;=~"


def _bad_url(problem: str) -> Invalid:
    return Invalid(fields={"message_confirm_url": problem})


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet: not private, link-local, loop-back, multicast, or the
    cloud's own services, and not one of these wrapped in IPv6."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        # Everything else that is public is of this block; what the library calls global beyond it is left over.
        return ip in _UNICAST and ip.is_global and not any(ip in one for one in _RESERVED_6)
    return ip.is_global and not ip.is_multicast and not any(ip in one for one in _RESERVED_4)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
# Set apart by IANA; the library knows these in part, or not in every version.
_RESERVED_4 = [ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24")]
_RESERVED_6 = [ipaddress.ip_network(one) for one in ("2001::/23", "3fff::/20")]

"""Send notices about appointments to single persons, each once.

For other packages (docs/app-guide.md).
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.errors import TryAgain
from chalicelib.messages import job_queues, line_link_store, notice_store
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.messages.model import APP, CHANNELS, SENDING, STOPPED, Message, StoredNotice, expiry
from chalicelib.messages.rules import chunked
from chalicelib.settings import settings

# Notices that are stored together, and delivered by one job of each channel.
AT_ONCE = 20


@dataclass(frozen=True)
class Notice:
    """A notice to one person, in the app, and in LINE if the person has linked it.

    kind: its subject ("booked", "accepted", "rejected", "moved", "cancelled", "restored", "reminder", "near",
    "confirm", "released", "given_back"). content: plain text in the person's language. once: the notice's own name
    within the hospital, such as "accepted-1200045-3" (kind, appointment id, version); must hold no national id.
    hidden_in_line: as in `Message`.
    """

    kind: str
    hospital_code: str
    hospital_name: str
    cid: str
    title: str
    content: str
    once: str
    hidden_in_line: str = ""


def notify(notices: Iterable[Notice]) -> list[int]:
    """Send notices, each once; returns their message ids, in order.

    The notices of a person are sent in this order too. Repeatable: another call with the same notices only queues again
    what is not delivered yet. Raises TryAgain; some of the notices may be sent then.
    """
    wanted = list(notices)
    different = list({(notice.hospital_code, notice.once): notice for notice in wanted}.values())
    ids: dict[tuple[str, str], int] = {}
    for chunk in chunked(_new_notices(different), AT_ONCE):
        ids |= {(each.message.hospital_code, each.once): each.message.message_id for each in _send(chunk)}
    return [ids[(notice.hospital_code, notice.once)] for notice in wanted]


def _send(notices: Sequence[StoredNotice]) -> list[StoredNotice]:
    """Store and queue at most AT_ONCE notices; returns them as they are stored."""
    stored, new = notice_store.put(notices)
    notice_store.put_into_inboxes(stored, new)
    for channel in CHANNELS:
        pending = [each for each in stored if channel in each.message.channels and not each.on(channel).done]
        if pending:
            numbers = tuple((each.message.hospital_code, each.message.message_id) for each in pending)
            job_queues.post(job_queues.DELIVER[channel], [DeliverNotices(numbers)])
    return stored


def _new_notices(notices: Sequence[Notice]) -> list[StoredNotice]:
    now = clock.now()
    linked = line_link_store.line_users(sorted({notice.cid for notice in notices}))
    return [
        StoredNotice(
            Message(
                hospital_code=notice.hospital_code,
                message_id=notice_store.message_id(notice.once),
                hospital_name=notice.hospital_name,
                title=notice.title,
                content_text=notice.content,
                # Most people have not linked LINE; for them a job for LINE would only find that out.
                channels=frozenset(CHANNELS if notice.cid in linked else [APP]),
                created_by="",
                # A person's notices are ordered by it, so those of one moment differ in it.
                created_at=(now + timedelta(microseconds=n)).isoformat(timespec="microseconds"),
                key_seed=str(uuid.uuid4()),
                kind=notice.kind,
                state=SENDING,
                sent_at=now.isoformat(timespec="seconds"),
                expires_at=expiry(now.isoformat(timespec="seconds"), settings().messages_kept_days),
                hidden_in_line=notice.hidden_in_line,
            ),
            notice.cid,
            notice.once,
        )
        for n, notice in enumerate(notices)
    ]


def reached(hospital_code: str, names: Sequence[str]) -> dict[str, datetime]:
    """Name -> when the notice first reached its person on a channel.

    Only of those that have reached them. names: at most 100. One request, unless the number of a name is taken by
    another notice.
    """
    if not names:
        return {}
    stored = notice_store.of_numbers([(hospital_code, notice_store.message_id(once)) for once in names])
    chosen = [
        notice if notice is None or notice.once == once else notice_store.find(hospital_code, once)
        for once, notice in zip(names, stored, strict=True)
    ]
    return {each.once: datetime.fromisoformat(each.reached_at) for each in chosen if each and each.reached_at}


def withdraw(hospital_code: str, once: str) -> None:
    """Stop the notice of this name; what is not delivered yet stays undelivered.

    No-op if there is none or it is stopped. Raises TryAgain.
    """
    notice = notice_store.find(hospital_code, once)
    if notice is None or notice.message.state == STOPPED:
        return
    if not notice_store.stop(notice):
        raise TryAgain()

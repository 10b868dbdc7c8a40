"""Notices to one person about an appointment, for other packages (docs/app-guide.md). Each is sent once."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chalicelib import clock
from chalicelib.errors import TryAgain
from chalicelib.messages import line_link_store, queues, store, target_list_store
from chalicelib.messages.delivery import delivery_job
from chalicelib.messages.jobs import DeliverBatch
from chalicelib.messages.model import APP, CHANNELS, SENDING, STOPPED, Message, NewNotice, Target, expiry
from chalicelib.messages.rules import chunked
from chalicelib.settings import settings

# Notices that are stored in one transaction.
AT_ONCE = store.NOTICES_PER_TRANSACTION


@dataclass(frozen=True)
class Notice:
    """A notice to one person, in the app, and in LINE if the person has linked it.

    kind: its subject ("booked", "accepted", "rejected", "moved", "cancelled", "restored", "reminder", "near"). content:
    plain text in the person's language. once: the notice's own name within the hospital, such as "accepted-1200045-3"
    (kind, appointment id, version); must hold no national id. hidden_in_line: as in `Message`.
    """

    kind: str
    hospital_code: str
    hospital_name: str
    cid: str
    name: str
    title: str
    content: str
    once: str
    hidden_in_line: str = ""


_Name = tuple[str, str]  # hospital code, reference


def notify(notices: Iterable[Notice]) -> list[int]:
    """Send notices, each once; returns their message ids, in order. A person's notices are in this order too.

    Repeatable: another call with the same notices only queues again what is not delivered yet. Raises TryAgain; some
    of the notices may be sent then.
    """
    wanted = list(notices)
    different = list({(notice.hospital_code, notice.once): notice for notice in wanted}.values())
    ids: dict[_Name, int] = {}
    for chunk in chunked(_new_notices(different), AT_ONCE):
        ids |= _send(chunk)
    return [ids[(notice.hospital_code, _ref(notice.once))] for notice in wanted]


def _send(notices: Sequence[NewNotice]) -> dict[_Name, int]:
    """Store and queue at most AT_ONCE notices; returns the message id of each."""
    taken = store.put_notices(notices)
    if taken and store.put_notices([notice for n, notice in enumerate(notices) if n not in taken]):
        raise TryAgain()  # another process stores some of them at this moment; the next attempt finds them
    existing = _existing([notices[n] for n in sorted(taken)])
    ids: dict[_Name, int] = {}
    jobs: dict[str, list[DeliverBatch]] = {channel: [] for channel in CHANNELS}
    for new in notices:
        name = (new.message.hospital_code, new.ref)
        message, pending = existing.get(name, (new.message, new.message.channels))
        ids[name] = message.message_id
        for channel in pending:
            jobs[channel].append(delivery_job(message, 1))
    for channel, of_channel in jobs.items():
        queues.post(queues.DELIVER[channel], of_channel)
    return ids


def _new_notices(notices: Sequence[Notice]) -> list[NewNotice]:
    now = clock.now().isoformat(timespec="seconds")
    linked = line_link_store.line_users(sorted({notice.cid for notice in notices}))
    numbers = {
        hospital_code: iter(store.next_notice_ids(hospital_code, count))
        for hospital_code, count in Counter(notice.hospital_code for notice in notices).items()
    }
    return [
        NewNotice(
            Message(
                hospital_code=notice.hospital_code,
                message_id=next(numbers[notice.hospital_code]),
                hospital_name=notice.hospital_name,
                title=notice.title,
                content_text=notice.content,
                # Most people have not linked LINE; for them a job for LINE would only find that out.
                channels=frozenset(CHANNELS if notice.cid in linked else [APP]),
                created_by="",
                created_at=now,
                key_seed=str(uuid.uuid4()),
                kind=notice.kind,
                state=SENDING,
                sent_at=now,
                expires_at=expiry(now, settings().messages_kept_days),
                hidden_in_line=notice.hidden_in_line,
            ),
            _ref(notice.once),
            Target(notice.cid, notice.name),
        )
        for notice in notices
    ]


def _ref(once: str) -> str:
    return f"notice-{once}"


def _existing(notices: Sequence[NewNotice]) -> dict[_Name, tuple[Message, Iterable[str]]]:
    """(hospital, reference) -> the message stored under it, and the channels on which it is not delivered yet."""
    names = [(notice.message.hospital_code, notice.ref) for notice in notices]
    messages = store.messages_of_refs(names)
    batches = target_list_store.first_batches(messages)
    return {
        name: (message, [channel for channel in CHANNELS if channel in message.channels and not batch.on(channel).done])
        for name, message, batch in zip(names, messages, batches, strict=True)
    }


def withdraw(hospital_code: str, once: str) -> None:
    """Stop the notice of this name; what is not delivered yet stays undelivered. No-op if there is none or it is
    stopped. Raises TryAgain."""
    message = store.message_of_ref(hospital_code, _ref(once))
    if message is None or message.state == STOPPED:
        return
    if not store.save(replace(message, state=STOPPED, version=message.version + 1)):
        raise TryAgain()

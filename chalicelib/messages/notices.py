"""Notices to one person, for other rooms (docs/app-guide.md): messages complete from the start, each sent once."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib import clock
from chalicelib.errors import TryAgain
from chalicelib.messages import batch_store, delivering, link_store, queues, rules, store, text
from chalicelib.messages.model import Message, NewNotice, Target

# Notices that are put into the tables together.
AT_ONCE = store.NOTICES_AT_ONCE


@dataclass(frozen=True)
class Notice:
    """A notice to one person, in the app, and in LINE where the person has linked it.

    kind: what it is about ("booked", "accepted", "rejected", "moved", "cancelled", "reminder"). content: plain text in
    the person's language. once: what makes it this notice of the hospital and no other, such as "accepted-1200045-3"
    (kind, appointment id, version); it must hold no national id.
    """

    kind: str
    hospital_code: str
    hospital_name: str
    cid: str
    name: str
    title: str
    content: str
    once: str


def notify(notices: Iterable[Notice]) -> list[int]:
    """Sends notices, each once; returns their message ids, in order. Who is sent several gets them in that order.

    Call it as often as you like with the same ones: from a stream function that is repeated, from a schedule that ran
    twice. The second call only queues again what has not been delivered yet. Raises TryAgain, with some of them sent.
    """
    each = list(notices)
    different = list({(one.hospital_code, one.once): one for one in each}.values())
    ids: dict[tuple[str, str], int] = {}
    for made in rules.batches(_made(different), AT_ONCE):
        jobs: dict[str, list[dict[str, object]]] = {channel: [] for channel in rules.CHANNELS}
        there = store.put_notices(made)
        if there and store.put_notices([one for place, one in enumerate(made) if place not in there]):
            raise TryAgain()  # some of the others are being made at this moment: the repetition finds them
        before = _made_before([made[place] for place in sorted(there)])
        for new in made:
            message, waiting = before.get((new.message.hospital_code, new.ref), (new.message, new.message.channels))
            ids[(message.hospital_code, new.ref)] = message.message_id
            for channel in waiting:
                jobs[channel].append(delivering.delivery_job(message, 1))
        for channel, of_channel in jobs.items():
            queues.post(queues.DELIVER[channel], of_channel)
    return [ids[(one.hospital_code, _ref(one.once))] for one in each]


def _made(notices: list[Notice]) -> list[NewNotice]:
    now = clock.now().isoformat(timespec="seconds")
    linked = link_store.line_users(sorted({one.cid for one in notices}))
    numbers = {
        hospital_code: iter(store.next_notice_ids(hospital_code, count))
        for hospital_code, count in Counter(one.hospital_code for one in notices).items()
    }
    return [
        NewNotice(
            Message(
                hospital_code=one.hospital_code,
                message_id=next(numbers[one.hospital_code]),
                hospital_name=one.hospital_name,
                title=one.title,
                content_html=text.html_of(one.content),
                # Most people have linked nothing; a job for LINE would only find that out again.
                channels=frozenset(rules.CHANNELS if one.cid in linked else [rules.APP]),
                created_by="",
                created_at=now,
                key_seed=str(uuid.uuid4()),
                kind=one.kind,
                state=rules.SENDING,
                sent_at=now,
            ),
            _ref(one.once),
            Target(one.cid, one.name),
        )
        for one in notices
    ]


def _ref(once: str) -> str:
    return f"notice-{once}"


def _made_before(again: list[NewNotice]) -> dict[tuple[str, str], tuple[Message, Iterable[str]]]:
    """(hospital, reference) -> the message that was made under it before, and the channels on which it is not delivered
    yet."""
    names = [(one.message.hospital_code, one.ref) for one in again]
    messages = store.messages_of_refs(names)
    channel_deliveries = [batch.channel_deliveries for batch in batch_store.first_batches(messages)]
    return {
        name: (message, [channel for channel in rules.CHANNELS if channel in message.channels and not of[channel].done])
        for name, message, of in zip(names, messages, channel_deliveries, strict=True)
    }


def withdraw(hospital_code: str, once: str) -> None:
    """Of the notice named `once`, whatever has not been delivered yet is not delivered any more; none of that name, or
    withdrawn before: nothing. Raises TryAgain."""
    message = store.message_of_ref(hospital_code, _ref(once))
    if message is None or message.state == rules.STOPPED:
        return
    if not store.replace(replace(message, state=rules.STOPPED, version=message.version + 1)):
        raise TryAgain()

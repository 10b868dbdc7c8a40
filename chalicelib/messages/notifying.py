"""Notices to one person, for other rooms (docs/app-guide.md): messages complete from the start, each sent once."""

import uuid
from dataclasses import replace

from chalicelib import clock
from chalicelib.errors import TryAgain
from chalicelib.messages import batch_store, delivering, queues, rules, store, text
from chalicelib.messages.model import Message, Target


def notify(
    kind: str, hospital_code: str, hospital_name: str, cid: str, name: str, title: str, content: str, once: str
) -> int:
    """Sends one notice to one person, in the app and in LINE, each once; returns its message id.

    kind: what it is about ("booked", "accepted", "rejected", "moved", "cancelled", "reminder"). content: plain text in
    the person's language. once: what makes it this notice and no other, such as "accepted-1200045-3" (kind, appointment
    id, version); it must hold no national id. Call it as often as you like with the same `once`: from a stream function
    that is repeated, from a schedule that ran twice. The second call only queues again what has not been delivered yet.

        notifying.notify("accepted", a.hospital_code, a.hospital_name, a.cid, person.name, "โรงพยาบาลรับนัดแล้ว", text,
                         once=f"accepted-{a.appointment_id}-{a.version}")
    """
    message = store.message_of_ref(hospital_code, f"notice-{once}")
    if message is None:
        now = clock.now().isoformat(timespec="seconds")
        made = Message(
            hospital_code=hospital_code,
            message_id=store.next_id(hospital_code, notice=True),
            hospital_name=hospital_name,
            title=title,
            content_html=text.html_of(content),
            channels=frozenset(rules.CHANNELS),
            created_by="",
            created_at=now,
            key_seed=str(uuid.uuid4()),
            kind=kind,
            state=rules.SENDING,
            sent_at=now,
        )
        if not store.put_notice(made, f"notice-{once}", Target(cid, name)):
            raise TryAgain()  # the same notice is being made: the repetition finds it
        message = made
    waiting = [leg for leg in batch_store.batches(message)[0].legs.items() if leg[0] in message.channels]
    for channel, leg in waiting:
        if not leg.done:
            queues.post(queues.DELIVER[channel], [delivering.delivery_job(message, 1)])
    return message.message_id


def withdraw(hospital_code: str, once: str) -> None:
    """Of the notice named `once`, whatever has not been delivered yet is not delivered any more; none of that name, or
    withdrawn before: nothing. Raises TryAgain."""
    message = store.message_of_ref(hospital_code, f"notice-{once}")
    if message is None or message.state == rules.STOPPED:
        return
    if not store.replace(replace(message, state=rules.STOPPED, version=message.version + 1)):
        raise TryAgain()

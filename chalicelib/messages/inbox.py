"""A person's messages, in the app and in LINE (manual 3, figure 26).

They are listed, and marked as read.
"""

from dataclasses import dataclass

from chalicelib import clock
from chalicelib.messages import confirm_calls, recipient_store, store
from chalicelib.messages.model import DUE, Message, Recipient

PAGE = 50
# A page is made from at most this number of a person's messages, which limits what a call reads. A page before the last
# one may be short, and even empty.
_READ_FOR_A_PAGE = 300


@dataclass(frozen=True)
class InboxPage:
    """A page of a person's messages, newest first.

    messages: (message, when the person read it or ""). next: where the next page begins; "" after the last.
    """

    messages: list[tuple[Message, str]]
    next: str


def newest(cid: str) -> list[tuple[Message, str]]:
    """A person's newest announcements and notices, newest first.

    At most PAGE of each.
    """
    recipients = recipient_store.latest(cid, "", _READ_FOR_A_PAGE)
    notices, announcements = _of_kind(recipients, notices=True)[:PAGE], _of_kind(recipients, notices=False)[:PAGE]
    together = sorted([*notices, *announcements], key=lambda each: each.inbox_key, reverse=True)
    return [*_delivered(together[:PAGE]), *_delivered(together[PAGE:])]


def page(cid: str, before: str, *, notices: bool) -> InboxPage:
    """A page of a person's notices, or of their announcements.

    before: `next` of the page before; "" for the first.
    """
    recipients = recipient_store.latest(cid, before, _READ_FOR_A_PAGE)
    of_kind = _of_kind(recipients, notices=notices)
    shown, is_last = of_kind[:PAGE], len(recipients) < _READ_FOR_A_PAGE
    if len(of_kind) > PAGE:
        return InboxPage(_delivered(shown), shown[-1].inbox_key)
    return InboxPage(_delivered(shown), "" if is_last else recipients[-1].inbox_key)


def _of_kind(recipients: list[Recipient], *, notices: bool) -> list[Recipient]:
    return [each for each in recipients if each.is_notice == notices and not each.withheld]


def _delivered(recipients: list[Recipient]) -> list[tuple[Message, str]]:
    return [(message, recipient.read_at) for recipient, message in store.delivered_in_app(recipients)]


def read(cid: str, hospital_code: str, message_id: int, channel: str) -> str:
    """Record that a person read a message; return when they first did.

    They read it in the app, or confirmed it in LINE. The time is ISO with offset, Bangkok. Raises MessageNotFound if
    the message was not sent to this person.
    """
    message = store.message(hospital_code, message_id)
    recipient = recipient_store.recipient(message, cid)
    read_at = recipient.read_at
    if not read_at:
        read_at = clock.now().isoformat(timespec="seconds")
        if not store.mark_read(recipient, channel, read_at, confirm=bool(message.confirm_url)):
            read_at = recipient_store.recipient(message, cid).read_at or read_at
    if message.confirm_url and (recipient.confirm_state or DUE) == DUE:
        confirm_calls.call_later(recipient)
    return read_at

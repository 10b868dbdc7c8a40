"""A person's messages, and their reading, in the app and in LINE (manual 3, figure 26)."""

from chalicelib import clock
from chalicelib.messages import confirm_calls, recipient_store, store
from chalicelib.messages.model import DUE, Message


def inbox(cid: str, limit: int) -> list[tuple[Message, str]]:
    """(message, when the person read it or "") of a person's announcements and notices, newest first."""
    return [(message, recipient.read_at) for recipient, message in store.inbox(cid, limit)]


def read(cid: str, hospital_code: str, message_id: int, channel: str) -> str:
    """Write that the person read a message in the app or confirmed it in LINE; returns when they first did.

    ISO with offset, Bangkok. Raises MessageNotFound if the message was not sent to this person.
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

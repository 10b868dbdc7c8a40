"""LINE: linking of accounts, and the events that LINE sends (manual 3).

See docs/announcements.md.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Annotated

import msgspec

from chalicelib import clock, metrics
from chalicelib.errors import Invalid, MessageNotFound, Unauthenticated
from chalicelib.messages import inbox, line_link_store
from chalicelib.messages.model import LINE, read_message_ref

_OFFER_LIFETIME = timedelta(minutes=10)

# LINE's limits; a person may change the nonce and the data on the way.
_Short = Annotated[str, msgspec.Meta(max_length=300)]


class _Source(msgspec.Struct):
    userId: _Short = ""


class _Link(msgspec.Struct):
    result: _Short = ""
    nonce: _Short = ""


class _Postback(msgspec.Struct):
    data: _Short = ""


class _Event(msgspec.Struct):
    """The fields of an event that we read. timestamp: milliseconds since 1970."""

    type: str
    timestamp: int
    source: _Source = msgspec.field(default_factory=_Source)
    link: _Link = msgspec.field(default_factory=_Link)
    postback: _Postback = msgspec.field(default_factory=_Postback)


class _Webhook(msgspec.Struct):
    events: list[msgspec.Raw]


def offer_line_link(cid: str) -> str:
    """A nonce for LINE's account linking, valid for ten minutes and once.

    The app's back end sends the person to LINE with it; LINE's webhook returns it with the user id.
    """
    nonce = secrets.token_urlsafe(32)
    line_link_store.offer_line_link(nonce, cid, clock.now() + _OFFER_LIFETIME)
    return nonce


def receive(body: bytes, signature: str, channel_secret: str) -> None:
    """Handle the events of one webhook request.

    Raises Unauthenticated if the signature is not LINE's, and Invalid if the body is not a webhook's. Other events,
    unknown users and messages that are gone are ignored: LINE would only send them again.
    """
    expected = hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()
    if not channel_secret or not hmac.compare_digest(base64.b64encode(expected), signature.encode()):
        raise Unauthenticated("The signature is not LINE's.", "ลายเซ็นของ LINE ไม่ถูกต้อง")
    try:
        events = msgspec.json.decode(body, type=_Webhook).events
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Invalid(fields={"body": "send LINE's webhook JSON"}) from None
    for raw_event in events:
        try:
            event = msgspec.json.decode(raw_event, type=_Event)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            # LINE would send all events again, so the others are handled.
            metrics.count("MalformedLineEvents")
            continue
        _handle(event)


def _handle(event: _Event) -> None:
    user_id = event.source.userId
    if not user_id:
        return
    if event.type == "accountLink" and event.link.result == "ok":
        line_link_store.take_line_link(event.link.nonce, user_id, clock.now(), event.timestamp)
    elif event.type == "unfollow":
        line_link_store.unlink_line_user(user_id, event.timestamp)
    elif event.type == "postback":
        _confirm(user_id, event.postback.data)


def _confirm(user_id: str, ref: str) -> None:
    """Record the reading of the person who pressed the confirm button."""
    cid, message = line_link_store.person_of_line_user(user_id), read_message_ref(ref)
    if cid and message:
        try:
            inbox.read(cid, *message, channel=LINE)
        except MessageNotFound:
            return

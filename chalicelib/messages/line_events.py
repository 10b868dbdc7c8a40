"""LINE: linking an account, and the events that LINE sends (manual 3; docs/announcements.md)."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.errors import Invalid, MessageNotFound, Unauthenticated
from chalicelib.messages import inbox, line_link_store
from chalicelib.messages.model import LINE, read_message_ref

_OFFER_LIFETIME = timedelta(minutes=10)


def offer_line_link(cid: str) -> str:
    """A nonce for LINE's account linking, valid for ten minutes and once.

    The app's back end sends the person to LINE with it; LINE's webhook brings it back with the user id.
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
        events = json.loads(body)["events"]
    except (ValueError, KeyError, TypeError):
        raise Invalid(fields={"body": "send LINE's webhook JSON"}) from None
    for event in events:
        _handle(event)


def _handle(event: dict[str, Any]) -> None:
    user_id = event.get("source", {}).get("userId", "")
    kind = event.get("type")
    if not user_id:
        return
    if kind == "accountLink" and event.get("link", {}).get("result") == "ok":
        line_link_store.take_line_link(event["link"]["nonce"], user_id, clock.now())
    elif kind == "unfollow":
        line_link_store.unlink_line_user(user_id)
    elif kind == "postback":
        _confirm(user_id, event.get("postback", {}).get("data", ""))


def _confirm(user_id: str, ref: str) -> None:
    """Write the reading of the person who pressed the confirm button."""
    cid, message = line_link_store.person_of_line_user(user_id), read_message_ref(ref)
    if cid and message:
        try:
            inbox.read(cid, *message, channel=LINE)
        except MessageNotFound:
            return

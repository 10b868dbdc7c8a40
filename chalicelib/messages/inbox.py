"""The receiving end: who has got and read an announcement, in the app and in LINE (manual 3, figures 26 and 27)."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import Invalid, MessageNotFound, Unauthenticated
from chalicelib.messages import batch_store, delivering, link_store, queues, rules, store
from chalicelib.messages.model import Batch, Message, read_message_ref

_LINK_OFFER = timedelta(minutes=10)
# Batches whose people are looked at for one page of a filtered list; the page may come back short, with where to go on.
_BATCHES_A_PAGE = 4


@dataclass(frozen=True)
class Recipient:
    """One person's deliveries. states: channel -> (queued, sent, failed or read; why it failed or ""). read_at: ISO
    with offset, Bangkok, or "". read_in: the channel of the first reading."""

    batch: int
    place: int
    cid: str
    name: str
    states: dict[str, tuple[str, str]]
    read_at: str
    read_in: str


Place = tuple[int, int]


def recipients(
    caller: Caller, message_id: int, start: Place, wanted: str | None, limit: int
) -> tuple[list[Recipient], Place | None]:
    """The people of an announcement from a place (batch, place in it) on, those in the `wanted` delivery state only
    where it is given; and where the next page starts."""
    message = store.announcement(caller.hospital_code, message_id)
    found: list[Recipient] = []
    looked_at = 0
    for batch in batch_store.batches(message):
        if batch.number < start[0] or not _may_hold(batch, message, wanted):
            continue
        if looked_at == _BATCHES_A_PAGE:
            return found, (batch.number, 0)
        looked_at += 1
        first = start[1] if batch.number == start[0] else 0
        for person in _people_of(message, batch, first, limit if wanted is None else batch.people):
            if len(found) == limit:
                return found, (person.batch, person.place)
            if wanted is None or wanted in {state for state, _ in person.states.values()}:
                found.append(person)
        if wanted is None and len(found) == limit and first + limit < batch.people:
            return found, (batch.number, first + limit)
    return found, None


def _may_hold(batch: Batch, message: Message, wanted: str | None) -> bool:
    channel_deliveries = [batch.channel_deliveries[channel] for channel in message.channels]
    if wanted == rules.READ:
        return batch.read > 0
    if wanted == rules.FAILED:
        return any(delivery.failed for delivery in channel_deliveries)
    if wanted == rules.QUEUED:
        return not all(delivery.done for delivery in channel_deliveries)
    return wanted is None or any(delivery.sent for delivery in channel_deliveries)


def _people_of(message: Message, batch: Batch, first: int, limit: int) -> list[Recipient]:
    cids, failures = batch_store.failures(message, batch.number)
    people = []
    for some in rules.batches(list(enumerate(cids))[first : first + limit], 100):
        rows = batch_store.recipients(message, [cid for _, cid in some])
        for place, cid in some:
            row = rows.get(cid)
            name, read_at, read_in = (row.name, row.read_at or "", row.read_in or "") if row else ("", "", "")
            states = {
                channel: (
                    rules.delivery_state(
                        batch.channel_deliveries[channel].done,
                        failures[channel].get(place),
                        read_at if read_in == channel else "",
                    ),
                    failures[channel].get(place, ""),
                )
                for channel in sorted(message.channels)
            }
            people.append(Recipient(batch.number, place, cid, name, states, read_at, read_in))
    return people


def inbox(cid: str, limit: int) -> list[tuple[Message, str]]:
    """(message, when the person read it or "") of a person's announcements and notices, newest first."""
    return [(message, row.read_at or "") for row, message in store.inbox(cid, limit)]


def read(cid: str, hospital_code: str, message_id: int, channel: str) -> str:
    """Notes that the person opened a message in the app or confirmed it in LINE, and returns when: the first time wins.
    Raises MessageNotFound where it was not sent to this person."""
    message = store.message(hospital_code, message_id)
    row = store.recipient(message, cid)
    read_at = row.read_at
    if not read_at:
        at = _now()
        if not store.mark_read(message, row, channel, at, confirm=bool(message.confirm_url)):
            at = store.recipient(message, cid).read_at or at
        read_at = at
    if message.confirm_url and (row.confirm_state or delivering.DUE) == delivering.DUE:
        queues.post(queues.CONFIRM, [delivering.confirm_job(message, int(row.batch), int(row.place))])
    return str(read_at)


def offer_line_link(cid: str) -> str:
    """A nonce for LINE's account linking, good for ten minutes and once: the app's back end sends the person to LINE
    with it, and LINE's webhook brings it back with the user id."""
    nonce = secrets.token_urlsafe(32)
    link_store.offer_line_link(nonce, cid, clock.now() + _LINK_OFFER)
    return nonce


def hear_line(body: bytes, signature: str, channel_secret: str) -> None:
    """LINE's webhook. Raises Unauthenticated where the signature is not LINE's. Events of no interest, users that
    nobody knows and messages that are gone are passed over: LINE would only send them again."""
    expected = hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()
    if not channel_secret or not hmac.compare_digest(base64.b64encode(expected), signature.encode()):
        raise Unauthenticated("The signature is not LINE's.", "ลายเซ็นของ LINE ไม่ถูกต้อง")
    try:
        events = json.loads(body)["events"]
    except (ValueError, KeyError, TypeError):
        raise Invalid(fields={"body": "send LINE's webhook JSON"}) from None
    for event in events:
        _hear(event)


def _hear(event: dict[str, Any]) -> None:
    user_id = event.get("source", {}).get("userId", "")
    kind = event.get("type")
    if not user_id:
        return
    if kind == "accountLink" and event.get("link", {}).get("result") == "ok":
        link_store.take_line_link(event["link"]["nonce"], user_id, clock.now())
    elif kind == "unfollow":
        link_store.unlink_line_user(user_id)
    elif kind == "postback":
        cid, ref = link_store.person_of_line_user(user_id), read_message_ref(event.get("postback", {}).get("data", ""))
        if cid and ref:
            try:
                read(cid, *ref, channel=rules.LINE)
            except MessageNotFound:
                return


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")

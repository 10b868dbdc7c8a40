"""What staff, hospital systems and people do with announcements (manual 3; wire contract, announcements)."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import message_subject
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Forbidden, Invalid, NothingToSend, StillMatching, TryAgain
from chalicelib.messages import batch_store, cleanup, queues, recipient_import, rules, store, text
from chalicelib.messages.model import MatchingProgress, Message, Totals, totals
from chalicelib.messages.rules import TargetLine
from chalicelib.schedules import actions as schedules

_REQUEST_KNOWN_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Overview:
    """A message, its deliveries counted, and how far the matching of its targets is."""

    message: Message
    totals: Totals
    cursor: MatchingProgress

    @property
    def state(self) -> str:
        """draft, sending, stopped, and sent: sending with nothing queued any more."""
        waiting = self.cursor.upload_state == recipient_import.MATCHING or any(self.totals.queued.values())
        return "sent" if self.message.state == rules.SENDING and not waiting else self.message.state


# ---- staff: writing ----


def announcements(caller: Caller, before: int | None, limit: int) -> list[Overview]:
    """The hospital's announcements, newest first, from the one before `before` on; at most `limit`."""
    return [overview_of(message) for message in store.announcements(caller.hospital_code, before, limit)]


def overview(caller: Caller, message_id: int) -> Overview:
    """One announcement of the caller's hospital. Raises MessageNotFound."""
    return overview_of(_announcement(caller, message_id))


def _announcement(caller: Caller, message_id: int) -> Message:
    return store.announcement(caller.hospital_code, message_id)


def overview_of(message: Message) -> Overview:
    """A message that the caller may see, as it stands."""
    # The cursor first: where it says that matching is over, the batches read after it are all there are.
    cursor = batch_store.cursor(message)
    return Overview(message, totals(batch_store.batches(message), message.channels), cursor)


def create(caller: Caller, title: str, content: str, channels: frozenset[str], request_id: str = "") -> Overview:
    """A new draft. content: plain text; the app shows its lines as they are. request_id: the caller's own name for the
    request; for a day, the same sent again is answered with the draft that it made. Raises MessageNotFound where that
    was deleted, and Invalid where the caller uses the name for another text."""
    message = _new(caller, title, text.html_of(content), _some(channels))
    once = f"draft-{request_id}" if request_id else ""
    if store.put_new(message, once, clock.now() + _REQUEST_KNOWN_FOR):
        return overview_of(message)
    made = store.message_of_ref(caller.hospital_code, once)
    if made is None:
        raise TryAgain()
    if made.version == 1 and _written(made) != _written(message):
        raise Invalid(fields={"request_id": "another announcement was made under this id; send a new one"})
    return overview_of(made)


def _written(message: Message) -> tuple[str, str, frozenset[str]]:
    return message.title, message.content_html, message.channels


def _new(caller: Caller, title: str, html: str, channels: frozenset[str], **more: Any) -> Message:
    return Message(
        hospital_code=caller.hospital_code,
        message_id=store.next_id(caller.hospital_code),
        hospital_name=caller.hospital_name,
        title=title,
        content_html=_short_enough(html),
        channels=channels,
        created_by=caller.login,
        created_at=_now(),
        key_seed=str(uuid.uuid4()),
        **more,
    )


def _some(channels: frozenset[str]) -> frozenset[str]:
    if not channels:
        raise Invalid(fields={"app": "tick app, line or both"})
    return channels


def _short_enough(html: str) -> str:
    if len(text.read_html(html)[1]) > text.LONGEST_CONTENT:
        raise Invalid(fields={"content": f"at most {text.LONGEST_CONTENT} characters of text"})
    return html


def edit(caller: Caller, message_id: int, version: int, title: str, content: str, channels: frozenset[str]) -> Overview:
    """Changes a draft. Raises EditConflict with both versions where somebody else changed it first, MessageNotDraft."""
    message = _announcement(caller, message_id)
    rules.next_state(message.state, "edit")
    changed = replace(message, title=title, content_html=_short_enough(text.html_of(content)), channels=_some(channels))
    if message.version != version or not store.replace(replace(changed, version=version + 1)):
        raise _edited(changed, store.message(caller.hospital_code, message_id))
    return overview(caller, message_id)


def _edited(yours: Message, theirs: Message) -> EditConflict:
    def seen(message: Message) -> dict[str, object]:
        return {
            "title": message.title,
            "content": text.read_html(message.content_html)[1],
            "app": rules.APP in message.channels,
            "line": rules.LINE in message.channels,
            "version": message.version,
        }

    return EditConflict(details={"yours": seen(yours), "theirs": seen(theirs)})


def delete(caller: Caller, message_id: int) -> None:
    """Deletes a draft. Raises MessageNotDraft."""
    message = _announcement(caller, message_id)
    rules.next_state(message.state, "edit")
    _note(caller, message, "delete")
    cleanup.forget_later(message)
    if not store.delete(message):
        raise TryAgain()


# ---- staff: sending ----


def send(caller: Caller, message_id: int) -> Overview:
    """Sends an announcement to its targets. Asked again, what is left is queued again and nobody gets it twice.
    Raises MessageNotDraft (stopped: resume it), StillMatching, NothingToSend."""
    message = _announcement(caller, message_id)
    state = rules.next_state(message.state, "send")
    cursor = batch_store.cursor(message)
    if cursor.upload_state == recipient_import.MATCHING:
        raise StillMatching()
    if cursor.batches == 0:
        raise NothingToSend()
    recipient_import.finish_writing(message, cursor)
    _note(caller, message, "send")
    return _set_sending(message, state)


def resume(caller: Caller, message_id: int) -> Overview:
    """Goes on with a stopped announcement, or queues again what is left of one being sent."""
    message = _announcement(caller, message_id)
    state = rules.next_state(message.state, "resume")
    _note(caller, message, "resume")
    return _set_sending(message, state)


def _set_sending(message: Message, state: str) -> Overview:
    if message.state != state:
        sent_at = message.sent_at or _now()
        message = replace(message, state=state, sent_at=sent_at, version=message.version + 1)
        if not store.replace(message):
            raise TryAgain()
    queues.post(queues.PREPARE, [recipient_import.dispatch_job(message)])
    return overview_of(message)


def stop(caller: Caller, message_id: int) -> Overview:
    """Stops a sending: batches that are with a provider now end as they end, the others stay queued."""
    message = _announcement(caller, message_id)
    state = rules.next_state(message.state, "stop")
    _note(caller, message, "stop")
    if message.state != state and not store.replace(replace(message, state=state, version=message.version + 1)):
        raise TryAgain()
    return overview(caller, message_id)


def history(caller: Caller, message_id: int, newest: int) -> list[AuditEntry]:
    """Who pressed send, stop and resume of an announcement, or sent it through the API; the newest, oldest first."""
    return audit.newest(message_subject(caller.hospital_code, message_id), limit=newest)[::-1]


def _note(caller: Caller, message: Message, deed: str) -> None:
    # Before it is done, so that nothing is done of which there is no trace.
    subject = message_subject(message.hospital_code, message.message_id)
    audit.append(audit.new_entry(subject, caller.actor, deed))


# ---- hospital systems ----


def send_by_api(
    caller: Caller, hospital_code: str, ref_code: str, title: str, html: str, confirm_url: str, cids: list[str]
) -> tuple[Message, list[str], dict[str, str]]:
    """SendMessageTarget: makes the message of this reference code or changes it, and sends it to those who have not got
    it yet. Returns it, the ids accepted, and the ids refused with the reason. Asked again, nobody gets it twice.
    Raises Forbidden for another hospital, HospitalNotFound, Invalid for a URL that may not be called."""
    sender = caller
    if hospital_code != caller.hospital_code:
        if not caller.is_country:
            raise Forbidden(fields={"hospital.hospital_code": "must be the hospital that the token was issued to"})
        name = schedules.hospital(hospital_code).name
        caller = replace(caller, hospital_code=hospital_code, hospital_name=name)
    if confirm_url:
        rules.confirm_url_parts(confirm_url)
    message = _of_ref(caller, sender, ref_code, title, html, confirm_url)
    cids = list(dict.fromkeys(cids))
    first, refused = _add_targets(message, cids)
    queues.post(queues.PREPARE, [recipient_import.dispatch_job(message, first)])
    return message, [cid for cid in cids if cid not in refused], refused


def _of_ref(caller: Caller, sender: Caller, ref_code: str, title: str, html: str, confirm_url: str) -> Message:
    # Apart from the names of notices and drafts, which a hospital's system might guess.
    ref = f"his-{ref_code}"
    message = store.message_of_ref(caller.hospital_code, ref)
    if message is None:
        made = _new(
            caller,
            title,
            html,
            frozenset(rules.CHANNELS),
            ref_code=ref_code,
            confirm_url=confirm_url,
            state=rules.SENDING,
            sent_at=_now(),
        )
        _note(sender, made, "send")
        if not store.put_new(made, ref):
            raise TryAgain()  # the same call is under way: the next attempt finds its message
        return made
    changed = replace(
        message, title=title, content_html=_short_enough(html), confirm_url=confirm_url, version=message.version + 1
    )
    _note(sender, changed, "send")
    if not store.replace(changed):
        raise TryAgain()
    return changed


def _add_targets(message: Message, cids: list[str]) -> tuple[int, dict[str, str]]:
    """(first batch to be sent, id -> why it was refused). A call that brings nobody new may repeat one that died before
    it could queue its batches, so it has all of them looked at."""
    cursor = recipient_import.finish_writing(message, batch_store.cursor(message))
    there = batch_store.targets_among(message, cids)
    new = [cid for cid in cids if cid not in there]
    first = cursor.batches + 1
    refused: dict[str, str] = {}
    for portion in rules.batches(new, rules.PORTION_LINES):
        lines = [TargetLine(number, cid, 0) for number, cid in enumerate(portion)]
        cursor, reasons = recipient_import.take(message, cursor, lines)
        refused |= {portion[number]: reason for number, reason in reasons.items()}
    return (first if cursor.batches >= first else 1), refused


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")

"""Actions of staff on announcements (manual 3)."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import message_subject
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Invalid, NothingToSend, StillMatching, TryAgain
from chalicelib.messages import (
    announcement_limits,
    cleanup,
    markup,
    plain_text,
    recipient_import,
    rules,
    store,
    target_list_store,
)
from chalicelib.messages.model import (
    APP,
    DRAFT,
    LINE,
    SENDING,
    SENT,
    UPLOAD_MATCHING,
    MatchingProgress,
    Message,
    Totals,
    expiry,
)
from chalicelib.settings import settings

_REQUEST_ID_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Overview:
    """A message, the sums of its deliveries, and the progress of its matching."""

    message: Message
    totals: Totals
    progress: MatchingProgress

    @property
    def state(self) -> str:
        """The state as it is shown: draft, scheduled, sending, stopped or sent.

        A sending message is sent if nothing of it is queued or being matched any more.
        """
        unfinished = self.progress.upload_state == UPLOAD_MATCHING or any(self.totals.queued.values())
        return SENT if self.message.state == SENDING and not unfinished else self.message.state


# ---- staff: reading ----


def announcements(caller: Caller, before: int | None, limit: int) -> list[Overview]:
    """At most `limit` announcements of the hospital, newest first.

    before: only those with a smaller number.
    """
    return [overview_of(message) for message in store.announcements(caller.hospital_code, before, limit)]


def overview(caller: Caller, message_id: int) -> Overview:
    """One announcement of the caller's hospital. Raises MessageNotFound."""
    return overview_of(_announcement(caller, message_id))


def _announcement(caller: Caller, message_id: int) -> Message:
    return store.announcement(caller.hospital_code, message_id)


def overview_of(message: Message) -> Overview:
    """The overview of a message that the caller may see."""
    # The progress is read first: if it says that matching is over, the batches read after it are complete.
    progress = target_list_store.progress_of(message)
    return Overview(message, rules.totals(target_list_store.batches(message), message.channels), progress)


def history(caller: Caller, message_id: int, newest: int) -> list[AuditEntry]:
    """The last actions on an announcement, oldest first.

    They are who sent, stopped and resumed it, on the dashboard or through the API. newest: how many at most.
    """
    return audit.newest(message_subject(caller.hospital_code, message_id), limit=newest)[::-1]


# ---- staff: writing ----


def create(caller: Caller, title: str, content: str, channels: frozenset[str], request_id: str = "") -> Overview:
    """Make a draft. content: plain text; its line breaks are kept.

    request_id: the caller's own name for the request. For a day, a repeat of the same request returns the draft that
    the first one made. Raises MessageNotFound if that draft was deleted, and Invalid if the request_id was used for
    another text.
    """
    message = new_message(caller, title, _at_least_one(channels), content_text=content)
    ref = f"draft-{request_id}" if request_id else ""
    if store.put_new(message, ref, clock.now() + _REQUEST_ID_KEPT_FOR):
        return overview_of(message)
    existing = store.message_of_ref(caller.hospital_code, ref)
    if existing is None:
        raise TryAgain()
    if existing.version == 1 and _content(existing) != _content(message):
        raise Invalid(fields={"request_id": "another announcement was made under this id; send a new one"})
    return overview_of(existing)


def _content(message: Message) -> tuple[str, str, frozenset[str]]:
    return message.title, message.content_text, message.channels


def new_message(caller: Caller, title: str, channels: frozenset[str], **more: Any) -> Message:
    now = iso_now()
    return Message(
        hospital_code=caller.hospital_code,
        message_id=store.next_id(caller.hospital_code),
        hospital_name=caller.hospital_name,
        title=title,
        channels=channels,
        created_by=caller.login,
        created_at=now,
        key_seed=str(uuid.uuid4()),
        expires_at=expiry(now, settings().messages_kept_days),
        **more,
    )


def _at_least_one(channels: frozenset[str]) -> frozenset[str]:
    if not channels:
        raise Invalid(fields={"app": "tick app, line or both"})
    return channels


def content_of(html: str) -> dict[str, Any]:
    """The content fields of a message with this HTML.

    Raises Invalid if its text is too long for LINE.
    """
    clean = markup.clean(html)
    plain = markup.plain(clean)
    if len(plain) > plain_text.LONGEST_CONTENT:
        raise Invalid(fields={"content": f"at most {plain_text.LONGEST_CONTENT} characters of text"})
    safe = markup.with_hosts(clean)
    return {"content_text": plain, "content_html": safe, "content_sent": "" if html == safe else html}


def edit(caller: Caller, message_id: int, version: int, title: str, content: str, channels: frozenset[str]) -> Overview:
    """Change a draft. version: the one that the caller saw.

    If the same edit is sent again, the answer is the same. Raises MessageNotFound, MessageNotDraft, Invalid, and
    EditConflict with both texts if somebody else changed the draft.
    """
    stored = _announcement(caller, message_id)
    rules.next_state(stored.state, "edit")
    edited = replace(
        stored,
        title=title,
        content_text=content,
        channels=_at_least_one(channels),
        changed_by=caller.login,
        version=version + 1,
    )
    if stored.version == version and not store.save(edited):
        stored = _announcement(caller, message_id)
    if stored.version != version and stored != edited:
        raise edit_conflict(replace(edited, version=version), stored)
    return overview_of(edited)


def edit_conflict(yours: Message, theirs: Message) -> EditConflict:
    """The error that shows both texts."""

    def shown(message: Message) -> dict[str, object]:
        return {
            "title": message.title,
            "content": message.content_text,
            "app": APP in message.channels,
            "line": LINE in message.channels,
            "version": message.version,
        }

    return EditConflict(details={"yours": shown(yours), "theirs": shown(theirs)})


def delete(caller: Caller, message_id: int) -> None:
    """Delete a draft. Raises MessageNotFound, MessageNotDraft."""
    message = _announcement(caller, message_id)
    rules.next_state(message.state, "edit")
    audit_action(caller, message, "delete")
    cleanup.clean_up_later(message)
    if not store.delete(message):
        raise TryAgain()


# ---- staff: sending ----


def send(caller: Caller, message_id: int, version: int | None = None) -> Overview:
    """Send an announcement to its targets.

    version: of the draft that the caller saw, if given. Safe to repeat: what is not delivered is queued again, and
    nobody gets it twice. Raises MessageNotFound, MessageNotDraft (if it is stopped: resume it), EditConflict,
    StillMatching, NothingToSend, TooManyAnnouncements.
    """
    message = _announcement(caller, message_id)
    state = rules.next_state(message.state, "send")
    prepare_sending(message, version)
    audit_action(caller, message, "send")
    return _set_sending(message, state)


def prepare_sending(message: Message, version: int | None) -> None:
    """Check that a message can be sent, and count the sending of a draft.

    version: of the draft that the caller saw, if given. Raises EditConflict, StillMatching, NothingToSend,
    TooManyAnnouncements.
    """
    if message.state == DRAFT and version not in (None, message.version):
        raise edit_conflict(message, message)
    progress = target_list_store.progress_of(message)
    if progress.upload_state == UPLOAD_MATCHING:
        raise StillMatching()
    if progress.batches == 0:
        raise NothingToSend()
    recipient_import.finish_writing(message, progress)
    if message.state == DRAFT:
        announcement_limits.count_sending(message.hospital_code)


def resume(caller: Caller, message_id: int) -> Overview:
    """Continue sending an announcement.

    A stopped one is resumed. For one that is being sent, what is not delivered is queued again. Raises MessageNotFound,
    MessageNotSending.
    """
    message = _announcement(caller, message_id)
    state = rules.next_state(message.state, "resume")
    audit_action(caller, message, "resume")
    return _set_sending(message, state)


def _set_sending(message: Message, state: str) -> Overview:
    message = _set_state(message, state, message.sent_at or iso_now())
    recipient_import.dispatch_later(message)
    return overview_of(message)


def _set_state(message: Message, state: str, sent_at: str) -> Message:
    """Store the message in the state; return it.

    No write if it is in the state already. Raises TryAgain.
    """
    if message.state == state:
        return message
    changed = replace(message, state=state, sent_at=sent_at, version=message.version + 1)
    if not store.save(changed):
        raise TryAgain()
    return changed


def stop(caller: Caller, message_id: int) -> Overview:
    """Stop sending an announcement.

    Batches that are with a provider are finished; the others stay queued. Raises MessageNotFound, MessageNotSending.
    """
    message = _announcement(caller, message_id)
    state = rules.next_state(message.state, "stop")
    audit_action(caller, message, "stop")
    return overview_of(_set_state(message, state, message.sent_at))


def audit_action(caller: Caller, message: Message, action: str) -> None:
    """Write the audit entry of an action.

    Called before the action, so that nothing is done without an entry.
    """
    subject = message_subject(message.hospital_code, message.message_id)
    audit.append(audit.new_entry(subject, caller.actor, action))


def iso_now() -> str:
    return clock.now().isoformat(timespec="seconds")

"""Send messages that a hospital's information system asks for (manual 4.4)."""

from dataclasses import replace

from chalicelib.caller import Caller
from chalicelib.errors import Forbidden, TryAgain
from chalicelib.messages import (
    announcement_limits,
    recipient_import,
    recipient_store,
    rules,
    store,
    target_list_store,
)
from chalicelib.messages.actions import audit_action, content_of, iso_now, new_message
from chalicelib.messages.confirm_urls import confirm_url_parts
from chalicelib.messages.model import (
    CHANNELS,
    SENDING,
    Message,
)
from chalicelib.messages.target_files import TargetLine
from chalicelib.schedules import actions as schedules


def send_by_api(
    caller: Caller, hospital_code: str, ref_code: str, title: str, html: str, confirm_url: str, cids: list[str]
) -> tuple[Message, list[str], dict[str, str]]:
    """SendMessageTarget: make or change the message of a reference code, and send it.

    It is sent to those of the people who do not have it yet. Returns the message, the accepted ids, and refused id ->
    reason. Safe to repeat: nobody gets it twice. Raises Forbidden for another hospital, HospitalNotFound, Invalid for a
    URL that may not be called, TooManyAnnouncements, and TooManyForPerson if the call is for one person only. If there
    are several people, those who may get no more are not refused: the delivery leaves them out.
    """
    sender = caller
    if hospital_code != caller.hospital_code:
        if not caller.is_country:
            raise Forbidden(fields={"hospital.hospital_code": "must be the hospital that the token was issued to"})
        name = schedules.hospital(hospital_code).name
        caller = replace(caller, hospital_code=hospital_code, hospital_name=name)
    if confirm_url:
        confirm_url_parts(confirm_url)
    cids = list(dict.fromkeys(cids))
    message = _of_ref(caller, sender, ref_code, title, html, confirm_url, cids)
    first_batch, refused = _add_targets(message, cids)
    recipient_import.dispatch_later(message, first_batch)
    return message, [cid for cid in cids if cid not in refused], refused


def _of_ref(
    caller: Caller, sender: Caller, ref_code: str, title: str, html: str, confirm_url: str, cids: list[str]
) -> Message:
    """Make or change the message of the reference code, if the limits allow it.

    cids: the people whom it is for. sender: who called, for the audit. Raises TryAgain, TooManyAnnouncements,
    TooManyForPerson.
    """
    # The prefix keeps it apart from references of notices and drafts, which a hospital's system might guess.
    ref = f"his-{ref_code}"
    message = store.message_of_ref(caller.hospital_code, ref)
    if message is None:
        new = new_message(
            caller,
            title,
            frozenset(CHANNELS),
            ref_code=ref_code,
            confirm_url=confirm_url,
            state=SENDING,
            sent_at=iso_now(),
            **content_of(html),
        )
        if len(cids) == 1:
            announcement_limits.count_for(new, cids[0])
        announcement_limits.count_sending(new.hospital_code)
        audit_action(sender, new, "send")
        if not store.put_new(new, ref):
            raise TryAgain()  # the same call is being served at this moment; the next attempt finds its message
        return new
    changed = replace(message, title=title, confirm_url=confirm_url, version=message.version + 1, **content_of(html))
    if len(cids) == 1 and not recipient_store.of_message(message, cids):
        announcement_limits.count_for(message, cids[0])
    audit_action(sender, changed, "send")
    if not store.save(changed):
        raise TryAgain()
    return changed


def _add_targets(message: Message, cids: list[str]) -> tuple[int, dict[str, str]]:
    """Add the people to the target list.

    Returns the first batch to dispatch, and refused id -> reason. A call without new people may be the repeat of a call
    that ended before it queued its batches, so all of them are dispatched.
    """
    progress = recipient_import.finish_writing(message, target_list_store.progress_of(message))
    existing = recipient_store.of_message(message, cids)
    new = [cid for cid in cids if cid not in existing]
    first = progress.batches + 1
    refused: dict[str, str] = {}
    for chunk in rules.chunked(new, rules.CHUNK_LINES):
        lines = [TargetLine(number, cid, 0) for number, cid in enumerate(chunk)]
        progress, reasons = recipient_import.take(message, progress, lines)
        refused |= {chunk[number]: reason for number, reason in reasons.items()}
    return (first if progress.batches >= first else 1), refused

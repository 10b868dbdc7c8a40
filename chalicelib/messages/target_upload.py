"""Whom an announcement goes to: the target file that staff upload (manual 3)."""

import base64
import binascii
import secrets
from dataclasses import replace

from chalicelib.caller import Caller
from chalicelib.errors import Invalid, StillMatching, TryAgain
from chalicelib.messages import batch_store, cleanup, files, queues, recipient_import, rules, store
from chalicelib.messages.actions import Overview, overview_of
from chalicelib.messages.model import MatchingProgress, Message


def offer_upload(caller: Caller, message_id: int, size: int) -> tuple[str, str]:
    """(upload id, URL): where to PUT a target file of exactly `size` bytes; then call `match_upload`."""
    message = store.announcement(caller.hospital_code, message_id)
    rules.next_state(message.state, "edit")
    upload_id = secrets.token_hex(16)
    return upload_id, files.upload_url(message.key, upload_id, size)


def match_content(caller: Caller, message_id: int, content_base64: str) -> Overview:
    """Takes a target file as base64 and starts to match it, in the background."""
    message = store.announcement(caller.hospital_code, message_id)
    try:
        content = base64.b64decode(content_base64, validate=True)
    except binascii.Error:
        raise Invalid(fields={"content_base64": "this is not base64"}) from None
    upload_id = secrets.token_hex(16)
    _ready_for_upload(message)
    files.keep(message.key, upload_id, content)
    return match_upload(caller, message_id, upload_id)


def match_upload(caller: Caller, message_id: int, upload_id: str) -> Overview:
    """Starts to match an uploaded file with the white list; its people join those already there. Progress is in the
    Overview's cursor. Raises MessageNotDraft, StillMatching, and Invalid for a file that cannot be read."""
    message = store.announcement(caller.hospital_code, message_id)
    cursor = _ready_for_upload(message)
    size = files.size_of(message.key, upload_id)
    if rules.is_utf16(next(files.blocks(message.key, upload_id, 0, size), b"")[:1000]):
        raise Invalid(
            "Save the file as UTF-8 (Notepad: Save as, Encoding) and upload it again.",
            "กรุณาบันทึกไฟล์เป็น UTF-8 (Notepad: บันทึกเป็น, การเข้ารหัส) แล้วอัปโหลดใหม่",
            fields={"file": "this is UTF-16"},
        )
    started = replace(
        cursor,
        upload_id=upload_id,
        upload_state=recipient_import.MATCHING,
        upload_size=size,
        next_offset=0,
        next_line=1,
        counts={},
    )
    if not batch_store.save_cursor(message, started):
        raise TryAgain()
    queues.post(queues.PREPARE, [recipient_import.match_job(message, upload_id)])
    return overview_of(message)


def _ready_for_upload(message: Message) -> MatchingProgress:
    rules.next_state(message.state, "edit")
    cursor = batch_store.cursor(message)
    if cursor.upload_state == recipient_import.MATCHING:
        # A start whose queue message was lost is repeated by asking again; the job goes on where the cursor is.
        queues.post(queues.PREPARE, [recipient_import.match_job(message, cursor.upload_id)])
        raise StillMatching()
    return recipient_import.finish_writing(message, cursor)


def clear_targets(caller: Caller, message_id: int) -> Overview:
    """Starts a draft's target list anew. Raises MessageNotDraft."""
    message = store.announcement(caller.hospital_code, message_id)
    rules.next_state(message.state, "edit")
    cleanup.forget_later(message)
    if not store.replace(replace(message, target_list=message.target_list + 1, version=message.version + 1)):
        raise TryAgain()
    return overview_of(store.announcement(caller.hospital_code, message_id))


def refused_lines(caller: Caller, message_id: int, portion: int) -> list[tuple[int, str]]:
    """(line number, reason) of what was not taken from one portion of the last upload; portions count from 0."""
    message = store.announcement(caller.hospital_code, message_id)
    return files.report(message.key, batch_store.cursor(message).upload_id, portion)

"""The target list of a draft: fill it, or empty it (manual 3).

People come from a target file, from the hospital's bookings, or from its white list.
"""

import base64
import binascii
import secrets
from dataclasses import replace
from datetime import date

from chalicelib.caller import Caller
from chalicelib.errors import Invalid, StillMatching, TryAgain
from chalicelib.messages import cleanup, file_store, recipient_import, rules, store, target_list_store
from chalicelib.messages.actions import Overview, overview_of
from chalicelib.messages.model import UPLOAD_MATCHING, MatchingProgress, Message
from chalicelib.messages.source_model import BOOKING_STATES, BOOKINGS, WHITE_LIST, TargetSource
from chalicelib.schedules.actions import check_range


def offer_upload(caller: Caller, message_id: int, size: int) -> tuple[str, str]:
    """(upload id, URL) for a target file of exactly `size` bytes.

    PUT the file to the URL, then call `match_upload`. Raises MessageNotFound, MessageNotDraft.
    """
    message = _draft(caller, message_id)
    upload_id = secrets.token_hex(16)
    return upload_id, file_store.upload_url(message.list_key, upload_id, size)


def _draft(caller: Caller, message_id: int) -> Message:
    message = store.announcement(caller.hospital_code, message_id)
    rules.next_state(message.state, "edit")
    return message


def match_content(caller: Caller, message_id: int, content_base64: str) -> Overview:
    """Store a target file that came as base64 and start to match it.

    Raises the same errors as `match_upload`.
    """
    message = _draft(caller, message_id)
    try:
        content = base64.b64decode(content_base64, validate=True)
    except binascii.Error:
        raise Invalid(fields={"content_base64": "this is not base64"}) from None
    upload_id = secrets.token_hex(16)
    _ready_for_upload(message)
    file_store.keep(message.list_key, upload_id, content)
    return match_upload(caller, message_id, upload_id)


def match_upload(caller: Caller, message_id: int, upload_id: str) -> Overview:
    """Start to match an uploaded file with the white list.

    Its people are added to those on the target list. Overview.progress shows how far it is. Raises MessageNotFound,
    MessageNotDraft, StillMatching, and Invalid if the file cannot be read.
    """
    message = _draft(caller, message_id)
    progress = _ready_for_upload(message)
    size = file_store.size_of(message.list_key, upload_id)
    return _start(message, progress, upload_id, size, TargetSource())


def take_bookings(
    caller: Caller, message_id: int, first: date, last: date, department_id: int | None, states: frozenset[str]
) -> Overview:
    """Start to add the people who have an appointment of the caller's hospital.

    first, last: the days, both included. states: some of BOOKING_STATES; none means all. Raises MessageNotFound,
    MessageNotDraft, StillMatching, and Invalid if the days are in the wrong order or too many.
    """
    check_range(first, last)
    states = states or frozenset(BOOKING_STATES)
    source = TargetSource(BOOKINGS, first, last, department_id, states)
    return _take(caller, message_id, source, (last - first).days + 1)


def take_white_list(caller: Caller, message_id: int) -> Overview:
    """Start to add everybody on the hospital's white list.

    Raises MessageNotFound, MessageNotDraft, StillMatching.
    """
    return _take(caller, message_id, TargetSource(WHITE_LIST), 0)


def _take(caller: Caller, message_id: int, source: TargetSource, size: int) -> Overview:
    message = _draft(caller, message_id)
    return _start(message, _ready_for_upload(message), secrets.token_hex(16), size, source)


def _start(message: Message, progress: MatchingProgress, upload_id: str, size: int, source: TargetSource) -> Overview:
    """Store that the list is being made.

    It makes a new version of the message, so that nobody sends it who has seen the list as it was. Raises TryAgain.
    """
    started = replace(
        progress,
        upload_id=upload_id,
        upload_state=UPLOAD_MATCHING,
        upload_size=size,
        next_offset=0,
        next_line=1,
        counts={},
        source=source,
    )
    changed = replace(message, version=message.version + 1)
    if not store.save_with_progress(changed, progress, started):
        raise TryAgain()
    recipient_import.match_later(changed, upload_id)
    return overview_of(changed)


def _ready_for_upload(message: Message) -> MatchingProgress:
    """The progress, if no upload is being matched; else raises StillMatching."""
    progress = target_list_store.progress_of(message)
    if progress.upload_state == UPLOAD_MATCHING:
        # If the job of that upload was lost, this queues it again; it goes on from the progress.
        recipient_import.match_later(message, progress.upload_id)
        raise StillMatching()
    return recipient_import.finish_writing(message, progress)


def clear_targets(caller: Caller, message_id: int) -> Overview:
    """Give a draft a new, empty target list. Raises MessageNotFound, MessageNotDraft."""
    message = _draft(caller, message_id)
    cleanup.clean_up_later(message)
    emptied = replace(message, target_list=message.target_list + 1, version=message.version + 1)
    if not store.save(emptied):
        raise TryAgain()
    return overview_of(emptied)


def refused_lines(caller: Caller, message_id: int, chunk: int) -> list[tuple[int, str]]:
    """(line number, reason) of the refused lines of one chunk of the last upload.

    Chunks count from 0.
    """
    message = store.announcement(caller.hospital_code, message_id)
    upload_id = target_list_store.progress_of(message).upload_id
    return file_store.report(message.list_key, upload_id, chunk)

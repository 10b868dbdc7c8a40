"""Removes the target lists of announcements that were deleted, or begun anew, while they were drafts, and the files
that they were made from.

A list names up to a million people, so a function does it, some batches a run. The job is posted before the draft is
deleted, so that no death in between leaves a list behind, and comes a moment later; it looks whether the list is still
wanted. Done twice, or by two, it does the same.
"""

from chalicelib.errors import MessageNotFound
from chalicelib.messages import batch_store, files, queues, store
from chalicelib.messages.model import Message, list_key, recipient_key

# Some 50,000 people: half the time that one run of the function may take.
_BATCHES_A_RUN = 100
# Longer than deleting a draft may take; a job that came before would find it wanted.
_DELAY_SECONDS = 10


def forget_later(message: Message) -> None:
    """To be called before the message is deleted, or gets another target list."""
    job = _job(message.hospital_code, message.message_id, message.target_list, message.created_at)
    queues.post(queues.PREPARE, [job], delay_seconds=_DELAY_SECONDS)


def forget(
    hospital_code: str, message_id: int, target_list: int, created_at: str, batches: int = _BATCHES_A_RUN
) -> None:
    """Deletes a target list that nothing uses any more, with its files, at most so many of its batches; the next run
    goes on."""
    if is_wanted(hospital_code, message_id, target_list):
        return
    key = list_key(hospital_code, message_id, target_list)
    whole = files.forget(key)
    if not batch_store.erase(key, recipient_key(created_at, key), batches) or not whole:
        queues.post(queues.PREPARE, [_job(hospital_code, message_id, target_list, created_at)])


def is_wanted(hospital_code: str, message_id: int, target_list: int) -> bool:
    """Whether the announcement is there and this is its target list."""
    try:
        return store.message(hospital_code, message_id).target_list == target_list
    except MessageNotFound:
        return False


def _job(hospital_code: str, message_id: int, target_list: int, created_at: str) -> dict[str, object]:
    return {
        "do": "forget",
        "hospital_code": hospital_code,
        "message_id": message_id,
        "target_list": target_list,
        "created_at": created_at,
    }

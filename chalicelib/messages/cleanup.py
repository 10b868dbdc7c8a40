"""Delete target lists, with their files, of drafts that were deleted or emptied.

A list has up to a million people, so a job deletes it, some batches a run. The job is queued before the draft is
changed, so no list is left behind if the process ends in between. It is received some seconds later. Each run checks
that no message uses the list. Repeated or concurrent runs do no harm.
"""

from chalicelib.errors import MessageNotFound
from chalicelib.messages import file_store, job_queues, store, target_list_store
from chalicelib.messages.jobs import CleanUpTargetList
from chalicelib.messages.model import Message, inbox_key, list_key

# About 50,000 people: half of the time that one run of the function may take.
_BATCHES_PER_RUN = 100
# Longer than it takes to delete a draft: a job that is received earlier finds the list in use and ends.
_DELAY_SECONDS = 10


def clean_up_later(message: Message) -> None:
    """Queue the clean-up of the message's target list.

    To be called before the message stops using the list.
    """
    job = CleanUpTargetList(message.hospital_code, message.message_id, message.target_list, message.created_at)
    job_queues.post(job_queues.PREPARE, [job], delay_seconds=_DELAY_SECONDS)


def clean_up(job: CleanUpTargetList, max_batches: int = _BATCHES_PER_RUN) -> None:
    """Delete a target list that no message uses, at most `max_batches` batches.

    If something is left, the job is queued again.
    """
    if is_in_use(job.hospital_code, job.message_id, job.target_list):
        return
    key = list_key(job.hospital_code, job.message_id, job.target_list)
    files_gone = file_store.erase(key)
    rows_gone = target_list_store.erase(key, inbox_key(job.created_at, key), max_batches)
    if not (files_gone and rows_gone):
        job_queues.post(job_queues.PREPARE, [job])


def is_in_use(hospital_code: str, message_id: int, target_list: int) -> bool:
    """Return whether the message exists and this is its target list."""
    try:
        return store.message(hospital_code, message_id).target_list == target_list
    except MessageNotFound:
        return False

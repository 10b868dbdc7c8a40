"""Calls of a hospital's message_confirm_url (docs/announcements.md).

The URL is called once for each person who read the message.
"""

from collections.abc import Callable

from chalicelib.errors import Invalid
from chalicelib.messages import job_queues, recipient_store, store, target_list_store
from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable
from chalicelib.messages.jobs import ConfirmReading
from chalicelib.messages.model import CALL_FAILED, CALLED, CALLING, DUE, Recipient


def call_later(recipient: Recipient) -> None:
    """Queue the call for a reading."""
    job = ConfirmReading(recipient.hospital_code, recipient.message_id, recipient.batch, recipient.place)
    job_queues.post(job_queues.CONFIRM, [job])


def call(get: Callable[[str], None], job: ConfirmReading) -> None:
    """Call the URL if the call is due. A call that may have arrived is not repeated.

    get: sends the GET request. Raises ChannelUnavailable if the call certainly did not arrive and must be repeated.
    """
    message = store.message(job.hospital_code, job.message_id)
    cid = target_list_store.cids_of(message, job.batch)[job.place]
    if not recipient_store.change_confirm_state(message, cid, DUE, CALLING):
        return
    try:
        get(message.confirm_url)
        after = CALLED
    except (ChannelRefused, Invalid):
        after = CALL_FAILED
    except ChannelUnavailable as failure:
        if not failure.in_doubt:
            recipient_store.change_confirm_state(message, cid, CALLING, DUE)
            raise
        after = CALL_FAILED
    recipient_store.change_confirm_state(message, cid, CALLING, after)

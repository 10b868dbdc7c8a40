"""Jobs on the message queues.

A job holds codes, numbers and times only: no national id, no text of a person. Every job may be done twice, out of
order or late without harm, so a repair is to queue it again.
"""

import msgspec


class Job(msgspec.Struct, frozen=True, tag_field="job", tag=True):
    """A job for one message. On the queue: JSON, with the class's name under "job"."""

    hospital_code: str
    message_id: int


class MatchTargets(Job, frozen=True):
    """Match an upload with the white list, from where the progress is."""

    upload_id: str


class DispatchBatches(Job, frozen=True):
    """Queue the deliveries that are not done, from a batch on."""

    first_batch: int = 1


class StartScheduled(Job, frozen=True):
    """Start to send an announcement that is scheduled for `send_at`."""

    send_at: str


class CleanUpTargetList(Job, frozen=True):
    """Delete a target list that no message uses any more. created_at: of its message."""

    target_list: int
    created_at: str


class DeliverBatch(Job, frozen=True):
    """Hand one batch to the provider of the queue's channel."""

    batch: int


class DeliverNotices(msgspec.Struct, frozen=True, tag_field="job", tag=True):
    """Hand notices to the provider of the queue's channel.

    notices: (hospital code, message id).
    """

    notices: tuple[tuple[str, int], ...]


class ConfirmReading(Job, frozen=True):
    """Call the hospital's message_confirm_url for one reading.

    place: of the person in the batch.
    """

    batch: int
    place: int


# What the queue `message-prepare` carries, and what the queues of the channels carry.
PrepareJob = MatchTargets | DispatchBatches | StartScheduled | CleanUpTargetList
DeliveryJob = DeliverBatch | DeliverNotices

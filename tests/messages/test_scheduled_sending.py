"""The start of announcements whose time has come, run by run. In memory."""

import json
from datetime import timedelta

import pytest

from chalicelib import metrics
from chalicelib.booking import announcement_targets
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Invalid, MessageNotDraft
from chalicelib.messages import actions, job_queues, scheduled_sending, store, target_list_store, workers
from chalicelib.messages.jobs import StartScheduled
from chalicelib.messages.model import DRAFT, SCHEDULED, SENDING, MatchingProgress, Message
from tests.messages.conftest import message, record, take_jobs
from tests.messages.test_delivery import NOON, PEOPLE, FakeClock, fake_clock  # noqa: F401  a fixture

SOMCHAI = Caller("somchai", "00000")
EVENING = NOON.replace(hour=18)
START = {"job": "StartScheduled", "hospital_code": "00000", "message_id": 1, "send_at": EVENING.isoformat()}
DISPATCH = {"job": "DispatchBatches", "hospital_code": "00000", "message_id": 1, "first_batch": 1}


@pytest.fixture(autouse=True)
def draft(memory: None, fake_clock: FakeClock) -> Message:  # noqa: F811
    """A draft with two targets, at noon."""
    made = message(created_at=NOON.isoformat())
    store.put_new(made)
    assert target_list_store.decide_chunk(
        MatchingProgress(made.list_key, chunks_decided=1, chunks_written=1, batches=1), [PEOPLE]
    )
    return made


def schedule(version: int = 1, time: str = "18:00:00") -> actions.Overview:
    return scheduled_sending.schedule(SOMCHAI, 1, version, NOON.date(), time)


def stored() -> Message:
    return store.message("00000", 1)


def waiting() -> list[tuple[str, str, int]]:
    return store.scheduled_until(NOON + timedelta(days=100), 10)


def delayed() -> int:
    """How many jobs wait on the queue for their time."""
    attributes = job_queues._sqs().get_queue_attributes(
        QueueUrl=job_queues._url(job_queues.PREPARE), AttributeNames=["All"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"])


def run(fake_clock: FakeClock) -> list[dict[str, object]]:  # noqa: F811
    """One run of the scheduled function; returns the jobs that it queued."""
    scheduled_sending.queue_due()
    return take_jobs(job_queues.PREPARE)


def test_a_run_queues_what_is_due_before_the_next_one_and_leaves_the_rest(fake_clock) -> None:  # noqa: F811
    schedule()
    fake_clock.now = EVENING - timedelta(minutes=16)
    assert run(fake_clock) == []
    fake_clock.now = EVENING
    assert run(fake_clock) == [START]
    assert run(fake_clock) == [START]  # until it is started: the first job may be lost


def test_a_job_before_the_time_waits_for_it_in_the_queue(fake_clock) -> None:  # noqa: F811
    schedule()
    before = delayed()
    fake_clock.now = EVENING - timedelta(minutes=14)
    scheduled_sending.queue_due()
    assert (delayed() - before, take_jobs(job_queues.PREPARE)) == (1, [])


def test_what_is_scheduled_for_less_than_a_quarter_of_an_hour_ahead_is_queued_at_once() -> None:
    before = delayed()
    schedule(time="12:10:00")
    assert (delayed() - before, take_jobs(job_queues.PREPARE)) == (1, [])


def test_the_start_sends_once_however_often_its_job_comes(fake_clock) -> None:  # noqa: F811
    schedule()
    fake_clock.now = EVENING
    records = [record(json.dumps(START), name) for name in ("m1", "m2")]
    answer = workers.prepare(records, announcement_targets.read)
    assert answer == {"batchItemFailures": []}
    assert (stored().state, stored().version, stored().sent_at) == (SENDING, 3, EVENING.isoformat())
    assert waiting() == []
    assert take_jobs(job_queues.PREPARE) == [DISPATCH, DISPATCH]


def test_a_start_that_ended_before_it_queued_the_batches_is_finished_by_its_repeat(fake_clock) -> None:  # noqa: F811
    schedule()
    fake_clock.now = EVENING
    scheduled_sending.start(StartScheduled("00000", 1, EVENING.isoformat()))
    take_jobs(job_queues.PREPARE)  # as if they had never been queued
    scheduled_sending.start(StartScheduled("00000", 1, EVENING.isoformat()))
    assert take_jobs(job_queues.PREPARE) == [DISPATCH]
    assert stored().version == 3


def test_the_job_of_a_time_that_was_taken_back_starts_nothing(fake_clock) -> None:  # noqa: F811
    schedule()
    draft = scheduled_sending.take_back(SOMCHAI, 1, 2).message
    assert (draft, waiting()) == (stored(), [])
    assert (draft.state, draft.send_at, draft.version) == (DRAFT, "", 3)
    schedule(version=3, time="19:00:00")
    fake_clock.now = EVENING
    scheduled_sending.start(StartScheduled("00000", 1, EVENING.isoformat()))
    assert (stored().state, take_jobs(job_queues.PREPARE)) == (SCHEDULED, [])


def test_the_job_of_an_announcement_that_was_stopped_or_deleted_starts_nothing(fake_clock, draft) -> None:  # noqa: F811
    schedule()
    fake_clock.now = EVENING
    scheduled_sending.start(StartScheduled("00000", 1, EVENING.isoformat()))
    actions.stop(SOMCHAI, 1)
    take_jobs(job_queues.PREPARE)
    scheduled_sending.start(StartScheduled("00000", 1, EVENING.isoformat()))
    scheduled_sending.start(StartScheduled("00000", 2, EVENING.isoformat()))
    assert take_jobs(job_queues.PREPARE) == []


def test_the_same_schedule_and_take_back_again_are_answered_as_the_first_time() -> None:
    assert schedule() == schedule()
    assert scheduled_sending.take_back(SOMCHAI, 1, 2) == scheduled_sending.take_back(SOMCHAI, 1, 2)


def test_a_version_that_somebody_has_changed_is_neither_scheduled_nor_taken_back() -> None:
    actions.edit(SOMCHAI, 1, 1, "ใหม่", "ข", frozenset({"app"}))
    with pytest.raises(EditConflict):
        schedule(version=1)
    schedule(version=2)
    with pytest.raises(EditConflict):
        scheduled_sending.take_back(SOMCHAI, 1, 2)
    assert stored().state == SCHEDULED


def test_what_is_scheduled_is_neither_edited_nor_sent_nor_scheduled_again_nor_deleted() -> None:
    schedule()
    for change in (
        lambda: actions.edit(SOMCHAI, 1, 2, "ใหม่", "ข", frozenset({"app"})),
        lambda: actions.send(SOMCHAI, 1, 2),
        lambda: schedule(version=2, time="19:00:00"),
        lambda: actions.delete(SOMCHAI, 1),
    ):
        with pytest.raises(MessageNotDraft):
            change()
    assert (stored().state, stored().version) == (SCHEDULED, 2)


@pytest.mark.parametrize("minutes", [-1, 4, 60 * 24 * 60 + 1])
def test_a_time_that_is_over_too_near_or_too_far_is_refused(minutes: int) -> None:
    at = NOON + timedelta(minutes=minutes)
    with pytest.raises(Invalid):
        scheduled_sending.schedule(SOMCHAI, 1, 1, at.date(), f"{at:%H:%M:%S}")
    assert (stored().state, waiting()) == (DRAFT, [])


@pytest.mark.parametrize("minutes", [5, 60 * 24 * 60])
def test_a_time_may_be_five_minutes_or_sixty_days_ahead(minutes: int) -> None:
    at = NOON + timedelta(minutes=minutes)
    scheduled_sending.schedule(SOMCHAI, 1, 1, at.date(), f"{at:%H:%M:%S}")
    assert (stored().state, waiting()) == (SCHEDULED, [(at.isoformat(), "00000", 1)])


def test_what_has_waited_for_half_an_hour_beyond_its_time_is_counted_as_late(fake_clock) -> None:  # noqa: F811
    schedule()
    counts = []
    for minutes in (0, 30, 31):
        fake_clock.now = EVENING + timedelta(minutes=minutes)
        metrics._numbers().clear()
        scheduled_sending.queue_due()
        counts.append(metrics._numbers()["late_announcements"])
    assert counts == [0, 0, 1]

"""The queue functions: which jobs come back, and what the log says. In memory."""

import json
import logging
from datetime import timedelta

import boto3
import pytest

from chalicelib.booking import announcement_targets
from chalicelib.messages import job_queues, store, workers
from chalicelib.messages.channels import ChannelUnavailable
from chalicelib.messages.job_queues import decode, encode
from chalicelib.messages.jobs import ConfirmReading, DeliverBatch, DispatchBatches, MatchTargets, PrepareJob
from chalicelib.messages.model import APP, SENDING
from chalicelib.messages.notices import Notice, notify
from chalicelib.settings import settings
from infra.local.event_sources import sqs_record
from tests.messages.conftest import message, record, take_jobs
from tests.messages.test_delivery import Provider, fake_clock  # noqa: F401  a fixture

ID = "1111111111119"


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(each.getMessage()) for each in caplog.records if each.name == "moph"]


@pytest.fixture(autouse=True)
def log_level(caplog: pytest.LogCaptureFixture):
    logger = logging.getLogger("moph")
    before, logger.propagate = logger.propagate, True
    caplog.set_level(logging.INFO, logger="moph")
    yield
    logger.propagate = before


@pytest.mark.parametrize(
    "body",
    [
        "not JSON",
        ID,
        json.dumps({"job": "SendToEverybody", "hospital_code": "00000", "message_id": 1}),
        json.dumps({"job": "DispatchBatches", "hospital_code": "00000", "message_id": ID}),
        encode(DeliverBatch("00000", 1, batch=1)),  # a job of another queue
    ],
)
def test_a_body_that_is_no_job_comes_back_and_its_fault_is_logged_with_file_and_line(caplog, body):
    """What comes back five times is moved to the dead-letter queue."""
    answer = workers.prepare([record(body)], announcement_targets.read)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    fault, done = logged(caplog)
    assert str(fault["fault"]).startswith("msgspec")
    assert any(place.startswith("messages/job_queues.py:") for place in fault["where"])
    assert (fault["queue"], done["queue"], done["receives"]) == ("message-prepare", "message-prepare", 1)
    assert str(done["outcome"]).startswith("fault ")
    assert ID not in caplog.text


def test_a_fault_in_a_job_is_logged_with_its_place_and_numbers_and_without_its_words(caplog):
    def get(url: str) -> None:
        raise RuntimeError(f"{ID} could not be called")

    workers.confirm([record(encode(ConfirmReading("00000", 1, batch=2, place=3)))], get)
    fault, done = logged(caplog)
    assert fault["where"][-1].split(":")[0].endswith(".py")
    numbers = {"job": "ConfirmReading", "hospital_code": "00000", "message_id": 1, "batch": 2, "place": 3}
    assert numbers.items() <= fault.items()
    assert numbers.items() <= done.items()
    assert ID not in caplog.text


def test_one_bad_job_does_not_stop_the_others_of_its_event(memory, caplog):
    store.put_new(message(state=SENDING))
    records = [record("not JSON", "bad"), record(encode(DispatchBatches("00000", 1)), "good")]
    assert workers.prepare(records, announcement_targets.read) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert logged(caplog)[-1] == {
        "queue": "message-prepare",
        "receives": 1,
        "job": "DispatchBatches",
        "hospital_code": "00000",
        "message_id": 1,
        "first_batch": 1,
        "outcome": "done",
    }


def test_a_message_of_a_deleted_draft_has_nothing_to_match(memory):
    records = [record(encode(MatchTargets("00000", 1, upload_id="a")))]
    assert workers.prepare(records, announcement_targets.read) == {"batchItemFailures": []}
    assert take_jobs("message-prepare") == []


@pytest.mark.parametrize(
    ("job", "body"),
    [
        (
            MatchTargets("00000", 1, upload_id="a"),
            {"job": "MatchTargets", "hospital_code": "00000", "message_id": 1, "upload_id": "a"},
        ),
        (
            DispatchBatches("00000", 1, first_batch=3),
            {"job": "DispatchBatches", "hospital_code": "00000", "message_id": 1, "first_batch": 3},
        ),
    ],
)
def test_a_job_is_read_as_it_was_written(job, body):
    assert json.loads(encode(job)) == body
    assert decode(encode(job), PrepareJob) == job


def test_notices_for_which_an_event_has_no_time_left_come_back_without_a_doubt(memory, fake_clock):  # noqa: F811
    """A provider that does not answer takes all the time of an event.

    The last jobs of the event were certainly not sent.
    """
    notify([Notice("accepted", "00000", "รพ.ทดสอบระบบ", ID, "ข่าว", "รับนัดแล้ว", "accepted-1-1")])
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=settings().queue(job_queues.DELIVER[APP]))["QueueUrl"]
    jobs = [sqs_record(each, url) for each in sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]]
    provider = Provider()
    failed = workers.deliver(APP, provider, jobs, seconds=-1.0)
    assert failed == {"batchItemFailures": [{"itemIdentifier": jobs[0]["messageId"]}]}
    assert provider.batches == []
    fake_clock.now += timedelta(days=3)
    assert workers.deliver(APP, provider, jobs) == {"batchItemFailures": []}
    assert len(provider.batches) == 1


def test_a_job_that_cannot_be_postponed_comes_back_alone(memory, fake_clock, caplog):  # noqa: F811
    """SQS does not know the receipt of the first job."""
    for n in range(2):
        notify([Notice("accepted", "00000", "รพ.ทดสอบระบบ", ID, "ข่าว", "รับนัดแล้ว", f"accepted-{n}-1")])
    bodies = [json.dumps(job) for job in take_jobs(job_queues.DELIVER[APP])]
    records = [record(body, f"m{n}") for n, body in enumerate(bodies)]
    answer = workers.deliver(APP, Provider([ChannelUnavailable("for a test", in_doubt=False)]), records)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert [line["outcome"] for line in logged(caplog) if "outcome" in line] == ["ChannelUnavailable", "done"]

"""A draft is sent with the target list that the sender saw, or not at all."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest

from chalicelib.booking import announcement_targets
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, MessageNotDraft, TryAgain
from chalicelib.messages import actions, job_queues, recipient_import, store, target_list_store, target_lists
from chalicelib.messages.jobs import MatchTargets
from chalicelib.messages.model import DRAFT, SENDING, Message
from chalicelib.people import store as people_store
from chalicelib.people.model import Person, PersonEntry
from chalicelib.tables import MessageItem
from tests.booking.hospital_in_memory import before_send
from tests.client import new_cid
from tests.messages.conftest import message, take_jobs

SOMCHAI, MALEE = Caller("somchai", "00000"), Caller("malee", "00000")
ADDED = "2026-11-23T12:00:00+07:00"


@pytest.fixture(autouse=True)
def shown(memory: None) -> Message:
    """A draft with one target, as it is shown; the white list has three others."""
    store.put_new(message())
    entries = [PersonEntry(Person(new_cid(), "นาย", "มี", "ชื่อ", 1), "00000", "staff", ADDED) for _ in range(4)]
    people_store.add_to_white_list("00000", entries[:1])
    add_white_list()
    match()
    people_store.add_to_white_list("00000", entries[1:])
    overview = actions.overview(SOMCHAI, 1)
    assert (overview.totals.targets, overview.progress.upload_state) == (1, "matched")
    return overview.message


def add_white_list() -> None:
    target_lists.take_white_list(MALEE, 1)


def match() -> None:
    for job in take_jobs(job_queues.PREPARE):
        assert job.pop("job") == "MatchTargets"
        recipient_import.run(MatchTargets(**job), announcement_targets.read)


def before_saving_the_message(do: Any) -> Any:
    """Do something once, between what a request has read and its write of the message."""
    left = [do]

    def overtake(request: AWSRequest, **_: Any) -> None:
        if json.loads(request.body)["TableName"] == MessageItem.Meta.table_name and left:
            left.pop()()

    return before_send("PutItem", overtake)


def test_what_was_seen_before_people_were_added_is_not_sent(shown: Message) -> None:
    add_white_list()
    match()
    with pytest.raises(EditConflict):
        actions.send(SOMCHAI, 1, shown.version)
    now_shown = actions.overview(SOMCHAI, 1)
    assert (now_shown.message.state, now_shown.totals.targets) == (DRAFT, 4)
    assert actions.send(SOMCHAI, 1, now_shown.message.version).message.state == SENDING


def test_people_whose_adding_begins_while_the_send_is_under_way_are_not_sent_to(shown: Message) -> None:
    with before_saving_the_message(add_white_list), pytest.raises(TryAgain):
        actions.send(SOMCHAI, 1, shown.version)
    with pytest.raises(EditConflict):  # the repeat, which every client makes after TryAgain
        actions.send(SOMCHAI, 1, shown.version)
    assert store.message("00000", 1).state == DRAFT


def test_of_what_is_sent_while_people_are_about_to_be_added_the_list_stays_as_it_was(shown: Message) -> None:
    sent = []

    def send_first(**_: Any) -> None:
        if not sent:
            sent.append(actions.send(SOMCHAI, 1, shown.version))

    with before_send("TransactWriteItems", send_first), pytest.raises(TryAgain):
        add_white_list()
    with pytest.raises(MessageNotDraft):
        add_white_list()
    assert target_list_store.progress_of(shown).upload_state == "matched"
    assert actions.overview(SOMCHAI, 1).totals.targets == 1

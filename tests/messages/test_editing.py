"""Edits of one draft: repeated after a lost answer, and by two people. In memory."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, MessageNotDraft, MessageNotFound
from chalicelib.messages import actions, store
from chalicelib.messages.actions import Overview
from chalicelib.messages.model import SENDING, Message
from tests.messages.conftest import message

SOMCHAI, MALEE = Caller("somchai", "00000"), Caller("malee", "00000")
BOTH = frozenset({"app", "line"})


@pytest.fixture(autouse=True)
def draft(memory: None) -> Message:
    made = message()
    store.put_new(made)
    return made


def edit(caller: Caller, title: str = "ใหม่", version: int = 1, content: str = "ข") -> Overview:
    return actions.edit(caller, 1, version, title, content, BOTH)


def test_the_same_edit_again_is_answered_as_the_first_time() -> None:
    first = edit(SOMCHAI)
    assert edit(SOMCHAI) == first
    assert store.message("00000", 1) == first.message
    assert first.message.version == 2


def test_the_same_edit_by_somebody_else_is_a_conflict() -> None:
    edit(SOMCHAI)
    with pytest.raises(EditConflict):
        edit(MALEE)


def test_another_edit_at_a_version_that_is_gone_is_a_conflict_that_shows_both() -> None:
    edit(SOMCHAI, "แรก")
    with pytest.raises(EditConflict) as conflict:
        edit(SOMCHAI, "หลัง")
    yours, theirs = conflict.value.details["yours"], conflict.value.details["theirs"]
    assert yours == {"title": "หลัง", "content": "ข", "app": True, "line": True, "version": 1}
    assert theirs == {"title": "แรก", "content": "ข", "app": True, "line": True, "version": 2}


def test_the_same_edit_again_after_another_one_is_a_conflict() -> None:
    edit(SOMCHAI)
    edit(SOMCHAI, content="ค", version=2)
    edit(SOMCHAI, version=3)
    with pytest.raises(EditConflict):
        edit(SOMCHAI)


def test_an_edit_of_a_draft_that_was_sent_or_deleted_meanwhile_is_refused(draft: Message) -> None:
    first = edit(SOMCHAI).message
    assert store.save(replace(first, state=SENDING, version=3))
    with pytest.raises(MessageNotDraft):
        edit(SOMCHAI)
    store.delete(store.message("00000", 1))
    with pytest.raises(MessageNotFound):
        edit(SOMCHAI)


def test_an_announcement_is_kept_for_two_years_and_an_edit_does_not_prolong_that() -> None:
    somebody = Caller("somchai", "00001")
    made = actions.create(somebody, "ข่าว", "เชิญ", BOTH).message
    after = actions.edit(somebody, made.message_id, 1, "ใหม่", "ข", BOTH).message
    two_years_later = datetime.fromisoformat(made.created_at) + timedelta(days=730)
    stored = store.message("00001", made.message_id)
    assert (made.expires_at, after.expires_at, stored.expires_at) == (two_years_later,) * 3

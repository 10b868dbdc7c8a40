"""Match target files with the white list, chunk by chunk. In memory, one thread."""

import json
from dataclasses import replace

import pytest

from chalicelib.booking import announcement_targets
from chalicelib.errors import TryAgain
from chalicelib.messages import (
    file_store,
    job_queues,
    recipient_import,
    recipient_store,
    rules,
    store,
    target_list_store,
)
from chalicelib.messages.jobs import MatchTargets
from chalicelib.messages.model import UPLOAD_MATCHED, UPLOAD_MATCHING, MatchingProgress, Target
from infra.aws import template
from tests.messages.conftest import message, take_jobs

JOB = MatchTargets("00000", 1, "upload")


def uploaded(lines: int) -> MatchingProgress:
    """The progress of a draft after the upload of a file with so many bad lines.

    None of the lines is a national id.
    """
    draft = message()
    assert store.put_new(draft)
    content = b"x\n" * lines
    file_store.keep(draft.list_key, JOB.upload_id, content)
    nothing = target_list_store.progress_of(draft)
    ready = replace(nothing, upload_id=JOB.upload_id, upload_state=UPLOAD_MATCHING, upload_size=len(content))
    assert target_list_store.save_progress(nothing, ready)
    return ready


def progress() -> MatchingProgress:
    return target_list_store.progress_of(message())


def test_a_run_that_is_out_of_time_stops_after_a_chunk_and_the_next_one_goes_on_there(memory: None) -> None:
    uploaded(lines=2 * rules.CHUNK_LINES + 1)

    recipient_import.run(JOB, announcement_targets.read, seconds=0)

    assert progress().next_line == rules.CHUNK_LINES + 1
    (next_run,) = take_jobs(job_queues.PREPARE)
    assert (next_run["job"], next_run["upload_id"]) == ("MatchTargets", JOB.upload_id)
    recipient_import.run(JOB, announcement_targets.read)
    assert progress().upload_state == UPLOAD_MATCHED
    assert take_jobs(job_queues.PREPARE) == []


def test_a_run_begins_its_last_chunk_long_before_the_functions_time_limit() -> None:
    config = json.loads((template.CHALICE / "config.json").read_text(encoding="utf-8"))
    limit = config["lambda_functions"]["message_prepare"]["lambda_timeout"]
    assert limit >= 2 * recipient_import.RUN_SECONDS


def test_a_function_that_ends_late_leaves_the_upload_that_began_meanwhile_as_it_is(memory: None) -> None:
    """The next file is uploaded before the function has finished the last one.

    The function has decided the last chunk, but has not yet noted that its recipients are written.
    """
    draft = message()
    first = replace(target_list_store.progress_of(draft), upload_id="first", upload_state=UPLOAD_MATCHED)
    decided = replace(first, chunks_decided=1, batches=1)
    assert target_list_store.decide_chunk(decided, [[Target("1111111111119", "ก")]])
    ready = recipient_import.finish_writing(draft, decided)
    second = replace(ready, upload_id="second", upload_state=UPLOAD_MATCHING)
    assert target_list_store.save_progress(ready, second)

    with pytest.raises(TryAgain):
        recipient_import.finish_writing(draft, decided)

    assert target_list_store.progress_of(draft) == second


def test_an_upload_is_shown_as_matching_until_its_recipients_are_stored_and_a_repeated_job_stores_them(
    memory: None,
) -> None:
    """The function that decided the last chunk ends before it writes its recipients."""
    draft, cid = message(), "1111111111119"
    assert store.put_new(draft)
    nothing = target_list_store.progress_of(draft)
    decided = replace(nothing, upload_id=JOB.upload_id, upload_state=UPLOAD_MATCHED, chunks_decided=1, batches=1)
    assert target_list_store.decide_chunk(decided, [[Target(cid, "ก")]])
    assert progress().shown_state == UPLOAD_MATCHING

    for _ in range(2):
        recipient_import.run(JOB, announcement_targets.read)

    assert progress().shown_state == UPLOAD_MATCHED
    assert list(recipient_store.of_message(draft, [cid])) == [cid]
    assert take_jobs(job_queues.PREPARE) == []


def test_of_two_uploads_that_begin_at_once_one_is_told_to_try_again(memory: None) -> None:
    draft = message()
    nothing = target_list_store.progress_of(draft)
    first, second = (replace(nothing, upload_id=name, upload_state=UPLOAD_MATCHING) for name in ("first", "second"))

    assert target_list_store.save_progress(nothing, first)

    assert not target_list_store.save_progress(nothing, second)
    assert target_list_store.progress_of(draft) == first

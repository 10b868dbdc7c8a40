"""Targets from bookings and white list, if functions are killed or run twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.errors import TryAgain
from chalicelib.messages import job_queues, recipient_import, recipient_store, rules, store, target_list_store
from chalicelib.messages.jobs import MatchTargets
from chalicelib.messages.model import UPLOAD_MATCHED, UPLOAD_MATCHING, Target
from chalicelib.messages.recipient_import import ReadBookings
from chalicelib.messages.source_model import BOOKINGS, WHITE_LIST, SourceRow, TargetSource
from chalicelib.people import store as people_store
from chalicelib.people.model import Person, PersonEntry
from tests.client import new_cid
from tests.messages.conftest import message, take_jobs

JOB = MatchTargets("00000", 1, "upload")
DAY = date(2026, 12, 1)
ADDED = "2026-11-23T12:00:00+07:00"
CIDS = [new_cid() for _ in range(30)]
# Two chunks and a row: most rows are appointments that were not chosen, and everybody has two that were.
ROWS = 2 * rules.CHUNK_LINES + 1
CHOSEN = {number * 170: CIDS[number % len(CIDS)] for number in range(2 * len(CIDS))}


class Killed(Exception):
    """The function ends here."""


def rows(_hospital_code: str, source: TargetSource) -> Iterator[SourceRow]:
    begin = int(source.after or -1) + 1
    for number in range(begin, ROWS):
        yield SourceRow(CHOSEN.get(number, ""), str(number))


def killed_at(row: int) -> ReadBookings:
    def read(hospital_code: str, source: TargetSource) -> Iterator[SourceRow]:
        for each in rows(hospital_code, source):
            if int(each.position) == row:
                raise Killed
            yield each

    return read


@pytest.fixture(autouse=True)
def started(memory: None) -> None:
    draft = message()
    assert store.put_new(draft)
    nothing = target_list_store.progress_of(draft)
    source = TargetSource(BOOKINGS, DAY, DAY + timedelta(days=6), states=frozenset({"accepted"}))
    ready = replace(nothing, upload_id=JOB.upload_id, upload_state=UPLOAD_MATCHING, upload_size=7, source=source)
    assert target_list_store.save_progress(nothing, ready)
    entries = [PersonEntry(Person(cid, "นาย", "มี", "ชื่อ", 1), "00000", "staff", ADDED) for cid in CIDS]
    for entry in entries:
        people_store.register(entry)


def in_batches() -> list[str]:
    draft = message()
    return [cid for batch in target_list_store.batches(draft) for cid in target_list_store.cids_of(draft, batch.number)]


def check_everybody_is_a_target_once() -> None:
    assert sorted(in_batches()) == sorted(CIDS)
    assert {each.name for each in recipient_store.of_message(message(), CIDS).values()} == {"นายมี ชื่อ"}
    assert len(recipient_store.of_message(message(), CIDS)) == len(CIDS)


@pytest.mark.parametrize("row", [0, 100, rules.CHUNK_LINES, rules.CHUNK_LINES + 3_000, ROWS - 1])
def test_a_run_that_is_killed_is_repeated_and_ends_with_the_same_recipients(row: int) -> None:
    with pytest.raises(Killed):
        recipient_import.run(JOB, killed_at(row))
    recipient_import.run(JOB, rows)
    check_everybody_is_a_target_once()


def test_recipients_that_a_killed_function_did_not_write_are_written_with_their_names() -> None:
    before = target_list_store.progress_of(message())
    decided = replace(before, chunks_decided=1, batches=1, source=replace(before.source, after="200"))
    assert target_list_store.decide_chunk(decided, [[Target(CIDS[0], "นายมี ชื่อ"), Target(CIDS[1], "นายมี ชื่อ")]])
    recipient_import.run(JOB, rows)
    check_everybody_is_a_target_once()


def test_of_two_functions_that_read_the_same_rows_one_decides() -> None:
    def overtaken(hospital_code: str, source: TargetSource) -> Iterator[SourceRow]:
        for each in rows(hospital_code, source):
            if int(each.position) == 300:
                recipient_import.run(JOB, rows)  # the other one reads, decides and writes everything in the meantime
            yield each

    with pytest.raises(TryAgain):
        recipient_import.run(JOB, overtaken)
    check_everybody_is_a_target_once()


def test_without_the_condition_on_the_progress_people_would_be_in_two_batches() -> None:
    """The negative control: the second function decides behind the first one's."""
    stale = target_list_store.progress_of(message())
    recipient_import.run(JOB, rows)
    after = target_list_store.progress_of(message())
    forced = replace(stale, chunks_decided=after.chunks_decided + 1, batches=after.batches + 1)
    assert target_list_store.decide_chunk(forced, [[Target(cid, "") for cid in CIDS]])
    assert len(in_batches()) == 2 * len(CIDS)


def test_the_job_of_the_next_run_names_nobody_and_the_position_is_gone_at_the_end() -> None:
    recipient_import.run(JOB, rows, seconds=0)
    assert target_list_store.progress_of(message()).source.after == str(rules.CHUNK_LINES - 1)
    (job,) = take_jobs(job_queues.PREPARE)
    assert job == {"job": "MatchTargets", "hospital_code": "00000", "message_id": 1, "upload_id": "upload"}
    recipient_import.run(JOB, rows)
    done = target_list_store.progress_of(message())
    assert (done.upload_state, done.source.after, done.next_line) == (UPLOAD_MATCHED, "", ROWS + 1)


def test_the_white_list_is_read_page_by_page_and_only_who_is_still_on_it_becomes_a_target() -> None:
    before = target_list_store.progress_of(message())
    listed = replace(before, upload_size=0, source=TargetSource(WHITE_LIST))
    assert target_list_store.save_progress(before, listed)
    entries = [PersonEntry(Person(cid, "นาง", "ในรายชื่อ", "", 2), "00000", "staff", ADDED) for cid in CIDS[:5]]
    people_store.add_to_white_list("00000", entries)
    elsewhere = [PersonEntry(Person(CIDS[6], "นาง", "ที่อื่น", "", 2), "00001", "staff", ADDED)]
    people_store.add_to_white_list("00001", elsewhere)
    people_store.remove_from_white_list("00000", CIDS[4])
    recipient_import.run(JOB, killed_at(0))
    assert sorted(in_batches()) == sorted(CIDS[:4])

"""When the local feeder runs a function.

How it hears of new records on a stream, and which lines of a log it reads.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chalice import Cron, Rate

from infra.local.event_sources import complete_lines, is_due, seconds_of
from infra.local.local_stack import LocalStack
from infra.local.stream_poll import StreamPoll
from tests.client import Client
from tests.hospitals import Hospital
from tests.waiting import eventually

EVERY = 900.0


@pytest.mark.parametrize(
    ("last", "now", "runs"),
    [
        (None, 10_000.0, True),
        ("10000.0", 10_001.0, False),
        ("10000.0", 10_899.0, False),
        ("10000.0", 10_900.0, True),
        ("10000.0", 90_000.0, True),  # it stood still for a day: once, not a time for each that was missed
        ("10000.0", 9_000.0, True),  # the clock was put back
    ],
)
def test_a_function_runs_when_its_time_has_come_however_long_nothing_ran(
    last: str | None, now: float, runs: bool
) -> None:
    assert is_due(last, now, EVERY) is runs


def test_a_rate_is_understood_and_a_cron_is_refused_at_the_start() -> None:
    assert seconds_of(Rate(15, unit=Rate.MINUTES)) == 900
    assert seconds_of(Rate(1, unit=Rate.HOURS)) == 3600
    with pytest.raises(ValueError, match="only rates"):
        seconds_of(Cron(0, 18, "*", "*", "?", "*"))


def open_schedule(staff: Client, hospital: Hospital) -> None:
    line = {"period_id": 1, "department_id": 1, "room_id": 1, "capacity": 1}
    body = {"date": hospital.new_day().isoformat(), "lines": [line]}
    assert staff.call("POST", "/api/dashboard/schedules", body=body).status == 200


def test_the_engine_answers_when_a_stream_has_had_more_records_than_the_client_knows(
    local_stack: LocalStack, staff: Client, hospital: Hospital
) -> None:
    stream_poll = StreamPoll(local_stack.endpoint, {})
    known = sum(stream_poll.positions(after=-1).values())
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(stream_poll.positions, known)
        open_schedule(staff, hospital)

        assert sum(answer.result().values()) > known


def test_every_reader_of_a_stream_hears_of_its_records(
    local_stack: LocalStack, staff: Client, hospital: Hospital
) -> None:
    ending, heard = threading.Event(), {"first": 0, "second": 0}
    stream_poll = StreamPoll(local_stack.endpoint, dict.fromkeys(heard, "moph-local-schedules"))

    def read(reader: str) -> None:
        while not ending.is_set():
            stream_poll.wait(reader)
            heard[reader] += 1

    threads = [threading.Thread(target=read, args=(reader,)) for reader in heard]
    threads.append(threading.Thread(target=stream_poll.run, args=(ending,)))
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: min(heard.values()), "both begin with what is there")
        before = dict(heard)
        open_schedule(staff, hospital)
        eventually(lambda: all(heard[reader] > before[reader] for reader in heard), "both hear of the new schedule")
    finally:
        ending.set()
        open_schedule(staff, hospital)  # ends the long poll
        stream_poll.stop_waiting()
        for thread in threads:
            thread.join()


def test_a_log_is_read_from_where_the_last_reading_ended_and_a_line_only_when_it_is_complete(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    assert complete_lines(log, 0) == ([], 0)  # not there yet
    log.write_text("one\ntwo\nthr")
    assert complete_lines(log, 0) == (["one", "two"], 8)
    assert complete_lines(log, 8) == ([], 8)
    log.write_text("one\ntwo\nthree\n")
    assert complete_lines(log, 8) == (["three"], 14)


def test_a_log_that_is_shorter_than_before_is_a_new_one_and_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("new\n")
    assert complete_lines(log, 14) == (["new"], 4)

"""A recorded concurrent history, with API processes killed during requests.

Its checker must be able to fail.
"""

import os
from dataclasses import replace

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client
from tests.concurrency import rounds
from tests.concurrency.client_pool import ClientPool
from tests.concurrency.desk_clients import Decision, Edit
from tests.concurrency.history import CountReading, Entry, History, contradictions
from tests.invariants import Rows
from tests.staffed_hospital import StaffedHospital

SECONDS = float(os.environ.get("HISTORY_SECONDS", "8"))


@pytest.mark.large  # `make soak` at the size of a test; the checker is tested below
def test_everything_that_was_told_while_api_processes_were_killed_is_true(
    local_stack: LocalStack, staffed: StaffedHospital, his: Client, app_client: Client, client_pool: ClientPool
) -> None:
    played = rounds.play(client_pool, local_stack, staffed, his, app_client, SECONDS)

    assert played.contradictions == [], played.line
    assert rounds.notices_missing(local_stack, staffed, app_client, played.moved) == []
    assert played.kills > 0
    assert len(played.history.entries) > 50
    assert len(played.history.readings) > 10
    assert any(one.status == 200 for one in played.edits)
    assert any(one.status == 200 for one in played.decisions)


def entry(cid: str, source: int, target: int, at: float, result: int, status: int = 200) -> Entry:
    return Entry(cid, source, target, 0, at, at + 1, status, "OK", result)


def test_the_checker_names_a_lost_booking_a_shared_place_and_a_wrong_count() -> None:
    booked = entry("one", 0, 7, 0.0, 70)
    nothing = Rows([], [])

    lost = contradictions(History([booked], []), nothing)
    shared = contradictions(History([booked, replace(booked, cid="two", began=5, ended=6)], []), nothing)
    miscounted = contradictions(History([booked], [CountReading(7, 0, 3.0, 4.0)]), nothing)

    assert any("acknowledged and lost" in one for one in lost)
    assert any("at once" in one for one in shared)
    assert any("0 taken were seen, 1 to 1" in one for one in miscounted)


def test_the_checker_names_a_version_that_was_changed_twice() -> None:
    edit = Edit(7, 1, 5, True, 200, "OK", {})
    accepted = Decision("accept", "slip", 4, 200, "OK", {"version": 5})

    assert rounds.changed_twice([edit, edit], [accepted]) == []
    assert rounds.changed_twice([edit, replace(edit, capacity=6)], []) != []
    assert rounds.changed_twice([], [accepted, replace(accepted, event="reject")]) != []

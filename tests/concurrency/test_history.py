"""A recorded concurrent history with API processes killed in the middle; its checker must be able to fail."""

import os
from dataclasses import replace

from infra.local.centre import Centre
from tests.client import Client, in_days, new_cid
from tests.concurrency.crowd import Crowd
from tests.concurrency.history import Entry, History, Sight, after, contradictions
from tests.invariants import Rows

SECONDS = float(os.environ.get("HISTORY_SECONDS", "8"))


def test_everything_that_was_told_while_api_processes_were_killed_is_true(
    centre: Centre, his: Client, crowd: Crowd
) -> None:
    day, schedules = next(
        (day, fresh[:3])
        for day in map(in_days, range(12, 31))
        if len(fresh := [s["schedule_id"] for s in his.schedules(day) if s["available_slot"] == 20]) >= 3
    )
    given = [(his.token, day.isoformat(), schedules, [new_cid() for _ in range(4)]) for _ in range(16)]

    history, found = after(crowd, centre, given, SECONDS, capacity=20)

    assert found == []
    assert history.kills > 0
    assert len(history.entries) > 50
    assert len(history.sights) > 10


def entry(cid: str, source: int, target: int, at: float, result: int, status: int = 200) -> Entry:
    return Entry(cid, source, target, 0, at, at + 1, status, "OK", result)


def test_the_checker_names_a_lost_booking_a_shared_place_and_a_wrong_count() -> None:
    booked = entry("one", 0, 7, 0.0, 70)
    nothing = Rows([], [])

    lost = contradictions(History([booked], [], 0), nothing, 20)
    shared = contradictions(History([booked, replace(booked, cid="two", began=5, ended=6)], [], 0), nothing, 20)
    miscounted = contradictions(History([booked], [Sight(7, 20, 3.0, 4.0)], 0), nothing, 20)

    assert any("acknowledged and lost" in one for one in lost)
    assert any("at once" in one for one in shared)
    assert any("0 taken were seen, 1 to 1" in one for one in miscounted)

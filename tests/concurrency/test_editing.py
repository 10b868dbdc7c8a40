"""Schedules are edited while people book in them: places, `enabled` and times.

Nobody's place is lost, no edit is, and nobody gets below what is booked.
"""

import re
from collections.abc import Iterator
from itertools import groupby

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import desk_clients, naive
from tests.concurrency.client_pool import ClientPool
from tests.concurrency.desk_clients import Edit, PeopleLog
from tests.hospitals import Hospital
from tests.invariants import Rows, rows_of, violations
from tests.manual import desk_client
from tests.staffed_hospital import StaffedHospital


@pytest.fixture(autouse=True)
def invariants_hold_afterwards(local_stack: LocalStack, hospital: Hospital) -> Iterator[None]:
    yield
    assert violations(rows_of(local_stack.endpoint, hospital_code=hospital.code)) == []


def lost_edits(code: str, edits: list[Edit], rows: Rows) -> list[str]:
    """Edits that were acknowledged but lost.

    Of two edits of one version only one may be acknowledged, unless they say the same. The schedule ends as the last
    acknowledged edit says.
    """
    found = []
    done = sorted((one for one in edits if one.status == 200), key=lambda one: (one.schedule_id, one.version))
    for (schedule, version), same in groupby(done, key=lambda one: (one.schedule_id, one.version)):
        if len({(one.capacity, one.online) for one in same}) > 1:
            found.append(f"{schedule}: version {version} was edited twice")
    for schedule, its in groupby(done, key=lambda one: one.schedule_id):
        *_, last = its
        row = rows.schedule(schedule, code)
        if (row["capacity"], row["online"], row["version"]) != (last.capacity, last.online, last.version + 1):
            found.append(f"{schedule}: the last edit was {last}, the table says {row['capacity']}, {row['online']}")
    return found


def test_schedules_are_edited_up_and_down_while_people_book_cancel_and_move(
    local_stack: LocalStack, staffed: StaffedHospital, urls: list[str], app_client: Client, client_pool: ClientPool
) -> None:
    day = desk_client.new_day()
    schedules = staffed.open(day, 6)
    people = [[new_cid(), new_cid()] for _ in range(12)]
    actions = ["cancel", "postpone"]
    comers = [
        (desk_clients.come_and_go, (urls, app_client.token, staffed.code, schedules, cids, actions, 9))
        for cids in people
    ]
    editors = [
        (desk_clients.edit, (urls, staffed.clerks[n % 3].token, day.isoformat(), schedules, 9, 12)) for n in range(4)
    ]
    keepers = [(desk_clients.move_periods, (urls, staffed.clerks[n].token, 6)) for n in range(2)]

    answers = client_pool.run(desk_clients.run_task, [*comers, *editors, *keepers])

    logs: list[PeopleLog] = answers[: len(comers)]
    edits: list[Edit] = [one for desk_of in answers[len(comers) : -len(keepers)] for one in desk_of]
    answer_codes = {code for one in logs for _, _, code in one.answers}
    assert answer_codes <= {"OK", "SlotsFull", "AlreadyBooked", "ScheduleNotOnline"}
    assert {code for codes in answers[-len(keepers) :] for code in codes} <= {"OK", "EditConflict"}
    assert {one.code for one in edits} <= {"OK", "EditConflict", "BelowBooked"}
    for one in edits:
        if one.code == "BelowBooked":
            booked = re.fullmatch(r"(\d+) places are booked", one.fields["capacity"])
            assert booked, one
            assert int(booked[1]) > one.capacity, one
    rows = rows_of(local_stack.endpoint)
    held = {cid: place for one in logs for cid, place in one.held.items() if place}
    assert held == {
        one["cid"]: (int(one["schedule_id"]), int(one["appointment_id"]))
        for schedule in schedules
        for one in rows.holders(schedule, staffed.code)
    }
    assert lost_edits(staffed.code, edits, rows) == []
    assert {row["time_start"] for row in desk_client.table(staffed.clerk, day)} == {"08:00:00", "09:00:00"}


def test_below_what_is_booked_is_a_refusal_that_says_how_many_and_changes_nothing(
    staffed: StaffedHospital, app_client: Client
) -> None:
    day = desk_client.new_day()
    (schedule,) = staffed.open(day, 5, rooms=1, periods=1)
    for _ in range(3):
        app_client.book(schedule, new_cid())
    before = desk_client.table(staffed.clerk, day)

    answer = staffed.clerk.call(
        "PUT",
        f"{desk_clients.SCHEDULES}/{schedule}",
        body={"capacity": 2, "online": True, "version": before[0]["version"]},
    )

    assert (answer.status, answer.code) == (409, "BelowBooked")
    assert answer.json["Error"]["fields"] == {"capacity": "3 places are booked"}
    assert desk_client.table(staffed.clerk, day) == before


def test_somebody_who_writes_an_edit_over_what_was_read_loses_bookings(
    local_stack: LocalStack, client_pool: ClientPool
) -> None:
    """Negative control: bookings check their place, but edits overwrite the schedule.

    On this very engine.
    """
    with naive.tables(local_stack.endpoint):
        parts = [(naive.book_with_care, (local_stack.endpoint, new_cid())) for _ in range(16)]
        client_pool.run(desk_clients.run_task, [*parts, *[(naive.edit, local_stack.endpoint)] * 8])
        broken = violations(rows_of(local_stack.endpoint, stage="naive"))

    assert any("free and held" in one or "is not the capacity" in one for one in broken)


def test_the_checker_names_an_edit_that_was_written_over() -> None:
    def edit(capacity: int, version: int) -> Edit:
        return Edit(7, version, capacity, True, 200, "OK", {})

    row = {"hospital_day": "00010#2026-12-01", "schedule_id": 7, "capacity": 5, "online": True, "version": 2}
    rows = Rows([row], [])

    assert lost_edits("00010", [edit(5, 1)], rows) == []
    assert lost_edits("00010", [edit(5, 1), edit(4, 1)], rows) != []
    assert lost_edits("00010", [edit(5, 1), edit(6, 2)], rows) != []

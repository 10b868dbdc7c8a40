"""Desks close schedules, a room and a whole day while people book and cancel.

Nobody is left behind, nobody is in two places, and everybody who was moved or cancelled gets one notice.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import desk_clients
from tests.concurrency.client_pool import ClientPool, ClientTask
from tests.concurrency.desk_clients import PeopleLog
from tests.concurrency.rounds import in_two_places, left_behind, notices_due, notices_missing
from tests.hospitals import Hospital
from tests.invariants import rows_of, violations
from tests.manual import desk_client
from tests.staffed_hospital import StaffedHospital


@pytest.fixture(autouse=True)
def invariants_hold_afterwards(local_stack: LocalStack, hospital: Hospital) -> Iterator[None]:
    yield
    assert violations(rows_of(local_stack.endpoint, hospital_code=hospital.code)) == []


def closure(day: date, action: str, **more: Any) -> dict[str, Any]:
    return {"date": day.isoformat(), "action": action, **more}


ANSWERS_TO_PEOPLE = {
    "OK",
    "SlotsFull",
    "ScheduleClosed",
    "AlreadyBooked",
    "AppointmentPostponed",
    "AppointmentCancelled",
}


def close_while_people_book(
    staffed: StaffedHospital,
    urls: list[str],
    app_client: Client,
    client_pool: ClientPool,
    schedules: list[int],
    closing: list[Any],
) -> tuple[list[str], list[Any]]:
    """Let ten clients with three people each book and cancel while desks close.

    closing: (body, how many must have booked before). Returns the people and each desk's answers.
    """
    people = [[new_cid() for _ in range(3)] for _ in range(10)]
    actions = ["cancel", "postpone", "postpone", "confirm"]
    given: list[Any] = [
        (desk_clients.come_and_go, (urls, app_client.token, staffed.code, schedules, cids, actions, 7))
        for cids in people
    ]
    for n, (body, enough) in enumerate(closing):
        given.append((desk_clients.close, (urls[n % len(urls)], staffed.clerks[n].token, body, enough)))
    answers = client_pool.run(desk_clients.run_task, given)
    logs: list[PeopleLog] = answers[: len(people)]
    results = Counter((action, code) for one in logs for action, _, code in one.answers)
    assert {code for _, code in results} <= ANSWERS_TO_PEOPLE, results
    return [cid for cids in people for cid in cids], answers[len(people) :]


def test_a_day_a_room_and_a_schedule_close_while_people_book_there_and_go(
    local_stack: LocalStack, staffed: StaffedHospital, urls: list[str], app_client: Client, client_pool: ClientPool
) -> None:
    day, other_day = desk_client.new_day(), desk_client.new_day()
    schedules, elsewhere = staffed.open(day, 6), staffed.open(other_day, 24)
    to = {"to_date": other_day.isoformat()}
    closing = [
        (closure(day, "cancel", schedule_id=schedules[0]), 6),
        (closure(day, "postpone", room_id=staffed.rooms[1]["room_id"], **to), 8),
        (closure(day, "postpone", **to), 10),
    ]

    people, results = close_while_people_book(
        staffed, urls, app_client, client_pool, schedules + elsewhere[:1], closing
    )

    rows = rows_of(local_stack.endpoint)
    assert [rows.schedule(one, staffed.code)["state"] for one in schedules] == ["closed"] * 4
    assert [calls[-1]["remaining"] for calls in results] == [0, 0, 0]
    assert left_behind(rows, staffed.code, schedules) == []
    assert in_two_places(rows, people) == []
    counted = Counter(kind for one in notices_due(rows, people).elements() for kind in one[1:])
    assert counted["cancelled"] == sum(call["cancelled"] for calls in results for call in calls)
    assert counted["moved"] == sum(call["postponed"] for calls in results for call in calls)
    assert notices_missing(local_stack, staffed, app_client, people) == []


def test_two_desks_move_the_same_people_to_two_days_while_they_move_and_cancel_themselves(
    local_stack: LocalStack, staffed: StaffedHospital, urls: list[str], app_client: Client, client_pool: ClientPool
) -> None:
    day, one_day, other_day = desk_client.new_day(), desk_client.new_day(), desk_client.new_day()
    schedules = staffed.open(day, 12)
    roomy, tight = staffed.open(one_day, 40), staffed.open(other_day, 3)
    closing = [(closure(day, "postpone", to_date=to.isoformat()), 12) for to in (one_day, other_day, one_day)]

    people, results = close_while_people_book(
        staffed, urls, app_client, client_pool, schedules + roomy[:1] + tight[:1], closing
    )

    rows = rows_of(local_stack.endpoint)
    in_the_way = [one["slip_code"] for one in results[0][-1]["left"] + results[2][-1]["left"]]
    assert in_the_way == [], "there was room for everybody on that day"
    assert left_behind(rows, staffed.code, schedules) == []
    assert in_two_places(rows, people) == []
    due = notices_due(rows, people)
    assert sum(due.values()) == sum(call["postponed"] for calls in results for call in calls)
    assert notices_missing(local_stack, staffed, app_client, people) == []


def test_two_desks_undo_a_closing_while_the_people_it_moved_confirm_and_move_and_cancel(
    local_stack: LocalStack, staffed: StaffedHospital, urls: list[str], app_client: Client, client_pool: ClientPool
) -> None:
    day, other_day = desk_client.new_day(), desk_client.new_day()
    schedules, elsewhere = staffed.open(day, 8), staffed.open(other_day, 12)
    people = [[new_cid() for _ in range(4)] for _ in range(6)]
    everybody = [cid for cids in people for cid in cids]
    for n, cid in enumerate(everybody):
        assert app_client.book(schedules[n % 4], cid, hospital_code=staffed.code).status == 200
    close = closure(day, "postpone", to_date=other_day.isoformat(), closing="00000000000000aa")
    moved = desk_clients.close(ClientTask(0, 1, (urls[0], staffed.clerk.token, close, 0)))
    assert sum(call["postponed"] for call in moved) == 24

    actions = ["cancel", "postpone", "confirm"]
    given: list[Any] = [
        (desk_clients.come_and_go, (urls, app_client.token, staffed.code, schedules + elsewhere, cids, actions, 3))
        for cids in people
    ]
    body = {"date": day.isoformat(), "closing": "00000000000000aa"}
    for n in range(2):
        given.append((desk_clients.undo, (urls[n], staffed.clerks[n].token, body)))
    answers = client_pool.run(desk_clients.run_task, given)

    rows = rows_of(local_stack.endpoint)
    assert [rows.schedule(each, staffed.code)["state"] for each in schedules] == ["open"] * 4
    assert in_two_places(rows, everybody) == []
    calls = [call for of_desk in answers[len(people) :] for call in of_desk]
    assert [of_desk[-1]["remaining"] for of_desk in answers[len(people) :]] == [0, 0]
    restored = sum(call["restored"] for call in calls)
    assert restored > 0


def test_somebody_who_keeps_an_appointment_in_a_closed_day_is_named_in_the_answer_that_closed_it(
    local_stack: LocalStack, staffed: StaffedHospital, urls: list[str], app_client: Client, client_pool: ClientPool
) -> None:
    day = desk_client.new_day()
    schedules = staffed.open(day, 8)

    _, results = close_while_people_book(
        staffed, urls, app_client, client_pool, schedules, [(closure(day, "close"), 4)]
    )

    rows = rows_of(local_stack.endpoint)
    keep = {
        (one["schedule_id"], one["place"]) for schedule in schedules for one in rows.holders(schedule, staffed.code)
    }
    named = {(row["schedule_id"], row["place"]) for call in results[0] for row in call["people"]}
    assert [rows.schedule(schedule, staffed.code)["state"] for schedule in schedules] == ["closed"] * 4
    assert keep <= named


def test_who_closes_by_the_list_of_before_does_not_know_who_booked_since(
    staffed: StaffedHospital, app_client: Client, local_stack: LocalStack
) -> None:
    """Negative control: close by the list of a preview after somebody else has booked."""
    day = desk_client.new_day()
    (schedule,) = staffed.open(day, 3, rooms=1, periods=1)
    shown = staffed.clerk.call("POST", desk_clients.CLOSURES, body=closure(day, "preview")).result["people"]
    app_client.book(schedule, new_cid())

    results = staffed.clerk.call("POST", desk_clients.CLOSURES, body=closure(day, "close")).result["people"]

    assert (len(shown), len(results)) == (0, 1)


def test_who_cancels_everybody_first_and_closes_then_leaves_somebody_behind(
    local_stack: LocalStack, staffed: StaffedHospital, app_client: Client
) -> None:
    """Negative control: cancel everybody, and close afterwards.

    Somebody books in between.
    """
    day = desk_client.new_day()
    (schedule,) = staffed.open(day, 3, rooms=1, periods=1)
    early, late = new_cid(), new_cid()
    app_client.book(schedule, early)

    for row in staffed.clerk.call("GET", desk_clients.APPOINTMENTS, {"date": day.isoformat()}).result:
        desk_client.act(staffed.clerk, row, "cancel")
    app_client.book(schedule, late)
    staffed.clerk.call("POST", desk_clients.CLOSURES, body=closure(day, "close"))

    rows = rows_of(local_stack.endpoint)
    assert left_behind(rows, staffed.code, [schedule]) == [late]
    assert notices_due(rows, [early, late]) == {(early, "cancelled"): 1}


def test_two_desks_that_move_people_by_booking_and_then_cancelling_put_them_into_two_places(
    local_stack: LocalStack, staffed: StaffedHospital, app_client: Client, urls: list[str], client_pool: ClientPool
) -> None:
    """Negative control: move people in two steps instead of in one transaction.

    Both desks use the list that they read at the start.
    """
    day, one_day, other_day = desk_client.new_day(), desk_client.new_day(), desk_client.new_day()
    (schedule,) = staffed.open(day, 8, rooms=1, periods=1)
    targets = [staffed.open(to, 8, rooms=1, periods=1)[0] for to in (one_day, other_day)]
    people = [new_cid() for _ in range(8)]
    for cid in people:
        app_client.book(schedule, cid)
    rows = staffed.clerk.call("GET", desk_clients.APPOINTMENTS, {"date": day.isoformat()}).result
    moves = list(zip(people, rows, strict=True))

    given = [(urls[n], staffed.clerks[n].token, target, moves) for n, target in enumerate(targets)]
    client_pool.run(desk_clients.move_naively, given)

    assert in_two_places(rows_of(local_stack.endpoint), people) != []

"""Desks that close schedules, a room and a whole day while people book there and go.

Nobody is left behind, nobody is in two places, and everybody who was moved or cancelled is told so, once.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import desks
from tests.concurrency.crowd import Crowd
from tests.concurrency.desks import Diary
from tests.concurrency.rounds import in_two_places, left_behind, notices_due, notices_missing
from tests.invariants import rows_of, violations
from tests.manual import desk
from tests.ward import Ward


@pytest.fixture(autouse=True)
def invariants_hold_afterwards(centre: LocalStack) -> Iterator[None]:
    yield
    assert violations(rows_of(centre.endpoint)) == []


def closure(day: date, action: str, **more: Any) -> dict[str, Any]:
    return {"date": day.isoformat(), "action": action, **more}


TOLD_PEOPLE = {"OK", "SlotsFull", "ScheduleClosed", "AlreadyBooked", "AppointmentPostponed", "AppointmentCancelled"}


def storm(
    ward: Ward, urls: list[str], app_client: Client, crowd: Crowd, schedules: list[int], closing: list[Any]
) -> tuple[list[str], list[Any]]:
    """Ten clients with three people each at work in the schedules, and desks that close them: (body, how many must have
    booked before). Returns the people and what each desk was told."""
    people = [[new_cid() for _ in range(3)] for _ in range(10)]
    actions = ["cancel", "postpone", "postpone", "confirm"]
    given: list[Any] = [
        (desks.come_and_go, (urls, app_client.token, ward.code, schedules, cids, actions, 7)) for cids in people
    ]
    for n, (body, enough) in enumerate(closing):
        given.append((desks.close, (urls[n % len(urls)], ward.clerks[n].token, body, enough)))
    answers = crowd.run(desks.play, given)
    diaries: list[Diary] = answers[: len(people)]
    told = Counter((action, code) for one in diaries for action, _, code in one.answers)
    assert {code for _, code in told} <= TOLD_PEOPLE, told
    return [cid for cids in people for cid in cids], answers[len(people) :]


def test_a_day_a_room_and_a_schedule_close_while_people_book_there_and_go(
    centre: LocalStack, ward: Ward, urls: list[str], app_client: Client, crowd: Crowd
) -> None:
    day, other_day = desk.new_day(), desk.new_day()
    schedules, elsewhere = ward.open(day, 6), ward.open(other_day, 24)
    to = {"to_date": other_day.isoformat()}
    closing = [
        (closure(day, "cancel", schedule_id=schedules[0]), 6),
        (closure(day, "postpone", room_id=ward.rooms[1]["room_id"], **to), 8),
        (closure(day, "postpone", **to), 10),
    ]

    people, told = storm(ward, urls, app_client, crowd, schedules + elsewhere[:1], closing)

    rows = rows_of(centre.endpoint)
    assert [rows.schedule(one, ward.code)["state"] for one in schedules] == ["closed"] * 4
    assert [calls[-1]["remaining"] for calls in told] == [0, 0, 0]
    assert left_behind(rows, ward.code, schedules) == []
    assert in_two_places(rows, people) == []
    counted = Counter(kind for one in notices_due(rows, people).elements() for kind in one[1:])
    assert counted["cancelled"] == sum(call["cancelled"] for calls in told for call in calls)
    assert counted["moved"] == sum(call["postponed"] for calls in told for call in calls)
    assert notices_missing(centre, ward, app_client, people) == []


def test_two_desks_move_the_same_people_to_two_days_while_they_move_and_cancel_themselves(
    centre: LocalStack, ward: Ward, urls: list[str], app_client: Client, crowd: Crowd
) -> None:
    day, one_day, other_day = desk.new_day(), desk.new_day(), desk.new_day()
    schedules = ward.open(day, 12)
    roomy, tight = ward.open(one_day, 40), ward.open(other_day, 3)
    closing = [(closure(day, "postpone", to_date=to.isoformat()), 12) for to in (one_day, other_day, one_day)]

    people, told = storm(ward, urls, app_client, crowd, schedules + roomy[:1] + tight[:1], closing)

    rows = rows_of(centre.endpoint)
    in_the_way = [one["slip_code"] for one in told[0][-1]["left"] + told[2][-1]["left"]]
    assert in_the_way == [], "there was room for everybody on that day"
    assert left_behind(rows, ward.code, schedules) == []
    assert in_two_places(rows, people) == []
    due = notices_due(rows, people)
    assert sum(due.values()) == sum(call["postponed"] for calls in told for call in calls)
    assert notices_missing(centre, ward, app_client, people) == []


def test_whoever_keeps_an_appointment_in_a_closed_day_is_named_in_the_answer_that_closed_it(
    centre: LocalStack, ward: Ward, urls: list[str], app_client: Client, crowd: Crowd
) -> None:
    day = desk.new_day()
    schedules = ward.open(day, 8)

    _, told = storm(ward, urls, app_client, crowd, schedules, [(closure(day, "close"), 4)])

    rows = rows_of(centre.endpoint)
    keep = {(one["schedule_id"], one["place"]) for schedule in schedules for one in rows.holders(schedule, ward.code)}
    named = {(row["schedule_id"], row["place"]) for call in told[0] for row in call["people"]}
    assert [rows.schedule(schedule, ward.code)["state"] for schedule in schedules] == ["closed"] * 4
    assert keep <= named


def test_who_closes_by_the_list_of_before_does_not_know_who_booked_since(
    ward: Ward, app_client: Client, centre: LocalStack
) -> None:
    """The negative control: the list that a preview gave, and somebody who books before it is closed."""
    day = desk.new_day()
    (schedule,) = ward.open(day, 3, rooms=1, periods=1)
    shown = ward.clerk.call("POST", desks.CLOSURES, body=closure(day, "preview")).result["people"]
    app_client.book(schedule, new_cid())

    told = ward.clerk.call("POST", desks.CLOSURES, body=closure(day, "close")).result["people"]

    assert (len(shown), len(told)) == (0, 1)


def test_who_cancels_everybody_first_and_closes_then_leaves_somebody_behind(
    centre: LocalStack, ward: Ward, app_client: Client
) -> None:
    """The negative control of closing: the same steps the other way round, and somebody who books in between."""
    day = desk.new_day()
    (schedule,) = ward.open(day, 3, rooms=1, periods=1)
    early, late = new_cid(), new_cid()
    app_client.book(schedule, early)

    for row in ward.clerk.call("GET", desks.APPOINTMENTS, {"date": day.isoformat()}).result:
        desk.act(ward.clerk, row, "cancel")
    app_client.book(schedule, late)
    ward.clerk.call("POST", desks.CLOSURES, body=closure(day, "close"))

    rows = rows_of(centre.endpoint)
    assert left_behind(rows, ward.code, [schedule]) == [late]
    assert notices_due(rows, [early, late]) == {(early, "cancelled"): 1}


def test_two_desks_that_move_people_by_booking_and_then_cancelling_put_them_into_two_places(
    centre: LocalStack, ward: Ward, app_client: Client, urls: list[str], crowd: Crowd
) -> None:
    """The negative control of moving: two steps instead of one transaction, by the list that the clerks began with."""
    day, one_day, other_day = desk.new_day(), desk.new_day(), desk.new_day()
    (schedule,) = ward.open(day, 8, rooms=1, periods=1)
    targets = [ward.open(to, 8, rooms=1, periods=1)[0] for to in (one_day, other_day)]
    people = [new_cid() for _ in range(8)]
    for cid in people:
        app_client.book(schedule, cid)
    rows = ward.clerk.call("GET", desks.APPOINTMENTS, {"date": day.isoformat()}).result
    moves = list(zip(people, rows, strict=True))

    given = [(urls[n], ward.clerks[n].token, target, moves) for n, target in enumerate(targets)]
    crowd.run(desks.move_naively, given)

    assert in_two_places(rows_of(centre.endpoint), people) != []

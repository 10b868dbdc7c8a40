"""The desk's requests, if the storage fails or a write comes first at any call."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, new_cid
from tests.faults.api import EVER
from tests.faults.kinds import EVERY_KIND
from tests.invariants import rows_of, violations
from tests.manual import desk_client

APPOINTMENTS = "/api/dashboard/appointments"
Request = tuple[str, str, Any]


@pytest.fixture(scope="module")
def clerk(faulty_staff: Client, local_stack: LocalStack) -> Iterator[Client]:
    """A clerk at the process with faults; at the end no invariant is broken."""
    yield faulty_staff
    assert violations(rows_of(local_stack.endpoint)) == []


def send(clerk: Client, request: Request, fault: str = "", meanwhile: list[Request] | None = None) -> Reply:
    method, path, body = request
    headers = {"X-Fault": fault, "X-Meanwhile": json.dumps(meanwhile or [])} if fault else {}
    return clerk.call(method, path, None, body, headers)


def task(row: Any, what: str, **more: Any) -> Request:
    return "POST", f"{APPOINTMENTS}/{row['schedule_id']}/{row['place']}/{what}", {"version": row["version"], **more}


def change(row: Any, **to: Any) -> Request:
    body = {"capacity": row["capacity"], "online": row["online"], "version": row["version"], **to}
    return "PUT", f"/api/dashboard/schedules/{row['schedule_id']}", body


def registered(clerk: Client) -> str:
    cid = new_cid()
    assert clerk.call("POST", "/api/dashboard/people", body={"cid": cid, **desk_client.PERSON}).status == 200
    return cid


def fresh(clerk: Client, what: str) -> Request:
    """A request that can be done, about things of its own."""
    schedule, there = desk_client.open_lines(
        clerk, desk_client.new_day(), desk_client.line(1, capacity=6), desk_client.line(2, capacity=6)
    )
    if what == "grow":
        return change(schedule, capacity=9)
    if what == "shrink":
        return change(schedule, capacity=2)
    if what == "open":
        body = {"date": desk_client.new_day().isoformat(), "lines": [desk_client.line(1), desk_client.line(2)]}
        return "POST", "/api/dashboard/schedules", body
    if what == "book":
        return "POST", APPOINTMENTS, {"cid": registered(clerk), "schedule_id": schedule["schedule_id"]}
    _, row = desk_client.booked(clerk, schedule["schedule_id"])
    return task(row, what, to_schedule_id=there["schedule_id"])


@pytest.mark.parametrize("what", ["book", "accept", "cancel", "postpone", "open", "grow", "shrink"])
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_call_that_fails_once_is_made_good_or_the_same_request_again_is(clerk: Client, what: str, kind: str) -> None:
    probe = send(clerk, fresh(clerk, what), "None none 0")
    assert probe.status == 200, probe.text
    for call in dict.fromkeys(probe.headers["X-Storage-Calls"].split()):
        request = fresh(clerk, what)

        answer = send(clerk, request, f"{call} {kind} 1")

        description = f"{what}, {kind} at {call}: {answer.text}"
        assert answer.status in (200, 503), description
        if answer.status == 503:
            assert answer.headers["Retry-After"], description
            again = send(clerk, request)
            assert again.status == 200, f"{description}; again: {again.text}"


@pytest.mark.parametrize(
    ("what", "call", "meanwhile"),
    [
        ("accept", "UpdateItem", "cancel"),
        ("accept", "UpdateItem", "postpone"),
        ("cancel", "TransactWriteItems", "accept"),
        ("postpone", "TransactWriteItems", "cancel"),
        ("postpone", "TransactWriteItems", "accept"),
    ],
)
def test_of_two_tasks_on_one_appointment_the_one_that_comes_second_is_told_and_does_nothing(
    clerk: Client, what: str, call: str, meanwhile: str
) -> None:
    schedule, there = desk_client.open_lines(clerk, desk_client.new_day(), desk_client.line(1), desk_client.line(2))
    _, row = desk_client.booked(clerk, schedule["schedule_id"])
    other = task(row, meanwhile, to_schedule_id=there["schedule_id"])

    answer = send(clerk, task(row, what, to_schedule_id=there["schedule_id"]), f"{call} overtaken 1", [other])

    assert answer.status == 409, answer.text
    assert answer.code in ("EditConflict", "AppointmentCancelled", "AppointmentPostponed")


@pytest.mark.parametrize(
    ("what", "call"), [("accept", "UpdateItem"), ("cancel", "TransactWriteItems"), ("postpone", "TransactWriteItems")]
)
def test_a_task_that_is_sent_twice_at_once_is_done_once_and_both_copies_are_told_the_same(
    clerk: Client, what: str, call: str
) -> None:
    schedule, there = desk_client.open_lines(clerk, desk_client.new_day(), desk_client.line(1), desk_client.line(2))
    _, row = desk_client.booked(clerk, schedule["schedule_id"])
    request = task(row, what, to_schedule_id=there["schedule_id"])

    slower = send(clerk, request, f"{call} overtaken 1", [request])

    assert slower.result == send(clerk, request).result


def test_a_task_meant_for_somebody_who_has_given_the_place_up_does_not_hit_who_holds_it_now(clerk: Client) -> None:
    for what in ("accept", "cancel", "postpone"):
        schedule, there = desk_client.open_lines(clerk, desk_client.new_day(), desk_client.line(1), desk_client.line(2))
        _, row = desk_client.booked(clerk, schedule["schedule_id"])
        send(clerk, task(row, "cancel"))
        _, later = desk_client.booked(clerk, schedule["schedule_id"])

        answer = send(clerk, task(row, what, to_schedule_id=there["schedule_id"]))

        assert later["place"] == row["place"]
        if what == "cancel":  # it is done already, so the answer is the same again
            assert (answer.result["state"], answer.result["slip_code"]) == ("cancelled", row["slip_code"])
        else:
            assert answer.code == "AppointmentCancelled", f"{what}: {answer.text}"
        assert desk_client.act(clerk, later, "accept").result["version"] == later["version"] + 1


def closure(day: date, **more: Any) -> Request:
    return "POST", "/api/dashboard/closures", {"date": day.isoformat(), **more}


@pytest.mark.parametrize("what", ["book", "postpone"])
def test_nobody_gets_into_a_schedule_that_closes_in_the_middle_of_the_request(clerk: Client, what: str) -> None:
    day = desk_client.new_day()
    schedule, there = desk_client.open_lines(clerk, day, desk_client.line(1), desk_client.line(2))
    _, row = desk_client.booked(clerk, schedule["schedule_id"])
    into = {"book": ("POST", APPOINTMENTS, {"cid": registered(clerk), "schedule_id": there["schedule_id"]})}
    into["postpone"] = task(row, "postpone", to_schedule_id=there["schedule_id"])
    closing = closure(day, action="close", schedule_id=there["schedule_id"])

    answer = send(clerk, into[what], "TransactWriteItems overtaken 1", [closing])

    assert answer.code == "ScheduleClosed"


def test_somebody_who_cancels_while_the_desk_moves_everybody_leaves_the_others_their_way(clerk: Client) -> None:
    day, other_day = desk_client.new_day(), desk_client.new_day()
    (schedule,) = desk_client.open_lines(clerk, day, desk_client.line(1, capacity=4))
    desk_client.open_lines(clerk, other_day, desk_client.line(1, capacity=4))
    rows = [desk_client.booked(clerk, schedule["schedule_id"])[1] for _ in range(3)]

    move = closure(day, action="postpone", to_date=other_day.isoformat())
    done = send(clerk, move, "TransactWriteItems overtaken 1", [task(rows[0], "cancel")]).result

    assert (done["postponed"], done["left"], done["remaining"]) == (2, [], 0)


@pytest.mark.parametrize("action", ["cancel", "postpone"])
def test_a_closing_call_that_the_storage_refuses_half_way_tells_what_it_did(clerk: Client, action: str) -> None:
    day, other_day = desk_client.new_day(), desk_client.new_day()
    (schedule,) = desk_client.open_lines(clerk, day, desk_client.line(1, capacity=4))
    desk_client.open_lines(clerk, other_day, desk_client.line(1, capacity=4))
    for _ in range(2):
        desk_client.booked(clerk, schedule["schedule_id"])
    closing = closure(day, action=action, **({"to_date": other_day.isoformat()} if action == "postpone" else {}))
    refusing = f"TransactWriteItems throttled {EVER}"

    half = send(clerk, closing, refusing).result
    nothing = send(clerk, closing, refusing)
    rest = send(clerk, closing).result

    assert (half["closed"], half["cancelled"] + half["postponed"], half["remaining"]) == (1, 0, 2)
    assert (nothing.status, nothing.code) == (503, "TryAgain")
    assert (rest["closed"], rest["cancelled"] + rest["postponed"], rest["remaining"]) == (0, 2, 0)


def test_two_desks_that_move_the_same_people_at_once_count_each_of_them_once(clerk: Client) -> None:
    day, other_day = desk_client.new_day(), desk_client.new_day()
    (schedule,) = desk_client.open_lines(clerk, day, desk_client.line(1, capacity=4))
    desk_client.open_lines(clerk, other_day, desk_client.line(1, capacity=4))
    desk_client.booked(clerk, schedule["schedule_id"])
    move = closure(day, action="postpone", to_date=other_day.isoformat())

    slower = send(clerk, move, "TransactWriteItems overtaken 1", [move])
    if slower.status == 503:  # on a busy machine the other desk used this one's budget up
        slower = send(clerk, move)

    done = slower.result
    assert (done["postponed"], done["left"], done["remaining"]) == (0, [], 0)


def test_who_books_while_a_schedule_closes_is_tried_too_and_left_if_the_other_day_has_no_place(
    clerk: Client,
) -> None:
    day, full_day = desk_client.new_day(), desk_client.new_day()
    (schedule,) = desk_client.open_lines(clerk, day, desk_client.line(1, capacity=4))
    _, first = desk_client.booked(clerk, schedule["schedule_id"])
    booking = ("POST", APPOINTMENTS, {"cid": registered(clerk), "schedule_id": schedule["schedule_id"]})
    move = closure(day, action="postpone", to_date=full_day.isoformat())

    done = send(clerk, move, "UpdateItem overtaken 1", [booking, task(first, "cancel")]).result

    assert (len(done["left"]), done["remaining"]) == (1, 0), "that day has no place, which is true of them too"


@pytest.mark.parametrize("action", ["close", "cancel", "postpone"])
def test_who_books_while_a_schedule_closes_is_named_in_the_answer_and_treated_as_everybody(
    clerk: Client, action: str
) -> None:
    day, other_day = desk_client.new_day(), desk_client.new_day()
    (schedule,) = desk_client.open_lines(clerk, day, desk_client.line(1, capacity=4))
    desk_client.open_lines(clerk, other_day, desk_client.line(1, capacity=4))
    late = registered(clerk)
    booking = ("POST", APPOINTMENTS, {"cid": late, "schedule_id": schedule["schedule_id"]})
    to = {"to_date": other_day.isoformat()} if action == "postpone" else {}
    shown = send(clerk, closure(day, action="preview")).result

    description = send(clerk, closure(day, action=action, **to), "UpdateItem overtaken 1", [booking]).result

    assert shown["people"] == []
    assert [row["cid_masked"].replace("-", "")[-3:] for row in description["people"]] == [late[-3:]]
    done = {"close": (0, 0), "cancel": (1, 0), "postpone": (0, 1)}
    assert (description["closed"], description["remaining"]) == (1, 0)
    assert (description["cancelled"], description["postponed"]) == done[action]


CLOSING = "0123456789abcdef"


def reopening(day: date, **more: Any) -> Request:
    return "POST", "/api/dashboard/reopenings", {"date": day.isoformat(), **more}


def closed_by_moving(clerk: Client, people: int = 2) -> tuple[date, date]:
    """A closed day, and the day to which its people were moved."""
    day, other_day = desk_client.new_day(), desk_client.new_day()
    (schedule,) = desk_client.open_lines(clerk, day, desk_client.line(1, capacity=4))
    desk_client.open_lines(clerk, other_day, desk_client.line(1, capacity=4))
    for _ in range(people):
        desk_client.booked(clerk, schedule["schedule_id"])
    done = send(clerk, closure(day, action="postpone", to_date=other_day.isoformat(), closing=CLOSING)).result
    assert done["postponed"] == people
    return day, other_day


def on(clerk: Client, day: date) -> list[Any]:
    rows: list[Any] = clerk.call("GET", APPOINTMENTS, {"date": day.isoformat()}).result
    return rows


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_undoing_a_closing_that_fails_at_any_call_ends_well_if_it_is_repeated(clerk: Client, kind: str) -> None:
    for call in ("Query", "GetItem", "BatchGetItem", "TransactWriteItems"):
        day, other_day = closed_by_moving(clerk)

        answer = send(clerk, reopening(day, closing=CLOSING, people=2), f"{call} {kind} 1")
        if answer.status == 503 or answer.result["remaining"]:
            answer = send(clerk, reopening(day, closing=CLOSING))

        assert answer.status == 200, f"{kind} at {call}: {answer.text}"
        assert (len(on(clerk, day)), len(on(clerk, other_day))) == (2, 0), f"{kind} at {call}"
        assert [row["state"] for row in desk_client.table(clerk, day)] == ["open"]


def test_a_call_of_undoing_that_the_storage_refuses_half_way_is_finished_by_the_next(clerk: Client) -> None:
    day, other_day = closed_by_moving(clerk)
    undo = reopening(day, closing=CLOSING, people=2)
    send(clerk, reopening(day))  # the schedules are open, the people are not back

    nothing = send(clerk, undo, f"TransactWriteItems throttled {EVER}")
    rest = send(clerk, undo).result

    assert (nothing.status, nothing.code) == (503, "TryAgain")
    assert (rest["reopened"], rest["restored"], rest["remaining"]) == (0, 2, 0)
    assert (len(on(clerk, day)), len(on(clerk, other_day))) == (2, 0)


def test_a_room_that_is_opened_again_while_its_schedule_is_opened_again_is_open_once(clerk: Client) -> None:
    day = desk_client.new_day()
    desk_client.open_lines(clerk, day, desk_client.line(1))
    send(clerk, closure(day, action="close"))
    anew = ("POST", "/api/dashboard/schedules", {"date": day.isoformat(), "lines": [desk_client.line(1)]})

    done = send(clerk, reopening(day), "TransactWriteItems overtaken 1", [anew]).result

    assert (done["reopened"], [row["obstacle"] for row in done["schedules"]]) == (0, ["room_taken"])
    assert sorted(row["state"] for row in desk_client.table(clerk, day)) == ["closed", "open"]


@pytest.mark.parametrize("event", ["accept", "cancel"])
def test_whose_new_appointment_is_dealt_with_while_the_closing_is_undone_keeps_that(clerk: Client, event: str) -> None:
    day, other_day = closed_by_moving(clerk, people=1)
    send(clerk, reopening(day))
    (moved,) = on(clerk, other_day)

    undo = reopening(day, closing=CLOSING, people=1)
    done = send(clerk, undo, "TransactWriteItems overtaken 1", [task(moved, event)]).result

    assert (done["restored"], len(done["answered"]), done["remaining"]) == (0, 1, 0)
    assert (len(on(clerk, day)), len(on(clerk, other_day))) == (0, int(event == "accept"))


def test_two_desks_that_undo_one_closing_at_once_give_each_person_back_once(clerk: Client) -> None:
    day, other_day = closed_by_moving(clerk, people=1)
    send(clerk, reopening(day))
    undo = reopening(day, closing=CLOSING, people=1)

    slower = send(clerk, undo, "TransactWriteItems overtaken 1", [undo])
    if slower.status == 503:  # on a busy machine the other desk used this one's budget up
        slower = send(clerk, reopening(day, closing=CLOSING))

    assert (slower.result["restored"], slower.result["answered"], slower.result["left"]) == (0, [], [])
    assert (len(on(clerk, day)), len(on(clerk, other_day))) == (1, 0)


def test_a_schedule_that_is_booked_while_it_shrinks_keeps_the_booking(clerk: Client) -> None:
    (row,) = desk_client.open_lines(clerk, desk_client.new_day(), desk_client.line(capacity=3))
    booking = ("POST", APPOINTMENTS, {"cid": registered(clerk), "schedule_id": row["schedule_id"]})

    answer = send(clerk, change(row, capacity=1), "UpdateItem overtaken 1", [booking])

    assert (answer.result["capacity"], answer.result["available_count"]) == (1, 0)


def test_a_schedule_is_not_shrunk_below_what_is_booked_meanwhile(clerk: Client) -> None:
    (row,) = desk_client.open_lines(clerk, desk_client.new_day(), desk_client.line(capacity=2))
    bookings = [("POST", APPOINTMENTS, {"cid": registered(clerk), "schedule_id": row["schedule_id"]}) for _ in range(2)]

    answer = send(clerk, change(row, capacity=1), "UpdateItem overtaken 1", bookings)

    assert answer.code == "BelowBooked"


def test_of_two_changes_of_a_schedule_the_second_is_shown_the_first(clerk: Client) -> None:
    for mine, call in ((9, "TransactWriteItems"), (2, "UpdateItem")):
        (row,) = desk_client.open_lines(clerk, desk_client.new_day(), desk_client.line(capacity=4))

        answer = send(clerk, change(row, capacity=mine), f"{call} overtaken 1", [change(row, capacity=5)])

        assert answer.code == "EditConflict", answer.text
        assert answer.json["Error"]["theirs"]["capacity"] == 5

"""Client functions of clerks and people for the client pool.

Each client runs in a process of its own, at the same time as the others. It chooses its actions before its first
request, so a seed determines what is requested. A version or an appointment in a request is the one that the system
shows at that moment.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any

from tests.client import SLOTS, Client, Reply, until_answered
from tests.concurrency.booking_clients import persistently
from tests.concurrency.client_pool import ClientTask
from tests.manual.desk_client import act
from tests.waiting import eventually

APPOINTMENTS, SCHEDULES = "/api/dashboard/appointments", "/api/dashboard/schedules"
CLOSURES, PERIODS = "/api/dashboard/closures", "/api/dashboard/periods"
REOPENINGS = "/api/dashboard/reopenings"
MOST_CALLS = 60


OpenClient = Callable[[str, str, random.Random], Client]


def plain_client(url: str, token: str, _: random.Random) -> Client:
    """Open a plain client: the default of `open_client` in the client functions."""
    return Client(url, token)


def run_task(task: ClientTask) -> Any:
    """Run the client function that the task names.

    given: (the function, its own `given`).
    """
    part, given = task.given
    return part(replace(task, given=given))


@dataclass
class PeopleLog:
    """Log of a client's people.

    held: national id -> (schedule id, appointment id), according to the responses; None if the person holds nothing or
    it is unknown. answers: (action, status, code) of each response.
    """

    held: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    answers: list[tuple[str, int, str]] = field(default_factory=list)


def come_and_go(task: ClientTask, open_client: OpenClient = plain_client) -> PeopleLog:
    """Run people who each hold one appointment at most.

    A person without an appointment books; the others cancel, move or confirm theirs. given: (urls, token,
    hospital_code, schedule_ids, cids, actions, steps).
    """
    urls, token, code, schedules, cids, actions, steps = task.given
    chance = task.random()
    clients = [open_client(url, token, chance) for url in urls]
    plan = [(chance.choice(clients), chance.choice(cids), chance.choice(actions), chance.choice(schedules))
            for _ in range(steps)]  # fmt: skip
    log = PeopleLog(dict.fromkeys(cids))
    for client, cid, action, target in plan:
        current = look(client, "/api/appointment/Appointment", cid=cid)["appointments"]
        assert len(current) <= 1, f"a person who asked for one place holds {len(current)}"
        if not current:
            action, answer = "book", persistently(partial(client.book, target, cid, hospital_code=code))
        else:
            held = current[0]["hospital_appointment_slot_id"]
            if action == "cancel":
                answer = persistently(partial(client.cancel, cid, held, code))
            elif action == "postpone":
                answer = persistently(partial(client.postpone, cid, held, target, code))
            else:
                answer = persistently(partial(confirm, client, cid, held, code))
        if answer.status == 200 and action != "confirm":
            log.held[cid] = None if action == "cancel" else (target, answer.result)
        log.answers.append((action, answer.status, answer.code))
    return log


def confirm(client: Client, cid: str, appointment_id: int, code: str) -> Reply:
    query = {"hospital_code": code, "cid": cid, "hospital_appointment_slot_id": appointment_id}
    return client.call("POST", SLOTS, {"Action": "AcknowledgeAppointmentSlot", **query})


@dataclass(frozen=True)
class Edit:
    """An edit of a schedule: the request (up to `online`) and the response.

    fields: the fields of the error, if the edit was refused.
    """

    schedule_id: int
    version: int
    capacity: int
    online: bool
    status: int
    code: str
    fields: dict[str, str]


def edit(task: ClientTask, open_client: OpenClient = plain_client) -> list[Edit]:
    """Run a clerk who changes capacity and online ticks of the schedule table.

    given: (urls, token, day, schedule_ids, most places, steps).
    """
    urls, token, day, schedules, most, steps = task.given
    chance = task.random()
    clients = [open_client(url, token, chance) for url in urls]
    plan = [(chance.choice(clients), chance.choice(schedules), chance.randint(1, most), chance.random() < 0.8)
            for _ in range(steps)]  # fmt: skip
    edits = []
    for client, schedule, capacity, online in plan:
        rows = look(client, SCHEDULES, date=day)
        version = next(row["version"] for row in rows if row["schedule_id"] == schedule)
        body = {"capacity": capacity, "online": online, "version": version}
        answer = until_answered(partial(client.call, "PUT", f"{SCHEDULES}/{schedule}", body=body))
        refused = {} if answer.status == 200 else answer.json["Error"]["fields"]
        edits.append(Edit(schedule, version, capacity, online, answer.status, answer.code, refused))
    return edits


def move_periods(task: ClientTask) -> list[str]:
    """Run a clerk who changes the times of periods. given: (urls, token, steps)."""
    urls, token, steps = task.given
    chance = task.random()
    clients = [Client(url, token) for url in urls]
    codes = []
    for _ in range(steps):
        client, minute = chance.choice(clients), chance.randint(0, 29)
        row = chance.choice(look(client, PERIODS))
        hour = row["time_start"][:2]
        times = {"time_start": f"{hour}:{minute:02}:00", "time_finish": f"{hour}:{minute + 30:02}:59"}
        body = {"period_name": row["period_name"], "version": row["version"], **times}
        codes.append(until_answered(partial(client.call, "PUT", f"{PERIODS}/{row['period_id']}", body=body)).code)
    return codes


@dataclass(frozen=True)
class Decision:
    """A task at the desk.

    slip, version: what the screen showed. answer: the row in the response; None if the task was refused.
    """

    event: str
    slip: str
    version: int
    status: int
    code: str
    answer: Any


def decide(task: ClientTask, open_client: OpenClient = plain_client) -> list[Decision]:
    """Run a clerk who accepts, rejects, cancels and moves people of a day's list.

    given: (urls, token, day, schedule_ids to move to, events, steps).
    """
    urls, token, day, targets, events, steps = task.given
    chance = task.random()
    clients = [open_client(url, token, chance) for url in urls]
    plan = [(chance.choice(clients), chance.choice(events), chance.random(), chance.choice(targets))
            for _ in range(steps)]  # fmt: skip
    decisions: list[Decision] = []
    eventually(lambda: look(clients[0], APPOINTMENTS, date=day))  # somebody has booked
    for client, event, where, target in plan:
        rows = look(client, APPOINTMENTS, date=day)
        if not rows:
            break
        row = rows[int(where * len(rows))]
        more = {"to_schedule_id": target} if event == "postpone" else {}
        reply = until_answered(partial(act, client, row, event, **more))
        answer = reply.result if reply.status == 200 else None
        decisions.append(Decision(event, row["slip_code"], row["version"], reply.status, reply.code, answer))
    return decisions


def close(task: ClientTask, open_client: OpenClient = plain_client) -> list[Any]:
    """Run a clerk who closes a day, a room or a schedule.

    The clerk begins when so many people have booked, or another desk has begun, and calls again until nobody remains,
    as the screen does. Returns the result of each call. given: (url, token, body, people to wait for).
    """
    url, token, body, enough = task.given
    client, answers = open_client(url, token, task.random()), []
    eventually(lambda: _is_time(look(client, SCHEDULES, date=body["date"]), enough))
    for calls in count(1):
        answer = until_answered(partial(client.call, "POST", CLOSURES, body=body)).result
        answers.append(answer)
        if answer["remaining"] == 0 or calls == MOST_CALLS:
            return answers
    raise AssertionError("unreachable")


def undo(task: ClientTask) -> list[Any]:
    """Run a clerk who undoes a closing, and calls again until nobody remains.

    Returns the result of each call. given: (url, token, body).
    """
    url, token, body = task.given
    client, answers = Client(url, token), []
    for _ in range(MOST_CALLS):
        answers.append(until_answered(partial(client.call, "POST", REOPENINGS, body=body)).result)
        if answers[-1]["remaining"] == 0:
            break
    return answers


def _is_time(rows: list[Any], enough: int) -> bool:
    booked = sum(row["capacity"] - row["available_count"] for row in rows)
    return booked >= enough or any(row["state"] == "closed" for row in rows)


def move_naively(task: ClientTask) -> None:
    """Move people in the wrong way: book the new place, then cancel the old one.

    given: (url, token, schedule_id, [(cid, row of the desk's list)]).
    """
    url, token, target, moves = task.given
    client = Client(url, token)
    for cid, row in moves:
        client.call("POST", APPOINTMENTS, body={"cid": cid, "schedule_id": target})
        act(client, row, "cancel")


def look(client: Client, path: str, **query: str) -> Any:
    return until_answered(partial(client.call, "GET", path, query)).result


def copy(task: ClientTask) -> Any:
    """Run a clerk who copies days, or a week. given: (url, token, body).

    Returns [schedules made, schedules that clash], each as (date, room id, period id).
    """
    url, token, body = task.given
    client = Client(url, token)
    answer = until_answered(partial(client.call, "POST", f"{SCHEDULES}/copy", body=body)).result
    return [[(one["date"], one["room_id"], one["period_id"]) for one in answer[name]] for name in ("made", "clashes")]


def add_lines(task: ClientTask) -> str:
    """Run a clerk who adds schedules to a day. given: (url, token, body).

    Returns the error code, or "OK".
    """
    url, token, body = task.given
    client = Client(url, token)
    return until_answered(partial(client.call, "POST", SCHEDULES, body=body)).code


def add_to_catalogue(task: ClientTask) -> Any:
    """Add a department, room or period, and return it.

    given: (url, token, "departments", "rooms" or "periods", body).
    """
    url, token, what, body = task.given
    client = Client(url, token)
    return until_answered(lambda: client.call("POST", f"/api/dashboard/{what}", body=body)).result


def rename_in_catalogue(task: ClientTask) -> str:
    """Change a department, room or period. given: (url, token, path, body).

    Returns the error code, or "OK".
    """
    url, token, path, body = task.given
    client = Client(url, token)
    return until_answered(partial(client.call, "PUT", path, body=body)).code

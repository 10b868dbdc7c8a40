"""What clerks do, many at once, and people at the same time. Each runs in a process of its own.

A client draws everything it will do before its first request, so a seed says what was asked for; what it is asked about
(a version, an appointment) is what the system then shows.
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
    """How a clerk's or a person's client is opened, if the test gives no other function."""
    return Client(url, token)


def run_task(task: ClientTask) -> Any:
    """Runs one client function of several. given: (the function, what the function is given)."""
    part, given = task.given
    return part(replace(task, given=given))


@dataclass
class PeopleLog:
    """What a client's people hold by their answers (None: nothing, or nobody knows), and every answer."""

    held: dict[str, tuple[int, int] | None] = field(default_factory=dict)
    answers: list[tuple[str, int, str]] = field(default_factory=list)


def come_and_go(task: ClientTask, open_client: OpenClient = plain_client) -> PeopleLog:
    """People who each hold one appointment at most: who holds none books, who holds one cancels, moves or confirms it.

    given: (urls, token, hospital_code, schedule_ids, cids, actions, steps).
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
    """One edit of a schedule: what was sent, and what was answered. booked: places taken when the clerk looked."""

    schedule_id: int
    version: int
    capacity: int
    online: bool
    status: int
    code: str
    fields: dict[str, str]


def edit(task: ClientTask, open_client: OpenClient = plain_client) -> list[Edit]:
    """A clerk who changes places and ticks, up and down, by what the schedule table shows.

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
    """A clerk who gives the periods other times, again and again. given: (urls, token, steps)."""
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
    """One task at the desk. slip, version: what the screen showed; answer: the row that came back, where one did."""

    event: str
    slip: str
    version: int
    status: int
    code: str
    answer: Any


def decide(task: ClientTask, open_client: OpenClient = plain_client) -> list[Decision]:
    """A clerk who accepts, rejects, cancels and moves people of a day's list.

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
    """A clerk who closes a day, a room or a schedule and calls again until nobody remains, as the screen does; begins
    once so many people have booked, or another desk has begun. Returns what each call answered.

    given: (url, token, body, people to wait for).
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
    """A clerk who undoes a closing, and calls again until nobody remains. given: (url, token, body). Returns what each
    call answered."""
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
    """How not to move people: books the new place, then cancels the old one. given: (url, token, schedule_id,
    [(cid, row of the desk's list)])."""
    url, token, target, moves = task.given
    client = Client(url, token)
    for cid, row in moves:
        client.call("POST", APPOINTMENTS, body={"cid": cid, "schedule_id": target})
        act(client, row, "cancel")


def look(client: Client, path: str, **query: str) -> Any:
    return until_answered(partial(client.call, "GET", path, query)).result


def copy(task: ClientTask) -> Any:
    """A clerk who copies days, or a week. given: (url, token, body). Returns (lines made, lines that clash)."""
    url, token, body = task.given
    client = Client(url, token)
    answer = until_answered(partial(client.call, "POST", f"{SCHEDULES}/copy", body=body)).result
    return [[(one["date"], one["room_id"], one["period_id"]) for one in answer[name]] for name in ("made", "clashes")]


def add_lines(task: ClientTask) -> str:
    """A clerk who adds lines to a day. given: (url, token, body). Returns the refusal's code, or OK."""
    url, token, body = task.given
    client = Client(url, token)
    return until_answered(partial(client.call, "POST", SCHEDULES, body=body)).code


def add_to_catalogue(task: ClientTask) -> Any:
    """Adds a department, room or period. given: (url, token, departments or rooms or periods, body)."""
    url, token, what, body = task.given
    client = Client(url, token)
    return until_answered(lambda: client.call("POST", f"/api/dashboard/{what}", body=body)).result


def rename_in_catalogue(task: ClientTask) -> str:
    """Changes a department, room or period. given: (url, token, path, body). Returns the refusal's code, or OK."""
    url, token, path, body = task.given
    client = Client(url, token)
    return until_answered(partial(client.call, "PUT", path, body=body)).code

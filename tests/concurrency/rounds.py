"""One round of the soak test: concurrent people, clerks and closings, and checks.

Meanwhile, API processes are killed and the storage fails. On one day, people book, cancel and move while clerks edit
the schedules, accept and reject. There, all responses are compared with each other and with the tables (`history.py`).
On another day, desks close all schedules while people book, and move or cancel the people. There, nobody may stay in a
closed schedule, hold two places, or miss a notice.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import desk_clients
from tests.concurrency.client_pool import ClientPool
from tests.concurrency.desk_clients import Decision, Edit
from tests.concurrency.history import (
    PLACES,
    ClientTasks,
    CountReading,
    History,
    RetryingClient,
    book_and_read,
    contradictions,
    read_schedule_table,
    record,
)
from tests.invariants import Rows, rows_of
from tests.manual import desk_client
from tests.staffed_hospital import StaffedHospital
from tests.waiting import SECONDS, eventually

APP = "mohprompt.demo"


@dataclass
class Round:
    """Result of a round. moved: the people whom desks may have moved or cancelled."""

    history: History
    edits: list[Edit]
    decisions: list[Decision]
    closures: int
    kills: int
    moved: list[str]
    contradictions: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        results = Counter(one.code or "unanswered" for one in self.history.entries)
        edited = Counter(one.code for one in self.edits)
        return (
            f"{len(self.history.entries)} requests {dict(results)}, {len(self.history.readings)} readings,"
            f" edits {dict(edited)}, {len(self.decisions)} accepts and rejects, {self.closures} closing calls,"
            f" {self.kills} kills"
        )


def play(
    client_pool: ClientPool,
    local_stack: LocalStack,
    staffed: StaffedHospital,
    his: Client,
    app_client: Client,
    seconds: float,
) -> Round:
    """Run a round of so many seconds, and check it.

    Notices are checked separately (`notices_missing`).
    """
    day, closing_day, other_day = desk_client.new_day(), desk_client.new_day(), desk_client.new_day()
    schedules = staffed.open(day, PLACES)
    doomed, roomy = staffed.open(closing_day, 12), staffed.open(other_day, 40)
    people = [[new_cid() for _ in range(4)] for _ in range(14)]
    wanderers = [[new_cid() for _ in range(3)] for _ in range(8)]
    steps = int(seconds * 2)
    to, date = {"to_date": other_day.isoformat()}, {"date": closing_day.isoformat()}
    closing = [
        {**date, "action": "cancel", "schedule_id": doomed[0]},
        {**date, "action": "postpone", "room_id": staffed.rooms[1]["room_id"], **to},
        {**date, "action": "postpone", **to},
    ]

    def client_tasks(urls: list[str]) -> ClientTasks:
        parts: ClientTasks = [
            (book_and_read, (urls, his.token, staffed.code, day.isoformat(), schedules, schedules[2:], cids, seconds))
            for cids in people
        ]
        parts.append((read_schedule_table, (urls, staffed.clerk.token, day.isoformat(), schedules, seconds)))
        parts += [
            (
                partial(desk_clients.edit, open_client=RetryingClient),
                (urls, one.token, day.isoformat(), schedules[:2], 2 * PLACES, steps // 2),
            )
            for one in staffed.clerks[:2]
        ]
        ticks = ["accept", "reject"]
        parts += [
            (
                partial(desk_clients.decide, open_client=RetryingClient),
                (urls, one.token, day.isoformat(), schedules, ticks, steps // 2),
            )
            for one in staffed.clerks
        ]
        actions = ["cancel", "postpone", "postpone", "confirm"]
        parts += [
            (
                partial(desk_clients.come_and_go, open_client=RetryingClient),
                (urls, app_client.token, staffed.code, doomed + roomy[:1], cids, actions, steps // 4 + 4),
            )
            for cids in wanderers
        ]
        parts += [
            (partial(desk_clients.close, open_client=RetryingClient), (urls[n], staffed.clerks[n].token, body, 8))
            for n, body in enumerate(closing)
        ]
        return parts

    results, kills = record(client_pool, local_stack, client_tasks)
    logs, results = results[: len(people)], results[len(people) :]
    table_readings, edits, decisions, results = results[0], results[1:3], results[3:6], results[6:]
    closures = results[len(wanderers) :]
    readings: list[CountReading] = [*table_readings, *(one for log in logs for one in log.readings)]
    entries = sorted((one for log in logs for one in log.entries), key=lambda e: e.began)
    moved = [cid for cids in wanderers for cid in cids]
    done = Round(
        History(entries, readings),
        [one for by_one in edits for one in by_one],
        [one for by_one in decisions for one in by_one],
        sum(len(calls) for calls in closures),
        kills,
        moved,
    )
    rows = rows_of(local_stack.endpoint)
    done.contradictions = [
        *contradictions(done.history, rows),
        *changed_twice(done.edits, done.decisions),
        *(f"{one} is left behind in a closed schedule" for one in left_behind(rows, staffed.code, doomed)),
        *(f"{one} is in two places" for one in in_two_places(rows, moved)),
    ]
    return done


def changed_twice(edits: list[Edit], decisions: list[Decision]) -> list[str]:
    """Versions of which two different changes were acknowledged."""
    said = [((one.schedule_id, one.version), (one.capacity, one.online)) for one in edits if one.status == 200]
    said += [
        ((one.slip, one.version), (one.event,))
        for one in decisions
        if one.status == 200 and one.answer["version"] != one.version
    ]
    by_version = groupby(sorted(said, key=repr), key=lambda one: one[0])
    return [f"{what} was changed twice" for what, same in by_version if len({to for _, to in same}) > 1]


def left_behind(rows: Rows, code: str, schedules: list[int]) -> list[str]:
    """People who hold a place in a schedule that is closed."""
    closed = [one for one in schedules if rows.schedule(one, code)["state"] == "closed"]
    return [one["cid"] for schedule in closed for one in rows.holders(schedule, code)]


def in_two_places(rows: Rows, people: list[str]) -> list[str]:
    """Those of the people who hold more than one place."""
    held = Counter(one["cid"] for one in rows.active())
    return [cid for cid in people if held[cid] > 1]


def notices_due(rows: Rows, people: list[str]) -> Counter[tuple[str, str]]:
    """Notices that people should get, according to the table: (person, kind).

    There is one for each cancellation and move by the hospital.
    """
    kinds = {"cancelled": "cancelled", "postponed": "moved"}
    return Counter(
        (one["cid"], kinds[one["state"]])
        for one in rows.appointments
        if one["cid"] in people and one["state"] in kinds and one["changed_login"] != APP
    )


def notices_got(app_client: Client, people: list[str]) -> Counter[tuple[str, str]]:
    """Notices of these kinds in the people's inboxes: (person, kind)."""
    return Counter((cid, kind) for cid in people for kind in inbox(app_client, cid) if kind in ("moved", "cancelled"))


def inbox(app_client: Client, cid: str) -> list[Any]:
    return [one["kind"] for one in app_client.call("GET", "/api/message/Inbox", {"cid": cid}).result]


def notices_missing(
    local_stack: LocalStack, staffed: StaffedHospital, app_client: Client, people: list[str], seconds: float = SECONDS
) -> list[str]:
    """People without exactly one notice of each move and cancellation by the hospital.

    seconds: how long to wait for the notices. A person books last and gets a notice. The stream is in order, so all
    other notices were sent before, except those that the function of a queue has to retry.
    """
    last, (schedule,) = new_cid(), staffed.open(desk_client.new_day(), 1, rooms=1, periods=1)
    assert app_client.book(schedule, last, hospital_code=staffed.code).status == 200
    eventually(lambda: inbox(app_client, last), "the last person has a notice", seconds)
    due = notices_due(rows_of(local_stack.endpoint), people)
    eventually(lambda: not due - notices_got(app_client, people), "everybody has a notice", seconds)
    got = notices_got(app_client, people)
    return [f"{cid}: {due[cid, kind]} {kind}, {got[cid, kind]} notices" for cid, kind in due | got
            if due[cid, kind] != got[cid, kind]]  # fmt: skip

"""One round of the soak: people, clerks and desks that close, all at once, and what must be true of it afterwards.

Meanwhile API processes are killed and the storage fails. On one day people book, cancel and move while clerks edit its
schedules, accept and reject: there everybody's answers are held against each other and against the tables, moment by
moment (`history.py`). On another day desks close everything under the people's feet and move or cancel them: there
nobody may be left behind, be in two places, or not be told.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any

from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import desks
from tests.concurrency.crowd import Crowd
from tests.concurrency.desks import Decision, Edit
from tests.concurrency.history import PLACES, Cast, History, Sight, Stubborn, chronicle, contradictions, record, watch
from tests.invariants import Rows, rows_of
from tests.manual import desk
from tests.waiting import SECONDS, eventually
from tests.ward import Ward

APP = "mohprompt.demo"


@dataclass
class Round:
    """What was found of it; moved: the people whom desks may have moved or cancelled."""

    history: History
    edits: list[Edit]
    decisions: list[Decision]
    closures: int
    kills: int
    moved: list[str]
    contradictions: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        told = Counter(one.code or "unanswered" for one in self.history.entries)
        edited = Counter(one.code for one in self.edits)
        return (
            f"{len(self.history.entries)} requests {dict(told)}, {len(self.history.sights)} sights,"
            f" edits {dict(edited)}, {len(self.decisions)} accepts and rejects, {self.closures} closing calls,"
            f" {self.kills} kills"
        )


def play(crowd: Crowd, centre: LocalStack, ward: Ward, his: Client, app_client: Client, seconds: float) -> Round:
    """Plays a round of so many seconds and checks it; notices are checked apart (`notices_missing`)."""
    day, closing_day, other_day = desk.new_day(), desk.new_day(), desk.new_day()
    schedules = ward.open(day, PLACES)
    doomed, roomy = ward.open(closing_day, 12), ward.open(other_day, 40)
    people = [[new_cid() for _ in range(4)] for _ in range(14)]
    wanderers = [[new_cid() for _ in range(3)] for _ in range(8)]
    steps = int(seconds * 2)
    to, date = {"to_date": other_day.isoformat()}, {"date": closing_day.isoformat()}
    closing = [
        {**date, "action": "cancel", "schedule_id": doomed[0]},
        {**date, "action": "postpone", "room_id": ward.rooms[1]["room_id"], **to},
        {**date, "action": "postpone", **to},
    ]

    def cast(urls: list[str]) -> Cast:
        parts: Cast = [
            (chronicle, (urls, his.token, ward.code, day.isoformat(), schedules, schedules[2:], cids, seconds))
            for cids in people
        ]
        parts.append((watch, (urls, ward.clerk.token, day.isoformat(), schedules, seconds)))
        parts += [
            (
                partial(desks.edit, opens=Stubborn),
                (urls, one.token, day.isoformat(), schedules[:2], 2 * PLACES, steps // 2),
            )
            for one in ward.clerks[:2]
        ]
        ticks = ["accept", "reject"]
        parts += [
            (partial(desks.decide, opens=Stubborn), (urls, one.token, day.isoformat(), schedules, ticks, steps // 2))
            for one in ward.clerks
        ]
        actions = ["cancel", "postpone", "postpone", "confirm"]
        parts += [
            (
                partial(desks.come_and_go, opens=Stubborn),
                (urls, app_client.token, ward.code, doomed + roomy[:1], cids, actions, steps // 4 + 4),
            )
            for cids in wanderers
        ]
        parts += [
            (partial(desks.close, opens=Stubborn), (urls[n], ward.clerks[n].token, body, 8))
            for n, body in enumerate(closing)
        ]
        return parts

    told, kills = record(crowd, centre, cast)
    chapters, told = told[: len(people)], told[len(people) :]
    watched, edits, decisions, told = told[0], told[1:3], told[3:6], told[6:]
    closures = told[len(wanderers) :]
    sights: list[Sight] = [*watched, *(one for chapter in chapters for one in chapter.sights)]
    entries = sorted((one for chapter in chapters for one in chapter.entries), key=lambda e: e.began)
    moved = [cid for cids in wanderers for cid in cids]
    done = Round(
        History(entries, sights),
        [one for by_one in edits for one in by_one],
        [one for by_one in decisions for one in by_one],
        sum(len(calls) for calls in closures),
        kills,
        moved,
    )
    rows = rows_of(centre.endpoint)
    done.contradictions = [
        *contradictions(done.history, rows),
        *changed_twice(done.edits, done.decisions),
        *(f"{one} is left behind in a closed schedule" for one in left_behind(rows, ward.code, doomed)),
        *(f"{one} is in two places" for one in in_two_places(rows, moved)),
    ]
    return done


def changed_twice(edits: list[Edit], decisions: list[Decision]) -> list[str]:
    """Of two changes of one version only one may have been acknowledged, unless they say the same."""
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
    """(person, kind) for everything that the hospital did to their appointments, by what the table says."""
    kinds = {"cancelled": "cancelled", "postponed": "moved"}
    return Counter(
        (one["cid"], kinds[one["state"]])
        for one in rows.appointments
        if one["cid"] in people and one["state"] in kinds and one["changed_login"] != APP
    )


def notices_got(app_client: Client, people: list[str]) -> Counter[tuple[str, str]]:
    """(person, kind) of every notice of that sort in their inboxes."""
    return Counter((cid, kind) for cid in people for kind in inbox(app_client, cid) if kind in ("moved", "cancelled"))


def inbox(app_client: Client, cid: str) -> list[Any]:
    return [one["kind"] for one in app_client.call("GET", "/api/message/Inbox", {"cid": cid}).result]


def notices_missing(
    centre: LocalStack, ward: Ward, app_client: Client, people: list[str], seconds: float = SECONDS
) -> list[str]:
    """Of whom the hospital moved or cancelled: who is not told within so many seconds, or not once.

    Everything is told where somebody who books now has heard of that, since the stream is in order; but for what a
    queue's function could not do at once, and does again.
    """
    last, (schedule,) = new_cid(), ward.open(desk.new_day(), 1, rooms=1, periods=1)
    assert app_client.book(schedule, last, hospital_code=ward.code).status == 200
    eventually(lambda: inbox(app_client, last), "the last person is told", seconds)
    due = notices_due(rows_of(centre.endpoint), people)
    eventually(lambda: not due - notices_got(app_client, people), "everybody is told", seconds)
    got = notices_got(app_client, people)
    return [f"{cid}: {due[cid, kind]} {kind}, told {got[cid, kind]} times" for cid, kind in due | got
            if due[cid, kind] != got[cid, kind]]  # fmt: skip

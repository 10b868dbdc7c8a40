"""The invariants of design.md, checked on the tables themselves.

    violations(rows_of(endpoint)) == []

It reads plain DynamoDB items, without the product's code, so that a fault in the product's reading cannot hide a fault
in its writing.
"""

import itertools
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local import child_processes

Row = dict[str, Any]

_given_keys: dict[str, str] = {}


@dataclass
class Rows:
    """The rows of the tables.

    schedules: without the day counters. appointments: ended ones included.
    """

    schedules: list[Row]
    appointments: list[Row]

    def active(self) -> list[Row]:
        return [one for one in self.appointments if one["state"] == "booked"]

    def schedule(self, schedule_id: int, hospital_code: str = "00000") -> Row:
        return next(
            s
            for s in self.schedules
            if s["schedule_id"] == schedule_id and s["hospital_day"].startswith(f"{hospital_code}#")
        )

    def holders(self, schedule_id: int, hospital_code: str = "00000") -> list[Row]:
        return [a for a in self.active() if a["schedule_id"] == schedule_id and a["hospital_code"] == hospital_code]


def rows_of(
    endpoint: str, stage: str | None = None, keys: dict[str, str] | None = None, hospital_code: str = ""
) -> Rows:
    """Read both tables whole. Call it when nothing is written.

    stage: None means the stage of this run. keys: of the engine, if another process has started it. hospital_code: read
    only what this hospital has.
    """
    return Rows(
        [row for row in table(endpoint, "schedules", stage, keys, hospital_code) if row["schedule_id"] > 0],
        table(endpoint, "appointments", stage, keys, hospital_code),
    )


def table(
    endpoint: str, name: str, stage: str | None = None, keys: dict[str, str] | None = None, hospital_code: str = ""
) -> list[Row]:
    """Every item of a table, or of one hospital in it.

    It does not use boto3, which takes several times as long to read the answer.
    """
    rows: list[Row] = []
    only: dict[str, Any] = {}
    if hospital_code:
        only["FilterExpression"] = "begins_with(hospital_day, :hospital)"
        only["ExpressionAttributeValues"] = {":hospital": {"S": f"{hospital_code}#"}}
    start: dict[str, Any] = {}
    keys = keys or engine_keys()
    credentials = Credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"])
    while True:
        whole = f"moph-{stage or os.environ['STAGE']}-{name}"
        wanted = json.dumps({"TableName": whole, "ConsistentRead": True, **only, **start})
        headers = {"X-Amz-Target": "DynamoDB_20120810.Scan", "Content-Type": "application/x-amz-json-1.0"}
        request = AWSRequest("POST", endpoint, headers, wanted)
        SigV4Auth(credentials, "dynamodb", "ap-southeast-1").add_auth(request)
        answer = urllib3.request("POST", f"{endpoint}/", body=wanted, headers=dict(request.headers), timeout=180)
        assert answer.status == 200, answer.data
        page = answer.json()
        rows += [{key: _plain(value) for key, value in item.items()} for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return rows
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def engine_keys() -> dict[str, str]:
    """The keys of the engine: of a running one, or of one that this process starts."""
    if _given_keys:
        return _given_keys
    names = child_processes.credentials()
    return {name: os.environ[name] for name in names} if "DEPLOYED_URL" in os.environ else names


def use_engine_keys(keys: dict[str, str]) -> None:
    """Use these keys, in a process that did not start the engine."""
    _given_keys.update(keys)


def _plain(value: dict[str, Any]) -> Any:
    """The Python value of a DynamoDB value: {"N": "7"} -> 7, and so on.

    Every number of these tables is whole.
    """
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return int(content)
        case "NS":
            return {int(one) for one in content}
        case "SS":
            return set(content)
        case "L":
            return [_plain(one) for one in content]
        case "M":
            return {name: _plain(one) for name, one in content.items()}
        case "NULL":
            return None
    return content  # S and BOOL


def violations(rows: Rows) -> list[str]:
    """Every violation of an invariant, as a sentence; [] if there is none."""
    return [
        *_counts(rows),
        *_events(rows),
        *_outside(rows),
        *_numbers(rows),
        *_copies(rows),
        *_moves(rows),
        *_lines(rows),
    ]


def _counts(rows: Rows) -> Iterable[str]:
    """Places: free + held = capacity; one holder a place; available_count = free."""
    held: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for one in rows.active():
        held[(one["hospital_day"], int(one["schedule_id"]))].append(one)
    for schedule in rows.schedules:
        key = (schedule["hospital_day"], int(schedule["schedule_id"]))
        name = f"{key[0]}/{key[1]}"
        free = {int(place) for place in schedule.get("free") or ()}
        places = [int(one["place"]) for one in held.pop(key, [])]
        for place, holders in Counter(places).items():
            if holders > 1:
                yield f"{name}: place {place} has {holders} holders"
        if free & set(places):
            yield f"{name}: places {sorted(free & set(places))} are free and held"
        if len(free) + len(places) != schedule["capacity"]:
            yield f"{name}: {len(free)} free + {len(places)} held is not the capacity {schedule['capacity']}"
        if schedule["available_count"] != len(free):
            yield f"{name}: available_count is {schedule['available_count']}, {len(free)} places are free"
    for day, schedule_id in held:
        yield f"{day}/{schedule_id}: appointments without a schedule"


def _events(rows: Rows) -> Iterable[str]:
    """Places taken: each is held, was moved, or was cancelled."""
    for schedule in rows.schedules:
        if "taken" not in schedule:
            continue  # of a negative control, which counts nothing
        ended = sum(schedule.get(what, 0) for what in ("moved", "cancelled", "cancelled_late"))
        held = schedule["capacity"] - schedule["available_count"]
        if schedule["taken"] != ended + held:
            yield (
                f"{schedule['hospital_day']}/{schedule['schedule_id']}: {schedule['taken']} places were taken,"
                f" {ended} given back, and {held} are held"
            )


def _outside(rows: Rows) -> Iterable[str]:
    """Places held from outside: those of other hospitals' systems, counted right.

    A schedule counts all of them, and those of people without a national id.
    """
    held: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for one in rows.active():
        if one.get("outside"):
            held[(one["hospital_day"], int(one["schedule_id"]))].append(one)
    for schedule in rows.schedules:
        name = f"{schedule['hospital_day']}/{schedule['schedule_id']}"
        outside = held[(schedule["hospital_day"], int(schedule["schedule_id"]))]
        without_id = [one for one in outside if one["cid"][0] in "09"]
        for what, appointments in (("outside_count", outside), ("outside_without_id_count", without_id)):
            if schedule.get(what, 0) != len(appointments):
                yield f"{name}: {what} is {schedule.get(what, 0)}, and there are {len(appointments)}"


def _numbers(rows: Rows) -> Iterable[str]:
    """Queue numbers, unique per room and day; appointment ids, unique per hospital.

    Both as they are made by schedules, and as they are held.
    """
    queue: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    ids: dict[str, Counter[int]] = defaultdict(Counter)
    for one in rows.active():
        queue[(one["hospital_day"], int(one["room_id"]))][one["queue_no"]] += 1
        ids[one["hospital_code"]][int(one["appointment_id"])] += 1
    for (day, room), counted in queue.items():
        for number, times in counted.items():
            if times > 1:
                yield f"{day}: room {room} has queue number {number} {times} times"
    for hospital, counts in ids.items():
        for appointment_id, times in counts.items():
            if times > 1:
                yield f"{hospital}: {times} people hold appointment {appointment_id}"
    made: dict[str, set[int]] = defaultdict(set)
    for schedule in rows.schedules:
        hospital = schedule["hospital_day"].split("#")[0]
        for block in schedule["blocks"]:
            first, places = int(block["first_appointment_id"]), int(block["places"])
            run = set(range(first, first + places))
            if made[hospital] & run:
                yield f"{schedule['hospital_day']}/{schedule['schedule_id']}: appointment ids made twice"
            made[hospital] |= run


def _copies(rows: Rows) -> Iterable[str]:
    """Copies: an appointment has the same values as the place it holds."""
    schedules = {(s["hospital_day"], int(s["schedule_id"])): s for s in rows.schedules}
    for one in rows.active():
        schedule = schedules.get((one["hospital_day"], int(one["schedule_id"])))
        if schedule is None:
            continue
        place = int(one["place"])
        block = next(
            (b for b in schedule["blocks"] if b["first_place"] <= place < b["first_place"] + b["places"]), None
        )
        name = f"{one['hospital_day']}/{one['schedule_id']} place {place}"
        if block is None:
            yield f"{name}: held, but the schedule has no such place"
            continue
        offset = place - int(block["first_place"])
        if one["appointment_id"] != block["first_appointment_id"] + offset:
            yield f"{name}: appointment id {one['appointment_id']} is not the place's"
        width = int(schedule["queue_length"])
        number = f"{schedule.get('queue_code') or ''}{int(block['first_queue_number']) + offset:0{width}d}"
        if one["queue_no"] != number:
            yield f"{name}: queue number {one['queue_no']} is not the place's {number}"
        for what in ("time_start", "time_finish", "room_id", "department_id"):
            if one.get(what) != schedule.get(what):
                yield f"{name}: {what} is {one.get(what)}, the schedule's is {schedule.get(what)}"
        day = date(2020, 1, 1) + timedelta(days=int(one["schedule_id"]) // 100_000)
        if one["appointment"] != f"{day.isoformat()}#{one['hospital_code']}#{one['schedule_id']}":
            yield f"{name}: filed under {one['appointment']}"


def _moves(rows: Rows) -> Iterable[str]:
    """Moves: a person who was moved has an appointment at the new place.

    The appointment may have ended since.
    """
    there = {(one["cid"], one["hospital_code"], int(one["schedule_id"])) for one in rows.appointments}
    for one in rows.appointments:
        if one["state"] != "postponed":
            continue
        new = (one["cid"], one["hospital_code"], int(one.get("moved_to_schedule_id") or 0))
        if new not in there:
            yield f"{one['hospital_day']}/{one['schedule_id']} place {one['place']}: moved to {new[2]}, and not there"


def _lines(rows: Rows) -> Iterable[str]:
    """Rooms: the open schedules of a room on a day do not overlap."""
    rooms: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for one in rows.schedules:
        if one.get("state") == "open":
            rooms[(one["hospital_day"], int(one["room_id"]))].append((one["time_start"], one["time_finish"]))
    for (day, room), times in rooms.items():
        times.sort()
        for (_, finish), (start, _) in itertools.pairwise(times):
            if start <= finish:
                yield f"{day}: room {room} has open schedules that overlap at {start}"

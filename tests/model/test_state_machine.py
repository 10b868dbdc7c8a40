"""The API against a small reference model: whatever three callers do to two schedules, every answer is the model's.

Hypothesis chooses what is done and shrinks what fails to the shortest story. Each schedule has two places left, so that
full, freed and fought-over places are common. The model knows no storage and no concurrency: it is the wire contract.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from infra.local.centre import Centre
from tests.client import SLOTS, Client, Reply, in_days, new_cid
from tests.invariants import rows_of, violations

PLACES, LEFT = 20, 2
EXAMPLES = int(os.environ.get("EXAMPLES", "12"))


@dataclass
class Held:
    """What one person holds or held in one schedule. ended: ids given up before the present one."""

    appointment_id: int
    booked_by: str
    state: str = "booked"
    moved_to: int = 0
    moved_id: int = 0
    confirmed: bool = False
    ended: set[int] = field(default_factory=set)


@dataclass
class Ground:
    """callers: name -> (client, sender hospital). schedules: LEFT places free in each."""

    callers: dict[str, tuple[Client, str]]
    day: Any
    schedules: list[int]


@pytest.fixture(scope="module")
def ground(centre: Centre, his: Client, his2: Client, app_client: Client) -> Iterator[Ground]:
    day, fresh = next(
        (day, fresh[:2])
        for day in map(in_days, range(30, 11, -1))
        if len(fresh := [s["schedule_id"] for s in his.schedules(day) if s["available_slot"] == PLACES]) >= 2
    )
    for schedule in fresh:
        for _ in range(PLACES - LEFT):
            assert his.book(schedule, new_cid()).status == 200
    callers = {"his": (his, "00000"), "his2": (his2, "00002"), "app": (app_client, "00000")}
    yield Ground(callers, day, fresh)
    assert violations(rows_of(centre.endpoint)) == []


class Machine(RuleBasedStateMachine):
    ground: Ground

    @initialize()
    def nobody_holds_anything(self) -> None:
        self.people = [new_cid() for _ in range(4)]
        self.held: dict[tuple[str, int], Held] = {}
        self.ids: list[tuple[str, int]] = []  # (person, id) of everything that was ever acknowledged

    def free(self, schedule: int) -> int:
        return LEFT - sum(1 for (_, s), h in self.held.items() if s == schedule and h.state == "booked")

    def active(self, cid: str, schedule: int) -> Held | None:
        held = self.held.get((cid, schedule))
        return held if held and held.state == "booked" else None

    def spoken_of(self, cid: str, appointment_id: int, caller: str) -> tuple[int, Held] | None:
        """The schedule and what the person has there, where the id is or was of it and the caller may see it."""
        for (person, schedule), held in self.held.items():
            if person == cid and appointment_id in {held.appointment_id, *held.ended}:
                return (schedule, held) if caller != "his2" or held.booked_by == "00002" else None
        return None

    def take(self, cid: str, schedule: int, appointment_id: int, booked_by: str) -> None:
        before = self.held.get((cid, schedule))
        ended = before.ended | {before.appointment_id} if before else set()
        taken = {h.appointment_id for h in self.held.values() if h.state == "booked"}
        assert appointment_id not in taken, "two people were given the same place"
        self.held[(cid, schedule)] = Held(appointment_id, booked_by, ended=ended - {appointment_id})
        self.ids.append((cid, appointment_id))

    def call(self, caller: str, method: str, action: str, **query: Any) -> Reply:
        return self.ground.callers[caller][0].call(method, SLOTS, {"Action": action, "hospital_code": "00000", **query})

    @rule(caller=st.sampled_from(["his", "his2", "app"]), person=st.integers(0, 3), where=st.integers(0, 1))
    def book(self, caller: str, person: int, where: int) -> None:
        cid, schedule = self.people[person], self.ground.schedules[where]
        client, sender = self.ground.callers[caller]
        answer = client.book(schedule, cid, sender)
        held = self.active(cid, schedule)
        if held:
            expect(answer, held.appointment_id if held.booked_by == sender else "AlreadyBooked")
        elif self.free(schedule) == 0:
            expect(answer, "SlotsFull")
        else:
            self.take(cid, schedule, expect(answer, None), sender)

    @precondition(lambda self: self.ids)
    @rule(caller=st.sampled_from(["his", "his2", "app"]), which=st.integers(0, 99))
    def cancel(self, caller: str, which: int) -> None:
        cid, appointment_id = self.ids[which % len(self.ids)]
        answer = self.call(caller, "GET", "CancelAppointmentSlot", cid=cid, hospital_appointment_slot_id=appointment_id)
        found = self.spoken_of(cid, appointment_id, caller)
        if found is None:
            expect(answer, "AppointmentNotFound")
        elif found[1].appointment_id == appointment_id and found[1].state == "postponed":
            expect(answer, "AppointmentPostponed")
        else:
            expect(answer, appointment_id)
            if found[1].appointment_id == appointment_id:
                found[1].state = "cancelled"

    @precondition(lambda self: self.ids)
    @rule(caller=st.sampled_from(["his", "his2", "app"]), which=st.integers(0, 99), where=st.integers(0, 1))
    def postpone(self, caller: str, which: int, where: int) -> None:
        (cid, appointment_id), target = self.ids[which % len(self.ids)], self.ground.schedules[where]
        answer = self.call(
            caller,
            "GET",
            "PostponeAppointmentSlot",
            cid=cid,
            hospital_appointment_slot_id=appointment_id,
            schedule_id=target,
        )
        found = self.spoken_of(cid, appointment_id, caller)
        if found is None:
            expect(answer, "AppointmentNotFound")
            return
        schedule, held = found
        there = self.active(cid, target)
        if held.appointment_id != appointment_id:
            expect(answer, there.appointment_id if there and schedule != target else "AppointmentPostponed")
        elif held.state == "booked" and schedule == target:
            expect(answer, appointment_id)
        elif held.state == "postponed" and held.moved_to == target:
            expect(answer, held.moved_id)
        elif held.state != "booked":
            expect(answer, "AppointmentCancelled" if held.state == "cancelled" else "AppointmentPostponed")
        elif there:
            expect(answer, "AlreadyBooked")
        elif self.free(target) == 0:
            expect(answer, "SlotsFull")
        else:
            new = expect(answer, None)
            held.state, held.moved_to, held.moved_id = "postponed", target, new
            self.take(cid, target, new, held.booked_by)

    @precondition(lambda self: self.ids)
    @rule(which=st.integers(0, 99))
    def confirm(self, which: int) -> None:
        cid, appointment_id = self.ids[which % len(self.ids)]
        answer = self.call(
            "app", "POST", "AcknowledgeAppointmentSlot", cid=cid, hospital_appointment_slot_id=appointment_id
        )
        found = self.spoken_of(cid, appointment_id, "app")
        assert found
        _, held = found
        if held.appointment_id != appointment_id or held.state == "postponed":
            expect(answer, "AppointmentPostponed")
        elif held.state == "cancelled":
            expect(answer, "AppointmentCancelled")
        else:
            expect(answer, appointment_id)

    @invariant()
    def the_lists_agree_with_the_model(self) -> None:
        if not hasattr(self, "people"):
            return
        client = self.ground.callers["his"][0]
        listed = {s["schedule_id"]: s["available_slot"] for s in client.schedules(self.ground.day)}
        assert {s: listed[s] for s in self.ground.schedules} == {s: self.free(s) for s in self.ground.schedules}
        for cid in self.people:
            current = client.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
            told = {one["hospital_appointment_slot_id"] for one in current}
            assert told == {h.appointment_id for (p, _), h in self.held.items() if p == cid and h.state == "booked"}

    def teardown(self) -> None:
        for (cid, _), held in getattr(self, "held", {}).items():
            if held.state == "booked":
                self.ground.callers["his"][0].cancel(cid, held.appointment_id)


def expect(answer: Reply, what: int | str | None) -> int:
    """The answer is this refusal, or this id, or (None) any id; returns the id."""
    if isinstance(what, str):
        assert answer.code == what, f"{answer.code} instead of {what}"
        return 0
    found: int = answer.result["hospital_appointment_slot_id"]
    assert what is None or found == what
    return found


def test_every_answer_and_every_list_is_the_models(ground: Ground) -> None:
    class OnThisGround(Machine):
        pass

    OnThisGround.ground = ground
    run_state_machine_as_test(
        OnThisGround,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=15,
            deadline=None,
            database=None,
            derandomize="EXAMPLES" not in os.environ,  # the same stories in CI; others where more are asked for
            suppress_health_check=list(HealthCheck),
        ),
    )

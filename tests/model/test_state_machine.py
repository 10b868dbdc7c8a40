"""The API and the desk against a reference model: same answers, same state.

Two hospitals with schedules of the same numbers, four people, their information systems, the app and a clerk each.
Hypothesis chooses what is done and shrinks a failure to the fewest steps. A schedule has two places at first, so
that full, freed and fought-over places are common. What is booked when, by whom, with which version: `reference.py`.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from infra.local.local_stack import LocalStack
from tests import staffed_hospital
from tests.client import SLOTS, Client, Reply, new_cid
from tests.hospitals import Hospitals
from tests.invariants import rows_of, violations
from tests.large import large
from tests.manual import desk_client
from tests.model.reference import BOOKED, OPEN, Answer, Caller, Holding, Model, Place, ScheduleSpec
from tests.staffed_hospital import HOURS, StaffedHospital

HOSPITALS, PLACES = ("00006", "00008"), 2
EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
MANY_EXAMPLES = 40
APPOINTMENTS, SCHEDULES = "/api/dashboard/appointments", "/api/dashboard/schedules"
REOPENINGS = "/api/dashboard/reopenings"


@dataclass
class BenchEnvironment:
    """callers: name -> (client, who it is); clerks: hospital -> the same."""

    hospitals: dict[str, StaffedHospital]
    callers: dict[str, tuple[Client, Caller]]
    clerks: dict[str, tuple[Client, Caller]]


@pytest.fixture(scope="module")
def bench_environment(local_stack: LocalStack, hospitals: Hospitals, app_client: Client) -> Iterator[BenchEnvironment]:
    made = {code: staffed_hospital.make(hospitals.of_demo_data(code), 1) for code in HOSPITALS}
    callers = {"app": (app_client, Caller("mohprompt.demo", "00000", is_app=True))}
    for name, code in zip(("here", "there"), HOSPITALS, strict=True):
        callers[name] = (hospitals.of_demo_data(code).client("his.demo"), Caller("", code))
    clerks = {}
    for code, staffed in made.items():
        login = staffed.clerk.call("GET", "/api/dashboard/Welcome").result["login"]
        clerks[code] = (staffed.clerk, Caller(login, code))
    yield BenchEnvironment(made, callers, clerks)
    assert violations(rows_of(local_stack.endpoint)) == []


# What is done, as often as it stands here.
WHATS = (
    "book book book book_at_the_desk book_at_the_desk cancel cancel postpone postpone postpone confirm confirm"
    " accept accept reject cancel_at_the_desk postpone_at_the_desk postpone_at_the_desk edit edit edit"
    " close close_and_cancel close_and_postpone open open limit let_outside_book reopen undo undo undo"
).split()


@dataclass(frozen=True)
class Step:
    """One step of a run.

    which: an id or a line on a screen, the latest first. elsewhere: at the wrong hospital. late: by an old version.
    whole_room: not one schedule alone.
    """

    what: str
    caller: str
    hospital: str
    person: int
    n: int
    which: int
    number: int
    online: bool
    elsewhere: bool
    late: bool
    whole_room: bool


def step_of(number: int) -> Step:
    """The step of a number.

    Numbers are drawn evenly; fields drawn one by one would give many steps that are alike.
    """
    chance = random.Random(number)

    def rarely() -> bool:
        return chance.random() < 0.12

    return Step(
        what=chance.choice(WHATS),
        caller=chance.choice(["here", "there", "there", "app"]),  # a share of two places is one
        hospital=chance.choice([HOSPITALS[0], *HOSPITALS]),  # most of it in one, or hardly anyone would meet
        person=chance.randrange(4),
        n=chance.randrange(4),
        which=int(12 * chance.random() ** 2),
        number=chance.choice([0, 1, 1, 1, 2]),
        online=chance.random() < 0.7,
        elsewhere=rarely(),
        late=rarely(),
        whole_room=rarely(),
    )


steps = st.integers(0, 2**31).map(step_of)


class Machine(RuleBasedStateMachine):
    bench_environment: BenchEnvironment

    @initialize(first=st.lists(steps, min_size=6, max_size=10))
    def two_hospitals_open_a_day_and_some_people_book(self, first: list[Step]) -> None:
        self.day = desk_client.new_day()
        self.people = [new_cid() for _ in range(4)]
        self.places: dict[str, list[Place]] = {}
        opened: dict[Place, ScheduleSpec] = {}
        for code, staffed in self.bench_environment.hospitals.items():
            self.places[code] = [(code, one) for one in staffed.open(self.day, PLACES)]
            for n, where in enumerate(self.places[code]):
                opened[where] = ScheduleSpec(n % 2, HOURS[n // 2], PLACES)
        self.model = Model(opened, dict.fromkeys(HOSPITALS, 0))
        self.ids: list[tuple[str, str, int]] = []  # (person, hospital, id) of everything that was ever acknowledged
        self.screens: list[tuple[Place, int, int]] = []  # (schedule, place, version) as a desk's list has shown them
        self.closings: list[tuple[str, str]] = []  # (hospital, id)
        self.touched = (HOSPITALS[0], self.people[0])
        for step in first:
            self.book(step)
        for hospital in HOSPITALS:
            self.the_desks_list_is_the_models(hospital)
        self.limit(replace(first[0], hospital=HOSPITALS[0]))

    def check(self, answer: Reply, expected: Answer, hospital: str, cid: str, result: int | None = None) -> None:
        """Compare the answer with the model's: its error, or the id of the appointment.

        result: that id.
        """
        self.touched = (hospital, cid)
        if isinstance(expected, str):
            assert answer.code == expected, f"{answer.code} instead of {expected}"
            return
        found: int = answer.result["hospital_appointment_slot_id"]
        self.name(expected, found if result is None else expected.appointment_id)
        assert found == (result or expected.appointment_id)

    def name(self, held: Holding, appointment_id: int) -> None:
        """Note the id that the system has chosen for a new appointment.

        No other appointment may have it.
        """
        if held.appointment_id:
            return
        others = [one for one in self.model.held.values() if one.state == BOOKED and one is not held]
        taken = {one.appointment_id for one in others if one.where[0] == held.where[0]}
        assert appointment_id not in taken, "two people were given the same place"
        held.appointment_id = appointment_id
        held.ended.discard(appointment_id)
        self.ids.append((held.cid, held.where[0], appointment_id))

    def call(self, caller: str, method: str, action: str, **query: Any) -> Reply:
        return self.bench_environment.callers[caller][0].call(method, SLOTS, {"Action": action, **query})

    @rule(step=steps)
    def something_is_done(self, step: Step) -> None:
        if step.what in ("cancel", "postpone", "confirm"):
            self.ask(step)
        elif step.what in ("accept", "reject", "cancel_at_the_desk", "postpone_at_the_desk"):
            self.task(step)
        elif step.what.startswith("close"):
            self.close(step)
        else:
            getattr(self, step.what)(step)

    def book(self, step: Step) -> None:
        cid, where = self.people[step.person], self.places[step.hospital][step.n]
        client, who = self.bench_environment.callers[step.caller]
        answer = client.book(where[1], cid, who.hospital, step.hospital)
        self.check(answer, self.model.book(who, where, cid), step.hospital, cid)

    def book_at_the_desk(self, step: Step) -> None:
        cid, where = self.people[step.person], self.places[step.hospital][step.n]
        client, who = self.bench_environment.clerks[step.hospital]
        answer = desk_client.book(client, where[1], cid)
        self.check(answer, self.model.book(who, where, cid, at_the_desk=True), step.hospital, cid)

    def ask(self, step: Step) -> None:
        if not self.ids:
            return
        cid, hospital, one = self.ids[-1 - step.which % len(self.ids)]
        if step.elsewhere:
            hospital = HOSPITALS[hospital == HOSPITALS[0]]
        named = {"hospital_code": hospital, "cid": cid, "hospital_appointment_slot_id": one}
        who, target = self.bench_environment.callers[step.caller][1], self.places[hospital][step.n][1]
        if step.what == "cancel":
            answer = self.call(step.caller, "GET", "CancelAppointmentSlot", **named)
            self.check(answer, self.model.cancel(who, hospital, cid, one), hospital, cid, result=one)
        elif step.what == "postpone":
            answer = self.call(step.caller, "GET", "PostponeAppointmentSlot", **named, schedule_id=target)
            self.check(answer, self.model.postpone(who, hospital, cid, one, target), hospital, cid)
        else:
            answer = self.call("app", "POST", "AcknowledgeAppointmentSlot", **named)
            app = self.bench_environment.callers["app"][1]
            self.check(answer, self.model.confirm(app, hospital, cid, one), hospital, cid, result=one)

    def task(self, step: Step) -> None:
        if not self.screens:
            return
        where, place, version = shown_line = self.screens[-1 - step.which % len(self.screens)]
        client, who = self.bench_environment.clerks[where[0]]
        what, target = step.what.split("_")[0], self.places[where[0]][step.n]
        more = {"to_schedule_id": target[1]} if what == "postpone" else {}
        answer = desk_client.act(client, {"schedule_id": where[1], "place": place, "version": version}, what, **more)
        expected = self.model.task(who, what, shown_line, target)
        self.check(answer, expected, where[0], expected.cid if isinstance(expected, Holding) else self.people[0])

    def edit(self, step: Step) -> None:
        where, capacity = self.places[step.hospital][step.n], step.number + 1
        version = max(1, self.model.lines[where].version - step.late)
        body = {"capacity": capacity, "online": step.online, "version": version}
        answer = self.bench_environment.clerks[step.hospital][0].call("PUT", f"{SCHEDULES}/{where[1]}", body=body)
        expected = self.model.edit(where, version, capacity, step.online)
        assert answer.code == expected, f"{answer.code} instead of {expected}"
        self.touched = (step.hospital, self.people[0])

    def close(self, step: Step) -> None:
        client, who = self.bench_environment.clerks[step.hospital]
        where, department = self.places[step.hospital][step.n], step.n % 2
        room = self.bench_environment.hospitals[step.hospital].rooms[department]["room_id"]
        action = step.what.rsplit("_", 1)[-1]
        scope = {"room_id": room} if step.whole_room else {"schedule_id": where[1]}
        closing = f"{len(self.closings):016x}"
        self.closings.append((step.hospital, closing))
        dates = {"date": self.day.isoformat(), "to_date": self.day.isoformat()}
        body = {**dates, "action": action, "closing": closing, **scope}
        result = client.call("POST", "/api/dashboard/closures", body=body).result
        of_room = [
            one for one, line in self.model.lines.items() if (one[0], line.department) == (step.hospital, department)
        ]
        expected = self.model.close(who, of_room if step.whole_room else [where], action, closing)
        assert (result["cancelled"], result["postponed"], len(result["left"])) == expected
        assert result["remaining"] == 0
        self.touched = (step.hospital, self.people[0])

    def reopen(self, step: Step) -> None:
        department = step.n % 2
        room = self.bench_environment.hospitals[step.hospital].rooms[department]["room_id"]
        of_room = [
            one for one, line in self.model.lines.items() if (one[0], line.department) == (step.hospital, department)
        ]
        body = {"date": self.day.isoformat(), "room_id": room}
        result = self.bench_environment.clerks[step.hospital][0].call("POST", REOPENINGS, body=body).result
        assert (result["reopened"], result["remaining"]) == (self.model.reopen(of_room), 0)
        self.touched = (step.hospital, self.people[0])

    def undo(self, step: Step) -> None:
        if not self.closings:
            return
        hospital, closing = self.closings[-1 - step.which % len(self.closings)]
        ended = self.model.ended_by(hospital, closing)
        departments = {(one.cid, self.model.lines[one.where].department) for one in ended if not one.moved_to}
        if any(
            (one.cid, self.model.lines[one.where].department) in departments
            for one in self.model.held.values()
            if one.where[0] == hospital and one.state == BOOKED
        ):
            return  # whether they booked it before or since the cancellation, no clock of a test tells
        client, who = self.bench_environment.clerks[hospital]
        body = {"date": self.day.isoformat(), "closing": closing}
        result = client.call("POST", REOPENINGS, body=body).result
        shown = (result["reopened"], result["restored"], len(result["answered"]), len(result["left"]))
        assert (shown, result["remaining"]) == (self.model.undo(who, hospital, closing), 0)
        self.touched = (hospital, ended[0].cid if ended else self.people[0])

    def open(self, step: Step) -> None:
        where = self.places[step.hospital][step.n]
        staffed, before = self.bench_environment.hospitals[step.hospital], self.model.lines[where]
        line = {**staffed.rooms[step.n % 2], "period_id": staffed.periods[step.n // 2], "capacity": step.number + 1}
        body = {"date": self.day.isoformat(), "lines": [line]}
        answer = self.bench_environment.clerks[step.hospital][0].call("POST", SCHEDULES, body=body)
        if self.model.is_open(step.hospital, before.department, before.hour):
            assert answer.code == "ScheduleExists"
            return
        new = (step.hospital, answer.result[0]["schedule_id"])
        self.places[step.hospital][step.n] = new
        self.model.lines[new] = ScheduleSpec(before.department, before.hour, step.number + 1)
        self.touched = (step.hospital, self.people[0])

    def limit(self, step: Step) -> None:
        if step.number != self.model.limits[step.hospital]:
            set_rules(self.bench_environment.clerks[step.hospital][0], max_active_per_department=step.number)
            self.model.limits[step.hospital] = step.number

    def let_outside_book(self, step: Step) -> None:
        closed = not step.online
        if closed != self.model.closed_to_outside[step.hospital]:
            client = self.bench_environment.clerks[step.hospital][0]
            set_rules(client, outside_booking="nobody" if closed else "all")
            self.model.closed_to_outside[step.hospital] = closed

    @invariant()
    def what_is_shown_is_the_models(self) -> None:
        if not hasattr(self, "model"):
            return
        hospital, cid = self.touched
        client = self.bench_environment.clerks[hospital][0]
        self.the_desks_list_is_the_models(hospital)
        table = client.call("GET", SCHEDULES, {"date": self.day.isoformat()}).result
        for row in table:
            where = (hospital, row["schedule_id"])
            line = self.model.lines[where]
            shown = (row["capacity"], row["available_count"], row["online"], row["state"], row["version"])
            assert shown == (line.capacity, self.model.free(where), line.online, line.state, line.version)
        online = {
            where[1]: self.model.free(where)
            for where, line in self.model.lines.items()
            if where[0] == hospital and line.online and line.state == OPEN
        }
        app = self.bench_environment.callers["app"][0]
        assert {s["schedule_id"]: s["available_slot"] for s in app.schedules(self.day, hospital)} == online
        current = app.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
        assert sorted((one["hospital_code"], one["hospital_appointment_slot_id"]) for one in current) == sorted(
            (one.where[0], one.appointment_id)
            for one in self.model.held.values()
            if one.cid == cid and one.state == BOOKED
        )

    def the_desks_list_is_the_models(self, hospital: str) -> None:
        """Compare the desk's list with the model, and note the ids of new appointments."""
        client = self.bench_environment.clerks[hospital][0]
        rows = client.call("GET", APPOINTMENTS, {"date": self.day.isoformat()}).result
        shown = {(row["schedule_id"], row["cid_masked"]): row for row in rows}
        active = [one for one in self.model.held.values() if one.where[0] == hospital and one.state == BOOKED]
        assert len(shown) == len(rows) == len(active)
        for one in active:
            row = shown[one.where[1], masked(one.cid)]
            self.name(one, row["hospital_appointment_slot_id"])
            one.place, one.version = one.place or row["place"], one.version or row["version"]
            assert (row["hospital_appointment_slot_id"], row["place"]) == (one.appointment_id, one.place)
            assert (row["version"], row["booked_by_hospital_code"]) == (one.version, one.booked_by)
            assert (row["hospital_confirm"], row["confirmed"]) == (one.accepted, one.confirmed)
            if (screen := (one.where, one.place, one.version)) not in self.screens:
                self.screens.append(screen)

    def teardown(self) -> None:
        model = getattr(self, "model", Model({}, {}))
        for code, most in model.limits.items():
            if most or model.closed_to_outside[code]:
                set_rules(self.bench_environment.clerks[code][0], max_active_per_department=0, outside_booking="all")


def set_rules(clerk: Client, **rules: Any) -> None:
    now = clerk.call("GET", "/api/dashboard/settings").result
    assert clerk.call("PUT", "/api/dashboard/settings", body={**now, **rules}).status == 200


def masked(cid: str) -> str:
    return f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}"


@pytest.mark.parametrize("examples", [EXAMPLES, large(MANY_EXAMPLES)])
def test_every_answer_and_everything_shown_is_the_models(bench_environment: BenchEnvironment, examples: int) -> None:
    class OnThisEngine(Machine):
        pass

    OnThisEngine.bench_environment = bench_environment
    run_state_machine_as_test(
        OnThisEngine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            database=None,
            derandomize="EXAMPLES" not in os.environ,  # the same runs in CI; others if more are asked for
            suppress_health_check=list(HealthCheck),
        ),
    )

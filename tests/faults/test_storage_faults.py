"""A fault at each storage call of each action: nothing half done, a retry works.

Which calls an action makes is learned from the action itself, so a new call is covered the day it is written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from infra.local.local_stack import LocalStack
from tests.client import SLOTS, Client, Reply, booking, in_days, new_cid
from tests.faults.api import EVER
from tests.faults.kinds import AFTER_THE_EFFECT, EVERY_KIND, WITHOUT_EFFECT
from tests.invariants import rows_of, violations

DAY = 28
OPEN_DAYS = (DAY,)


@dataclass
class BenchEnvironment:
    """Two schedules of one day, and two clients.

    `faulty` makes the attempt, `his` reads the result.
    """

    faulty: Client
    his: Client
    source: int
    target: int

    def free(self) -> dict[int, int]:
        """Places left in the two schedules."""
        found = {s["schedule_id"]: s["available_slot"] for s in self.his.schedules(in_days(DAY))}
        return {one: found[one] for one in (self.source, self.target)}

    def held(self, cid: str) -> list[tuple[int, str]]:
        """(appointment id, when confirmed) of everything the person holds."""
        current = self.his.call("GET", "/api/appointment/Appointment", {"cid": cid}).result["appointments"]
        return [(one["hospital_appointment_slot_id"], one["appointment_datetime"]) for one in current]


@pytest.fixture
def bench_environment(local_stack: LocalStack, his: Client, faulty: Client) -> Iterator[BenchEnvironment]:
    roomy = sorted(his.schedules(in_days(DAY)), key=lambda s: -s["available_slot"])
    yield BenchEnvironment(faulty, his, roomy[0]["schedule_id"], roomy[1]["schedule_id"])
    assert violations(rows_of(local_stack.endpoint, hospital_code=his.hospital_code)) == []


@dataclass
class Case:
    """One person and one action of that person.

    attempt: does it, with X-Fault or without. before and after: the number of places that it takes from (source,
    target) when it is not done and when it is done.
    """

    cid: str
    attempt: Callable[[str], Reply]
    before: tuple[int, int]
    after: tuple[int, int]


def booking_case(g: BenchEnvironment) -> Case:
    cid = new_cid()

    def attempt(fault: str) -> Reply:
        query = {"Action": "ConfirmAppointmentSlot"}
        return g.faulty.call(
            "POST", SLOTS, query, booking(g.source, cid, hospital_code=g.his.hospital_code), {"X-Fault": fault}
        )

    return Case(cid, attempt, (0, 0), (1, 0))


def cancelling_case(g: BenchEnvironment) -> Case:
    cid = new_cid()
    held = g.his.book(g.source, cid).result["hospital_appointment_slot_id"]
    return Case(cid, lambda fault: slot_action(g, fault, "GET", "CancelAppointmentSlot", cid, held), (1, 0), (0, 0))


def postponing_case(g: BenchEnvironment) -> Case:
    cid = new_cid()
    held = g.his.book(g.source, cid).result["hospital_appointment_slot_id"]

    def attempt(fault: str) -> Reply:
        return slot_action(g, fault, "GET", "PostponeAppointmentSlot", cid, held, schedule_id=g.target)

    return Case(cid, attempt, (1, 0), (0, 1))


def confirming_case(g: BenchEnvironment) -> Case:
    cid = new_cid()
    held = g.his.book(g.source, cid).result["hospital_appointment_slot_id"]
    return Case(cid, lambda f: slot_action(g, f, "POST", "AcknowledgeAppointmentSlot", cid, held), (1, 0), (1, 0))


def slot_action(g: BenchEnvironment, fault: str, method: str, action: str, cid: str, held: int, **more: int) -> Reply:
    code = g.his.hospital_code
    query = {"Action": action, "hospital_code": code, "cid": cid, "hospital_appointment_slot_id": held, **more}
    return g.faulty.call(method, SLOTS, query, None, {"X-Fault": fault})


ACTIONS = [booking_case, cancelling_case, postponing_case, confirming_case]


_learned: dict[Callable[[BenchEnvironment], Case], list[str]] = {}


def calls_of(make: Callable[[BenchEnvironment], Case], g: BenchEnvironment) -> list[str]:
    """The storage operations that the action makes, learned by doing it twice.

    Twice, because a process caches some answers (the accounts' state) and asks again only after a while.
    """
    if make not in _learned:
        first, second = (storage_calls(make(g)) for _ in range(2))
        _learned[make] = [call for call in dict.fromkeys(first) if call in second]
    return _learned[make]


def storage_calls(case: Case) -> list[str]:
    answer = case.attempt("- - 0")
    assert answer.status == 200, answer.text
    return answer.headers["X-Storage-Calls"].split()


def refusal(reply: Reply) -> tuple[int, str, str | None]:
    return reply.status, reply.code, reply.headers.get("Retry-After")


def taken(g: BenchEnvironment, free_before: dict[int, int]) -> tuple[int, int]:
    now = g.free()
    return free_before[g.source] - now[g.source], free_before[g.target] - now[g.target]


def check_retry(g: BenchEnvironment, case: Case, free_before: dict[int, int], reply: Reply, where: str) -> None:
    """The client sends the same request again; now it is done, once."""
    if reply.status != 200:
        assert refusal(reply) == (503, "TryAgain", "1"), where
    again = case.attempt("- - 0")
    assert again.status == 200, f"{where}: the retry: {again.text}"
    if reply.status == 200:
        assert again.result == reply.result, where
    assert taken(g, free_before) == case.after, where
    holds = [(one, again.result["hospital_appointment_slot_id"]) for one, _ in g.held(case.cid)]
    assert [one for one, _ in holds] == [told_id for _, told_id in holds], where
    assert len(holds) == sum(case.after), where


def start(make: Callable[[BenchEnvironment], Case], g: BenchEnvironment) -> tuple[Case, dict[int, int]]:
    """A case, and the free places as they would be without it."""
    case = make(g)
    free = g.free()
    return case, {g.source: free[g.source] + case.before[0], g.target: free[g.target] + case.before[1]}


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("make", ACTIONS)
def test_one_fault_at_any_storage_call_and_a_retry_ends_well(
    bench_environment: BenchEnvironment, make: Callable[[BenchEnvironment], Case], kind: str
) -> None:
    for call in calls_of(make, bench_environment):
        case, free = start(make, bench_environment)
        reply = case.attempt(f"{call} {kind} 1")
        if kind in ("throttled", "in-conflict", "unconnected"):
            assert reply.status == 200, f"{call}: a passing refusal is retried inside, not {reply.text}"
        check_retry(bench_environment, case, free, reply, call)


@pytest.mark.parametrize("kind", WITHOUT_EFFECT)
@pytest.mark.parametrize("make", ACTIONS)
def test_a_storage_that_keeps_refusing_is_503_with_retry_after_and_nothing_is_done(
    bench_environment: BenchEnvironment, make: Callable[[BenchEnvironment], Case], kind: str
) -> None:
    for call in calls_of(make, bench_environment):
        case, free = start(make, bench_environment)
        held = bench_environment.held(case.cid)
        reply = case.attempt(f"{call} {kind} {EVER}")
        assert refusal(reply) == (503, "TryAgain", "1"), call
        assert taken(bench_environment, free) == case.before, call
        assert bench_environment.held(case.cid) == held, call
        check_retry(bench_environment, case, free, reply, call)


@pytest.mark.parametrize("kind", AFTER_THE_EFFECT)
@pytest.mark.parametrize("make", ACTIONS)
def test_answers_that_never_arrive_leave_it_done_or_not_done_and_a_retry_ends_well(
    bench_environment: BenchEnvironment, make: Callable[[BenchEnvironment], Case], kind: str
) -> None:
    for call in calls_of(make, bench_environment):
        case, free = start(make, bench_environment)
        reply = case.attempt(f"{call} {kind} {EVER}")
        assert reply.status == 503, call
        assert taken(bench_environment, free) in (case.before, case.after), call
        check_retry(bench_environment, case, free, reply, call)

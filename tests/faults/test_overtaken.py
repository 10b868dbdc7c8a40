"""Another request comes between any two storage calls of a request.

Every interleaving is tried, one after the other.

The clients of tests/concurrency meet such moments by chance; here each is made.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local.local_stack import LocalStack
from tests.client import SLOTS, Client, Reply, booking, in_days, new_cid
from tests.invariants import rows_of, violations

# What each action asks the storage, in order; GetItem only if it is about to refuse.
CALLS = {
    "book": ("BatchGetItem", "GetItem", "TransactWriteItems"),
    "cancel": ("Query", "TransactWriteItems"),
    "postpone": ("Query", "BatchGetItem", "GetItem", "TransactWriteItems"),
    "confirm": ("Query", "UpdateItem"),
}
DAY = 7
OPEN_DAYS = (DAY,)
Request = tuple[str, str, Any]


@dataclass
class Scene:
    """One person and two schedules.

    `held` is the person's appointment in `schedule`, if any.
    """

    faulty: Client
    his: Client
    schedule: int
    other_schedule: int
    cid: str = field(default_factory=new_cid)
    held: int = 0

    @property
    def code(self) -> str:
        return self.his.hospital_code

    def request(self, what: str) -> Request:
        """Method, path and body of book, book other, cancel, postpone or confirm.

        For an appointment that does not exist yet, the id is the one that it will get.
        """
        if what == "book":
            return "POST", _path("ConfirmAppointmentSlot"), booking(self.schedule, self.cid, hospital_code=self.code)
        if what == "book other":
            return (
                "POST",
                _path("ConfirmAppointmentSlot"),
                booking(self.other_schedule, self.cid, hospital_code=self.code),
            )
        held = self.held or self.next_id()
        match what:
            case "cancel":
                return "GET", _path("CancelAppointmentSlot", self.code, self.cid, held), None
            case "postpone":
                return (
                    "GET",
                    _path("PostponeAppointmentSlot", self.code, self.cid, held, schedule_id=self.other_schedule),
                    None,
                )
            case "confirm":
                return "POST", _path("AcknowledgeAppointmentSlot", self.code, self.cid, held), None
        raise ValueError(what)

    def next_id(self) -> int:
        """The id of the lowest free place of `schedule`."""
        other = new_cid()
        found: int = self.his.book(self.schedule, other).result["hospital_appointment_slot_id"]
        assert self.his.cancel(other, found).status == 200
        return found

    def attempt(self, what: str, call: str, meanwhile: list[Request]) -> Reply:
        method, path, body = self.request(what)
        headers = {"X-Fault": f"{call} overtaken 1", "X-Meanwhile": json.dumps(meanwhile)}
        answer = self.faulty.call(method, path, None, body, headers)
        # On a busy machine the other requests may use this one's budget up; then a client sends it again.
        return self.send(what) if answer.status == 503 else answer

    def send(self, what: str) -> Reply:
        method, path, body = self.request(what)
        return self.faulty.call(method, path, None, body)

    def now_held(self) -> set[int]:
        current = self.his.call("GET", "/api/appointment/Appointment", {"cid": self.cid}).result["appointments"]
        return {one["hospital_appointment_slot_id"] for one in current}


def _path(action: str, code: str = "", cid: str = "", held: int = 0, **more: int) -> str:
    query: dict[str, Any] = {"Action": action}
    if cid:
        query |= {"hospital_code": code, "cid": cid, "hospital_appointment_slot_id": held, **more}
    return f"{SLOTS}?{urlencode(query)}"


@pytest.fixture
def scenes(local_stack: LocalStack, his: Client, faulty: Client) -> Iterator[Any]:
    """Makes scenes with a person who holds a place of `schedule`, or none."""
    roomy = sorted(his.schedules(in_days(DAY)), key=lambda s: -s["available_slot"])

    def make(holding: bool) -> Scene:
        scene = Scene(faulty, his, roomy[0]["schedule_id"], roomy[1]["schedule_id"])
        if holding:
            scene.held = his.book(scene.schedule, scene.cid).result["hospital_appointment_slot_id"]
        return scene

    yield make
    assert violations(rows_of(local_stack.endpoint, hospital_code=his.hospital_code)) == []


def clear(scene: Scene) -> None:
    """Gives everything of this person back, so that the next scene finds room."""
    for held in scene.now_held():
        assert scene.his.cancel(scene.cid, held).status == 200


# What may come in between: a request, or two if the first has changed something.
SECONDS = ("book", "book other", "cancel", "postpone", "confirm")
MEANWHILES_OF_A_BOOKING = [["book"], ["book other"], *(["book", second] for second in SECONDS)]
MEANWHILES_OF_A_HOLDER = [[*first, second] for first in ([], ["cancel"], ["postpone"]) for second in SECONDS]


@pytest.mark.parametrize(("what", "call"), [(what, call) for what in CALLS for call in CALLS[what]])
def test_whatever_overtakes_a_request_it_is_answered_and_no_invariant_breaks(scenes: Any, what: str, call: str) -> None:
    for meanwhile in MEANWHILES_OF_A_BOOKING if what == "book" else MEANWHILES_OF_A_HOLDER:
        scene = scenes(holding=what != "book")
        answer = scene.attempt(what, call, [scene.request(one) for one in meanwhile])
        description = f"{what} overtaken at {call} by {meanwhile}: {answer.text}"
        assert answer.status in (200, 404, 409), description
        if answer.status == 200 and what in ("book", "postpone"):
            assert answer.result["hospital_appointment_slot_id"] in scene.now_held(), description
        if answer.status == 200 and what == "cancel" and meanwhile[-1] != "book":
            assert scene.held not in scene.now_held(), description
        clear(scene)


@pytest.mark.parametrize(("what", "call"), [(what, call) for what in ("book", "postpone") for call in CALLS[what]])
def test_a_copy_of_the_request_takes_the_last_place_first_and_both_are_told_the_same(
    scenes: Any, what: str, call: str
) -> None:
    scene = scenes(holding=what == "postpone")
    wanted = scene.other_schedule if what == "postpone" else scene.schedule
    fillers: list[tuple[str, int]] = []
    free = next(s["available_slot"] for s in scene.his.schedules(in_days(DAY)) if s["schedule_id"] == wanted)
    for cid in itertools.islice(iter(new_cid, ""), free - 1):
        fillers.append((cid, scene.his.book(wanted, cid).result["hospital_appointment_slot_id"]))
    try:
        answer = scene.attempt(what, call, [scene.request(what)])
        assert answer.status == 200, f"{what} at {call}: {answer.text}"
        assert scene.now_held() == {answer.result["hospital_appointment_slot_id"]}
        assert scene.send(what).result == answer.result
    finally:
        for cid, held in fillers:
            scene.his.cancel(cid, held)
        clear(scene)


def test_a_cancellation_that_was_overtaken_by_cancelling_and_booking_again_leaves_the_new_appointment(
    scenes: Any,
) -> None:
    scene = scenes(holding=True)

    answer = scene.attempt("cancel", "TransactWriteItems", [scene.request("cancel"), scene.request("book")])

    assert answer.status == 200
    assert len(scene.now_held()) == 1
    assert scene.held not in scene.now_held()
    assert scene.send("confirm").code == "AppointmentPostponed"
    assert scene.send("postpone").code == "AppointmentPostponed"
    assert len(scene.now_held()) == 1
    clear(scene)


def test_a_postponement_overtaken_by_another_one_moves_only_once(scenes: Any) -> None:
    scene = scenes(holding=True)
    third = sorted(scene.his.schedules(in_days(DAY)), key=lambda s: -s["available_slot"])[2]["schedule_id"]
    elsewhere = ("GET", _path("PostponeAppointmentSlot", scene.code, scene.cid, scene.held, schedule_id=third), None)

    answer = scene.attempt("postpone", "TransactWriteItems", [elsewhere])

    assert (answer.status, answer.code) == (409, "AppointmentPostponed")
    assert len(scene.now_held()) == 1
    clear(scene)

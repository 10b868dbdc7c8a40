"""Client functions that book, cancel and postpone, for the client pool.

Each client runs in a process of its own and returns plain values.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.client import Client, Reply, until_answered
from tests.concurrency.client_pool import ClientTask


@dataclass
class BookingAnswer:
    """Response to one request. result: the appointment id; 0 if the request failed."""

    status: int
    code: str
    result: int
    retry_after: str | None = None


def booking_answer(reply: Reply) -> BookingAnswer:
    result = reply.result["hospital_appointment_slot_id"] if reply.status == 200 else 0
    return BookingAnswer(reply.status, reply.code, result, reply.headers.get("Retry-After"))


def persistently(call: Callable[[], Reply]) -> BookingAnswer:
    """Send a request, and send it again on 503, as the wire contract asks.

    Many clients on a busy machine get 503 at times.
    """
    return booking_answer(until_answered(call))


def book_once(task: ClientTask) -> BookingAnswer:
    """Book once. given: (url, token, hospital_code, schedule_id, cid)."""
    url, token, code, schedule_id, cid = task.given
    client = Client(url, token, code)
    return persistently(lambda: client.book(schedule_id, cid))


def book_from_outside(task: ClientTask) -> BookingAnswer:
    """Book once as the system of another hospital, the sender.

    given: (url, token, sender, hospital_code, schedule_id, cid).
    """
    url, token, sender, code, schedule_id, cid = task.given
    client = Client(url, token, code)
    return persistently(lambda: client.book(schedule_id, cid, sender=sender))


def postpone_once(task: ClientTask) -> BookingAnswer:
    """Postpone once.

    given: (url, token, hospital_code, cid, appointment_id, schedule_id).
    """
    url, token, code, *move = task.given
    client = Client(url, token, code)
    return persistently(lambda: client.postpone(*move))


def cancel_once(task: ClientTask) -> BookingAnswer:
    """Cancel once. given: (url, token, hospital_code, cid, appointment_id)."""
    url, token, code, cid, appointment_id = task.given
    client = Client(url, token, code)
    return persistently(lambda: client.cancel(cid, appointment_id))


@dataclass
class HoldingsLog:
    """Log of a client's people.

    held: cid -> schedule_id -> appointment id, according to the responses. answers: (action, status, code) of each
    response.
    """

    held: dict[str, dict[int, int]] = field(default_factory=dict)
    answers: list[tuple[str, int, str]] = field(default_factory=list)


def change_own_people(task: ClientTask) -> HoldingsLog:
    """Book, cancel and postpone at random for the client's own people.

    given: (urls, token, hospital_code, schedule_ids, cids, steps).
    """
    urls, token, code, schedules, cids, steps = task.given
    chance = task.random()
    clients = [Client(url, token, code) for url in urls]
    log = HoldingsLog({cid: {} for cid in cids})
    for _ in range(steps):
        client, cid = chance.choice(clients), chance.choice(cids)
        held = log.held[cid]
        action = chance.choice(["book", "book", "cancel", "postpone", "postpone"]) if held else "book"
        target = chance.choice(schedules)
        if action == "book":
            answer = persistently(partial(client.book, target, cid))
            if answer.status == 200:
                assert held.get(target, answer.result) == answer.result, "a repeated booking got another id"
                held[target] = answer.result
        else:
            source = chance.choice(sorted(held))
            if action == "cancel":
                answer = persistently(partial(client.cancel, cid, held[source]))
                if answer.status == 200:
                    del held[source]
            else:
                answer = persistently(partial(client.postpone, cid, held[source], target))
                if answer.status == 200:
                    del held[source]
                    held[target] = answer.result
        log.answers.append((action, answer.status, answer.code))
    return log


def change_shared_people(task: ClientTask) -> list[tuple[str, int, str]]:
    """Book, cancel and postpone at random for people whom many clients share.

    The responses are unpredictable, but no invariant may break. given: (urls, token, hospital_code, schedule_ids, cids,
    steps). Returns (action, status, code) of each response.
    """
    urls, token, code, schedules, cids, steps = task.given
    chance = task.random()
    clients = [Client(url, token, code) for url in urls]
    known: dict[str, list[int]] = {cid: [] for cid in cids}
    answers = []
    for _ in range(steps):
        client, cid = chance.choice(clients), chance.choice(cids)
        action = chance.choice(["book", "cancel", "postpone", "look"])
        if action == "look" or not known[cid]:
            action = "look"
            reply = until_answered(partial(client.call, "GET", "/api/appointment/Appointment", {"cid": cid}))
            known[cid] = [one["hospital_appointment_slot_id"] for one in reply.result["appointments"]]
            answers.append((action, reply.status, reply.code))
            reply = client.book(chance.choice(schedules), cid)
        elif action == "cancel":
            reply = client.cancel(cid, chance.choice(known[cid]))
        elif action == "postpone":
            reply = client.postpone(cid, chance.choice(known[cid]), chance.choice(schedules))
        else:
            reply = client.book(chance.choice(schedules), cid)
        answers.append((action, reply.status, reply.code))
    return answers

"""What the crowd's clients do. Each runs in a process of its own and returns plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.client import Client, Reply, until_answered
from tests.concurrency.crowd import Seat


@dataclass
class Told:
    """What one request was told. result: the appointment id, or 0."""

    status: int
    code: str
    result: int
    retry_after: str | None = None


def told(reply: Reply) -> Told:
    result = reply.result["hospital_appointment_slot_id"] if reply.status == 200 else 0
    return Told(reply.status, reply.code, result, reply.headers.get("Retry-After"))


def persistently(call: Callable[[], Reply]) -> Told:
    """Sends the same request again on 503, as the wire contract asks; a crowd on a busy machine meets some."""
    return told(until_answered(call))


def book_once(seat: Seat) -> Told:
    """given: (url, token, hospital_code, schedule_id, cid)."""
    url, token, code, schedule_id, cid = seat.given
    client = Client(url, token, code)
    return persistently(lambda: client.book(schedule_id, cid))


def postpone_once(seat: Seat) -> Told:
    """given: (url, token, hospital_code, cid, appointment_id, schedule_id)."""
    url, token, code, *move = seat.given
    client = Client(url, token, code)
    return persistently(lambda: client.postpone(*move))


def cancel_once(seat: Seat) -> Told:
    """given: (url, token, hospital_code, cid, appointment_id)."""
    url, token, code, cid, appointment_id = seat.given
    client = Client(url, token, code)
    return persistently(lambda: client.cancel(cid, appointment_id))


@dataclass
class Story:
    """What a client's people hold by what the client was told: cid -> schedule_id -> appointment id."""

    held: dict[str, dict[int, int]] = field(default_factory=dict)
    answers: list[tuple[str, int, str]] = field(default_factory=list)


def live(seat: Seat) -> Story:
    """Books, cancels and postpones at random for its own people, and remembers what it was told.

    given: (urls, token, hospital_code, schedule_ids, cids, steps).
    """
    urls, token, code, schedules, cids, steps = seat.given
    chance = seat.random()
    clients = [Client(url, token, code) for url in urls]
    story = Story({cid: {} for cid in cids})
    for _ in range(steps):
        client, cid = chance.choice(clients), chance.choice(cids)
        held = story.held[cid]
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
        story.answers.append((action, answer.status, answer.code))
    return story


def quarrel(seat: Seat) -> list[tuple[str, int, str]]:
    """Like `live`, but many clients share the same people: whatever the answers, no invariant may break.

    given: (urls, token, hospital_code, schedule_ids, cids, steps).
    """
    urls, token, code, schedules, cids, steps = seat.given
    chance = seat.random()
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

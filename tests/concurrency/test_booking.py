"""Several client and API processes use one atomic engine at the same time.

The contents of the tables at the end decide.

The engine serialises every request, so what goes wrong here goes wrong in our protocol. The last test does it the naive
way against the same engine and must oversell: it shows that these tests can fail.
"""

import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from infra.local import child_processes
from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import booking_clients, naive
from tests.concurrency.booking_clients import BookingAnswer, HoldingsLog
from tests.concurrency.client_pool import PROCESSES, THREADS, ClientPool
from tests.hospitals import Hospital
from tests.invariants import rows_of, violations
from tests.waiting import eventually

CLIENTS, PLACES = PROCESSES * THREADS, 20


@pytest.fixture(autouse=True)
def invariants_hold_afterwards(local_stack: LocalStack, hospital: Hospital) -> Iterator[None]:
    yield
    assert violations(rows_of(local_stack.endpoint, hospital_code=hospital.code)) == []


def spread(urls: list[str], his: Client, given: list[tuple[object, ...]]) -> list[object]:
    """The clients' tasks, dealt out to the API processes in turn."""
    return [(urls[n % len(urls)], his.token, his.hospital_code, *one) for n, one in enumerate(given)]


def test_64_clients_at_once_on_20_places_are_20_bookings_and_44_refusals(
    local_stack: LocalStack, urls: list[str], his: Client, client_pool: ClientPool, fresh: list[int]
) -> None:
    schedule = fresh[0]
    people = [new_cid() for _ in range(CLIENTS)]

    answers: list[BookingAnswer] = client_pool.run(
        booking_clients.book_once, spread(urls, his, [(schedule, cid) for cid in people])
    )

    assert Counter((a.status, a.code) for a in answers) == {(200, "OK"): 20, (409, "SlotsFull"): 44}
    rows = rows_of(local_stack.endpoint)
    holders = rows.holders(schedule, his.hospital_code)
    assert rows.schedule(schedule, his.hospital_code)["available_count"] == 0
    assert sorted(int(one["place"]) for one in holders) == list(range(1, 21))
    assert len({one["queue_no"] for one in holders}) == 20
    answered = {cid: a.result for cid, a in zip(people, answers, strict=True) if a.status == 200}
    assert {one["cid"]: one["appointment_id"] for one in holders} == answered
    appears = {one["cid"] for one in rows.appointments}
    assert not appears & {cid for cid, a in zip(people, answers, strict=True) if a.status != 200}


def test_a_booking_sent_twice_at_once_is_one_booking_and_both_copies_are_told_the_same(
    local_stack: LocalStack, urls: list[str], his: Client, client_pool: ClientPool, fresh: list[int]
) -> None:
    schedule = fresh[1]
    people = [new_cid() for _ in range(CLIENTS // 2)]

    answers: list[BookingAnswer] = client_pool.run(
        booking_clients.book_once, spread(urls, his, [(schedule, cid) for cid in people for _ in range(2)])
    )

    rows = rows_of(local_stack.endpoint)
    holders = {one["cid"]: one["appointment_id"] for one in rows.holders(schedule, his.hospital_code)}
    assert len(holders) == PLACES
    for cid, first, second in zip(people, answers[::2], answers[1::2], strict=True):
        expected = (200, holders[cid]) if cid in holders else (409, 0)
        assert (first.status, first.result) == (second.status, second.result) == expected


def test_a_postponement_sent_twice_at_once_moves_once_and_both_copies_get_the_new_id(
    local_stack: LocalStack, urls: list[str], his: Client, client_pool: ClientPool, fresh: list[int]
) -> None:
    source, second_source, target = fresh[2:5]
    people = [new_cid() for _ in range(CLIENTS // 2)]
    booked = {
        cid: his.book(source if n < PLACES else second_source, cid).result["hospital_appointment_slot_id"]
        for n, cid in enumerate(people)
    }

    answers: list[BookingAnswer] = client_pool.run(
        booking_clients.postpone_once,
        spread(urls, his, [(cid, booked[cid], target) for cid in people for _ in range(2)]),
    )

    rows = rows_of(local_stack.endpoint)
    code = his.hospital_code
    moved = {one["cid"]: one["appointment_id"] for one in rows.holders(target, code)}
    back = rows.holders(source, code) + rows.holders(second_source, code)
    stayed = {one["cid"]: one["appointment_id"] for one in back}
    assert len(moved) == PLACES
    assert moved.keys() | stayed.keys() == set(people)
    assert not moved.keys() & stayed.keys()
    for cid, first, second in zip(people, answers[::2], answers[1::2], strict=True):
        expected = (200, "OK", moved[cid]) if cid in moved else (409, "SlotsFull", 0)
        assert (first.status, first.code, first.result) == expected
        assert (second.status, second.code, second.result) == expected


def test_a_cancellation_sent_many_times_at_once_gives_one_place_back(
    local_stack: LocalStack, urls: list[str], his: Client, client_pool: ClientPool, fresh: list[int]
) -> None:
    schedule, cid = fresh[5], new_cid()
    appointment_id = his.book(schedule, cid).result["hospital_appointment_slot_id"]

    answers: list[BookingAnswer] = client_pool.run(
        booking_clients.cancel_once, spread(urls, his, [(cid, appointment_id) for _ in range(CLIENTS)])
    )

    assert {(a.status, a.result) for a in answers} == {(200, appointment_id)}
    assert rows_of(local_stack.endpoint).schedule(schedule, his.hospital_code)["available_count"] == PLACES


def test_bookings_cancellations_and_postponements_mixed_keep_every_promise(
    local_stack: LocalStack, urls: list[str], his: Client, client_pool: ClientPool, fresh: list[int]
) -> None:
    schedules = fresh[:4]
    given = [(urls, his.token, his.hospital_code, schedules, [new_cid(), new_cid()], 12) for _ in range(CLIENTS)]

    logs: list[HoldingsLog] = client_pool.run(booking_clients.change_own_people, given)

    outcomes = {(status, code) for log in logs for _, status, code in log.answers}
    assert outcomes <= {(200, "OK"), (409, "SlotsFull"), (409, "AlreadyBooked")}
    held = {
        (cid, schedule, appointment_id)
        for log in logs
        for cid, places in log.held.items()
        for schedule, appointment_id in places.items()
    }
    people = {cid for log in logs for cid in log.held}
    in_the_tables = {
        (one["cid"], int(one["schedule_id"]), int(one["appointment_id"]))
        for one in rows_of(local_stack.endpoint).active()
        if one["cid"] in people
    }
    assert in_the_tables == held


def test_clients_that_change_the_same_people_at_once_break_nothing(
    urls: list[str], his: Client, client_pool: ClientPool, fresh: list[int]
) -> None:
    people = [new_cid() for _ in range(6)]
    given = [(urls, his.token, his.hospital_code, fresh[:3], people, 8) for _ in range(CLIENTS)]

    answers = [one for log in client_pool.run(booking_clients.change_shared_people, given) for one in log]

    assert {status for _, status, _ in answers} <= {200, 404, 409, 503}, Counter(answers)


def test_an_api_process_that_has_only_just_started_bears_64_clients_at_once(
    local_stack: LocalStack, his: Client, client_pool: ClientPool, fresh: list[int]
) -> None:
    port = child_processes.free_port()
    process = child_processes.start("infra.local.api", str(port), env=local_stack.env)
    try:
        eventually(lambda: listens(port), "the API process listens")
        people = [new_cid() for _ in range(CLIENTS)]
        given = [
            (f"http://127.0.0.1:{port}", his.token, his.hospital_code, fresh[n % 4], cid)
            for n, cid in enumerate(people)
        ]

        answers: list[BookingAnswer] = client_pool.run(booking_clients.book_once, given)
    finally:
        child_processes.stop(process)

    assert Counter(a.code for a in answers) == {"OK": CLIENTS}


def listens(port: int) -> bool:
    """Open a connection without a request, so that no client starts before the others."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_the_negative_control_oversells(local_stack: LocalStack, client_pool: ClientPool) -> None:
    """Reading the count and then writing it back sells places twice on this engine.

    The checker reports it.
    """
    with naive.tables(local_stack.endpoint):
        sold = sum(client_pool.run(naive.book, [(local_stack.endpoint, new_cid()) for _ in range(CLIENTS)]))
        broken = violations(rows_of(local_stack.endpoint, stage="naive"))

    assert sold > PLACES
    assert any("holders" in one for one in broken)

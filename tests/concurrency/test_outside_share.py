"""Other hospitals together never hold more than half of a schedule.

However many of their systems book at the same time.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.concurrency import booking_clients, naive
from tests.concurrency.booking_clients import BookingAnswer
from tests.concurrency.client_pool import ClientPool
from tests.hospitals import Hospital, Hospitals
from tests.invariants import rows_of, violations

SYSTEMS, PLACES = 40, 20


@pytest.fixture(autouse=True)
def invariants_hold_afterwards(local_stack: LocalStack, hospital: Hospital) -> Iterator[None]:
    yield
    assert violations(rows_of(local_stack.endpoint, hospital_code=hospital.code)) == []


@pytest.fixture(scope="module")
def senders(hospitals: Hospitals) -> list[tuple[str | None, str]]:
    """(token, hospital code) of the systems of two other hospitals."""
    other = hospitals.new(with_catalogue=False)
    return [(hospitals.token("00002", "his2.demo"), "00002"), (other.client("his.demo").token, other.code)]


def outside_tasks(
    urls: list[str], senders: list[tuple[str | None, str]], his: Client, schedule: int, people: list[str]
) -> list[object]:
    return [
        (urls[n % len(urls)], *senders[n % len(senders)], his.hospital_code, schedule, cid)
        for n, cid in enumerate(people)
    ]


def test_40_systems_at_once_on_20_places_take_exactly_10_and_the_hospital_has_the_other_10(
    local_stack: LocalStack,
    urls: list[str],
    his: Client,
    client_pool: ClientPool,
    fresh: list[int],
    senders: list[tuple[str | None, str]],
) -> None:
    people = [new_cid() for _ in range(SYSTEMS)]
    tasks = outside_tasks(urls, senders, his, fresh[0], people)

    answers: list[BookingAnswer] = client_pool.run(booking_clients.book_from_outside, tasks)

    assert Counter((a.status, a.code) for a in answers) == {(200, "OK"): 10, (409, "OutsideShareReached"): 30}
    own = [his.book(fresh[0], new_cid()).code for _ in range(11)]
    assert Counter(own) == {"OK": 10, "SlotsFull": 1}
    schedule = rows_of(local_stack.endpoint).schedule(fresh[0], his.hospital_code)
    assert (schedule["available_count"], schedule["outside_count"]) == (0, 10)


def test_of_people_without_a_national_id_exactly_a_tenth_of_that_half_gets_a_place(
    urls: list[str],
    his: Client,
    client_pool: ClientPool,
    fresh: list[int],
    senders: list[tuple[str | None, str]],
) -> None:
    people = [f"0{new_cid()[1:]}" for _ in range(16)]
    tasks = outside_tasks(urls, senders, his, fresh[1], people)

    answers: list[BookingAnswer] = client_pool.run(booking_clients.book_from_outside, tasks)

    assert Counter((a.status, a.code) for a in answers) == {(200, "OK"): 1, (409, "OutsideShareReached"): 15}


def test_the_negative_control_gives_others_more_than_half(local_stack: LocalStack, client_pool: ClientPool) -> None:
    """Negative control: check the count before taking a place, on this very engine."""
    with naive.tables(local_stack.endpoint):
        given = [(local_stack.endpoint, new_cid()) for _ in range(SYSTEMS)]
        sold = sum(client_pool.run(naive.book_from_outside, given))

    assert sold > PLACES // 2

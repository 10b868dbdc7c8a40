"""Announcements are started by two runs at once while clerks take them back.

Each is either taken back, and sent to nobody, or sent, and then not taken back.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import maker
from tests.client import Client
from tests.concurrency.booking_clients import until_answered
from tests.hospitals import Hospital
from tests.manual.announcements import list_demo_people, show
from tests.manual.test_new_scheduled_announcements import ready, schedule, take_back, tomorrow


@pytest.fixture(scope="module", autouse=True)
def known_people(staff: Client) -> None:
    list_demo_people(staff)


def scheduled(staff: Client, count: int) -> dict[int, int]:
    """Versions of new scheduled announcements, by their numbers."""
    made = [schedule(staff, ready(staff), tomorrow(8)).result for _ in range(count)]
    return {message["message_id"]: message["version"] for message in made}


def take_all_back(urls: list[str], staff: Client, versions: dict[int, int]) -> dict[int, str]:
    """Four clerks take the announcements back, the last ones first.

    Returns the answers.
    """

    def take(message_id: int) -> str:
        client = Client(urls[message_id % 2], staff.token)
        message = {"message_id": message_id, "version": versions[message_id]}
        return until_answered(lambda: take_back(client, message)).code

    with ThreadPoolExecutor(4) as threads:
        newest_first = sorted(versions, reverse=True)
        return dict(zip(newest_first, threads.map(take, newest_first), strict=True))


def contradictions(staff: Client, answers: dict[int, str], versions: dict[int, int]) -> list[str]:
    """What the clerks were told and what is stored, where they differ."""
    found = []
    for message_id, code in answers.items():
        message = show(staff, message_id)
        expected = (True, versions[message_id] + 1, "") if code == "OK" else (False, versions[message_id] + 1, "sent")
        is_draft = message["state"] == "draft"
        if (is_draft, message["version"], "sent" if message["sent_at"] else "") != expected:
            found.append(f"{message_id}: {code}, and it is {message['state']} in version {message['version']}")
    return found


def test_each_is_either_taken_back_or_sent(hospital: Hospital, staff: Client, urls: list[str]) -> None:
    versions, run = scheduled(staff, 12), hospital.hospitals.run
    with ThreadPoolExecutor() as threads:
        starts = threads.submit(run, maker.start_scheduled, hospital.code, list(versions), tomorrow(8).isoformat())
        answers = take_all_back(urls, staff, versions)
        starts.result()

    assert Counter(answers.values()).keys() <= {"OK", "MessageNotDraft"}
    assert contradictions(staff, answers, versions) == []
    run(maker.queue_scheduled, tomorrow(8))
    assert contradictions(staff, answers, versions) == []


def test_a_run_that_read_them_before_they_were_taken_back_starts_none(
    hospital: Hospital, staff: Client, urls: list[str]
) -> None:
    versions, run = scheduled(staff, 4), hospital.hospitals.run
    started = run(maker.read_as_started, hospital.code, list(versions))
    answers = take_all_back(urls, staff, versions)
    assert Counter(answers.values()) == {"OK": 4}

    assert run(maker.store_started, started) == [False] * 4

    assert contradictions(staff, answers, versions) == []


def test_a_start_that_does_not_look_at_the_version_sends_what_was_taken_back(
    hospital: Hospital, staff: Client, urls: list[str]
) -> None:
    """The negative control: it writes over what has been taken back."""
    versions, run = scheduled(staff, 4), hospital.hospitals.run
    started = run(maker.read_as_started, hospital.code, list(versions))
    answers = take_all_back(urls, staff, versions)
    assert Counter(answers.values()) == {"OK": 4}

    run(maker.write_over, started)

    assert len(contradictions(staff, answers, versions)) == 4

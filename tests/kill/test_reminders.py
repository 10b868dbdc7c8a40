"""One reminder for each appointment, counted on the phones, whatever breaks.

docs/adr/0014.

Real engine, real HTTP, real processes. The function is killed before each request that it makes; the clock is put back
and forth between its runs; the engine ends and starts on what it saved; queue messages come again after their work was
done; people cancel and move in between. What is asserted is what the simulator of app and LINE received.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from multiprocessing.process import BaseProcess
from signal import SIGKILL
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.booking.notice_texts import in_words
from chalicelib.clock import BANGKOK
from chalicelib.messages.model import CHANNELS
from infra.bench.message_environment import (
    HOSPITAL,
    MessageEnvironment,
    cid,
    message_environment,
    seed_people,
    user_id,
)
from infra.local import child_processes, engine
from tests import function_process
from tests.client import Client, in_days
from tests.waiting import SECONDS, eventually

pytestmark = pytest.mark.system

# More than are reminded together (`notices.AT_ONCE`), in two schedules of twenty places.
PEOPLE = 26
DAY, LATER = in_days(3), in_days(6)
EVE, LATER_EVE = (datetime.combine(day - timedelta(days=1), time(18), BANGKOK) for day in (DAY, LATER))
# Where the clock stands at one run after another, from the evening on: on and back.
TURNS = [timedelta(hours=hours) for hours in (0, 0.25, -3, 1, 0.5, 2)]
A_DAY = timedelta(days=1)
# Numbered are the requests for the reminders themselves, those that look for due ones apart: four before the notices of
# a batch, one write each, one read of what was there before, one write each into the inboxes, four to the queues, then
# one mark each.
DEATHS = (*range(1, 8), 15, 24, 26, 27, 40, 46, 47, 48, 49, 50, 52)
LATER_DEATHS = (2, 6, 9, 12, 14)


@pytest.fixture(scope="module")
def running() -> Iterator[MessageEnvironment]:
    with message_environment() as environment:
        seed_people(environment, PEOPLE)
        yield environment


@pytest.fixture
def environment(running: MessageEnvironment) -> Iterator[MessageEnvironment]:
    """The environment, without appointments and messages.

    They and their deliveries are deleted after the test.
    """
    yield running
    for table in ("appointments", "messages", "batches", "recipients"):
        empty(running, table)
    running.control("reset", {})


def empty(environment: MessageEnvironment, table: str) -> None:
    client, name = environment.client("dynamodb"), f"moph-local-{table}"
    keys = [key["AttributeName"] for key in client.describe_table(TableName=name)["Table"]["KeySchema"]]
    for row in client.scan(TableName=name)["Items"]:
        client.delete_item(TableName=name, Key={key: row[key] for key in keys})


@pytest.fixture
def people(environment: MessageEnvironment) -> Client:
    """The app's back end, through which people book, move and cancel."""
    return Client(environment.api).sign_in("mohprompt.demo", HOSPITAL, "Mohprompt-demo-1")


def start(environment: MessageEnvironment, function: str, at: datetime, death: object = "") -> BaseProcess:
    return function_process.start(environment.env, environment.folder / "functions.log", function, at, str(death))


def exit_code(process: BaseProcess) -> int | None:
    process.join(SECONDS)
    return process.exitcode


def end(process: BaseProcess) -> None:
    process.kill()
    process.join()


def remind(environment: MessageEnvironment, at: datetime, death: object = "") -> int | None:
    """One run of the function at that time; its exit code."""
    return exit_code(start(environment, "remind_people", at, death))


def deliver_and_die(environment: MessageEnvironment, at: datetime) -> None:
    """Run both channels' functions, each killed before it deletes its queue message.

    So the message comes again.
    """
    for queue in ("message-app", "message-line"):
        assert exit_code(start(environment, queue, at, "DeleteMessageBatch")) == -SIGKILL


def deliver_all(environment: MessageEnvironment, at: datetime) -> None:
    running = [start(environment, queue, at) for queue in ("message-app", "message-line")]
    eventually(lambda: left(environment) == 0, "the queues are empty")
    for process in running:
        end(process)


def left(environment: MessageEnvironment) -> int:
    """Jobs on the channels' queues, those that somebody is at included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    return sum(
        int(number)
        for queue in ("message-app", "message-line")
        for number in environment.client("sqs")
        .get_queue_attributes(QueueUrl=environment.queue_url(queue), AttributeNames=names)["Attributes"]
        .values()
    )


def restart_engine(environment: MessageEnvironment) -> None:
    """Ends the engine as `make run` does and starts it on what it has saved."""
    assert child_processes.stop(environment.children[0], SECONDS), "it saves when it ends"
    environment.children[0] = engine.start(
        environment.folder, int(environment.env["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])
    )


def noted(environment: MessageEnvironment, person: int) -> bool:
    """Whether there is a notice for the person yet, delivered or not."""
    found = environment.client("dynamodb").query(
        TableName="moph-local-recipients",
        KeyConditionExpression="cid = :cid",
        ExpressionAttributeValues={":cid": {"S": cid(person)}},
    )
    return bool(found["Items"])


def reminders(environment: MessageEnvironment, person: int) -> dict[str, list[tuple[int, str]]]:
    """Channel -> (how often it came, the day that it names) of each reminder."""
    found = {}
    for channel, to in (("app", cid(person)), ("line", user_id(person))):
        shown = environment.control(f"inbox?{urlencode({'channel': channel, 'to': to})}")["messages"]
        remind = [one for one in reversed(shown) if "พรุ่งนี้ท่านมีนัด" in str(one["content"])]
        found[channel] = [(one["times"], day_named(one["content"])) for one in remind]
    return found


def day_named(content: Any) -> str:
    days = [day for day in (DAY, LATER) if in_words(day, "th") in str(content)]
    assert len(days) == 1, content
    return days[0].isoformat()


def once(*days: Any) -> dict[str, list[tuple[int, str]]]:
    return {channel: [(1, day.isoformat()) for day in days] for channel in ("app", "line")}


def book(people: Client, person: int, schedule_id: int) -> int:
    held: int = people.book(schedule_id, cid(person)).result["hospital_appointment_slot_id"]
    return held


def test_a_reminder_that_is_still_on_its_way_does_not_arrive_after_the_cancellation(
    environment: MessageEnvironment, people: Client
) -> None:
    schedule, later = (people.schedules(day)[2]["schedule_id"] for day in (DAY, LATER))
    stays, cancels, moves = range(3)
    held = {person: book(people, person, schedule) for person in (stays, cancels, moves)}
    assert remind(environment, EVE) == 0
    assert left(environment) == len(CHANNELS)  # one job a channel for all three
    assert people.cancel(cid(cancels), held[cancels]).status == 200
    assert people.postpone(cid(moves), held[moves], later).status == 200
    telling = start(environment, "appointments_stream", EVE)
    eventually(lambda: withdrawn(environment) == 2, "the stream has brought both")
    end(telling)

    deliver_all(environment, EVE)

    reminded = [reminders(environment, person) for person in (stays, cancels, moves)]
    assert reminded == [once(DAY), once(), once()]


def test_everybody_is_reminded_once_of_what_they_still_hold(environment: MessageEnvironment, people: Client) -> None:
    schedules, later = [one["schedule_id"] for one in people.schedules(DAY)], people.schedules(LATER)[2]["schedule_id"]
    held = {person: book(people, person, schedules[person // 20]) for person in range(PEOPLE)}
    cancels_before, moves_before, cancels_between, moves_between, moves_after = 6, 7, 24, 25, 0
    assert people.cancel(cid(cancels_before), held[cancels_before]).status == 200
    assert people.postpone(cid(moves_before), held[moves_before], later).status == 200

    turns = itertools.cycle(TURNS)
    for death in DEATHS:
        at = EVE + next(turns)
        assert remind(environment, at, death) == -SIGKILL
        if death in (50, 52):
            deliver_and_die(environment, at)
            restart_engine(environment)
            assert remind(environment, EVE - A_DAY) == 0, "on a clock put back a day nothing is due"
        if death == 40:
            assert noted(environment, 0), "the runs get somewhere before they die"
            assert not noted(environment, cancels_between)
            assert not noted(environment, moves_between)
            assert people.cancel(cid(cancels_between), held[cancels_between]).status == 200
            assert people.postpone(cid(moves_between), held[moves_between], later).status == 200
    for offset in (*TURNS[::2], -A_DAY):
        assert remind(environment, EVE + offset) == 0
    deliver_and_die(environment, EVE)
    deliver_all(environment, EVE)

    gone = {cancels_before, moves_before, cancels_between, moves_between}
    still_there = [person for person in range(PEOPLE) if person not in gone]
    reminded = {person: reminders(environment, person) for person in range(PEOPLE)}
    assert reminded == {person: once(DAY) if person in still_there else once() for person in range(PEOPLE)}

    assert people.postpone(cid(moves_after), held[moves_after], later).status == 200
    for death in LATER_DEATHS:
        assert remind(environment, LATER_EVE + next(turns), death) == -SIGKILL
    restart_engine(environment)
    for offset in (*TURNS[::2], EVE - LATER_EVE):
        assert remind(environment, LATER_EVE + offset) == 0
    deliver_all(environment, LATER_EVE)

    reminded = {person: reminders(environment, person) for person in range(PEOPLE)}
    moved = {moves_before: once(LATER), moves_between: once(LATER), moves_after: once(DAY, LATER)}
    never = {cancels_before: once(), cancels_between: once()}
    assert reminded == {person: once(DAY) for person in still_there} | moved | never


def test_a_hospital_whose_reminders_fail_does_not_hold_up_the_others(
    environment: MessageEnvironment, people: Client
) -> None:
    book(people, 0, people.schedules(DAY)[2]["schedule_id"])
    client, name = environment.client("dynamodb"), "moph-local-appointments"
    (row,) = client.scan(TableName=name)["Items"]
    elsewhere = {name: {"S": row[name]["S"].replace(HOSPITAL, "00001")} for name in ("appointment", "hospital_day")}
    client.put_item(TableName=name, Item={**row, **elsewhere, "hospital_code": {"S": "00001"}, "cid": {"S": cid(1)}})
    client.put_item(TableName=name, Item={**row, "time_start": {"S": "no time"}})

    assert remind(environment, EVE) == 1
    deliver_all(environment, EVE)

    assert [reminders(environment, person) for person in (0, 1)] == [once(), once(DAY)]


def withdrawn(environment: MessageEnvironment) -> int:
    """How many notices shall not be delivered any more."""
    rows = environment.client("dynamodb").scan(TableName="moph-local-messages")["Items"]
    return sum(row.get("state", {}).get("S") == "stopped" for row in rows)


def test_the_count_can_fail(environment: MessageEnvironment, people: Client) -> None:
    """Negative control: without the notice's unique name the phones show two.

    The mark on the appointment only saves work.
    """
    book(people, 0, people.schedules(DAY)[2]["schedule_id"])
    assert remind(environment, EVE) == 0
    forget_the_mark(environment)
    assert remind(environment, EVE) == 0
    deliver_all(environment, EVE)
    assert reminders(environment, 0) == once(DAY)

    forget_the_mark(environment)
    forget_the_name(environment)
    assert remind(environment, EVE) == 0
    deliver_all(environment, EVE)
    assert reminders(environment, 0) == once(DAY, DAY)


def forget_the_mark(environment: MessageEnvironment) -> None:
    def without_mark(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "reminded_at"}

    change_row(environment, "appointments", "cid", without_mark)


def forget_the_name(environment: MessageEnvironment) -> None:
    change_row(environment, "messages", "once", lambda row: {**row, "once": {"S": "another"}})


def change_row(environment: MessageEnvironment, table: str, column: str, changed: Any) -> None:
    """Change the only row of a table that has a column."""
    client, name = environment.client("dynamodb"), f"moph-local-{table}"
    (row,) = [one for one in client.scan(TableName=name)["Items"] if column in one]
    keys = [key["AttributeName"] for key in client.describe_table(TableName=name)["Table"]["KeySchema"]]
    client.delete_item(TableName=name, Key={key: row[key] for key in keys})
    client.put_item(TableName=name, Item=changed(row))

"""The quota of people holds across processes, and killed processes lose no record.

What an API process has answered is recorded, even if it is killed right after.

A system of its own, with a quota of five people an hour, two API processes, and no calls for its staff.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import pytest

from infra.local import child_processes, demo
from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, in_days, new_cid
from tests.waiting import eventually

pytestmark = pytest.mark.system  # processes of its own
QUOTA = 5
SETTINGS = {"PEOPLE_PER_HOUR": str(QUOTA), "ACCOUNT_CACHE_SECONDS": "0.2", "STAFF_CALLS_PER_SECOND": "0.000001"}
LOOK_UP = "/api/ImmunizationTarget"


@dataclass
class Pair:
    """Two API processes that write one log, and the process that follows it."""

    stack: LocalStack
    log: IO[bytes]
    feeder: Any
    second: Any
    url: str

    def start_feeder(self) -> None:
        checkpoints = str(self.stack.state_dir / "checkpoints-accesses.json")
        arguments = (checkpoints, "--api-log", str(self.stack.log_of("api")))
        self.feeder = child_processes.start(
            "infra.local.event_sources", *arguments, env=self.stack.env, output=self.log
        )

    def start_second(self) -> None:
        port = child_processes.free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.second = child_processes.start("infra.local.api", str(port), env=self.stack.env, output=self.log)
        child_processes.wait_for(f"{self.url}/health", self.second)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    folder = tmp_path_factory.mktemp("quota")
    try:
        with LocalStack(folder, kept=False) as stack, stack.log_of("api").open("ab") as log:
            pair = Pair(stack, log, None, None, "")
            pair.start_second()
            yield pair
            for process in (pair.second, pair.feeder):
                if process:
                    child_processes.stop(process)
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@pytest.fixture(scope="module")
def tokens(pair: Pair) -> dict[str, str]:
    signed_in = {login: Client(pair.stack.url).sign_in(login, code, word) for login, code, _, _, word in demo.ACCOUNTS}
    return {login: client.token or "" for login, client in signed_in.items()}


def look_up(url: str, token: str, cid: str) -> Reply:
    return Client(url, token).call("GET", LOOK_UP, {"cid": cid})


def recorded(pair: Pair, tokens: dict[str, str], cid: str) -> list[Any]:
    log = Client(pair.url, tokens["mohprompt.demo"]).call("POST", "/api/person/AccessLog", body={"cid": cid})
    rows: list[Any] = log.result["accesses"]
    return rows


def test_staff_have_a_limit_of_calls_too(pair: Pair, tokens: dict[str, str]) -> None:
    refused = Client(pair.url, tokens["staff.demo"]).call("GET", "/api/dashboard/Welcome")
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "TooManyRequests", "1")


def test_the_day_list_of_the_own_hospital_does_not_count(pair: Pair, tokens: dict[str, str]) -> None:
    his = Client(pair.url, tokens["his.demo"])
    schedule = his.schedules(in_days(1))[0]["schedule_id"]
    people = [new_cid() for _ in range(QUOTA + 2)]
    for cid in people:
        assert his.book(schedule, cid).status == 200
    day = in_days(1).isoformat()
    eventually(lambda: people[-1] in his.slots("GetHospitalSlotConfirmByDate", hospital_code="00000", date=day).text)
    assert look_up(pair.url, tokens["his.demo"], people[0]).status == 200
    eventually(lambda: len(recorded(pair, tokens, people[0])) == 2)  # the list, and the look-up after it
    assert look_up(pair.url, tokens["his.demo"], people[0]).status == 200


def test_an_account_that_looks_up_too_many_through_two_processes_is_stopped_in_both(
    pair: Pair, tokens: dict[str, str]
) -> None:
    people = [new_cid() for _ in range(QUOTA + 1)]

    def look_everybody_up() -> list[Reply]:
        return [look_up((pair.url, pair.stack.url)[n % 2], tokens["his2.demo"], cid) for n, cid in enumerate(people)]

    assert {reply.status for reply in look_everybody_up()} == {200}

    def refusals() -> list[Reply]:
        replies = look_everybody_up()
        return replies if all(reply.status == 429 for reply in replies) else []

    replies = eventually(refusals)

    assert {(reply.status, reply.code) for reply in replies} == {(429, "PeopleQuotaReached")}
    refused = replies[0]
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.json["Error"]["fields"]["cid"].startswith("look people up again at ")
    assert refused.json["Error"]["fields"]["cid"].endswith(":00 Bangkok time")
    # Booking stays possible, and so do look-ups of other accounts.
    schedule = Client(pair.url, tokens["his.demo"]).schedules(in_days(2))[0]["schedule_id"]
    assert Client(pair.url, tokens["his2.demo"]).book(schedule, people[0], sender="00002").status == 200
    assert look_up(pair.url, tokens["mohprompt.demo"], people[0]).status == 200


def test_a_process_stops_an_account_at_once_that_it_alone_has_shown_too_many(
    pair: Pair, tokens: dict[str, str]
) -> None:
    """Nobody follows the log of this process, so it knows of its own look-ups alone."""
    port = child_processes.free_port()
    process = child_processes.start("infra.local.api", str(port), env=pair.stack.env)
    try:
        url, shown = f"http://127.0.0.1:{port}", 0
        child_processes.wait_for(f"{url}/health", process)
        while (reply := look_up(url, tokens["his.demo"], new_cid())).status == 200:
            shown += 1
            assert shown <= 2 * (QUOTA + 1), "twice as many as in an hour, if another hour begins meanwhile"
        assert (reply.code, shown > QUOTA) == ("PeopleQuotaReached", True)
        assert look_up(url, tokens["mohprompt.demo"], new_cid()).status == 200
    finally:
        child_processes.stop(process)


def test_the_quota_holds_after_a_restart(pair: Pair, tokens: dict[str, str]) -> None:
    child_processes.stop(pair.second)
    pair.start_second()
    # No process alone shows more than the quota, should another hour have begun.
    people = [(pair.url, new_cid()) for _ in range(QUOTA)] + [(pair.stack.url, new_cid())]
    eventually(lambda: {look_up(url, tokens["his2.demo"], cid).status for url, cid in people} == {429})


def test_what_an_api_process_has_answered_is_recorded_if_it_is_killed_then(pair: Pair, tokens: dict[str, str]) -> None:
    cid = new_cid()
    assert look_up(pair.url, tokens["mohprompt.demo"], cid).status == 200
    pair.second.kill()
    pair.second.wait()
    pair.start_second()
    (row,) = eventually(lambda: recorded(pair, tokens, cid))
    assert row["by_app"] is True


def test_the_same_lines_read_by_another_feeder_make_no_second_record(pair: Pair, tokens: dict[str, str]) -> None:
    """A feeder without a checkpoint reads the whole log again."""
    cid = new_cid()
    look_up(pair.url, tokens["mohprompt.demo"], cid)
    before = eventually(lambda: recorded(pair, tokens, cid))
    pair.start_feeder()
    later = new_cid()
    look_up(pair.url, tokens["mohprompt.demo"], later)
    log = pair.stack.state_dir / "checkpoints-accesses.json"
    eventually(lambda: log.exists() and "record_accesses" in log.read_text())
    eventually(lambda: recorded(pair, tokens, later))
    assert recorded(pair, tokens, cid) == before

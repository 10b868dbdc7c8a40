"""Guessing passwords: five wrong ones are checked, however many come at once.

Only the one who guesses is locked out.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.auth.passwords import password_hash
from infra.local import child_processes
from infra.local.local_stack import LocalStack
from tests.client import Client, CountingPool, Reply, until_answered
from tests.concurrency import naive
from tests.hospitals import Hospital
from tests.invariants import table
from tests.maker import PASSWORD
from tests.manual.accounts import path

AT_ONCE = 40


def from_address(url: str, address: str) -> Client:
    """A client whose requests come from another address of this machine."""
    client = Client(url)
    client._http = CountingPool(maxsize=64, retries=False, timeout=180, source_address=(address, 0))
    return client


def sign_in(client: Client, hospital: Hospital, login: str, password: str) -> Reply:
    fields = {"user": login, "hospital_code": hospital.code, "password_hash": password_hash(password)}
    return client.call("POST", "/token", {"Action": "get_moph_access_token"}, fields)


def at_once(number: int, call: Callable[[int], Any]) -> list[Any]:
    barrier = threading.Barrier(number)

    def run(n: int) -> Any:
        barrier.wait()
        return call(n)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def verified(admin: Client, login: str) -> list[str]:
    """The audit's word for each password that was verified."""
    return [
        entry["action"] for entry in admin.call("GET", path(admin.hospital_code, "accounts", login, "sign-ins")).result
    ]


def test_of_forty_guesses_at_once_five_are_tried(hospital: Hospital, admin: Client) -> None:
    hospital.client("his.demo")
    guesser = from_address(admin.url, "127.0.0.2")

    answers = Counter(at_once(AT_ONCE, lambda n: sign_in(guesser, hospital, "his.demo", f"guess-{n}").code))

    tried = Counter(verified(admin, "his.demo"))
    assert tried["locked"] == 1
    # Who waits while the five are being verified may be asked to come again, and one of the five if its entry is late.
    assert tried["failed"] <= 4 <= tried["failed"] + answers["TryAgain"]
    assert answers["SignInFailed"] == tried["failed"]
    assert set(answers) <= {"SignInFailed", "SignInLocked", "TryAgain"}
    assert sign_in(guesser, hospital, "his.demo", PASSWORD).code == "SignInLocked"


def guesses(hospital: Hospital, admin: Client, login: str, **headers: str) -> list[str]:
    """The answers to six wrong passwords, each from another address behind CloudFront."""
    fields = {"user": login, "hospital_code": hospital.code, "password_hash": password_hash("a guess")}
    sender = from_address(admin.url, "127.0.0.3")
    action = {"Action": "get_moph_access_token"}
    return [
        sender.call("POST", "/token", action, fields, {"true-client-ip": f"203.0.113.{n}", **headers}).code
        for n in range(6)
    ]


def test_who_invents_another_address_for_each_guess_is_locked_out_all_the_same(
    hospital: Hospital, admin: Client
) -> None:
    hospital.client("staff.demo")
    for forged in ({}, {"x-origin-secret": "a guess"}):
        assert guesses(hospital, admin, "staff.demo", **forged)[-1] == "SignInLocked"


def test_behind_cloudfront_the_clients_address_is_what_is_locked_out(hospital: Hospital, admin: Client) -> None:
    hospital.client("mohprompt.demo")
    answers = guesses(hospital, admin, "mohprompt.demo", **{"x-origin-secret": "local-origin-secret"})
    assert set(answers) == {"SignInFailed"}


def test_a_count_that_is_read_before_and_written_after_verifying_lets_more_guesses_through(
    local_stack: LocalStack,
) -> None:
    with naive.tables(local_stack.endpoint):
        attempts = naive.Table(local_stack.endpoint, "schedules")
        attempts.put({**naive.KEY, "failures": 0})

        def guess(_: int) -> bool:
            failures = attempts.get(naive.KEY)["failures"]
            if failures >= 5:
                return False
            password_hash("guess")
            attempts.put({**naive.KEY, "failures": failures + 1})
            return True

        assert sum(at_once(AT_ONCE, guess)) > 5


def test_who_guesses_locks_out_nobody_else(hospital: Hospital, admin: Client) -> None:
    his = hospital.clerk()
    login = hospital_login(his)
    guesser, owner = from_address(admin.url, "127.0.0.3"), from_address(admin.url, "127.0.0.4")
    assert [sign_in(guesser, hospital, login, "guess").code for _ in range(5)][-1] == "SignInLocked"
    assert sign_in(owner, hospital, login, PASSWORD).status == 200
    assert sign_in(guesser, hospital, login, PASSWORD).code == "SignInLocked"


def hospital_login(client: Client) -> str:
    login: str = client.call("GET", "/api/dashboard/Welcome").result["login"]
    return login


def test_a_source_that_has_the_right_password_is_never_locked_however_often_it_signs_in_at_once(
    hospital: Hospital, admin: Client
) -> None:
    login = hospital_login(hospital.clerk())
    owner = from_address(admin.url, "127.0.0.5")
    answers = at_once(20, lambda _: until_answered(lambda: sign_in(owner, hospital, login, PASSWORD)).code)
    assert answers == ["OK"] * 20


def test_a_right_password_starts_the_count_again(hospital: Hospital, admin: Client) -> None:
    login = hospital_login(hospital.clerk())
    person = from_address(admin.url, "127.0.0.6")
    for _ in range(3):
        assert [sign_in(person, hospital, login, "typo").code for _ in range(4)] == ["SignInFailed"] * 4
        assert sign_in(person, hospital, login, PASSWORD).status == 200


def test_logins_that_do_not_exist_write_nothing_and_are_answered_the_same(
    local_stack: LocalStack, hospital: Hospital, admin: Client
) -> None:
    guesser = from_address(admin.url, "127.0.0.7")
    before = rows_of(local_stack, hospital)
    for n in range(20):
        assert sign_in(guesser, hospital, f"invented{n}", "guess").code == "SignInFailed"
    codes = [sign_in(guesser, hospital, "invented0", "guess").code for _ in range(5)]
    assert codes == ["SignInFailed"] * 3 + ["SignInLocked"] * 2
    assert rows_of(local_stack, hospital) == before


def rows_of(local_stack: LocalStack, hospital: Hospital) -> list[Any]:
    """The rows of a hospital's accounts and audit.

    Other hospitals may change meanwhile.
    """
    rows = [row for name in ("accounts", "audit") for row in table(local_stack.endpoint, name)]
    return sorted((row for row in rows if hospital.code in str(row)), key=str)


def test_an_administrator_unlocks_every_account_of_the_own_hospital(hospital: Hospital, admin: Client) -> None:
    app = hospital.clerk("APPOINTMENT_API:5")
    login = app_login(admin, "APPOINTMENT_API:5")
    person = from_address(app.url, "127.0.0.8")
    for _ in range(5):
        sign_in(person, hospital, login, "guess")
    account = path(hospital.code, "accounts", login)
    assert admin.call("GET", account).result["locked_until"] != ""

    assert admin.call("POST", f"{account}/unlock").result["locked_until"] == ""

    assert sign_in(person, hospital, login, PASSWORD).status == 200


def app_login(admin: Client, role: str) -> str:
    accounts = admin.call("POST", path(admin.hospital_code, "account-search"), body={}).result["accounts"]
    return next(account["login"] for account in accounts if role in account["roles"])


def test_a_source_that_asks_for_tokens_without_end_is_slowed_down(hospital: Hospital, local_stack: LocalStack) -> None:
    """A process that lets a source sign in once, and then once in twenty seconds."""
    port = child_processes.free_port()
    process = child_processes.start(
        "infra.local.api", str(port), env={**local_stack.env, "SIGN_INS_PER_SECOND": "0.05"}
    )
    try:
        url = f"http://127.0.0.1:{port}"
        child_processes.wait_for(f"{url}/health", process)
        answers: list[Reply] = []
        while not answers or answers[-1].code != "TooManyRequests":
            assert len(answers) < 100
            answers.append(sign_in(from_address(url, "127.0.0.9"), hospital, "invented", "guess"))
        assert answers[0].code == "SignInFailed"
        assert answers[-1].headers["Retry-After"]
        assert sign_in(from_address(url, "127.0.0.10"), hospital, "invented", "guess").code == "SignInFailed"
    finally:
        child_processes.stop(process)

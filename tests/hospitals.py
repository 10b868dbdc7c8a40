"""New hospitals in a running system, each with accounts and tokens.

For tests that must not affect one another.
"""

import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from infra.local import demo
from infra.local.local_stack import LocalStack
from tests import maker
from tests.client import Client, in_days

PROVINCE_CODE, PROVINCE_NAME = "84", "สุราษฎร์ธานี"
ALL_ROLES = "APPOINTMENT_DASHBOARD:1 IMMUNIZATION_SLOT:1 IMMUNIZATION_SLOT_MANAGER:1"
# What each hospital may have accounts for: the roles of the demo hospital's accounts, by the same logins.
ROLES = {login: roles for login, code, _, roles, _ in demo.ACCOUNTS if code == "00000"}
NAMES = {login: name for login, code, name, _, _ in demo.ACCOUNTS if code == "00000"}


@dataclass
class Hospital:
    """A hospital of the tests' own.

    With a catalogue, it has the demo hospital's: departments and rooms 1 and 2, periods 1 to 8 from 8 o'clock on.
    """

    hospitals: "Hospitals"
    code: str
    name: str
    _clients: dict[str, Client] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _weeks: Iterator[int] = field(default_factory=lambda: iter(range(45, 9000, 7)))

    def client(self, login: str) -> Client:
        """The client of an account with one of the demo hospital's logins.

        The account is made at the first call.
        """
        if login not in self._clients:
            self._clients[login] = self.hospitals.add_account(self.code, login, NAMES[login], ROLES[login])
        return self._clients[login]

    def clerk(self, roles: str = ALL_ROLES, *, must_change_password: bool = False) -> Client:
        """The client of a new account with the name "เจ้าหน้าที่ ทดสอบ"."""
        login = f"clerk{next(self._numbers)}"
        return self.hospitals.add_account(self.code, login, "เจ้าหน้าที่ ทดสอบ", roles, must_change_password)

    def seen_by(self, client: Client) -> Client:
        """A client for an account of another hospital or the app, about this hospital.

        client: the account's own client. The calls of the new one are about this hospital.
        """
        return Client(client.url, client.token, self.code)

    def open_days(self, offsets: Iterable[int]) -> None:
        """Open days as the demo data does: 16 schedules of 20 places.

        offsets: days, counted as `in_days` counts them.
        """
        self.hospitals.run(maker.open_days, self.code, [in_days(offset) for offset in offsets])

    def new_day(self) -> date:
        """A day on which this hospital has no schedules, nor on the six days after it."""
        return in_days(next(self._weeks))


class Hospitals:
    """Maker of hospitals and accounts in a system.

    It uses one process that talks to the system's engine.
    """

    def __init__(self, local_stack: LocalStack) -> None:
        self.url = local_stack.url
        self._numbers = itertools.count(60001)
        self._pool = ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), initializer=_set_environment, initargs=(dict(local_stack.env),)
        )

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of tests/maker.py in the process with the system's environment."""
        return self._pool.submit(function, *arguments).result()

    def new(
        self, open_days: Iterable[int] = (), *, with_catalogue: bool = True, province_code: str = PROVINCE_CODE
    ) -> Hospital:
        code = next(code for code in map(str, self._numbers) if not self.run(maker.is_hospital, code))
        name = f"โรงพยาบาลของชุดทดสอบ {code}"
        self.run(maker.make_hospital, code, name, province_code)
        if with_catalogue:
            self.run(maker.make_catalogue, code)
        hospital = Hospital(self, code, name)
        if days := list(open_days):
            hospital.open_days(days)
        return hospital

    def of_demo_data(self, code: str) -> Hospital:
        """A hospital of the demo data, 00001 to 00024, which gets a catalogue as well."""
        self.run(maker.make_catalogue, code)
        return Hospital(self, code, "")

    def add_account(self, code: str, login: str, name: str, roles: str, must_change_password: bool = False) -> Client:
        """The client of a new account, signed in; its password is maker.PASSWORD."""
        return Client(self.url, self.run(maker.make_account, code, login, name, roles, must_change_password), code)

    def token(self, code: str, login: str) -> str:
        token: str = self.run(maker.make_token, code, login)
        return token

    def close(self) -> None:
        self._pool.shutdown()


@contextmanager
def hospitals_of(local_stack: LocalStack) -> Iterator[Hospitals]:
    hospitals = Hospitals(local_stack)
    try:
        yield hospitals
    finally:
        hospitals.close()


def _set_environment(environment: dict[str, str]) -> None:
    import os

    from chalicelib.settings import settings

    os.environ.update(environment)
    settings.cache_clear()

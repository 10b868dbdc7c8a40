"""A hospital for the steps of the first deployment.

It has one schedule, and an account that works for one run. No real hospital has its code, and its name says what it is.
The account gets a random password that is written nowhere, and is deactivated at the end of the run. The schedule has
one place, and its online tick is taken away again.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib import clock
from chalicelib.accounts import actions as accounts
from chalicelib.auth.passwords import password_hash
from chalicelib.caller import APPOINTMENT_API, IMMUNIZATION_SLOT_MANAGER
from chalicelib.people import store as people
from chalicelib.people.model import Person, PersonEntry
from infra.local import demo, seed

CODE, NAME = "99999", "รพ.ทดสอบการติดตั้ง (ไม่ให้บริการ)"
COMMAND = "make first-deployment"
# Room 1 of department 1, from 8 o'clock on.
PERIOD_ID, DEPARTMENT_ID, ROOM_ID = demo.PERIODS[0][0], demo.ROOMS[0][2], demo.ROOMS[0][0]
_ROLES = frozenset({f"{APPOINTMENT_API}:1", f"{IMMUNIZATION_SLOT_MANAGER}:1"})


@dataclass(frozen=True)
class Account:
    """An account of the hospital, with the hash of its password as `/token` takes it."""

    login: str
    password_hash: str


def make() -> None:
    """Make the hospital with its catalogue, if it is missing."""
    seed.hospital(CODE, NAME, demo.HOSPITALS[0][2], demo.HOSPITALS[0][3], 1)
    seed.catalogue(CODE)


@contextmanager
def account() -> Iterator[Account]:
    """Make the hospital if it is missing, and an account in it.

    The account is deactivated at the end.
    """
    make()
    new = Account(f"trial-{secrets.token_hex(4)}", password_hash(secrets.token_urlsafe(20)))
    accounts.add_account_by_command(COMMAND, CODE, new.login, NAME, _ROLES, new.password_hash, False)
    try:
        yield new
    finally:
        accounts.deactivate_by_command(COMMAND, CODE, new.login)


def day() -> date:
    """The day that the steps book: the day after tomorrow."""
    return clock.today() + timedelta(days=2)


def add_to_white_list(cid: str) -> None:
    """Let the hospital send messages to the tester."""
    tester = Person(cid=cid, first_name="ทดสอบ", last_name="ระบบ", gender=1)
    now = clock.now().isoformat(timespec="seconds")
    people.add_to_white_list(CODE, [PersonEntry(tester, CODE, COMMAND, now)])

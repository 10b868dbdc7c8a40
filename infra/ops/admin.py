"""Makes the first country-level administrator of a fresh deployment, on AWS or on one machine.

    make admin LOGIN=somchai.j NAME="สมชาย ใจดี" HOSPITAL=00001
    python -m infra.ops.admin somchai.j "สมชาย ใจดี" 00001 --hospital-name "สำนักงานปลัดกระทรวงสาธารณสุข" --province 12

The stage and the account are those of the environment (STAGE, AWS_PROFILE, AWS_REGION; for `make run` the file
`env` in its state folder). The hospital is made if there is none of this code and a name and a province are given. The
password is asked for twice, or generated with --generate and shown once; a generated one must be changed at the first
sign-in. Where a country-level administrator exists already nothing is done, unless --force.
"""

import argparse
import getpass
import re
import secrets
import sys

from chalicelib.accounts import actions, store
from chalicelib.auth.passwords import password_hash
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY
from chalicelib.errors import ApiError, HospitalNotFound
from chalicelib.hospitals import store as hospital_store
from chalicelib.hospitals.provinces import CODES, PROVINCES
from chalicelib.hospitals.rules import Hospital

COMMAND = "make admin"
SHORTEST = 10
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,49}")


class CannotMake(Exception):
    """Says in one line what is in the way."""


def main(arguments: list[str] | None = None) -> int:
    given = _parse(arguments)
    try:
        _make(given)
    except (CannotMake, ApiError) as problem:
        print(f"No administrator was made: {problem}", file=sys.stderr)
        return 1
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.ops.admin", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("login")
    parser.add_argument("name")
    parser.add_argument("hospital_code")
    parser.add_argument("--hospital-name", default="")
    parser.add_argument("--province", default="", help="its Thai name or 2 digits")
    parser.add_argument("--generate", action="store_true", help="make up a password and show it once")
    parser.add_argument("--force", action="store_true", help="make one although there is one already")
    return parser.parse_args(arguments)


def _make(given: argparse.Namespace) -> None:
    if not LOGIN.fullmatch(given.login):
        raise CannotMake("a login has 3 to 50 small letters, digits, dots, dashes or underscores")
    if not re.fullmatch(r"[0-9]{5}", given.hospital_code):
        raise CannotMake("a hospital code has 5 digits")
    if not given.force and store.country_administrator_exists():
        raise CannotMake("there is a country-level administrator already, who can make more; --force makes one anyway")
    new_hospital = _hospital_to_make(given)
    password = secrets.token_urlsafe(15) if given.generate else _ask(given.login)
    if new_hospital:
        hospital_store.save([(None, new_hospital)], [])
    actions.found_account(
        COMMAND,
        given.hospital_code,
        given.login,
        given.name,
        frozenset({f"{ACCOUNT_ADMIN}:{COUNTRY}"}),
        password_hash(password),
        must_change_password=given.generate,
    )
    print(f"{given.login} of hospital {given.hospital_code} is a country-level administrator now.")
    if given.generate:
        print(f"Password, shown this once, to be changed at the first sign-in: {password}")


def _hospital_to_make(given: argparse.Namespace) -> Hospital | None:
    try:
        hospital_store.get(given.hospital_code)
    except HospitalNotFound:
        province = CODES.get(given.province, given.province)
        if given.hospital_name and province in PROVINCES:
            return Hospital(given.hospital_code, given.hospital_name, province, "", 0)
        raise CannotMake(
            f"there is no hospital {given.hospital_code} yet; --hospital-name and --province make it"
        ) from None
    return None


def _ask(login: str) -> str:
    if not sys.stdin.isatty():
        raise CannotMake("no terminal to ask for the password; --generate makes one up")
    password = getpass.getpass("Password: ")
    if len(password) < SHORTEST or login in password.lower():
        raise CannotMake(f"the password needs {SHORTEST} characters or more, and not the login in it")
    if getpass.getpass("Once more: ") != password:
        raise CannotMake("the two passwords differ")
    return password


if __name__ == "__main__":
    sys.exit(main())

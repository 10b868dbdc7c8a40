"""Create the first country-level administrator.

    make admin LOGIN=somchai.j NAME="สมชาย ใจดี" HOSPITAL=00001
    python -m infra.ops.admin somchai.j "สมชาย ใจดี" 00001 --hospital-name "สำนักงานปลัดกระทรวงสาธารณสุข" --province 12

Run it once after the first deployment, on AWS or on one machine. Environment: STAGE, AWS_PROFILE, AWS_REGION; for `make
run` the file `env` in its state folder sets it. The hospital is created too, if it does not exist and --hospital-name
and --province are given. The command asks for the password twice. --generate makes a password: it is printed once and
must be changed at the first sign-in. --force: create the administrator although there is one already.

Prints one line with the login and hospital, and the generated password. Exit code 0; 1 if nothing was created, with the
reason on stderr; 2 for wrong arguments.
"""

import argparse
import getpass
import re
import secrets
import sys

from chalicelib import text_cleaning
from chalicelib.accounts import actions, store
from chalicelib.auth.passwords import password_hash
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY
from chalicelib.errors import ApiError, HospitalNotFound
from chalicelib.hospitals import store as hospital_store
from chalicelib.hospitals.model import Hospital
from chalicelib.hospitals.provinces import code_of

COMMAND = "make admin"
MIN_PASSWORD_LENGTH = 10
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,49}")


class CannotCreate(Exception):
    """The administrator cannot be created; the text is one line that says why."""


def main(arguments: list[str] | None = None) -> int:
    try:
        _create(_parse(arguments))
    except (CannotCreate, ApiError) as problem:
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
    parser.add_argument("--force", action="store_true", help="create one although there is one already")
    return parser.parse_args(arguments)


def _create(options: argparse.Namespace) -> None:
    if not LOGIN.fullmatch(options.login):
        raise CannotCreate("a login has 3 to 50 small letters, digits, dots, dashes or underscores")
    if not re.fullmatch(r"[0-9]{5}", options.hospital_code):
        raise CannotCreate("a hospital code has 5 digits")
    try:
        options.name, options.hospital_name = (
            text_cleaning.clean(options.name),
            text_cleaning.clean(options.hospital_name),
        )
    except text_cleaning.UncleanText as problem:
        raise CannotCreate(f"look at the names: {problem}") from None
    if not options.force and store.country_administrator_exists():
        raise CannotCreate("there is a country-level administrator already, who can create more; or use --force")
    new_hospital = _hospital_to_create(options)
    password = secrets.token_urlsafe(15) if options.generate else _ask_password(options.login)
    if new_hospital:
        hospital_store.save([(None, new_hospital)], [])
    actions.add_account_by_command(
        COMMAND,
        options.hospital_code,
        options.login,
        options.name,
        frozenset({f"{ACCOUNT_ADMIN}:{COUNTRY}"}),
        password_hash(password),
        must_change_password=options.generate,
    )
    print(f"{options.login} of hospital {options.hospital_code} is a country-level administrator now.")
    if options.generate:
        print(f"Password, shown this once, to be changed at the first sign-in: {password}")


def _hospital_to_create(options: argparse.Namespace) -> Hospital | None:
    """The hospital that must be created first, or None if it exists."""
    try:
        hospital_store.get(options.hospital_code)
    except HospitalNotFound:
        province = code_of(options.province)
        if options.hospital_name and province:
            return Hospital(options.hospital_code, options.hospital_name, province, "", 0)
        raise CannotCreate(
            f"there is no hospital {options.hospital_code} yet; --hospital-name and --province make it"
        ) from None
    return None


def _ask_password(login: str) -> str:
    if not sys.stdin.isatty():
        raise CannotCreate("no terminal to ask for the password; --generate makes one up")
    password = getpass.getpass("Password: ")
    if len(password) < MIN_PASSWORD_LENGTH or login in password.lower():
        raise CannotCreate(f"the password needs {MIN_PASSWORD_LENGTH} characters or more, and not the login in it")
    if getpass.getpass("Once more: ") != password:
        raise CannotCreate("the two passwords differ")
    return password


if __name__ == "__main__":
    sys.exit(main())

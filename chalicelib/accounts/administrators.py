"""Load administrators, and authorise their requests."""

from chalicelib.accounts import store
from chalicelib.accounts.model import Administrator, HospitalAccess
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import account_subject
from chalicelib.auth import account_status
from chalicelib.caller import ACCOUNT_ADMIN, Caller
from chalicelib.errors import Forbidden, HospitalNotFound
from chalicelib.hospitals import actions as hospitals
from chalicelib.hospitals.rules import not_found


def load_administrator(caller: Caller) -> Administrator:
    """The caller with the level that is stored now.

    The cached status may be half a minute old, which is not enough to give roles away. Raises Forbidden if the caller
    is not an administrator any more.
    """
    status = account_status.read(caller.hospital_code, caller.login)
    level = status.roles.get(ACCOUNT_ADMIN, 0) if status and status.active else 0
    if not level:
        raise Forbidden(f"This needs the role {ACCOUNT_ADMIN}:1.")
    return Administrator(caller.login, hospitals.get(caller.hospital_code), level)


def check_hospital(administrator: Administrator, hospital_code: str) -> None:
    """Raise HospitalNotFound unless the administrator administers the hospital."""
    if not administrator.administers(hospitals.get(hospital_code)):
        raise not_found()


def load_access(caller: Caller, hospital_code: str, action: str, login: str | None = None) -> HospitalAccess:
    """Accounts and groups of a hospital, for an administrator who only reads them.

    action, login: what is in the audit if this is refused. Raises Forbidden, HospitalNotFound.
    """
    try:
        check_hospital(load_administrator(caller), hospital_code)
    except (Forbidden, HospitalNotFound):
        append_refused(caller, action, hospital_code, login, {})
        raise
    return store.hospital_access(hospital_code)


def append_refused(caller: Caller, action: str, hospital_code: str, login: str | None, wanted: dict[str, str]) -> None:
    """Add a refused attempt to the caller's history.

    The attempt is also added to the history of the account that it was about, if that exists. wanted: field -> value
    that was asked for.
    """
    changes = {"hospital_code": ["", hospital_code]}
    if login:
        changes["login"] = ["", login]
    changes.update({name: ["", value] for name, value in wanted.items()})
    subjects = {account_subject(caller.hospital_code, caller.login)}
    if login and store.exists(hospital_code, login):
        subjects.add(account_subject(hospital_code, login))
    audit.append_refused(sorted(subjects), caller.hospital_code, caller.actor, action, changes)

"""Who administrates, as the storage says at this moment, and what is refused to him."""

from chalicelib import clock
from chalicelib.accounts import history, history_store, rules, store
from chalicelib.accounts.authorization import Administrator
from chalicelib.caller import ACCOUNT_ADMIN, Caller
from chalicelib.errors import Forbidden, HospitalNotFound
from chalicelib.hospitals import store as hospital_store
from chalicelib.hospitals.rules import Hospital


def load_administrator(caller: Caller) -> Administrator:
    """The caller with the level that his account holds now: what is believed of a token for half a minute is not
    enough to give roles away. Raises Forbidden where he is no administrator any more."""
    account = store.find(caller.hospital_code, caller.login)
    level = 0
    if account is not None and account.active:
        level = rules.effective(rules.held(account, store.groups_of(account))).get(ACCOUNT_ADMIN, 0)
    if not level:
        raise Forbidden(f"This needs the role {ACCOUNT_ADMIN}:1.")
    province_code = hospital_store.get(caller.hospital_code).province_code
    return Administrator(caller.login, caller.hospital_code, province_code, level)


def hospital(administrator: Administrator, hospital_code: str) -> Hospital:
    """A hospital within reach. Raises HospitalNotFound, also for one that is not: there is none for him."""
    record = hospital_store.get(hospital_code)
    if not administrator.reaches(hospital_code, record.province_code):
        raise HospitalNotFound(fields={"hospital_code": "no hospital has this code"})
    return record


def authorised_hospital(caller: Caller, hospital_code: str, action: str, login: str | None = None) -> Hospital:
    """The hospital that the caller wants to look into. Raises Forbidden, HospitalNotFound; what is refused is in the
    history, and only that: looking where one may look writes nothing."""
    try:
        return hospital(load_administrator(caller), hospital_code)
    except (Forbidden, HospitalNotFound):
        note_refused(caller, action, hospital_code, login, {})
        raise


def actor(caller: Caller) -> str:
    """How the history names a caller: login@hospital_code."""
    return f"{caller.login}@{caller.hospital_code}"


def note_refused(caller: Caller, action: str, hospital_code: str, login: str | None, asked: dict[str, str]) -> None:
    """Puts an attempt that was refused into the history of whoever tried, and of the account it was about if there is
    one. asked: what was asked for, by field."""
    changes: history.Changes = {"hospital_code": ["", hospital_code]}
    if login:
        changes["login"] = ["", login]
    changes.update({name: ["", value] for name, value in asked.items()})
    subjects = {history.of_account(caller.hospital_code, caller.login)}
    if login and store.find(hospital_code, login):
        subjects.add(history.of_account(hospital_code, login))
    at = clock.now()
    history_store.append(
        *(history.line(subject, actor(caller), action, at, changes, history.REFUSED) for subject in sorted(subjects))
    )

"""Signing in, one's own password, and reading who is asking (manual 1; wire contract, Token)."""

from dataclasses import replace

from chalicelib import clock
from chalicelib.accounts import history, history_store, rules, store
from chalicelib.auth import account_status, passwords, tokens
from chalicelib.caller import Caller
from chalicelib.errors import HospitalNotFound, Invalid, SignInFailed, SignInLocked, TryAgain, Unauthenticated
from chalicelib.hospitals import store as hospital_store

NOBODY = "?"  # no login can be this


def sign_in(login: str, password_hash: str, hospital_code: str) -> str:
    """A token, as a bare JWT.

    Raises SignInFailed where user, password or hospital is wrong: the same answer and the same work for all three.
    The fifth failure in a row locks the login for 15 minutes (SignInLocked), whether it exists or not.
    """
    account = _proven(hospital_code, login, password_hash)
    now = clock.now()
    _event(hospital_code, login, "signed_in")
    return tokens.issue(tokens.claims_for(_caller(account), account.user_id), now)


def _proven(hospital_code: str, login: str, password_hash: str) -> rules.Account:
    """The active account whose password this is. Raises SignInFailed, SignInLocked."""
    now = clock.now()
    attempts = store.attempts(hospital_code, login)
    if attempts.locked(now):
        raise SignInLocked()
    account = store.find(hospital_code, login)
    right = passwords.verify(password_hash, account.verifier if account else passwords.NOBODYS_VERIFIER)
    if account is None or not right or not account.active:
        locked = store.record_failure(hospital_code, login, now).locked(now)
        _event(hospital_code, login if account else NOBODY, "locked" if locked else "failed")
        raise SignInLocked() if locked else SignInFailed()
    if attempts.failures or attempts.locked_until:
        store.forget_failures(hospital_code, login)
    return account


def _event(hospital_code: str, login: str, what: str) -> None:
    """A sign-in event; written for logins that do not exist as well, so that time and work tell nothing. What was typed
    there is not kept: it may be a password in the wrong field."""
    subject = history.of_sign_ins(hospital_code, login)
    outcome = history.DONE if what == "signed_in" else history.REFUSED
    history_store.append(history.line(subject, f"{login}@{hospital_code}", what, clock.now(), {}, outcome))


def _caller(account: rules.Account) -> Caller:
    try:
        hospital = hospital_store.get(account.hospital_code)
    except HospitalNotFound:
        raise SignInFailed() from None
    now = account_status.read(account, clock.now())
    return Caller(
        login=account.login,
        hospital_code=account.hospital_code,
        hospital_name=hospital.name,
        province_code=hospital.province_code,
        name=account.name,
        roles=now.roles,
        must_change_password=account.must_change_password,
    )


def authenticate(authorization: str) -> Caller:
    """Who is asking, from the Authorization header: the token says who, the account as it is now says what he may.
    Raises Unauthenticated."""
    claimed = tokens.read(authorization)
    now = account_status.of(claimed.hospital_code, claimed.login)
    if now is None or not now.active:
        raise Unauthenticated(
            "This account has been deactivated. Ask your administrator.",
            "บัญชีนี้ถูกระงับการใช้งาน กรุณาติดต่อผู้ดูแลรหัส Login ของหน่วยบริการ",
        )
    return replace(claimed, name=now.name, roles=now.roles, must_change_password=now.must_change_password)


def public_key() -> str:
    """The PEM key that verifies tokens."""
    return tokens.public_key()


def change_own_password(caller: Caller, password_hash: str, new_password_hash: str) -> None:
    """Replaces the caller's own password. A wrong present one counts as a failed sign-in.

    Raises Invalid (naming the field), SignInLocked, TryAgain where the password was changed by another at that moment.
    """
    if password_hash.upper() == new_password_hash.upper():
        raise Invalid(fields={"new_password_hash": "choose a password that differs from the present one"})
    try:
        account = _proven(caller.hospital_code, caller.login, password_hash)
    except SignInFailed:
        raise Invalid(
            "The present password is wrong.",
            "รหัสผ่านปัจจุบันไม่ถูกต้อง",
            fields={"password_hash": "this is not the present password"},
        ) from None
    subject = history.of_account(caller.hospital_code, caller.login)
    actor = f"{caller.login}@{caller.hospital_code}"
    told = history.line(subject, actor, "change_own_password", clock.now(), {"password": ["", "changed"]})
    if not store.change_own_password(account, passwords.new_verifier(new_password_hash), told):
        raise TryAgain()
    account_status.forget()

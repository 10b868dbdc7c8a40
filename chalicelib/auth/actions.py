"""Sign in, change a password, identify a caller (manual 1; wire contract, Token)."""

import hashlib
from dataclasses import replace
from datetime import datetime

from chalicelib import clock, throttle
from chalicelib.audit import actions as audit
from chalicelib.audit.model import DONE, REFUSED, AuditEntry
from chalicelib.audit.rules import account_subject, sign_ins_subject
from chalicelib.auth import account_status, passwords, rules, store, tokens, unknown_logins
from chalicelib.auth.common_passwords import is_common
from chalicelib.auth.model import Account
from chalicelib.caller import Caller
from chalicelib.errors import HospitalNotFound, Invalid, SignInFailed, SignInLocked, TryAgain, Unauthenticated
from chalicelib.hospitals import actions as hospitals
from chalicelib.retry import RetryBudget


def sign_in(login: str, password_hash: str, hospital_code: str, address: str) -> str:
    """A token, as a bare JWT.

    Raises SignInFailed if user, password or hospital is wrong: the same answer and the same work for all three. The
    fifth failure in a row locks the login for 15 minutes (SignInLocked), whether it exists or not, but only for the
    source that sent the wrong passwords. address: of the client.
    """
    source = _source(address)
    throttle.check_sign_in(source)
    account = _verify_password(hospital_code, login, password_hash, source)
    if not store.clear_attempts(hospital_code, login, source, _sign_in_entry(hospital_code, login, "signed_in", DONE)):
        raise TryAgain()
    return tokens.issue(tokens.claims_for(_caller(account), account.user_id), clock.now())


def _source(address: str) -> str:
    """The hash of a client's address that is stored to tell sources apart."""
    return hashlib.sha256(rules.network_of(address).encode()).hexdigest()[:16]


def _verify_password(hospital_code: str, login: str, password_hash: str, source: str) -> Account:
    """The active account that has this password. Raises SignInFailed, SignInLocked.

    An attempt is counted before its password is verified, so that at most five are verified at the same time. The
    caller clears the count. Raises TryAgain if five other attempts of this source take too long.
    """
    account = store.find(hospital_code, login)
    if account is None:
        raise _refuse_unknown(hospital_code, login, password_hash, source)
    now, budget = clock.now(), RetryBudget()
    while not store.count_attempt(hospital_code, login, source, now):
        if rules.is_locked(store.attempts(hospital_code, login, source), now):
            raise SignInLocked()
        budget.pause()  # perhaps none of the other attempts is wrong
    if passwords.verify(password_hash, account.verifier) and account.active:
        return account
    attempts = store.record_failure(hospital_code, login, source)
    if rules.is_locked(attempts, now):
        until = attempts.until or now + rules.LOCK
        if not store.lock(hospital_code, login, until, _sign_in_entry(hospital_code, login, "locked", REFUSED)):
            raise TryAgain()
        raise SignInLocked()
    audit.append(_sign_in_entry(hospital_code, login, "failed", REFUSED))
    raise SignInFailed()


def _refuse_unknown(hospital_code: str, login: str, password_hash: str, source: str) -> SignInFailed | SignInLocked:
    """The error for a login that does not exist.

    It takes the same work as a login that exists. Nothing is stored of it, because what was typed may be a password in
    the wrong field.
    """
    store.write_nothing(hospital_code)
    now = clock.now()
    if unknown_logins.is_locked(hospital_code, login, source, now):
        return SignInLocked()
    passwords.verify(password_hash, passwords.UNKNOWN_LOGIN_VERIFIER)
    store.write_nothing(hospital_code)
    store.write_nothing(hospital_code)
    locked = unknown_logins.record_failure(hospital_code, login, source, now)
    return SignInLocked() if locked else SignInFailed()


def _sign_in_entry(hospital_code: str, login: str, event: str, outcome: str) -> AuditEntry:
    actor = Caller(login, hospital_code).actor
    return audit.new_entry(sign_ins_subject(hospital_code, login), actor, event, outcome=outcome)


def _caller(account: Account) -> Caller:
    try:
        hospital = hospitals.get(account.hospital_code)
    except HospitalNotFound:
        raise SignInFailed() from None
    return Caller(
        login=account.login,
        hospital_code=account.hospital_code,
        hospital_name=hospital.name,
        province_code=hospital.province_code,
        name=account.name,
        roles=account_status.of_account(account, clock.now()).roles,
        must_change_password=account.must_change_password,
        token_version=account.token_version,
    )


def authenticate(authorization: str) -> Caller:
    """The caller of a request, from its Authorization header. Raises Unauthenticated.

    Login and hospital come from the token; name, roles and status from the account as it is now.
    """
    claimed = tokens.read(authorization)
    status = account_status.cached(claimed.hospital_code, claimed.login, claimed.token_version)
    if status is None or not status.active:
        raise Unauthenticated(
            "This account has been deactivated. Ask your administrator.",
            "บัญชีนี้ถูกระงับการใช้งาน กรุณาติดต่อผู้ดูแลรหัส Login ของหน่วยบริการ",
        )
    if status.token_version != claimed.token_version:
        raise Unauthenticated(
            "The password or the status of this account has changed since. Ask for a new token and try once more.",
            "รหัสผ่านหรือสถานะของบัญชีนี้เปลี่ยนไปแล้ว กรุณาขอ token ใหม่แล้วลองอีกครั้ง",
        )
    return replace(
        claimed,
        name=status.name,
        roles=status.roles,
        must_change_password=status.must_change_password,
        look_ups_blocked_until=status.look_ups_blocked_until,
    )


def public_key() -> str:
    """The PEM key that verifies tokens."""
    return tokens.public_key()


def change_own_password(caller: Caller, password_hash: str, new_password_hash: str, address: str) -> None:
    """Replace the caller's own password.

    All tokens of the account end, also the one of this request. A wrong present password counts as a failed sign-in.

    Raises Invalid (naming the field), SignInLocked, TryAgain if the password changes at the same moment.
    """
    if password_hash.upper() == new_password_hash.upper():
        raise Invalid(fields={"new_password_hash": "choose a password that differs from the present one"})
    check_new_password(new_password_hash, caller.login, caller.hospital_code, "new_password_hash")
    source = _source(address)
    try:
        account = _verify_password(caller.hospital_code, caller.login, password_hash, source)
    except SignInFailed:
        raise Invalid(
            "The present password is wrong.",
            "รหัสผ่านปัจจุบันไม่ถูกต้อง",
            fields={"password_hash": "this is not the present password"},
        ) from None
    if account.previous_verifier and passwords.verify(new_password_hash, account.previous_verifier):
        raise _easy_password("new_password_hash", "choose a password that differs from the last one")
    subject = account_subject(caller.hospital_code, caller.login)
    entry = audit.new_entry(subject, caller.actor, "change_own_password", {"password": ["", "changed"]})
    if not store.change_own_password(account, passwords.new_verifier(new_password_hash), source, entry):
        raise TryAgain()
    account_status.clear_cache()


def check_new_password(password_hash: str, login: str, hospital_code: str, field: str) -> None:
    """Raise Invalid, naming the field, if the password is easy to guess."""
    if is_common(password_hash, login, hospital_code):
        raise _easy_password(field, "this password is easy to guess; choose another")


def _easy_password(field: str, problem: str) -> Invalid:
    return Invalid(
        "This password is used by many, or was used before. Choose another.",
        "รหัสผ่านนี้เดาง่ายหรือเคยใช้แล้ว กรุณาใช้รหัสผ่านอื่น",
        fields={field: problem},
    )


def unlock(hospital_code: str, login: str, actor: str) -> None:
    """Unlock a login that wrong passwords have locked; no-op if it is not locked."""
    store.unlock(hospital_code, login)
    audit.append(audit.new_entry(sign_ins_subject(hospital_code, login), actor, "unlocked"))


def block_look_ups(hospital_code: str, login: str, until: datetime) -> bool:
    """Block an account's look-ups of people by national id until a time.

    False if they are blocked until then already. Every process knows within `account_cache_seconds`.
    """
    return store.block_look_ups(hospital_code, login, until)

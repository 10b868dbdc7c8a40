"""Sign in, change a password, identify a caller (manual 1; wire contract, Token)."""

from dataclasses import replace

from chalicelib import clock
from chalicelib.audit import actions as audit
from chalicelib.audit.model import DONE, REFUSED, AuditEntry
from chalicelib.audit.rules import account_subject, sign_ins_subject
from chalicelib.auth import account_status, passwords, store, tokens
from chalicelib.auth.model import Account, Attempts
from chalicelib.caller import Caller
from chalicelib.errors import HospitalNotFound, Invalid, SignInFailed, SignInLocked, TryAgain, Unauthenticated
from chalicelib.hospitals import actions as hospitals

UNKNOWN_LOGIN = "?"  # no account can have this login


def sign_in(login: str, password_hash: str, hospital_code: str) -> str:
    """A token, as a bare JWT.

    Raises SignInFailed if user, password or hospital is wrong: the same answer and the same work for all three. The
    fifth failure in a row locks the login for 15 minutes (SignInLocked), whether it exists or not.
    """
    account = _verify_password(hospital_code, login, password_hash)
    audit.append(_sign_in_entry(hospital_code, login, "signed_in", DONE))
    return tokens.issue(tokens.claims_for(_caller(account), account.user_id), clock.now())


def _verify_password(hospital_code: str, login: str, password_hash: str) -> Account:
    """The active account that has this password. Raises SignInFailed, SignInLocked."""
    now = clock.now()
    attempts = store.attempts(hospital_code, login)
    if attempts.is_locked(now):
        raise SignInLocked()
    account = store.find(hospital_code, login)
    right = passwords.verify(password_hash, account.verifier if account else passwords.UNKNOWN_LOGIN_VERIFIER)
    if account is None or not right or not account.active:
        locked = store.record_failure(hospital_code, login, now).is_locked(now)
        # An unknown login gets an entry too, so that the time it takes is the same. What was typed is not stored: it
        # may be a password in the wrong field.
        known_login = login if account else UNKNOWN_LOGIN
        audit.append(_sign_in_entry(hospital_code, known_login, "locked" if locked else "failed", REFUSED))
        raise SignInLocked() if locked else SignInFailed()
    if attempts.failures or attempts.locked_until:
        store.clear_failures(hospital_code, login)
    return account


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
    return replace(claimed, name=status.name, roles=status.roles, must_change_password=status.must_change_password)


def public_key() -> str:
    """The PEM key that verifies tokens."""
    return tokens.public_key()


def change_own_password(caller: Caller, password_hash: str, new_password_hash: str) -> None:
    """Replace the caller's own password. All tokens of the account end, also the one of this request.

    A wrong present password counts as a failed sign-in.

    Raises Invalid (naming the field), SignInLocked, TryAgain if the password changes at the same moment.
    """
    if password_hash.upper() == new_password_hash.upper():
        raise Invalid(fields={"new_password_hash": "choose a password that differs from the present one"})
    try:
        account = _verify_password(caller.hospital_code, caller.login, password_hash)
    except SignInFailed:
        raise Invalid(
            "The present password is wrong.",
            "รหัสผ่านปัจจุบันไม่ถูกต้อง",
            fields={"password_hash": "this is not the present password"},
        ) from None
    subject = account_subject(caller.hospital_code, caller.login)
    entry = audit.new_entry(subject, caller.actor, "change_own_password", {"password": ["", "changed"]})
    if not store.change_own_password(account, passwords.new_verifier(new_password_hash), entry):
        raise TryAgain()
    account_status.clear_cache()


def attempts(hospital_code: str, login: str) -> Attempts:
    """Failed sign-ins of a login in a row."""
    return store.attempts(hospital_code, login)


def unlock(hospital_code: str, login: str, actor: str) -> None:
    """Unlock a login that wrong passwords have locked; no-op if it is not locked."""
    store.clear_failures(hospital_code, login)
    audit.append(audit.new_entry(sign_ins_subject(hospital_code, login), actor, "unlocked"))

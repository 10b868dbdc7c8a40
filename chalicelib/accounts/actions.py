"""Signing in, and reading who is asking (manual 1; wire contract, Token)."""

from chalicelib import clock
from chalicelib.accounts import rules, store, tokens
from chalicelib.caller import Caller
from chalicelib.errors import HospitalNotFound, SignInFailed, SignInLocked
from chalicelib.schedules import actions as schedules


def sign_in(login: str, password_hash: str, hospital_code: str) -> str:
    """A token, as a bare JWT.

    Raises SignInFailed where user, password or hospital is wrong: the same answer and the same work for all three.
    The fifth failure in a row locks the login for 15 minutes (SignInLocked), whether it exists or not.
    """
    now = clock.now()
    if store.attempts(hospital_code, login).locked(now):
        raise SignInLocked()
    account = store.find(hospital_code, login)
    right = rules.verify(password_hash, account.verifier if account else rules.NOBODYS_VERIFIER)
    if account is None or not right or not account.active:
        if store.record_failure(hospital_code, login, now).locked(now):
            raise SignInLocked()
        raise SignInFailed()
    store.forget_failures(hospital_code, login)
    return tokens.issue(tokens.claims_for(_caller(account), account.user_id), now)


def _caller(account: rules.Account) -> Caller:
    try:
        hospital = schedules.hospital(account.hospital_code)
    except HospitalNotFound:
        raise SignInFailed() from None
    return Caller(
        login=account.login,
        hospital_code=account.hospital_code,
        hospital_name=hospital.name,
        province_code=hospital.province_code,
        name=account.name,
        roles=rules.effective(account.roles),
        must_change_password=account.must_change_password,
    )


def authenticate(authorization: str) -> Caller:
    """Who is asking, from the Authorization header. Raises Unauthenticated."""
    return tokens.read(authorization)


def public_key() -> str:
    """The PEM key that verifies tokens."""
    return tokens.public_key()


def create_account(hospital_code: str, login: str, name: str, roles: frozenset[str], password_hash: str) -> None:
    """Adds an active account with a password of its own."""
    rules.effective(roles)
    store.add(
        rules.Account(
            hospital_code=hospital_code,
            login=login,
            user_id=store.next_user_id(),
            name=name,
            details="",
            active=True,
            roles=roles,
            groups=frozenset(),
            verifier=rules.new_verifier(password_hash),
            must_change_password=False,
            version=1,
        )
    )

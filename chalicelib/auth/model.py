"""Accounts, user groups and failed sign-ins."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Account:
    """A login of one hospital.

    user_id: the integer in the token's client claim. roles: "APPOINTMENT_API:1" and so on, given directly. groups: the
    ids of its user groups. verifier: see `passwords.py`. must_change_password: nothing else is allowed before.
    token_version: tokens with a lower one are not valid any more; a new password and a deactivation raise it.
    previous_verifier: of the person's own password before this one. look_ups_blocked_until: see `Caller`. locked_until:
    the end of the last lock by wrong passwords, of whatever source; it may be over.
    """

    hospital_code: str
    login: str
    user_id: int
    name: str
    details: str
    active: bool
    roles: frozenset[str]
    groups: frozenset[int]
    verifier: str
    must_change_password: bool
    version: int
    token_version: int = 0
    previous_verifier: str = ""
    look_ups_blocked_until: datetime | None = None
    locked_until: datetime | None = None

    def with_verifier(self, verifier: str, must_change_password: bool) -> "Account":
        """The account with another password. All its tokens end."""
        previous = self.previous_verifier if self.must_change_password else self.verifier
        return replace(
            self,
            verifier=verifier,
            previous_verifier=previous,
            must_change_password=must_change_password,
            token_version=self.token_version + 1,
        )


@dataclass(frozen=True)
class Group:
    """A user group (กลุ่มผู้ใช้งาน) of one hospital: its members have its roles."""

    hospital_code: str
    group_id: int
    name: str
    roles: frozenset[str]
    version: int


@dataclass(frozen=True)
class Attempts:
    """Sign-ins in a row that have not succeeded, of one login from one source.

    tried: sign-ins whose password was verified or is being verified. failures: those that were wrong. until: the time
    at which both counts start again, Bangkok.
    """

    tried: int = 0
    failures: int = 0
    until: datetime | None = None


@dataclass(frozen=True)
class AccountStatus:
    """The status of an account, which says what it may do.

    roles: code -> level, its own and those of its groups. read_at: Bangkok.
    """

    name: str
    active: bool
    must_change_password: bool
    roles: dict[str, int]
    token_version: int
    read_at: datetime
    look_ups_blocked_until: datetime | None = None

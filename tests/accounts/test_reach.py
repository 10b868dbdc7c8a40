"""How far an administrator reaches, as tables: level x hospital x role and level."""

import pytest

from chalicelib.accounts import authorization
from chalicelib.accounts.authorization import Administrator
from chalicelib.accounts.rules import Account, Group, HospitalAccess
from chalicelib.caller import ACCOUNT_ADMIN, LEVELS, ROLES
from chalicelib.errors import ApiError, LastAdministrator, OutOfReach, OwnAccount

OTHERS = [role for role in ROLES if role != ACCOUNT_ADMIN]


@pytest.mark.parametrize(
    ("level", "own", "province", "elsewhere"),
    [(0, True, False, False), (1, True, False, False), (3, True, True, False), (5, True, True, True)],
)
def test_an_administrator_reaches_the_hospitals_of_his_level(
    level: int, own: bool, province: bool, elsewhere: bool
) -> None:
    administrator = Administrator("boss", "00001", "11", level)
    assert administrator.reaches("00001", "11") is own
    assert administrator.reaches("00002", "11") is province
    assert administrator.reaches("00003", "12") is elsewhere


# Rows: the administrator's level. Columns: the role's level 1, 3, 5.
GRANTS = {
    ACCOUNT_ADMIN: {0: (False, False, False), 1: (False, False, False), 3: (True, False, False), 5: (True, True, True)},
    "any other": {0: (False, False, False), 1: (True, False, False), 3: (True, True, False), 5: (True, True, True)},
}


@pytest.mark.parametrize("level", [0, *LEVELS])
@pytest.mark.parametrize("role", ROLES)
def test_an_administrator_gives_roles_up_to_his_level_and_his_own_kind_only_below_it(level: int, role: str) -> None:
    expected = GRANTS[role if role == ACCOUNT_ADMIN else "any other"][level]
    assert tuple(authorization.may_grant(level, f"{role}:{wanted}") for wanted in LEVELS) == expected


def account(login: str, *roles: str, groups: tuple[int, ...] = (), active: bool = True) -> Account:
    return Account("00001", login, 1, login, "", active, frozenset(roles), frozenset(groups), "", False, 1)


def hospital_access(*accounts: Account, groups: dict[int, frozenset[str]] | None = None) -> HospitalAccess:
    made = {n: Group("00001", n, str(n), roles, 1) for n, roles in (groups or {}).items()}
    return HospitalAccess("00001", 1, {one.login: one for one in accounts}, made)


BOSS = account("boss", "ACCOUNT_ADMIN:1")
DESK = {7: frozenset({"APPOINTMENT_DASHBOARD:1"})}
POWER = {7: frozenset({"ACCOUNT_ADMIN:1"})}


@pytest.mark.parametrize(
    ("what", "before", "after", "refusal"),
    [
        (
            "gives a role",
            hospital_access(BOSS, account("a")),
            hospital_access(BOSS, account("a", "APPOINTMENT_API:1")),
            None,
        ),
        (
            "takes a role",
            hospital_access(BOSS, account("a", "APPOINTMENT_API:1")),
            hospital_access(BOSS, account("a")),
            None,
        ),
        (
            "gives too high a level",
            hospital_access(BOSS, account("a")),
            hospital_access(BOSS, account("a", "APPOINTMENT_API:3")),
            OutOfReach,
        ),
        (
            "takes too high a level",
            hospital_access(BOSS, account("a", "APPOINTMENT_API:5")),
            hospital_access(BOSS, account("a")),
            OutOfReach,
        ),
        (
            "makes another of his kind",
            hospital_access(BOSS, account("a")),
            hospital_access(BOSS, account("a", "ACCOUNT_ADMIN:1")),
            OutOfReach,
        ),
        ("adds an account", hospital_access(BOSS), hospital_access(BOSS, account("a", "APPOINTMENT_API:1")), None),
        (
            "adds one beyond reach",
            hospital_access(BOSS),
            hospital_access(BOSS, account("a", "APPOINTMENT_API:5")),
            OutOfReach,
        ),
        (
            "deactivates",
            hospital_access(BOSS, account("a", "APPOINTMENT_API:1")),
            hospital_access(BOSS, account("a", "APPOINTMENT_API:1", active=False)),
            None,
        ),
        (
            "deactivates one beyond reach",
            hospital_access(BOSS, account("a", "APPOINTMENT_API:5")),
            hospital_access(BOSS, account("a", "APPOINTMENT_API:5", active=False)),
            OutOfReach,
        ),
        (
            "reactivates one beyond reach",
            hospital_access(BOSS, account("a", "ACCOUNT_ADMIN:1", active=False)),
            hospital_access(BOSS, account("a", "ACCOUNT_ADMIN:1")),
            OutOfReach,
        ),
        (
            "gives a role beside one beyond reach",
            hospital_access(BOSS, account("a", "APPOINTMENT_API:5")),
            hospital_access(BOSS, account("a", "APPOINTMENT_API:5", "IMMUNIZATION_SLOT:1")),
            None,
        ),
        (
            "gives himself a role",
            hospital_access(BOSS),
            hospital_access(account("boss", "ACCOUNT_ADMIN:1", "APPOINTMENT_API:1")),
            OwnAccount,
        ),
        (
            "joins a group himself",
            hospital_access(BOSS, groups={7: frozenset()}),
            hospital_access(account("boss", "ACCOUNT_ADMIN:1", groups=(7,)), groups={7: frozenset()}),
            OwnAccount,
        ),
        (
            "deactivates himself",
            hospital_access(BOSS, account("b", "ACCOUNT_ADMIN:1")),
            hospital_access(account("boss", "ACCOUNT_ADMIN:1", active=False), account("b", "ACCOUNT_ADMIN:1")),
            OwnAccount,
        ),
        ("makes a group", hospital_access(BOSS), hospital_access(BOSS, groups=DESK), None),
        ("makes a group beyond reach", hospital_access(BOSS), hospital_access(BOSS, groups=POWER), OutOfReach),
        (
            "puts one into a group",
            hospital_access(BOSS, account("a"), groups=DESK),
            hospital_access(BOSS, account("a", groups=(7,)), groups=DESK),
            None,
        ),
        (
            "puts one into a group beyond reach",
            hospital_access(BOSS, account("a"), groups=POWER),
            hospital_access(BOSS, account("a", groups=(7,)), groups=POWER),
            OutOfReach,
        ),
        (
            "takes one out of a group beyond reach",
            hospital_access(BOSS, account("a", groups=(7,)), groups=POWER),
            hospital_access(BOSS, account("a"), groups=POWER),
            OutOfReach,
        ),
        (
            "widens a group he is in",
            hospital_access(account("boss", "ACCOUNT_ADMIN:1", groups=(7,)), groups={7: frozenset()}),
            hospital_access(account("boss", "ACCOUNT_ADMIN:1", groups=(7,)), groups=DESK),
            OwnAccount,
        ),
    ],
)
def test_a_hospitals_administrator(
    what: str, before: HospitalAccess, after: HospitalAccess, refusal: type[ApiError] | None
) -> None:
    administrator = Administrator("boss", "00001", "11", 1)
    if refusal is None:
        authorization.check(administrator, before, after)
    else:
        with pytest.raises(refusal):
            authorization.check(administrator, before, after)


@pytest.mark.parametrize(
    "after",
    [
        hospital_access(account("a")),
        hospital_access(account("a", "ACCOUNT_ADMIN:1", active=False)),
        hospital_access(account("a"), groups=POWER),
        hospital_access(account("a"), account("b", "ACCOUNT_ADMIN:1", active=False)),
    ],
)
def test_not_even_the_country_leaves_a_hospital_without_its_last_administrator(after: HospitalAccess) -> None:
    country = Administrator("country", "00009", "19", 5)
    with pytest.raises(LastAdministrator):
        authorization.check(country, hospital_access(account("a", "ACCOUNT_ADMIN:1")), after)


def test_an_administrator_by_group_counts_and_a_hospital_that_never_had_one_needs_none() -> None:
    country = Administrator("country", "00009", "19", 5)
    by_group = hospital_access(account("a", "ACCOUNT_ADMIN:1"), account("b", groups=(7,)), groups=POWER)
    authorization.check(country, by_group, by_group.with_account(account("a")))
    authorization.check(country, hospital_access(account("a", "APPOINTMENT_API:1")), hospital_access(account("a")))


def test_whoever_sets_a_password_or_lifts_a_lock_could_have_given_all_that_it_opens() -> None:
    boss = Administrator("boss", "00001", "11", 1)
    authorization.check_whole(boss, hospital_access(BOSS), account("a", "APPOINTMENT_API:1"))
    with pytest.raises(OutOfReach):
        authorization.check_whole(boss, hospital_access(BOSS, groups=POWER), account("a", groups=(7,)))
    with pytest.raises(OwnAccount):
        authorization.check_whole(boss, hospital_access(BOSS), BOSS)

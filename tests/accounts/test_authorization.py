"""What an administrator may do, as tables: level x hospital, level x role."""

import pytest

from chalicelib.accounts import authorization_rules
from chalicelib.accounts.model import Administrator, HospitalAccess
from chalicelib.auth.model import Account, Group
from chalicelib.caller import ACCOUNT_ADMIN, LEVELS, ROLES
from chalicelib.errors import ApiError, LastAdministrator, OutOfReach, OwnAccount
from chalicelib.hospitals.model import Hospital


def administrator(level: int) -> Administrator:
    return Administrator("boss", Hospital("00001", "", "11"), level)


@pytest.mark.parametrize(
    ("level", "own", "province", "elsewhere"),
    [(0, True, False, False), (1, True, False, False), (3, True, True, False), (5, True, True, True)],
)
def test_an_administrator_administers_the_hospitals_of_his_level(
    level: int, own: bool, province: bool, elsewhere: bool
) -> None:
    boss = administrator(level)
    assert boss.administers(Hospital("00001", "", "11")) is own
    assert boss.administers(Hospital("00002", "", "11")) is province
    assert boss.administers(Hospital("00003", "", "12")) is elsewhere


# Rows: the administrator's level. Columns: the role's level 1, 3, 5.
GRANTS = {
    ACCOUNT_ADMIN: {0: (False, False, False), 1: (False, False, False), 3: (True, False, False), 5: (True, True, True)},
    "any other": {0: (False, False, False), 1: (True, False, False), 3: (True, True, False), 5: (True, True, True)},
}


@pytest.mark.parametrize("level", [0, *LEVELS])
@pytest.mark.parametrize("role", ROLES)
def test_an_administrator_gives_roles_up_to_his_level_and_account_admin_only_below_it(level: int, role: str) -> None:
    expected = GRANTS[role if role == ACCOUNT_ADMIN else "any other"][level]
    assert tuple(authorization_rules.may_grant(level, f"{role}:{wanted}") for wanted in LEVELS) == expected


def account(login: str, *roles: str, groups: tuple[int, ...] = (), active: bool = True) -> Account:
    return Account("00001", login, 1, login, "", active, frozenset(roles), frozenset(groups), "", False, 1)


def access(*accounts: Account, groups: dict[int, frozenset[str]] | None = None) -> HospitalAccess:
    made = {n: Group("00001", n, str(n), roles, 1) for n, roles in (groups or {}).items()}
    return HospitalAccess("00001", 1, {one.login: one for one in accounts}, made)


BOSS = account("boss", "ACCOUNT_ADMIN:1")
DESK = {7: frozenset({"APPOINTMENT_DASHBOARD:1"})}
POWER = {7: frozenset({"ACCOUNT_ADMIN:1"})}


@pytest.mark.parametrize(
    ("what", "before", "after", "error"),
    [
        (
            "gives a role",
            access(BOSS, account("a")),
            access(BOSS, account("a", "APPOINTMENT_API:1")),
            None,
        ),
        (
            "takes a role",
            access(BOSS, account("a", "APPOINTMENT_API:1")),
            access(BOSS, account("a")),
            None,
        ),
        (
            "gives too high a level",
            access(BOSS, account("a")),
            access(BOSS, account("a", "APPOINTMENT_API:3")),
            OutOfReach,
        ),
        (
            "takes too high a level",
            access(BOSS, account("a", "APPOINTMENT_API:5")),
            access(BOSS, account("a")),
            OutOfReach,
        ),
        (
            "makes another of his kind",
            access(BOSS, account("a")),
            access(BOSS, account("a", "ACCOUNT_ADMIN:1")),
            OutOfReach,
        ),
        ("adds an account", access(BOSS), access(BOSS, account("a", "APPOINTMENT_API:1")), None),
        (
            "adds one beyond reach",
            access(BOSS),
            access(BOSS, account("a", "APPOINTMENT_API:5")),
            OutOfReach,
        ),
        (
            "deactivates",
            access(BOSS, account("a", "APPOINTMENT_API:1")),
            access(BOSS, account("a", "APPOINTMENT_API:1", active=False)),
            None,
        ),
        (
            "deactivates one beyond reach",
            access(BOSS, account("a", "APPOINTMENT_API:5")),
            access(BOSS, account("a", "APPOINTMENT_API:5", active=False)),
            OutOfReach,
        ),
        (
            "reactivates one beyond reach",
            access(BOSS, account("a", "ACCOUNT_ADMIN:1", active=False)),
            access(BOSS, account("a", "ACCOUNT_ADMIN:1")),
            OutOfReach,
        ),
        (
            "gives a role beside one beyond reach",
            access(BOSS, account("a", "APPOINTMENT_API:5")),
            access(BOSS, account("a", "APPOINTMENT_API:5", "IMMUNIZATION_SLOT:1")),
            None,
        ),
        (
            "gives himself a role",
            access(BOSS),
            access(account("boss", "ACCOUNT_ADMIN:1", "APPOINTMENT_API:1")),
            OwnAccount,
        ),
        (
            "joins a group himself",
            access(BOSS, groups={7: frozenset()}),
            access(account("boss", "ACCOUNT_ADMIN:1", groups=(7,)), groups={7: frozenset()}),
            OwnAccount,
        ),
        (
            "deactivates himself",
            access(BOSS, account("b", "ACCOUNT_ADMIN:1")),
            access(account("boss", "ACCOUNT_ADMIN:1", active=False), account("b", "ACCOUNT_ADMIN:1")),
            OwnAccount,
        ),
        ("makes a group", access(BOSS), access(BOSS, groups=DESK), None),
        ("makes a group beyond reach", access(BOSS), access(BOSS, groups=POWER), OutOfReach),
        (
            "puts one into a group",
            access(BOSS, account("a"), groups=DESK),
            access(BOSS, account("a", groups=(7,)), groups=DESK),
            None,
        ),
        (
            "puts one into a group beyond reach",
            access(BOSS, account("a"), groups=POWER),
            access(BOSS, account("a", groups=(7,)), groups=POWER),
            OutOfReach,
        ),
        (
            "takes one out of a group beyond reach",
            access(BOSS, account("a", groups=(7,)), groups=POWER),
            access(BOSS, account("a"), groups=POWER),
            OutOfReach,
        ),
        (
            "widens a group he is in",
            access(account("boss", "ACCOUNT_ADMIN:1", groups=(7,)), groups={7: frozenset()}),
            access(account("boss", "ACCOUNT_ADMIN:1", groups=(7,)), groups=DESK),
            OwnAccount,
        ),
    ],
)
def test_a_hospitals_administrator(
    what: str, before: HospitalAccess, after: HospitalAccess, error: type[ApiError] | None
) -> None:
    if error is None:
        authorization_rules.check_change(administrator(1), before, after)
    else:
        with pytest.raises(error):
            authorization_rules.check_change(administrator(1), before, after)


@pytest.mark.parametrize(
    "after",
    [
        access(account("a")),
        access(account("a", "ACCOUNT_ADMIN:1", active=False)),
        access(account("a"), groups=POWER),
        access(account("a"), account("b", "ACCOUNT_ADMIN:1", active=False)),
    ],
)
def test_a_hospital_keeps_its_last_administrator_even_against_the_country_level(after: HospitalAccess) -> None:
    country = Administrator("country", Hospital("00009", "", "19"), 5)
    with pytest.raises(LastAdministrator):
        authorization_rules.check_change(country, access(account("a", "ACCOUNT_ADMIN:1")), after)


def test_an_administrator_by_group_counts_and_a_hospital_without_one_may_stay_so() -> None:
    country = Administrator("country", Hospital("00009", "", "19"), 5)
    by_group = access(account("a", "ACCOUNT_ADMIN:1"), account("b", groups=(7,)), groups=POWER)
    authorization_rules.check_change(country, by_group, by_group.with_account(account("a")))
    authorization_rules.check_change(country, access(account("a", "APPOINTMENT_API:1")), access(account("a")))


def test_setting_a_password_needs_the_right_to_give_every_role_of_the_account() -> None:
    boss = administrator(1)
    authorization_rules.check_control(boss, access(BOSS), account("a", "APPOINTMENT_API:1"))
    with pytest.raises(OutOfReach):
        authorization_rules.check_control(boss, access(BOSS, groups=POWER), account("a", groups=(7,)))
    with pytest.raises(OwnAccount):
        authorization_rules.check_control(boss, access(BOSS), BOSS)

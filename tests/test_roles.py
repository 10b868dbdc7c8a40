"""Who may call what: each role at each level against each action, made from the declarations."""

import itertools
import re
from collections.abc import Callable

import pytest

import app  # noqa: F401  imports every room, which declares its endpoints
from chalicelib.caller import LEVELS, ROLES
from chalicelib.endpoint import Endpoint, declared
from infra.local.local_stack import LocalStack
from tests.client import Client
from tests.hospitals import Hospital

GUARDED = [one for one in declared() if one.roles]
# Values of a path that are well formed and name nothing; any other is 1.
SAMPLES = {"hospital_code": "99999", "login": "nobody"}


@pytest.fixture(scope="module")
def with_role(hospital: Hospital) -> Callable[[str, int], Client]:
    """A caller of the own hospital whose account holds one role."""

    def make(role: str, level: int) -> Client:
        return hospital.clerk(f"{role}:{level}")

    return make


def ask(client: Client, one: Endpoint) -> int:
    """Calls the action with nothing in it: enough to be let in or turned away, too little to do anything."""
    path = re.sub(r"\{(\w+)\}", lambda name: SAMPLES.get(name[1], "1"), one.path)
    query = {"Action": one.action} if one.action else None
    return client.call(one.method, path, query, b"{}" if one.method in ("POST", "PUT") else None).status


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("level", LEVELS)
def test_a_role_opens_the_actions_that_declare_it_and_no_others(
    with_role: Callable[[str, int], Client], role: str, level: int
) -> None:
    client = with_role(role, level)
    for one in GUARDED:
        status = ask(client, one)
        allowed = role in one.roles and level >= one.level
        if allowed:
            assert status not in (401, 403), f"{role}:{level} is turned away from {one.name}"
        else:
            assert status == 403, f"{role}:{level} reaches {one.name}: {status}"


def test_nobody_reaches_a_guarded_action_without_a_token(local_stack: LocalStack) -> None:
    anyone = Client(local_stack.url)
    for one in GUARDED:
        assert ask(anyone, one) == 401, one.name


def test_the_table_is_not_empty() -> None:
    assert len(list(itertools.product(ROLES, LEVELS, GUARDED))) > 200

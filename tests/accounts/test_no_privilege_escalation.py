"""Random administrators change roles; nobody gets a role that nobody could give.

The expectations are written from docs/accounts.md alone: a literal table of what each level gives, and a plain model
of who holds what. The product is asked through its actions, on tables in memory (one thread; what holds under
concurrency is tested in tests/concurrency).
"""

import copy
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.accounts import actions, group_actions, store
from chalicelib.accounts.model import HospitalAccess
from chalicelib.auth import passwords
from chalicelib.auth.model import Account, Group
from chalicelib.caller import Caller
from chalicelib.errors import ApiError
from chalicelib.hospitals import store as hospital_store
from chalicelib.hospitals.model import Hospital
from tests.in_memory_aws import clear
from tests.large import large

PROVINCE_OF = {"00001": "11", "00002": "11", "00003": "12"}
WORK = ("APPOINTMENT_API", "IMMUNIZATION_SLOT")
# docs/accounts.md: what an administrator of each level gives.
GIVES = {
    0: set[str](),
    1: {f"{code}:1" for code in WORK},
    3: {f"{code}:{level}" for code in WORK for level in (1, 3)} | {"ACCOUNT_ADMIN:1"},
    5: {f"{code}:{level}" for code in (*WORK, "ACCOUNT_ADMIN") for level in (1, 3, 5)},
}
Key = tuple[str, str]
EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
MANY_EXAMPLES = 5

# Most of it happens in one hospital, or hardly anyone would meet.
hospitals = st.sampled_from(["00001", "00001", "00001", *sorted(PROVINCE_OF)])
accounts = st.tuples(hospitals, st.sampled_from(["a", "b", "c"]))
# The hospitals' administrators, the province's, the country's, and somebody who is none at first.
actors = st.sampled_from([("00001", "a"), ("00001", "b"), ("00003", "b"), ("00002", "a"), ("00001", "c")])
# Who does it to whom: now and then to themselves.
pairs = st.one_of(st.tuples(actors, accounts), st.tuples(actors, accounts), actors.map(lambda one: (one, one)))
FIRST_GROUPS = {1: {"ACCOUNT_ADMIN:1"}, 2: {"APPOINTMENT_API:3"}, 3: {"IMMUNIZATION_SLOT:1"}}
roles = st.sampled_from(sorted(GIVES[5]))
some_roles = st.frozensets(roles, max_size=2)


@dataclass
class Model:
    """Who holds what. groups: number -> roles, by hospital; members: who is in which."""

    own: dict[Key, set[str]] = field(default_factory=dict)
    active: dict[Key, bool] = field(default_factory=dict)
    groups: dict[str, dict[int, set[str]]] = field(default_factory=lambda: {code: {} for code in PROVINCE_OF})
    members: dict[Key, set[int]] = field(default_factory=dict)

    def holds(self, who: Key) -> set[str]:
        through = [self.groups[who[0]][number] for number in self.members[who]]
        return self.own[who].union(*through)

    def level(self, who: Key) -> int:
        held = self.holds(who) if self.active[who] else set()
        return max((int(role[-1]) for role in held if role.startswith("ACCOUNT_ADMIN")), default=0)

    def administrators(self, hospital: str) -> set[Key]:
        return {who for who in self.own if who[0] == hospital and self.level(who)}


def reaches(model: Model, who: Key, hospital: str) -> bool:
    level = model.level(who)
    near = {1: who[0] == hospital, 3: PROVINCE_OF[who[0]] == PROVINCE_OF[hospital], 5: True}
    return near.get(level, False)


def allowed(actor: Key, hospital: str, before: Model, after: Model) -> bool:
    if not reaches(before, actor, hospital):
        return False
    gives = GIVES[before.level(actor)]
    touched = set[str]()
    for number, new in after.groups[hospital].items():
        touched |= new ^ before.groups[hospital].get(number, set())
    for who in after.own:
        old = before.holds(who) if who in before.own else set()
        switched = who in before.own and before.active[who] != after.active[who]
        moved = who in before.own and before.members[who] != after.members[who]
        changed = old ^ after.holds(who)
        if who == actor and (changed or switched or moved):
            return False
        touched |= changed | (old if switched else set())
    orphaned = before.administrators(hospital) and not after.administrators(hospital)
    return touched <= gives and not orphaned


class AccountCenter(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        clear()
        self.model = Model()
        self.access_by_hospital: dict[str, HospitalAccess] = {}  # as last read
        self.touched: str | None = None

    def teardown(self) -> None:
        for code in sorted(self.access_by_hospital):
            self.check(code)

    @initialize(
        country=st.booleans(), province=st.booleans(), others=st.lists(st.tuples(accounts, some_roles), max_size=4)
    )
    def begin(self, country: bool, province: bool, others: list[tuple[Key, frozenset[str]]]) -> None:
        for code, province_code in PROVINCE_OF.items():
            assert hospital_store.save([(None, Hospital(code, code, province_code, "", 0))], [])
        held: dict[Key, frozenset[str]] = {(code, "a"): frozenset({"ACCOUNT_ADMIN:1"}) for code in PROVINCE_OF}
        held[("00001", "b")] = frozenset({"ACCOUNT_ADMIN:3"} if province else ())
        held[("00003", "b")] = frozenset({"ACCOUNT_ADMIN:5"} if country else ())
        held |= {who: own for who, own in others if who not in held}
        for code in PROVINCE_OF:
            empty = HospitalAccess(code, 0, {}, {})
            hospital_access = empty
            for who, own in held.items():
                if who[0] == code:
                    hospital_access = hospital_access.with_account(_account(who, own))
            for number, given in FIRST_GROUPS.items():
                hospital_access = hospital_access.with_group(Group(code, number, "กลุ่ม", frozenset(given), 1))
                self.model.groups[code][number] = set(given)
            assert store.save(empty, hospital_access, [])
        for who, own in held.items():
            self.model.own[who], self.model.active[who], self.model.members[who] = set(own), True, set()
        self.first = {who: set(own) for who, own in held.items()}
        self.could_give = {
            code: set[str]().union(*(GIVES[self.model.level(who)] for who in held if reaches(self.model, who, code)))
            for code in PROVINCE_OF
        }
        for code in PROVINCE_OF:
            self.check(code)

    def attempt(
        self, actor: Key, hospital: str, change: Callable[[Model], None], call: Callable[[Caller], Any]
    ) -> None:
        """Does it in the model and in the product; both allow it or neither does."""
        if actor not in self.model.own:
            return
        self.touched = hospital
        after = copy.deepcopy(self.model)
        change(after)
        may = allowed(actor, hospital, self.model, after)
        refusal: ApiError | None = None
        try:
            call(Caller(actor[1], actor[0]))
        except ApiError as said_no:
            refusal = said_no
        assert may == (refusal is None), f"allowed: {may}, refused: {refusal}"
        if may:
            self.model = after

    @rule(pair=pairs, role=roles)
    def give(self, pair: tuple[Key, Key], role: str) -> None:
        self._edit(*pair, {role}, set())

    @rule(pair=pairs, role=roles)
    def take(self, pair: tuple[Key, Key], role: str) -> None:
        self._edit(*pair, set(), {role})

    def _edit(self, actor: Key, whom: Key, given: set[str], taken: set[str]) -> None:
        if whom not in self.model.own:
            return
        wanted = (self.model.own[whom] | given) - taken
        shown = self.access_by_hospital[whom[0]].accounts[whom[1]]
        self.attempt(
            actor,
            whom[0],
            lambda after: after.own.update({whom: wanted}),
            lambda caller: actions.edit_account(
                caller, *whom, shown.version, shown.name, shown.details, frozenset(wanted), shown.groups
            ),
        )

    @rule(pair=pairs)
    def switch(self, pair: tuple[Key, Key]) -> None:
        actor, whom = pair
        if whom not in self.model.own:
            return
        shown, active = self.access_by_hospital[whom[0]].accounts[whom[1]], not self.model.active[whom]
        self.attempt(
            actor,
            whom[0],
            lambda after: after.active.update({whom: active}),
            lambda caller: actions.set_active(caller, *whom, shown.version, active),
        )

    @rule(actor=actors, whom=accounts, own=some_roles)
    def add(self, actor: Key, whom: Key, own: frozenset[str]) -> None:
        if whom in self.model.own:
            return

        def change(after: Model) -> None:
            after.own[whom], after.active[whom], after.members[whom] = set(own), True, set()

        sent = passwords.password_hash("First-password-1")
        self.attempt(
            actor,
            whom[0],
            change,
            lambda caller: actions.add_account(caller, *whom, "ชื่อ", "", own, frozenset(), sent),
        )

    @rule(actor=actors, hospital=hospitals, given=some_roles)
    def make_group(self, actor: Key, hospital: str, given: frozenset[str]) -> None:
        number = len(self.model.groups[hospital]) + 1
        self.attempt(
            actor,
            hospital,
            lambda after: after.groups[hospital].update({number: set(given)}),
            lambda caller: group_actions.add_group(caller, hospital, f"กลุ่ม {number}", given),
        )

    @rule(actor=actors, hospital=hospitals, number=st.integers(1, 4), given=some_roles)
    def change_group(self, actor: Key, hospital: str, number: int, given: frozenset[str]) -> None:
        if number not in self.model.groups[hospital]:
            return
        shown = self.access_by_hospital[hospital].groups[number]
        self.attempt(
            actor,
            hospital,
            lambda after: after.groups[hospital].update({number: set(given)}),
            lambda caller: group_actions.edit_group(caller, hospital, number, shown.version, shown.name, given),
        )

    @rule(pair=pairs, number=st.integers(1, 4), member=st.booleans())
    def join_or_leave(self, pair: tuple[Key, Key], number: int, member: bool) -> None:
        actor, whom = pair
        if whom not in self.model.own or number not in self.model.groups[whom[0]]:
            return
        groups = self.model.members[whom] | {number} if member else self.model.members[whom] - {number}
        self.attempt(
            actor,
            whom[0],
            lambda after: after.members.update({whom: groups}),
            lambda caller: group_actions.set_member(caller, whom[0], number, whom[1], member),
        )

    @invariant()
    def nobody_holds_what_nobody_could_have_given(self) -> None:
        """Check the hospital of the last step, and every hospital at the end of the run."""
        if self.touched is not None:
            self.check(self.touched)
            self.touched = None

    def check(self, code: str) -> None:
        hospital_access = self.access_by_hospital[code] = store.hospital_access(code)
        found = {
            (code, login): (set(hospital_access.effective_roles(one)), one.active)
            for login, one in hospital_access.accounts.items()
        }
        expected = {w: (self.model.holds(w), self.model.active[w]) for w in self.model.own if w[0] == code}
        assert found == expected
        for who, (held, _) in found.items():
            beyond = held - self.first.get(who, set()) - self.could_give[code]
            assert not beyond, f"{who} holds {beyond}"
        assert hospital_access.administrators(), f"{code} has lost its last administrator"


def _account(who: Key, own: frozenset[str]) -> Account:
    plain = Account(who[0], who[1], 1, who[1], "", True, own, frozenset(), passwords.UNKNOWN_LOGIN_VERIFIER, False, 1)
    return replace(plain, user_id=int(who[0]) * 10 + ord(who[1]))


@pytest.mark.parametrize("examples", [EXAMPLES, large(MANY_EXAMPLES)])
def test_nobody_comes_to_hold_what_nobody_could_have_given(memory: None, examples: int) -> None:
    run_state_machine_as_test(
        AccountCenter,
        settings=settings(
            max_examples=examples,
            derandomize="EXAMPLES" not in os.environ,  # the same administrators in CI; others if more are asked for
            database=None,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # shrinking a failure takes minutes; the failure is shown as it was found
        ),
    )

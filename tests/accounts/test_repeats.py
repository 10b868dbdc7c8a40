"""The same edit again, after a lost answer, changes nothing."""

from typing import Any

import pytest

from chalicelib.accounts import actions, group_actions, store
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import account_subject, group_subject, hospital_subject
from chalicelib.auth import passwords
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, OutOfReach
from chalicelib.hospitals import actions as hospitals
from chalicelib.hospitals import store as hospital_store
from chalicelib.hospitals.model import Hospital
from chalicelib.tables import CatalogueItem

CODE = "00001"
COUNTRY = Caller("country", CODE)
NONE: frozenset[Any] = frozenset()
WORK = frozenset({"APPOINTMENT_API:1"})


@pytest.fixture(autouse=True)
def country_and_clerk(memory: None) -> None:
    """In memory: a hospital with administrators and the account clerk, version 1."""
    assert hospital_store.save([(None, Hospital(CODE, "โรงพยาบาล", "11"))], [])
    for login, role in (("country", "ACCOUNT_ADMIN:5"), ("hospital", "ACCOUNT_ADMIN:1"), ("clerk", "")):
        roles = frozenset({role} if role else ())
        first = passwords.password_hash("First-password-1")
        actions.add_account_by_command("test", CODE, login, login, roles, first, False)


def actions_of(subject: str) -> list[str]:
    return [entry.action for entry in audit.newest(subject)]


def edit(version: int, name: str) -> Any:
    return actions.edit_account(COUNTRY, CODE, "clerk", version, name, "ตึก 1", WORK, NONE).accounts["clerk"]


def test_the_same_edit_of_an_account_again_gets_the_first_answer() -> None:
    first = edit(1, "ชื่อใหม่")

    assert edit(1, "ชื่อใหม่") == first
    assert first.version == 2
    assert actions_of(account_subject(CODE, "clerk")) == ["edit_account", "add_account"]


def test_another_edit_of_the_version_before_is_a_conflict_and_so_is_a_repeat_after_a_later_edit() -> None:
    edit(1, "ชื่อใหม่")
    with pytest.raises(EditConflict):
        edit(1, "อีกชื่อ")
    edit(2, "อีกชื่อ")
    with pytest.raises(EditConflict):
        edit(1, "ชื่อใหม่")
    edit(3, "ชื่อใหม่")
    with pytest.raises(EditConflict):
        edit(1, "ชื่อใหม่")


def test_the_same_edit_of_a_group_again_gets_the_first_answer_and_another_is_a_conflict() -> None:
    _, group = group_actions.add_group(COUNTRY, CODE, "ห้องบัตร", NONE)
    first = group_actions.edit_group(COUNTRY, CODE, group.group_id, 1, "ห้องยา", WORK)[1]

    assert group_actions.edit_group(COUNTRY, CODE, group.group_id, 1, "ห้องยา", WORK)[1] == first
    with pytest.raises(EditConflict):
        group_actions.edit_group(COUNTRY, CODE, group.group_id, 1, "ห้องแล็บ", WORK)
    assert actions_of(group_subject(CODE, group.group_id)) == ["edit_group", "add_group"]


def test_the_same_edit_of_a_hospital_again_gets_the_first_answer_and_another_is_a_conflict() -> None:
    first = hospitals.edit(COUNTRY, Hospital(CODE, "ชื่อใหม่", "12", "", 3, 1))

    assert hospitals.edit(COUNTRY, Hospital(CODE, "ชื่อใหม่", "12", "", 3, 1)) == first
    with pytest.raises(EditConflict):
        hospitals.edit(COUNTRY, Hospital(CODE, "อีกชื่อ", "12", "", 3, 1))
    assert hospital_store.get(CODE) == first
    assert CatalogueItem.get(CODE, hospital_store.OWN).province_name == "นนทบุรี"
    assert actions_of(hospital_subject(CODE)) == ["edit_hospital"]


def set_password(password: str, version: int = 1, by: Caller = COUNTRY, login: str = "clerk") -> Any:
    sent = passwords.password_hash(password)
    return actions.set_first_password(by, CODE, login, version, sent).accounts[login]


def test_the_same_first_password_again_gets_the_first_answer_and_another_is_a_conflict() -> None:
    first = set_password("Given-password-1")

    assert set_password("Given-password-1") == first
    with pytest.raises(EditConflict):
        set_password("Given-password-2")
    assert actions_of(account_subject(CODE, "clerk")) == ["set_first_password", "add_account"]


def test_who_may_not_set_a_password_does_not_learn_whether_he_guessed_it() -> None:
    set_password("Given-password-1", login="country", by=_second_country())
    for guess in ("Given-password-1", "Given-password-2"):
        with pytest.raises(OutOfReach):
            set_password(guess, by=Caller("hospital", CODE), login="country")


def _second_country() -> Caller:
    sent = passwords.password_hash("First-password-1")
    actions.add_account_by_command("test", CODE, "second", "second", frozenset({"ACCOUNT_ADMIN:5"}), sent, False)
    return Caller("second", CODE)


def test_deactivating_and_joining_a_group_again_change_nothing() -> None:
    _, group = group_actions.add_group(COUNTRY, CODE, "ห้องบัตร", NONE)
    for _ in range(2):
        group_actions.set_member(COUNTRY, CODE, group.group_id, "clerk", True)
        actions.set_active(COUNTRY, CODE, "clerk", 2, False)

    assert store.hospital_access(CODE).accounts["clerk"].version == 3
    assert actions_of(account_subject(CODE, "clerk")) == ["deactivate", "join_group", "add_account"]

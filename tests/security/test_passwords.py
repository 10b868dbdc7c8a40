"""The API gets only hashes of passwords, and refuses the most common passwords."""

import pytest

from chalicelib.auth.common_passwords import is_common
from chalicelib.auth.passwords import password_hash
from tests.client import Client, Reply
from tests.hospitals import Hospital
from tests.manual.accounts import FIRST, OWN, add, do, edit, signed_in


def change(person: Client, old: str, new: str) -> Reply:
    body = {"password_hash": password_hash(old), "new_password_hash": password_hash(new)}
    return person.call("POST", "/api/accounts/password", body=body)


@pytest.mark.parametrize(
    "password", ["1", "0000", "password", "Password123", "P@ssw0rd", "123456789", "00042", "clerk.one", "CLERK2569", ""]
)
def test_the_commonest_passwords_and_those_made_of_login_and_hospital_are_common(password: str) -> None:
    assert is_common(password_hash(password), "clerk.one", "00042")
    assert is_common(password_hash(password).lower(), "clerk.one", "00042")


def test_a_password_of_ones_own_is_not_common() -> None:
    assert not is_common(password_hash(OWN), "clerk.one", "00042")


def test_no_way_to_set_a_password_takes_one_that_is_guessed(hospital: Hospital, admin: Client) -> None:
    account = add(admin, hospital.code).result
    weak = password_hash("1")
    new = {"login": "weak.one", "name": "ทดสอบ", "password_hash": weak}
    person = Client(admin.url).sign_in(account["login"], hospital.code, FIRST)

    refused = {
        "password_hash": [
            admin.call("POST", f"/api/accounts/hospitals/{hospital.code}/accounts", body=new),
            do(admin, account, "password", password_hash=weak),
        ],
        "new_password_hash": [change(person, FIRST, "1"), change(person, FIRST, account["login"])],
    }

    for field, answers in refused.items():
        for answer in answers:
            assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {field})


def test_the_last_password_is_not_taken_again_also_after_a_reset(hospital: Hospital, admin: Client) -> None:
    account = add(admin, hospital.code).result
    person = signed_in(admin.url, account)
    assert change(person, OWN, "Another-own-1").status == 200
    person.sign_in(account["login"], hospital.code, "Another-own-1")
    assert change(person, "Another-own-1", OWN).json["Error"]["fields"].keys() == {"new_password_hash"}

    assert do(admin, account, "password", password_hash=password_hash("Given-again-1")).status == 200
    person.sign_in(account["login"], hospital.code, "Given-again-1")
    assert change(person, "Given-again-1", "Another-own-1").json["Error"]["fields"].keys() == {"new_password_hash"}
    assert change(person, "Given-again-1", "Third-own-1").status == 200


def test_an_administrator_does_not_describe_again_who_holds_more_than_they_may_give(
    hospital: Hospital, admin: Client, country: Client
) -> None:
    account = add(country, hospital.code, "APPOINTMENT_API:5").result
    for changed in ({"name": "ชื่ออื่น"}, {"details": "อื่น"}):
        assert edit(admin, account, **changed).code == "OutOfReach"
    assert edit(country, account, name="ชื่ออื่น").status == 200
    own = add(admin, hospital.code, "APPOINTMENT_API:1").result
    assert edit(admin, own, name="ชื่ออื่น").status == 200

"""Manual 1: the Account Center.

Who may give which role to whom, and what everyone can see of it afterwards.
"""

from typing import Any

import pytest

from chalicelib import clock
from chalicelib.auth.passwords import password_hash
from infra.local.local_stack import LocalStack
from tests.client import Client, Reply
from tests.hospitals import Hospitals
from tests.manual.accounts import FIRST, OWN, add, do, edit, history, numbers, path, show, signed_in

FIGURE_5 = [
    ("APPOINTMENT_API", "ใช้งาน MOPH Appointment API"),
    ("APPOINTMENT_DASHBOARD", "เข้าถึงข้อมูล Dashboard Appointment"),
    ("IMMUNIZATION_SLOT", "เข้าถึงข้อมูลตาราง Slot ระบบการฉีด Vaccine"),
    ("IMMUNIZATION_SLOT_MANAGER", "จัดการข้อมูลตาราง Slot ระบบการฉีด Vaccine"),
]


@pytest.fixture(scope="module")
def province(local_stack: LocalStack, country: Client) -> Client:
    """The provincial office's administrator of Nonthaburi, where 00002 and others are."""
    return signed_in(local_stack.url, add(country, "00002", "ACCOUNT_ADMIN:3").result)


@pytest.fixture(scope="module")
def local_admin(local_stack: LocalStack, province: Client) -> Client:
    """Login administrator of hospital 00003, whom the provincial office has made."""
    return signed_in(local_stack.url, add(province, "00003", "ACCOUNT_ADMIN:1").result)


def test_the_roles_come_in_the_order_of_figure_5_with_their_thai_names(admin: Client) -> None:
    rows = admin.call("GET", "/api/accounts/roles").result
    at_this_hospital = [row for row in rows if row["level"] == 1]
    assert [(row["role_code"], row["role_name"]) for row in at_this_hospital][:4] == FIGURE_5
    assert {row["level_name"] for row in at_this_hospital} == {"หน่วยให้บริการ"}
    assert [row["role_code"] for row in at_this_hospital if row["grantable"]][-2:] == [
        "IMMUNIZATION_DASHBOARD",
        "QUEUE_KIOSK",
    ]


@pytest.mark.parametrize("role", [code for code, _ in FIGURE_5])
def test_each_role_of_figure_5_is_given_by_the_right_person_and_by_nobody_else(
    role: str, country: Client, province: Client, local_admin: Client, admin: Client, staff: Client, his: Client
) -> None:
    wanted = f"{role}:1"
    for right in (country, province, local_admin):
        account = add(local_admin, "00003").result
        account = edit(right, account, roles=[wanted]).result
        assert account["effective_roles"] == [{"role": wanted, "direct": True, "groups": []}]
    account = add(local_admin, "00003").result
    assert (edit(admin, account, roles=[wanted]).status, edit(admin, account, roles=[wanted]).code) == (
        404,
        "HospitalNotFound",
    )
    for wrong in (staff, his):
        assert edit(wrong, account, roles=[wanted]).status == 403
    assert show(local_admin, account)["effective_roles"] == []
    tried = {(line["actor"], line["action"]) for line in history(local_admin, account) if line["outcome"] == "refused"}
    assert tried == {
        (f"admin.demo@{admin.hospital_code}", "edit_account"),
        (f"staff.demo@{staff.hospital_code}", "PUT /api/accounts/hospitals/{hospital_code}/accounts/{login}"),
        (f"his.demo@{his.hospital_code}", "PUT /api/accounts/hospitals/{hospital_code}/accounts/{login}"),
    }


@pytest.mark.needs_local_stack
@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("local_admin", "ACCOUNT_ADMIN:1"),
        ("local_admin", "APPOINTMENT_API:3"),
        ("local_admin", "APPOINTMENT_API:5"),
        ("province", "ACCOUNT_ADMIN:3"),
        ("province", "APPOINTMENT_DASHBOARD:5"),
    ],
)
def test_somebody_who_reaches_further_is_refused_and_it_is_in_the_history(
    who: str, role: str, request: pytest.FixtureRequest
) -> None:
    by: Client = request.getfixturevalue(who)
    account = add(by, "00003").result

    answer = edit(by, account, roles=[role])

    assert (answer.status, answer.code) == (403, "OutOfReach")
    assert role in answer.json["Error"]["fields"]["roles"]
    newest = history(by, account)[0]
    assert (newest["action"], newest["outcome"]) == ("edit_account", "refused")
    assert {"field": "roles", "before": "", "after": f"['{role}']"} in newest["changes"]


def looks(by: Client, code: str, login: str, group_id: object) -> list[Reply]:
    """Everything of a hospital that can be looked at."""
    searched = by.call("POST", path(code, "account-search"), body={"search": ""})
    rest = ["", "history", "groups", f"groups/{group_id}", f"groups/{group_id}/history"]
    rest += [f"accounts/{login}", f"accounts/{login}/history", f"accounts/{login}/sign-ins"]
    return [searched, *(by.call("GET", path(code, one).rstrip("/")) for one in rest)]


def test_somebody_who_looks_into_a_hospital_out_of_reach_is_refused_and_it_is_in_both_histories(
    local_stack: LocalStack, country: Client, local_admin: Client
) -> None:
    looked_at = add(local_admin, "00003").result
    group_id = local_admin.call("POST", path("00003", "groups"), body={"name": "กลุ่ม", "roles": []}).result["group_id"]
    of_another = add(country, "00004", "ACCOUNT_ADMIN:1").result
    of_none = add(country, "00004", "APPOINTMENT_DASHBOARD:1").result

    for account, wanted in ((of_another, (404, "HospitalNotFound")), (of_none, (403, "Forbidden"))):
        answers = looks(signed_in(local_stack.url, account), "00003", looked_at["login"], group_id)
        assert {(one.status, one.code) for one in answers} == {wanted}

    # Equal refusals within an hour are one entry: an account, its history and its sign-ins are all "see_account".
    tried = [line for line in history(country, of_another) if line["outcome"] == "refused"]
    actions = ["see_account", "see_accounts", "see_groups", "see_hospital"]
    assert sorted(line["action"] for line in tried) == actions
    assert all({"field": "hospital_code", "before": "", "after": "00003"} in line["changes"] for line in tried)
    assert len([line for line in history(country, of_none) if line["outcome"] == "refused"]) == 9
    entries = [line for line in history(local_admin, looked_at) if line["outcome"] == "refused"]
    assert len([line for line in entries if line["actor"].startswith(of_another["login"])]) == 1
    assert len([line for line in entries if line["actor"].startswith(of_none["login"])]) == 3


def test_looking_where_one_may_look_leaves_no_line(local_admin: Client) -> None:
    account = add(local_admin, "00003").result
    group_id = local_admin.call("POST", path("00003", "groups"), body={"name": "กลุ่ม", "roles": []}).result["group_id"]
    assert {one.status for one in looks(local_admin, "00003", account["login"], group_id)} == {200}

    assert [line["action"] for line in history(local_admin, account)] == ["add_account"]


def test_the_provincial_office_makes_administrators_in_its_province_and_not_in_another(province: Client) -> None:
    assert add(province, "00004", "ACCOUNT_ADMIN:1").code == "HospitalNotFound"
    assert add(province, "00004").code == "HospitalNotFound"
    assert add(province, "00013", "ACCOUNT_ADMIN:1").status == 200


def test_a_group_is_no_way_round(local_stack: LocalStack, province: Client, local_admin: Client) -> None:
    powerful = {"name": "ผู้ดูแล", "roles": ["ACCOUNT_ADMIN:1"]}
    assert local_admin.call("POST", path("00003", "groups"), body=powerful).code == "OutOfReach"
    group = province.call("POST", path("00003", "groups"), body=powerful).result
    account = add(local_admin, "00003").result

    joined = local_admin.call(
        "POST", path("00003", "groups", group["group_id"], "members"), body={"login": account["login"]}
    )
    edited = edit(local_admin, account, groups=[group["group_id"]])
    added = add(local_admin, "00003", groups=(group["group_id"],))

    assert (joined.code, edited.code, added.code) == ("OutOfReach",) * 3
    assert show(local_admin, account)["effective_roles"] == []


def test_a_group_gives_its_roles_and_takes_them_with_it(local_admin: Client) -> None:
    body = {"name": "ห้องบัตร", "roles": ["APPOINTMENT_DASHBOARD:1", "IMMUNIZATION_SLOT:1"]}
    group = local_admin.call("POST", path("00003", "groups"), body=body).result
    members = path("00003", "groups", group["group_id"], "members")
    account = add(local_admin, "00003", "IMMUNIZATION_SLOT:1").result

    assert local_admin.call("POST", members, body={"login": account["login"]}).result["members"] == [account["login"]]
    assert show(local_admin, account)["effective_roles"] == [
        {"role": "APPOINTMENT_DASHBOARD:1", "direct": False, "groups": [group["group_id"]]},
        {"role": "IMMUNIZATION_SLOT:1", "direct": True, "groups": [group["group_id"]]},
    ]
    edited = {"name": "ห้องบัตร", "roles": [], "version": group["version"]}
    local_admin.call("PUT", path("00003", "groups", group["group_id"]), body=edited)
    assert [one["role"] for one in show(local_admin, account)["effective_roles"]] == ["IMMUNIZATION_SLOT:1"]
    assert local_admin.call("DELETE", f"{members}/{account['login']}").result["members"] == []
    entries = local_admin.call("GET", path("00003", "groups", group["group_id"], "history")).result
    assert [line["action"] for line in entries] == ["edit_group", "add_group"]


def test_the_same_group_added_again_is_the_one_that_is_there_and_another_of_its_name_is_refused(
    local_admin: Client,
) -> None:
    body = {"name": "ห้องยา", "roles": ["APPOINTMENT_API:1"]}
    made = local_admin.call("POST", path("00003", "groups"), body=body).result

    assert local_admin.call("POST", path("00003", "groups"), body=body).result == made
    answer = local_admin.call("POST", path("00003", "groups"), body=body | {"roles": []})
    assert (answer.status, answer.code, set(answer.json["Error"]["fields"])) == (409, "NameTaken", {"name"})


def test_a_group_is_not_given_the_name_of_another(local_admin: Client) -> None:
    body = {"name": "ห้องเอกซเรย์", "roles": ["APPOINTMENT_API:1"]}
    made = local_admin.call("POST", path("00003", "groups"), body=body).result
    assert local_admin.call("POST", path("00003", "groups"), body=body | {"name": "ห้องแล็บ"}).status == 200
    one = path("00003", "groups", made["group_id"])

    answer = local_admin.call("PUT", one, body=body | {"name": "ห้องแล็บ", "version": 1})

    assert (answer.status, answer.code, set(answer.json["Error"]["fields"])) == (409, "NameTaken", {"name"})
    assert local_admin.call("PUT", one, body=body | {"roles": [], "version": 1}).status == 200


def test_nobody_changes_their_own_roles_or_account_status(province: Client, country: Client) -> None:
    for by, hospital_code, login in ((country, "00001", "country.test"),):
        own = by.call("GET", path(hospital_code, "accounts", login)).result
        assert edit(by, own, roles=[*own["roles"], "APPOINTMENT_API:5"]).code == "OwnAccount"
        assert do(by, own, "deactivate").code == "OwnAccount"
        assert do(by, own, "password", password_hash=password_hash(FIRST)).code == "OwnAccount"
        assert edit(by, own, name="ชื่อใหม่").status == 200


def test_an_administrator_does_not_take_over_an_account_that_reaches_further(
    hospitals: Hospitals, admin: Client
) -> None:
    hospitals.add_account(admin.hospital_code, "app", "หมอพร้อม", "APPOINTMENT_API:5")
    app = admin.call("GET", path(admin.hospital_code, "accounts", "app")).result
    assert do(admin, app, "password", password_hash=password_hash(FIRST)).code == "OutOfReach"
    assert do(admin, app, "deactivate").code == "OutOfReach"


def test_the_second_of_two_administrators_gets_both_versions_and_nothing_is_lost(
    local_admin: Client, province: Client
) -> None:
    account = add(local_admin, "00003").result
    first = edit(local_admin, account, roles=["APPOINTMENT_API:1"]).result

    second = edit(province, account, name="ชื่อใหม่", roles=["IMMUNIZATION_SLOT:1"])

    assert (second.status, second.code) == (409, "EditConflict")
    error = second.json["Error"]
    assert error["theirs"]["roles"] == ["APPOINTMENT_API:1"]
    assert error["theirs"]["version"] == first["version"]
    assert (error["yours"]["roles"], error["yours"]["name"]) == (["IMMUNIZATION_SLOT:1"], "ชื่อใหม่")
    assert show(local_admin, account) == first


def test_a_hospitals_last_administrator_stays(country: Client) -> None:
    one, two = (add(country, "00005", "ACCOUNT_ADMIN:1").result for _ in range(2))
    assert edit(country, one, roles=[]).status == 200
    for answer in (edit(country, two, roles=[]), do(country, two, "deactivate")):
        assert (answer.status, answer.code) == (409, "LastAdministrator")
    assert history(country, two)[0]["outcome"] == "refused"


def test_a_first_password_opens_nothing_until_it_is_changed(local_stack: LocalStack, local_admin: Client) -> None:
    account = add(local_admin, "00003", "APPOINTMENT_DASHBOARD:1").result
    person = Client(local_stack.url).sign_in(account["login"], "00003", FIRST)
    assert person.call("GET", "/api/accounts/roles").code == "PasswordMustChange"
    wrong = {"password_hash": password_hash("not this"), "new_password_hash": password_hash(OWN)}
    assert person.call("POST", "/api/accounts/password", body=wrong).json["Error"]["fields"].keys() == {"password_hash"}
    right = {"password_hash": password_hash(FIRST), "new_password_hash": password_hash(OWN)}
    assert person.call("POST", "/api/accounts/password", body=right).status == 200
    person.sign_in(account["login"], "00003", OWN)
    assert person.call("GET", "/api/accounts/roles").status == 200
    assert do(local_admin, account, "password", password_hash=password_hash("Again-given-1")).status == 200
    person.sign_in(account["login"], "00003", "Again-given-1")
    assert person.call("GET", "/api/accounts/roles").code == "PasswordMustChange"


def test_an_account_without_a_role_can_change_its_first_password_and_nothing_else(
    local_stack: LocalStack, local_admin: Client
) -> None:
    person = signed_in(local_stack.url, add(local_admin, "00003").result)
    assert person.call("GET", path("00003", "groups")).code == "Forbidden"


def test_the_server_takes_the_hash_and_never_a_password(local_admin: Client) -> None:
    body = {"login": "plain.text", "name": "ทดสอบ", "password_hash": "My-password-1"}
    answer = local_admin.call("POST", path("00003", "accounts"), body=body)
    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"password_hash"})


def test_the_history_says_who_changed_what_and_holds_no_password(local_admin: Client, province: Client) -> None:
    account = add(local_admin, "00003").result
    account = edit(province, account, roles=["APPOINTMENT_API:1"], details="HIS").result
    do(local_admin, account, "password", password_hash=password_hash("Another-one-1"))

    newest, second, oldest = history(local_admin, account)

    assert (oldest["action"], newest["action"]) == ("add_account", "set_first_password")
    assert {"field": "roles", "before": "", "after": "APPOINTMENT_API:1"} in second["changes"]
    assert {"field": "details", "before": "", "after": "HIS"} in second["changes"]
    assert newest["changes"] == [{"field": "password", "before": "", "after": "set"}]
    assert "scrypt" not in str([newest, second, oldest])
    assert password_hash("Another-one-1") not in str([newest, second, oldest])


def test_sign_ins_failures_the_lock_and_the_unlock_are_on_record(local_stack: LocalStack, local_admin: Client) -> None:
    account = add(local_admin, "00003").result
    stranger = Client(local_stack.url)
    fields = {"user": account["login"], "hospital_code": "00003", "password_hash": password_hash("wrong")}
    for _ in range(5):
        last = stranger.call("POST", "/token", {"Action": "get_moph_access_token"}, fields)
    assert last.code == "SignInLocked"
    assert show(local_admin, account)["locked_until"] != ""

    assert do(local_admin, account, "unlock").result["locked_until"] == ""
    Client(local_stack.url).sign_in(account["login"], "00003", FIRST)

    actions = [line["action"] for line in history(local_admin, account, "sign-ins")]
    assert actions == ["signed_in", "unlocked", "locked", "failed", "failed", "failed", "failed"]


def test_the_list_says_which_accounts_are_locked_and_until_when(local_stack: LocalStack, local_admin: Client) -> None:
    locked, other = (add(local_admin, "00003", login=f"{name}.in.the.list").result for name in ("locked", "other"))
    fields = {"user": locked["login"], "hospital_code": "00003", "password_hash": password_hash("wrong")}
    for _ in range(5):
        Client(local_stack.url).call("POST", "/token", {"Action": "get_moph_access_token"}, fields)

    def listed(**body: Any) -> Any:
        return local_admin.call("POST", path("00003", "account-search"), body={"search": ".in.the.list", **body}).result

    page = listed()
    assert (page["total"], page["locked"]) == (2, 1)
    until = {row["login"]: row["locked_until"] for row in page["accounts"]}
    assert until[locked["login"]] == show(local_admin, locked)["locked_until"] > clock.now().isoformat()
    assert until[other["login"]] == ""
    assert [row["login"] for row in listed(locked=True)["accounts"]] == [locked["login"]]

    do(local_admin, locked, "unlock")
    assert (listed()["locked"], listed(locked=True)["total"]) == (0, 0)


def test_accounts_are_found_by_any_part_of_login_name_or_details(local_admin: Client) -> None:
    account = edit(local_admin, add(local_admin, "00003", login="needle.in.hay").result, details="คลินิกเบาหวาน").result
    for part in ("NEEDLE", "in.hay", "เบาหวาน"):
        page = local_admin.call("POST", path("00003", "account-search"), body={"search": part}).result
        assert [one["login"] for one in page["accounts"]] == [account["login"]]
        assert page["total"] == 1


def test_a_login_is_the_hospitals_own(local_admin: Client, admin: Client) -> None:
    login = f"twice{next(numbers)}"
    assert add(local_admin, "00003", login=login).status == 200
    assert add(local_admin, "00003", login=login).code == "LoginTaken"
    assert add(admin, admin.hospital_code, login=login).status == 200

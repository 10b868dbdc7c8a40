"""Manual 3: show, find, remove and import entries of the white list (dashboard)."""

from typing import Any

import pytest

from chalicelib.people.model import masked
from infra.ops import person_data
from tests.client import Client, new_cid
from tests.hospitals import Hospitals

PATH = "/api/dashboard/white-list"


def import_lines(staff: Client, *lines: str, first_line: int = 1) -> dict[str, Any]:
    body = {"lines": list(lines), "first_line": first_line}
    result: dict[str, Any] = staff.call("POST", f"{PATH}/import", body=body).result
    return result


def find(staff: Client, cid: str) -> Any:
    return staff.call("POST", f"{PATH}/find", body={"cid": cid})


def everyone(staff: Client) -> list[str]:
    listed, after = [], ""
    while True:
        page = staff.call("POST", PATH, body={"after": after}).result
        listed += [one["cid_masked"] for one in page["people"]]
        if not (after := page["next"]):
            return listed


def test_a_csv_is_taken_with_the_names_of_its_columns_and_told_line_by_line(staff) -> None:
    good, thai, bad_date = new_cid(), new_cid(), new_cid()
    found = import_lines(
        staff,
        "cid,prefix,first_name,last_name,gender,birth_date,mobile_phone",
        f"{good},นาย,สมชาย,ใจดี,1,1990-01-15,0812345678",
        f'"{thai[0]}-{thai[1:]}",นาง,สมหญิง,"รักไทย, ม.",หญิง,15/01/2533,',
        "1234567890123,นาย,ผิด,หลัก,1,,",
        f"{bad_date},นาย,ผิด,วัน,1,31/02/2533,",
        "",
        f"{new_cid()},นาย,,ไม่มีชื่อ,1,,",
    )
    assert found["accepted"] == 2
    assert [(one["line"], one["field"]) for one in found["refused"]] == [
        (4, "cid"),
        (5, "birth_date"),
        (7, "first_name"),
    ]
    row = find(staff, good).result
    assert (row["cid_masked"], row["name"], row["mobile_phone"]) == (masked(good), "นายสมชาย ใจดี", "0812345678")
    looked_up = staff.call("POST", "/api/dashboard/people/lookup", body={"cid": thai}).result
    assert (looked_up["birth_date"], looked_up["gender"], looked_up["last_name"]) == ("1990-01-15", 2, "รักไทย, ม.")


def test_the_same_lines_again_change_nothing(staff) -> None:
    line = f"{new_cid()},นาย,ซ้ำ,ได้,1,,"
    assert import_lines(staff, line, line) == {"accepted": 1, "refused": []}
    assert import_lines(staff, line, line) == {"accepted": 1, "refused": [], "unchanged": 1}


def test_an_import_and_an_addition_say_who_was_on_the_list_before(staff) -> None:
    one, two, three = new_cid(), new_cid(), new_cid()
    import_lines(staff, f"{one},นาย,เดิม,คนแรก,1,,", f"{two},นาย,เดิม,คนสอง,1,,")
    again = import_lines(staff, f"{one},นาย,เดิม,คนแรก,1,,", f"{two},นาย,ใหม่,คนสอง,1,,", f"{three},นาย,เพิ่ม,คนสาม,1,,")
    assert again == {"accepted": 3, "refused": [], "changed": 1, "unchanged": 1}
    person = {"cid": three, "first_name": "เพิ่ม", "gender": 1}
    assert staff.call("POST", "/api/dashboard/people", body=person).result["was_listed"] is True
    assert "was_listed" not in staff.call("POST", "/api/dashboard/people", body={**person, "cid": new_cid()}).result


def test_a_line_break_inside_a_line_is_a_space(staff) -> None:
    cid = new_cid()
    assert import_lines(staff, f"{cid},นาย,สอง\rบรรทัด,เดียว,1,,")["accepted"] == 1
    assert find(staff, cid).result["name"] == "นายสอง บรรทัด เดียว"


def test_a_line_that_cannot_be_read_costs_the_others_nothing(staff) -> None:
    found = import_lines(
        staff,
        f"{new_cid()},นาย,\ufffd\ufffd,ใจดี,1,,",
        f"{new_cid()},นาย,{'x' * 200_000},ใจดี,1,,",
        f"{new_cid()},นาย,สมชาย,ใจดี,1,,",
    )
    assert found["accepted"] == 1
    assert [(one["line"], one["field"]) for one in found["refused"]] == [(1, "first_name"), (2, "lines")]


def test_whom_a_hospital_takes_off_is_no_longer_reached_but_still_known(staff, his) -> None:
    cid = new_cid()
    import_lines(staff, f"{cid},นาย,ลบ,ออก,1,,", first_line=7)
    removed = staff.call("POST", f"{PATH}/remove", body={"cid": cid})
    assert (removed.status, find(staff, cid).code) == (200, "PersonNotFound")
    assert staff.call("POST", f"{PATH}/remove", body={"cid": cid}).code == "PersonNotFound"
    assert his.call("GET", "/api/ImmunizationTarget", {"cid": cid}).result["person"]["first_name"] == "ลบ"


def test_the_list_goes_page_by_page_and_shows_no_whole_id(staff) -> None:
    cids = [new_cid() for _ in range(60)]
    import_lines(staff, *[f"{cid},นาย,หน้า,ถัดไป,1,," for cid in cids], first_line=2)
    listed = everyone(staff)
    assert {masked(cid) for cid in cids} <= set(listed)
    first = staff.call("POST", PATH, body={})
    assert len(first.result["people"]) == 50
    assert not [cid for cid in cids if f'"{cid}"' in first.text.replace(first.result["next"], "")]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/find", f"{PATH}/remove", f"{PATH}/import"])
def test_only_who_may_announce_sees_the_white_list(his, path) -> None:
    assert his.call("POST", path, body={"cid": new_cid(), "lines": [], "first_line": 1}).code == "Forbidden"


def test_more_lines_than_a_call_takes_are_refused_as_a_whole(staff) -> None:
    reply = staff.call("POST", f"{PATH}/import", body={"lines": [""] * 501, "first_line": 1})
    assert (reply.status, set(reply.json["Error"]["fields"])) == (400, {"lines"})


SEND = "/api/SendImmunizationTarget"


def send(client: Client, *people: dict[str, Any], hospital_code: str = "", **more: str) -> Any:
    """Send a white list as an information system does.

    more: further fields of the body.
    """
    code = hospital_code or client.hospital_code
    hospital = {"hospital_code": code, "hospital_name": "รพ.ทดสอบระบบ", "his_identifier": "HIS ABC v1.0"}
    return client.call("POST", SEND, body={"hospital": hospital, "target": list(people), **more})


def person(cid: str, first_name: str = "ทดสอบ") -> dict[str, Any]:
    return {"cid": cid, "prefix": "นาย", "first_name": first_name, "last_name": "ระบบ", "gender": "1"}


def test_an_information_system_puts_people_on_the_white_list(his, staff) -> None:
    one, two = new_cid(), new_cid()
    assert send(his, person(one), person(two)).result == {"accepted": 2}
    assert send(his, person(one), person(two)).result == {"accepted": 2}
    assert find(staff, one).status == find(staff, two).status == 200


@pytest.mark.parametrize(
    ("sent", "kept"), [({}, "care"), ({"basis": "consent"}, "consent"), ({"basis": "duty"}, "duty")]
)
def test_an_entry_has_its_time_and_the_legal_basis_on_which_it_is_kept(
    hospitals: Hospitals, his: Client, sent: dict[str, str], kept: str
) -> None:
    cid = new_cid()
    assert send(his, person(cid), **sent).result == {"accepted": 1}
    entries = {row["record"]: row for row in hospitals.run(person_data.export, cid)["people"]}
    entry = entries[f"hospital#{his.hospital_code}"]
    assert entry["basis"] == kept
    assert entry["added_at"].endswith("+07:00")
    assert "basis" not in entries["#"]


def test_a_change_of_an_entrys_details_keeps_its_legal_basis(hospitals: Hospitals, his: Client, staff: Client) -> None:
    cid = new_cid()
    send(his, person(cid), basis="consent")
    corrected = {"cid": cid, "first_name": "ทดสอบ", "last_name": "แก้ไข", "gender": 1}
    assert staff.call("POST", "/api/dashboard/people", body=corrected).status == 200
    assert send(his, person(cid)).status == 200
    entries = {row["record"]: row for row in hospitals.run(person_data.export, cid)["people"]}
    assert entries[f"hospital#{his.hospital_code}"]["basis"] == "consent"


def test_a_basis_that_the_law_does_not_know_is_refused(his: Client) -> None:
    refused = send(his, person(new_cid()), basis="habit")
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["basis"])


def test_somebody_who_is_sent_twice_in_one_call_is_taken_once_as_sent_last(his, staff) -> None:
    cid = new_cid()
    assert send(his, person(cid, "เก่า"), person(new_cid()), person(cid, "ใหม่")).result == {"accepted": 2}
    assert find(staff, cid).result["name"] == "นายใหม่ ระบบ"


def test_whom_the_registry_knows_keeps_the_registrys_entry(his, his2) -> None:
    cid = new_cid()
    send(his, person(cid, "ทะเบียน"))
    assert send(his2, person(cid, "ส่งมา"), hospital_code="00002").result == {"accepted": 1}
    assert his.call("GET", "/api/ImmunizationTarget", {"cid": cid}).result["person"]["first_name"] == "ทะเบียน"


def test_one_wrong_id_refuses_the_call_and_nobody_is_taken(his, staff) -> None:
    good = new_cid()
    refused = send(his, person(good), person("1234567890123"))
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["target[1].cid"])
    assert find(staff, good).code == "PersonNotFound"


def test_another_hospitals_white_list_is_not_the_senders(his2, app_client) -> None:
    assert send(his2, person(new_cid())).code == "Forbidden"
    assert send(app_client, person(new_cid()), hospital_code="00003").status == 200
    assert send(app_client, person(new_cid()), hospital_code="98765").code == "HospitalNotFound"


def test_more_people_than_a_call_takes_are_refused_before_anybody_is_taken(his) -> None:
    refused = send(his, *[person("1111111111119")] * 1001)
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["target"])

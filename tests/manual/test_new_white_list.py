"""Ours: search, edit and count the white list."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.people import store
from infra.ops import person_data
from tests.client import Client, Reply, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.waiting import eventually

PATH = "/api/dashboard/white-list"


def add(staff: Client, first_name: str, last_name: str, **more: str) -> str:
    cid = new_cid()
    body = {"cid": cid, "prefix": "นาย", "first_name": first_name, "last_name": last_name, "gender": 1, **more}
    assert staff.call("POST", "/api/dashboard/people", body=body).status == 200
    return cid


def search(staff: Client, words: str, after: str = "") -> Reply:
    return staff.call("POST", f"{PATH}/search", body={"words": words, "after": after})


def names(staff: Client, words: str) -> list[str]:
    return [row["name"] for row in search(staff, words).result["people"]]


def find(staff: Client, cid: str) -> Reply:
    return staff.call("POST", f"{PATH}/find", body={"cid": cid})


def entry_of(staff: Client, cid: str) -> dict[str, Any]:
    entry: dict[str, Any] = staff.call("POST", f"{PATH}/entry", body={"cid": cid}).result
    return entry


def edit(staff: Client, entry: dict[str, Any], **changes: Any) -> Reply:
    fields = ("prefix", "first_name", "last_name", "gender", "birth_date", "mobile_phone", "added_at")
    body = {name: entry[name] for name in fields if entry[name] not in ("", 0)} | changes
    return staff.call("POST", f"{PATH}/edit", body=body)


def counted(staff: Client) -> dict[str, Any]:
    count: dict[str, Any] = staff.call("GET", f"{PATH}/count").result
    return count


@pytest.mark.parametrize("words", ["ทองดี", "ทองดี มีสุ", "มีสุข", "081 234", "๐๘๑๒๓๔"])
def test_a_person_is_found_by_part_of_the_name_or_the_telephone(staff: Client, words: str) -> None:
    add(staff, "ทองดี", "มีสุข", mobile_phone="0812345678")
    add(staff, "ทองแดง", "มีทรัพย์", mobile_phone="0899999999")
    assert set(eventually(lambda: names(staff, words))) == {"นายทองดี มีสุข"}


@pytest.mark.parametrize("words", ["สมศรี", "ร.ต.สมศรี", "ว่าที่ สมศรี มีชัย", "ว่าที่ ร.ต.สมศรี มีชัย"])
def test_a_title_with_a_blank_hides_nobody(staff: Client, words: str) -> None:
    add(staff, "สมศรี", "มีชัย", prefix="ว่าที่ ร.ต.")
    add(staff, "ชัยสมศรี", "มีชัย")
    assert "ว่าที่ ร.ต.สมศรี มีชัย" in eventually(lambda: names(staff, words))


def test_a_title_with_a_blank_hides_nobody_who_has_no_last_name(staff: Client) -> None:
    add(staff, "สมศักดิ์", "", prefix="พระครู ดร.")
    assert eventually(lambda: names(staff, "สมศักดิ์")) == ["พระครู ดร.สมศักดิ์"]


@pytest.mark.parametrize("words", ["ก", "081", ""])
def test_a_search_for_too_little_is_refused(staff: Client, words: str) -> None:
    reply = search(staff, words)
    assert (reply.status, list(reply.json["Error"]["fields"])) == (400, ["words"])


def test_a_search_for_many_goes_on_behind_the_fiftieth(staff: Client) -> None:
    lines = [f"{new_cid()},นาย,ห้าสิบเอ็ด,คนที่ {n},1,," for n in range(51)]
    staff.call("POST", f"{PATH}/import", body={"lines": lines, "first_line": 2})
    first = eventually(lambda: (page := search(staff, "ห้าสิบเอ็ด").result)["next"] and page, "all are in the index")
    second = search(staff, "ห้าสิบเอ็ด", first["next"]).result
    assert (len(first["people"]), len(second["people"]), second["next"]) == (50, 1, "")
    assert len({row["name"] for row in first["people"] + second["people"]}) == 51


def test_other_hospitals_people_are_neither_found_nor_edited(hospitals: Hospitals, staff: Client) -> None:
    cid = add(staff, "เฉพาะที่", "ของเรา")
    (own,) = eventually(lambda: search(staff, "เฉพาะที่").result["people"])
    theirs = hospitals.new().client("staff.demo")
    assert names(theirs, "เฉพาะที่") == []
    assert theirs.call("POST", f"{PATH}/entry", body={"cid": cid}).status == 404
    assert theirs.call("POST", f"{PATH}/entry", body={"person": own["person"]}).status == 400
    assert edit(theirs, entry_of(staff, cid), cid=cid, first_name="ปลอม").status == 404
    assert theirs.call("POST", f"{PATH}/remove", body={"person": own["person"]}).status == 400


def test_who_was_found_is_edited_and_removed_without_the_national_id(staff: Client) -> None:
    cid = add(staff, "แก้ชื่อ", "ด้วยรายการ")
    (row,) = eventually(lambda: search(staff, "แก้ชื่อ").result["people"])
    assert cid not in str(row)
    person = {"person": row["person"]}
    entry = staff.call("POST", f"{PATH}/entry", body=person).result
    edited = edit(staff, entry, **person, last_name="ใหม่", birth_date="1990-01-15", mobile_phone="0811111111").result
    assert (edited["last_name"], edited["birth_date"], edited["added_login"]) == ("ใหม่", "1990-01-15", "staff.demo")
    assert find(staff, cid).result["name"] == "นายแก้ชื่อ ใหม่"
    assert staff.call("POST", f"{PATH}/remove", body=person).status == 200
    assert find(staff, cid).status == 404
    assert staff.call("POST", f"{PATH}/entry", body=person).status == 404


def test_an_edit_keeps_what_the_screen_does_not_show(hospitals: Hospitals, his: Client, staff: Client) -> None:
    cid = new_cid()
    person = {"cid": cid, "first_name": "มีที่อยู่", "gender": 2, "address": "99/1", "phone_number": "021111111"}
    sent = {"hospital": {"hospital_code": his.hospital_code}, "target": [person], "basis": "consent"}
    assert his.call("POST", "/api/SendImmunizationTarget", body=sent).status == 200
    record = f"hospital#{his.hospital_code}"

    def row() -> dict[str, Any]:
        entries = {each["record"]: each for each in hospitals.run(person_data.export, cid)["people"]}
        return dict(entries[record])

    before = row()
    assert edit(staff, entry_of(staff, cid), cid=cid, first_name="ย้ายที่อยู่").status == 200
    after = row()
    assert {name for name in before if before[name] != after.get(name)} == {"first_name", "added_at", "added_login"}


def test_two_edits_of_what_both_saw_do_not_overwrite_each_other(staff: Client) -> None:
    cid = add(staff, "สองคน", "แก้พร้อมกัน")
    shown = entry_of(staff, cid)
    assert edit(staff, shown, cid=cid, first_name="คนแรก").status == 200
    reply = edit(staff, shown, cid=cid, first_name="คนหลัง")
    assert (reply.status, reply.json["Error"]["code"]) == (409, "EditConflict")
    theirs = reply.json["Error"]["theirs"]
    assert theirs["first_name"] == "คนแรก"
    assert edit(staff, shown | {"added_at": theirs["added_at"]}, cid=cid, first_name="คนหลัง").status == 200


def test_of_edits_at_the_same_moment_one_is_written(staff: Client) -> None:
    cid = add(staff, "พร้อมกัน", "แปดคน")
    shown = entry_of(staff, cid)
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda n: edit(staff, shown, cid=cid, first_name=f"ครั้งที่ {n}"), range(8)))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7
    (written,) = (reply.result["first_name"] for reply in replies if reply.status == 200)
    assert entry_of(staff, cid)["first_name"] == written


def test_an_import_between_looking_and_saving_is_not_overwritten(staff: Client) -> None:
    cid = add(staff, "ก่อน", "นำเข้า")
    shown = entry_of(staff, cid)
    staff.call("POST", f"{PATH}/import", body={"lines": [f"{cid},นาย,หลัง,นำเข้า,1,,"], "first_line": 2})
    assert edit(staff, shown, cid=cid, first_name="ทับ").status == 409


def test_the_number_that_the_list_shows_can_be_corrected(his: Client, staff: Client) -> None:
    person = {"cid": new_cid(), "first_name": "เบอร์เดียว", "gender": 1, "phone_number": "081234567"}
    sent = {"hospital": {"hospital_code": his.hospital_code}, "target": [person]}
    assert his.call("POST", "/api/SendImmunizationTarget", body=sent).status == 200
    cid = person["cid"]
    shown = entry_of(staff, cid)
    assert (shown["phone_number"], shown["mobile_phone"]) == ("081234567", "")
    kept = edit(staff, shown, cid=cid, last_name="เดิม").result
    assert kept["phone_number"] == "081234567"  # what is not sent stays
    assert edit(staff, kept, cid=cid, phone_number="0812345678").result["phone_number"] == "0812345678"
    assert find(staff, cid).result["mobile_phone"] == "0812345678"
    assert edit(staff, entry_of(staff, cid), cid=cid, phone_number=" ").result["phone_number"] == ""
    assert find(staff, cid).result["mobile_phone"] == ""


def test_an_edit_that_is_sent_again_is_no_conflict(staff: Client) -> None:
    cid = add(staff, "ส่งซ้ำ", "ได้")
    shown = entry_of(staff, cid)
    first, again = (edit(staff, shown, cid=cid, first_name="ส่งซ้ำแล้ว") for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    assert first.result == again.result


def test_the_list_says_how_many_are_on_it(hospitals: Hospitals) -> None:
    hospital = hospitals.new()
    staff = hospital.client("staff.demo")
    assert counted(staff) == {"people": 0, "is_all": True}
    cids = [add(staff, "นับ", f"คนที่ {n}") for n in range(3)]
    eventually(lambda: counted(staff) == {"people": 3, "is_all": True}, "all are counted")
    staff.call("POST", f"{PATH}/remove", body={"cid": cids[0]})
    eventually(lambda: counted(staff) == {"people": 2, "is_all": True}, "the removed one is not counted")


def test_a_long_list_is_counted_up_to_a_limit_and_says_so(hospitals: Hospitals) -> None:
    hospital: Hospital = hospitals.new()
    his = hospital.client("his.demo")
    people = [
        {"cid": new_cid(), "first_name": "ก" * 100, "last_name": "ข" * 100, "gender": 1, "address": "ค" * 200}
        for _ in range(1000)
    ]  # 1.2 kB each: more than a page of 1 MB
    sent = {"hospital": {"hospital_code": hospital.code}, "target": people}
    assert his.call("POST", "/api/SendImmunizationTarget", body=sent).result == {"accepted": 1000}
    eventually(lambda: hospitals.run(store.count_white_list, hospital.code, 2) == (1000, True), "all are counted")
    people_counted, is_all = hospitals.run(store.count_white_list, hospital.code, 1)
    assert 0 < people_counted < 1000
    assert not is_all

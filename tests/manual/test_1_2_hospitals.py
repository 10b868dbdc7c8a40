"""Manual 1.2: finding hospitals, keeping them, and taking in the national list."""

from typing import Any

import pytest

from tests.client import Client
from tests.hospitals import PROVINCE_NAME, Hospital, Hospitals

HOSPITALS = "/api/accounts/hospitals"
IMPORT = "/api/accounts/hospital-import"


def find(by: Client, **query: Any) -> list[str]:
    return [one["hospital_code"] for one in by.call("GET", HOSPITALS, {"limit": 200, **query}).result["hospitals"]]


def take(by: Client, *lines: str, first_line: int = 1) -> Any:
    return by.call("POST", IMPORT, body={"first_line": first_line, "lines": lines}).result


@pytest.fixture(scope="module")
def province(hospitals: Hospitals) -> Client:
    """The provincial office of Samut Prakan."""
    return Client(hospitals.url, hospitals.token("00001", "province.demo"), "00001")


def test_the_list_has_the_columns_of_figure_3(country: Client) -> None:
    assert country.call("GET", f"{HOSPITALS}/00004").result == {
        "hospital_code": "00004",
        "name": "สำนักงานสาธารณสุขจังหวัดระยอง",
        "province_code": "21",
        "province_name": "ระยอง",
        "district": "ท่าเรือระยอง",
        "years": 9,
        "version": 1,
    }


def test_a_hospital_is_found_by_the_beginning_of_its_code(country: Client) -> None:
    assert find(country, code="0001") == [f"{n:05d}" for n in range(10, 20)]
    assert find(country, code="00007") == ["00007"]
    assert find(country, code="99999") == []


def test_a_hospital_is_found_by_any_part_of_its_name(country: Client) -> None:
    assert find(country, name="ทดสอบระบบ") == ["00000"]
    assert find(country, name="สิงห์บุรี") == ["00007", "00012"]


def test_a_hospital_is_found_by_its_province(country: Client) -> None:
    assert find(country, province_code="21") == ["00004", "00011"]
    assert find(country, province_code="21", name="สาขา 2") == ["00011"]


def test_each_administrator_finds_the_hospitals_that_he_reaches(
    hospital: Hospital, admin: Client, province: Client
) -> None:
    assert find(admin) == [hospital.code]
    assert find(province) == ["00001"]
    assert find(admin, code="00001") == []
    assert admin.call("GET", f"{HOSPITALS}/00001").code == "HospitalNotFound"


def test_a_long_list_comes_in_pages(country: Client) -> None:
    page = country.call("GET", HOSPITALS, {"code": "0002", "offset": 1, "limit": 2}).result
    assert ([one["hospital_code"] for one in page["hospitals"]], page["total"]) == (["00021", "00022"], 5)


def test_there_are_77_provinces(admin: Client) -> None:
    rows = admin.call("GET", "/api/accounts/provinces").result
    assert len(rows) == 77
    assert {"province_code": "84", "province_name": "สุราษฎร์ธานี"} in rows


def test_the_country_adds_and_edits_hospitals_and_the_second_editor_sees_both_versions(country: Client) -> None:
    new = {"hospital_code": "10001", "name": "โรงพยาบาลใหม่", "province_code": "50"}
    added = country.call("POST", HOSPITALS, body=new).result
    assert country.call("POST", HOSPITALS, body=new).code == "HospitalExists"
    edited = {
        "version": added["version"],
        "name": "โรงพยาบาลใหม่",
        "province_code": "51",
        "district": "เมือง",
        "years": 3,
    }
    assert country.call("PUT", f"{HOSPITALS}/10001", body=edited).result["province_name"] == "ลำพูน"
    late = country.call("PUT", f"{HOSPITALS}/10001", body={**edited, "name": "ชื่ออื่น"})
    assert late.code == "EditConflict"
    assert late.json["Error"]["theirs"]["province_code"] == "51"
    assert late.json["Error"]["yours"]["name"] == "ชื่ออื่น"
    entries = country.call("GET", f"{HOSPITALS}/10001/history").result
    assert [line["action"] for line in entries] == ["edit_hospital", "add_hospital"]
    assert {"field": "province_code", "before": "50", "after": "51"} in entries[0]["changes"]


def test_only_the_country_keeps_hospitals(admin: Client, province: Client) -> None:
    new = {"hospital_code": "10002", "name": "โรงพยาบาลใหม่", "province_code": "11"}
    for by in (admin, province):
        assert by.call("POST", HOSPITALS, body=new).code == "Forbidden"
        assert by.call("POST", IMPORT, body={"first_line": 1, "lines": []}).code == "Forbidden"


def test_a_province_that_does_not_exist_is_refused_by_name(country: Client) -> None:
    new = {"hospital_code": "10003", "name": "โรงพยาบาลใหม่", "province_code": "99"}
    answer = country.call("POST", HOSPITALS, body=new)
    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"province_code"})


def test_the_national_list_keeps_the_good_lines_and_tells_the_bad_ones_by_number_and_reason(country: Client) -> None:
    lines = [
        "\ufeffรหัส,ชื่อหน่วยงาน,จังหวัด,สาขา,จำนวนปี",
        "20001,โรงพยาบาลหนึ่ง,เชียงใหม่,เมืองเชียงใหม่,5",
        "1234,รหัสสั้น,เชียงใหม่,,",
        '20002,"โรงพยาบาลสอง, สาขา",จังหวัดเชียงใหม่',
        "20003,ไม่มีจังหวัด,แดนไกล,,",
        "20001,ซ้ำ,เชียงใหม่,,",
        "",
        "20004,ปีผิด,50,,หลายปี",
        '20005,"เครื่องหมายไม่ปิด,50,,',
        "20006," + "ก" * 201 + ",50,,",
        "20007,โรงพยาบาลเจ็ด,50,,",
    ]
    result = take(country, *lines, first_line=1)
    assert (result["added"], result["changed"], result["unchanged"]) == (3, 0, 0)
    assert [one["line"] for one in result["refused"]] == [3, 5, 6, 8, 9, 10]
    assert all(one["reason"] and one["reason_en"] for one in result["refused"])
    assert country.call("GET", f"{HOSPITALS}/20002").result["name"] == "โรงพยาบาลสอง, สาขา"
    assert find(country, name="โรงพยาบาลเจ็ด") == ["20007"]


def test_the_same_lines_again_change_nothing_and_a_changed_one_is_changed(country: Client) -> None:
    lines = [f"3{n:04d},โรงพยาบาล {n},ภูเก็ต,,{n}" for n in range(120)]
    assert take(country, *lines)["added"] == 120
    again = take(country, *lines)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 120)
    lines[7] = "30007,ชื่อใหม่,ภูเก็ต,,7"
    assert take(country, *lines)["changed"] == 1
    assert country.call("GET", f"{HOSPITALS}/30007").result["version"] == 2


def test_the_catalogue_of_a_hospital_outlives_the_import(country: Client, hospital: Hospital, his: Client) -> None:
    before = his.slots("GetHospitalDepartment", hospital_code=hospital.code).result
    assert len(before) == 2
    changed = take(country, f"{hospital.code},{hospital.name},{PROVINCE_NAME},เมือง,6")
    assert changed["changed"] == 1
    assert his.slots("GetHospitalDepartment", hospital_code=hospital.code).result == before


def test_more_lines_than_one_request_takes_are_refused(country: Client) -> None:
    answer = country.call("POST", IMPORT, body={"first_line": 1, "lines": ["x"] * 501})
    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"lines"})


def test_a_line_that_is_no_text_is_refused_by_name(country: Client) -> None:
    answer = country.call("POST", IMPORT, body={"first_line": 1, "lines": ["x", 5]})
    assert set(answer.json["Error"]["fields"]) == {"lines[1]"}


def test_a_search_that_finds_too_many_says_that_there_are_more(country: Client) -> None:
    for start in (0, 500):
        take(country, *(f"{40000 + start + n},คลินิกหมอครอบครัว {n},สงขลา,," for n in range(500)))
    page = country.call("GET", HOSPITALS, {"name": "คลินิกหมอครอบครัว", "limit": 5}).result
    assert (page["total"], page["more"], len(page["hospitals"])) == (500, True, 5)
    assert country.call("GET", HOSPITALS, {"name": "คลินิกหมอครอบครัว 499"}).result["more"] is False

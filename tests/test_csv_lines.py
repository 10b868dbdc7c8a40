"""CSV files as spreadsheets save them: separators, text formulas, skipped lines."""

import pytest

from chalicelib.csv_lines import cells_of
from tests.client import Client, new_cid

WHITE_LIST = "/api/dashboard/white-list/import"
HOSPITALS = "/api/accounts/hospital-import"


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("60995,รพ. ก,ระยอง", ["60995", "รพ. ก", "ระยอง"]),
        ("60995;รพ. ก, ข;ระยอง;;", ["60995", "รพ. ก, ข", "ระยอง"]),
        ("60995\tรพ. ก; ข, ค\tระยอง\t\t", ["60995", "รพ. ก; ข, ค", "ระยอง"]),
        ("60995|รพ. ก; ข, ค|ระยอง||", ["60995", "รพ. ก; ข, ค", "ระยอง"]),
        ('"60995";"รพ. ""ก"", ข";"ระยอง"', ["60995", 'รพ. "ก", ข', "ระยอง"]),
        ('="00995",รพ. ก,ระยอง', ["00995", "รพ. ก", "ระยอง"]),
        ('"=""00995""",รพ. ก,ระยอง', ["00995", "รพ. ก", "ระยอง"]),
        ("'00995,'=ก,O'Neil'", ["00995", "=ก", "O'Neil'"]),
        ("\ufeff60995,รพ. ก", ["60995", "รพ. ก"]),
        ("\tก,ข", ["", "ก,ข"]),
        ("sep=;", []),
        (",,,;", ["", "", "", ";"]),
        (",,,,", []),
        ("", []),
    ],
)
def test_a_line_is_read_whatever_separates_its_cells(line: str, cells: list[str]) -> None:
    assert cells_of(line) == cells


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_both_imports_read_every_separator(staff: Client, country: Client, separator: str) -> None:
    person = [new_cid(), "นาย", "สมชาย", "ใจดี", "ชาย", "15/01/2533", "0810000000", "", ""]
    answer = staff.call("POST", WHITE_LIST, body={"lines": [separator.join(person)], "first_line": 1}).result
    assert answer == {"accepted": 1, "refused": []}
    hospital = [{",": "60994", ";": "60995", "\t": "60996"}[separator], "รพ. ตัวคั่น", "ระยอง", "", "3", "", ""]
    lines = ["sep=;", "", separator.join(hospital)]
    answer = country.call("POST", HOSPITALS, body={"lines": lines, "first_line": 1}).result
    assert answer["refused"] == []


def test_every_line_that_is_left_out_is_told_in_thai_and_english(staff: Client) -> None:
    twice = new_cid()
    lines = [
        f'{new_cid()},นาย,"สม"ชาย,ใจดี,1',
        f"{new_cid()},นาย,สมชาย,ใจดี,1,,,,เกิน",
        f"{twice},นาย,เก่า,ใจดี,1",
        f"{twice},นาย,ใหม่,ใจดี,1",
        f"{new_cid()},นาย,กลับ\u202eทาง,ใจดี,1",
        f"{new_cid()},นาย,สม\x85ชาย,ใจดี,1",
    ]
    answer = staff.call("POST", WHITE_LIST, body={"lines": lines, "first_line": 11}).result
    assert answer["accepted"] == 1
    assert [(each["line"], each["field"]) for each in answer["refused"]] == [
        (11, "lines"),
        (12, "lines"),
        (13, "cid"),
        (15, "first_name"),
        (16, "first_name"),
    ]
    for each in answer["refused"]:
        assert each["reason"].isascii()
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in each["reason_th"])
    assert staff.call("POST", "/api/dashboard/white-list/find", body={"cid": twice}).result["name"] == "นายใหม่ ใจดี"


def test_a_name_keeps_its_apostrophes(staff: Client) -> None:
    cid = new_cid()
    staff.call("POST", WHITE_LIST, body={"lines": [f"{cid},Mr.,D'Arcy,O'Neil',1"], "first_line": 1})
    person = staff.call("POST", "/api/dashboard/people/lookup", body={"cid": cid}).result
    assert (person["first_name"], person["last_name"]) == ("D'Arcy", "O'Neil'")

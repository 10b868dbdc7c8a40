"""Ids and slip codes are read as typed, pasted or scanned.

The dashboard has the same examples.
"""

import json
from pathlib import Path

import pytest

from chalicelib.booking import slip_codes
from chalicelib.fields import read_cid
from chalicelib.messages.target_files import clean
from chalicelib.typed_codes import read_code
from tests.client import Client, in_days, new_cid

OPEN_DAYS = (20,)
VECTORS = json.loads((Path(__file__).parent / "typed_codes.json").read_text(encoding="utf-8"))
ID = "1234567890121"


@pytest.mark.parametrize(("typed", "code"), VECTORS["read"])
def test_a_code_is_read_however_it_was_typed(typed: str, code: str) -> None:
    assert read_code(typed) == read_code(read_code(typed)) == code
    if code == ID:
        assert read_cid(typed) == clean(typed, "utf-16-le") == ID
    else:
        assert slip_codes.read(typed) == slip_codes.read(code) is not None


@pytest.mark.parametrize("typed", VECTORS["no_id"])
def test_what_is_no_id_does_not_become_one(typed: str) -> None:
    with pytest.raises(ValueError, match="13 digits"):
        read_cid(typed)


@pytest.mark.parametrize(("dictated", "code"), VECTORS["slips"])
def test_letters_that_look_like_digits_are_read_as_digits_in_a_slip(dictated: str, code: str) -> None:
    assert slip_codes.read(dictated) == slip_codes.read(code) is not None


def test_an_id_is_found_by_every_endpoint_that_takes_one(staff: Client, his: Client) -> None:
    cid = new_cid()
    thai_keys = cid.translate(str.maketrans("1234567890", "ๅ/-ภถ\u0e38\u0e36คตจ"))
    person = {"prefix": "นาย", "first_name": "แป้น", "last_name": "ไทย", "gender": 1}
    assert staff.call("POST", "/api/dashboard/people", body={"cid": thai_keys, **person}).status == 200
    spelled = ".".join(cid)
    for typed in (thai_keys, spelled, cid.translate(str.maketrans("1234567890", "๑๒๓๔๕๖๗๘๙๐"))):
        assert staff.call("POST", "/api/dashboard/people/lookup", body={"cid": typed}).result["cid"] == cid
        assert staff.call("POST", "/api/dashboard/white-list/find", body={"cid": typed}).status == 200
        assert his.call("GET", "/api/ImmunizationTarget", {"cid": typed}).result["person"]["cid"] == cid
        lines = [f"{typed},นาย,แป้น,ไทย,1"]
        imported = staff.call("POST", "/api/dashboard/white-list/import", body={"lines": lines, "first_line": 2})
        assert imported.result["accepted"] == 1


def test_a_slip_is_found_however_its_code_was_typed(staff: Client, his: Client) -> None:
    schedule = his.schedules(in_days(20))[0]["schedule_id"]
    assert his.book(schedule, new_cid()).status == 200
    (row,) = staff.call("GET", "/api/dashboard/appointments", {"date": in_days(20), "schedule_id": schedule}).result
    code = row["slip_code"]
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", "."), code.replace("0", "O")):
        found = staff.call("GET", f"/api/dashboard/slips/{typed}")
        assert found.result["slip_code"] == code

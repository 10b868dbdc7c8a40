"""Rules of who administers which hospital, and of the national list. Pure.

The latter are how a line of the list is read.
"""

import csv
import re

from chalicelib import text_cleaning
from chalicelib.caller import COUNTRY, PROVINCE
from chalicelib.csv_lines import cells_of
from chalicelib.errors import HospitalNotFound
from chalicelib.hospitals.model import Hospital, InvalidLine
from chalicelib.hospitals.provinces import code_of

LONGEST_NAME, LONGEST_DISTRICT, MOST_YEARS = 200, 100, 999
LONGEST_LINE = 1_000
COLUMNS = "รหัส,ชื่อหน่วยงาน,จังหวัด,สาขา,จำนวนปี"
_HEADERS = ("รหัส", "hospital_code")


class _Bad(Exception):
    """A line that cannot be imported; the arguments are the reason (Thai, English)."""


def read_lines(lines: list[str], first_line: int) -> tuple[list[Hospital], list[InvalidLine]]:
    """The hospitals in lines of the national list, and the invalid lines.

    A line is CSV (`csv_lines`): code, name, province (its name or two digits), and optionally district and years.
    Empty lines and the header are skipped. If a code comes twice, its first line counts.
    """
    hospitals: list[Hospital] = []
    invalid: list[InvalidLine] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(lines, start=first_line):
        try:
            cells = _cells(line)
            if not cells or text_cleaning.comparable(cells[0]) in _HEADERS:
                continue
            hospital = _read_line(cells)
            first = line_of.setdefault(hospital.hospital_code, number)
            if first != number:
                raise _Bad(f"รหัสนี้มีแล้วในบรรทัดที่ {first}", f"this code is on line {first} already")
            hospitals.append(hospital)
        except _Bad as reason:
            invalid.append(InvalidLine(number, *reason.args))
    return hospitals, invalid


def _cells(line: str) -> list[str]:
    if len(line) > LONGEST_LINE:
        raise _Bad(f"บรรทัดยาวเกิน {LONGEST_LINE} ตัวอักษร", f"longer than {LONGEST_LINE} characters")
    try:
        return cells_of(line)
    except csv.Error:
        raise _Bad("อ่านบรรทัดนี้เป็น CSV ไม่ได้ กรุณาตรวจสอบเครื่องหมายคำพูด", "not CSV: look at the quotation marks") from None


def _read_line(cells: list[str]) -> Hospital:
    if not 3 <= len(cells) <= 5:
        raise _Bad(f"ต้องมี 3 ถึง 5 ช่อง: {COLUMNS}", f"has {len(cells)} columns; send 3 to 5: {COLUMNS}")
    code, name, province, district, years = [*cells, "", ""][:5]
    if not re.fullmatch(r"[0-9]{5}", code):
        raise _Bad(
            "รหัสหน่วยงานต้องเป็นตัวเลข 5 หลัก (โปรแกรมตารางอาจตัดเลข 0 ข้างหน้าออก)",
            "the code must have 5 digits (a spreadsheet may have dropped zeros in front)",
        )
    try:
        name, district = text_cleaning.clean(name), text_cleaning.clean(district)
    except text_cleaning.UncleanText as problem:
        raise _Bad(problem.thai, str(problem)) from None
    if not name or len(name) > LONGEST_NAME:
        raise _Bad(f"ชื่อหน่วยงานต้องมี 1 ถึง {LONGEST_NAME} ตัวอักษร", f"the name must have 1 to {LONGEST_NAME} characters")
    province_code = code_of(province)
    if province_code is None:
        raise _Bad("ไม่รู้จักจังหวัดนี้ ใช้ชื่อจังหวัดหรือรหัส 2 หลัก", "no such province; send its Thai name or its 2 digits")
    if len(district) > LONGEST_DISTRICT:
        raise _Bad(f"สาขายาวเกิน {LONGEST_DISTRICT} ตัวอักษร", f"the district has more than {LONGEST_DISTRICT} characters")
    if not re.fullmatch(r"[0-9]{0,3}", years):
        raise _Bad(f"จำนวนปีต้องเป็นเลข 0 ถึง {MOST_YEARS}", f"years must be a whole number from 0 to {MOST_YEARS}")
    return Hospital(code, name, province_code, district, int(years or 0))


def administers(level: int, own: Hospital, hospital: Hospital) -> bool:
    """Return whether an administrator administers the hospital (docs/accounts.md).

    own: the administrator's hospital. Level 1: the own hospital; 3: every hospital of its province; 5: every hospital.
    """
    if level >= COUNTRY:
        return True
    if level >= PROVINCE:
        return hospital.province_code == own.province_code
    return hospital.hospital_code == own.hospital_code


def not_found() -> HospitalNotFound:
    return HospitalNotFound(fields={"hospital_code": "no hospital has this code"})


def matches(hospital: Hospital, code_prefix: str, name_part: str) -> bool:
    """Return whether a hospital matches a search.

    Its code must begin with `code_prefix`, and its name must contain `name_part`, as a reader compares text.
    """
    has_name = text_cleaning.comparable(name_part) in text_cleaning.comparable(hospital.name)
    return has_name and hospital.hospital_code.startswith(code_prefix)

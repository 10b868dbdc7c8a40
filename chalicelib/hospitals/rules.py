"""A hospital's own entry, and a line of the national list. Pure."""

import csv
import re
from dataclasses import dataclass
from typing import Any

from chalicelib.hospitals.provinces import CODES, PROVINCES

LONGEST_NAME, LONGEST_DISTRICT, MOST_YEARS = 200, 100, 999
LONGEST_LINE = 1_000
COLUMNS = "รหัส,ชื่อหน่วยงาน,จังหวัด,สาขา,จำนวนปี"
_HEADERS = ("รหัส", "hospital_code")
# Control characters, and what stands for a letter that was lost in decoding.
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffd]")


@dataclass(frozen=True)
class Hospital:
    """A hospital (หน่วยบริการ) as the manual's figure 3 lists it. district: สาขา. years: จำนวนปี."""

    hospital_code: str
    name: str
    province_code: str
    district: str
    years: int
    version: int = 1

    @property
    def province_name(self) -> str:
        return PROVINCES.get(self.province_code, "")

    def same_as(self, other: "Hospital") -> bool:
        """Whether nothing but the version differs."""
        return _facts(self) == _facts(other)


def _facts(record: Hospital) -> tuple[Any, ...]:
    return (record.hospital_code, record.name, record.province_code, record.district, record.years)


@dataclass(frozen=True)
class BadLine:
    """A line that was not taken, numbered from 1 as in the file. reason: Thai; english: the same."""

    line: int
    reason: str
    english: str


class _Bad(Exception):
    """(Thai, English)"""


def read_lines(lines: list[str], first_line: int) -> tuple[list[tuple[int, Hospital]], list[BadLine]]:
    """The hospitals in lines of the national list with their line numbers, and the lines that cannot be taken.

    A line is CSV: code, name, province (its name or two digits), and where known district and years. Empty lines and
    the header are passed over. A code that comes twice is taken from its first line.
    """
    good: list[tuple[int, Hospital]] = []
    bad: list[BadLine] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=first_line):
        text = line.removeprefix("\ufeff").strip()
        if not text or text.split(",")[0].strip().strip('"') in _HEADERS:
            continue
        try:
            record = _read_line(text)
            if record.hospital_code in seen:
                twice = seen[record.hospital_code]
                raise _Bad(f"รหัสนี้มีแล้วในบรรทัดที่ {twice}", f"this code is on line {twice} already")
            seen[record.hospital_code] = number
            good.append((number, record))
        except _Bad as reason:
            bad.append(BadLine(number, *reason.args))
    return good, bad


def _read_line(text: str) -> Hospital:
    if len(text) > LONGEST_LINE:
        raise _Bad(f"บรรทัดยาวเกิน {LONGEST_LINE} ตัวอักษร", f"longer than {LONGEST_LINE} characters")
    try:
        cells = [cell.strip() for cell in next(csv.reader([text], strict=True))]
    except (csv.Error, StopIteration):
        raise _Bad("อ่านบรรทัดนี้เป็น CSV ไม่ได้ กรุณาตรวจสอบเครื่องหมายคำพูด", "not CSV: look at the quotation marks") from None
    if not 3 <= len(cells) <= 5:
        raise _Bad(f"ต้องมี 3 ถึง 5 ช่อง: {COLUMNS}", f"has {len(cells)} columns; send 3 to 5: {COLUMNS}")
    code, name, province, district, years = [*cells, "", ""][:5]
    if not re.fullmatch(r"[0-9]{5}", code):
        raise _Bad(
            "รหัสหน่วยงานต้องเป็นตัวเลข 5 หลัก (โปรแกรมตารางอาจตัดเลข 0 ข้างหน้าออก)",
            "the code must have 5 digits (a spreadsheet may have dropped zeros in front)",
        )
    if not name or len(name) > LONGEST_NAME or _CONTROL.search(name):
        raise _Bad(f"ชื่อหน่วยงานต้องมี 1 ถึง {LONGEST_NAME} ตัวอักษร", f"the name must have 1 to {LONGEST_NAME} characters")
    province_code = CODES.get(province.removeprefix("จังหวัด"), province)
    if province_code not in PROVINCES:
        raise _Bad("ไม่รู้จักจังหวัดนี้ ใช้ชื่อจังหวัดหรือรหัส 2 หลัก", "no such province; send its Thai name or its 2 digits")
    if len(district) > LONGEST_DISTRICT or _CONTROL.search(district):
        raise _Bad(f"สาขายาวเกิน {LONGEST_DISTRICT} ตัวอักษร", f"the district has more than {LONGEST_DISTRICT} characters")
    if not re.fullmatch(r"[0-9]{0,3}", years):
        raise _Bad(f"จำนวนปีต้องเป็นเลข 0 ถึง {MOST_YEARS}", f"years must be a whole number from 0 to {MOST_YEARS}")
    return Hospital(code, name, province_code, district, int(years or 0))


def read_record(row: Any) -> Hospital:
    """The hospital in its own row of the hospitals table."""
    return Hospital(
        hospital_code=row.hospital_code,
        name=row.name,
        province_code=row.province_code or "",
        district=row.district or "",
        years=int(row.years or 0),
        version=int(row.version),
    )


def matches(record: Hospital, code_prefix: str, name_part: str) -> bool:
    """Whether a hospital is one that was searched for: by the beginning of its code, by any part of its name."""
    return record.hospital_code.startswith(code_prefix) and name_part in record.name

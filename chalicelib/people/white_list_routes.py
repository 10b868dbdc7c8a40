"""API of the white list on the dashboard (manual 3).

Show, look up, remove, and import many from a CSV.
"""

import csv
import re
from typing import Annotated

import msgspec

from chalicelib import shown_people, text_cleaning
from chalicelib.caller import IMMUNIZATION_DASHBOARD, Caller
from chalicelib.csv_lines import cells_of
from chalicelib.endpoint import OWN_PEOPLE, endpoint
from chalicelib.errors import PersonNotFound
from chalicelib.fields import Cid, Cursor, items, number, read_struct, untouched
from chalicelib.paging import actions as paging
from chalicelib.people import actions
from chalicelib.people.model import Person, masked
from chalicelib.people.routes import SentPerson

PATH = "/api/dashboard/white-list"
_PAGE = 50
_MOST_LINES = 500
_LONGEST_LINE = 1_000
_COLUMNS = ("cid", "prefix", "first_name", "last_name", "gender", "birth_date", "mobile_phone")
_GENDERS = {"ชาย": "1", "ช": "1", "male": "1", "m": "1", "หญิง": "2", "ญ": "2", "female": "2", "f": "2"}
_THAI_REASONS = {
    "lines": "อ่านบรรทัดนี้ไม่ได้ ตรวจสอบจำนวนคอลัมน์ เครื่องหมายคำพูด และความยาว",
    "cid": "เลขที่บัตรประชาชนไม่ถูกต้อง",
    "prefix": "คำนำหน้ายาวเกินไป หรือมีอักขระที่ใช้ไม่ได้",
    "first_name": "ไม่มีชื่อ หรือชื่อมีอักขระที่ใช้ไม่ได้",
    "last_name": "นามสกุลยาวเกินไป หรือมีอักขระที่ใช้ไม่ได้",
    "gender": "เพศต้องเป็น ชาย หรือ หญิง",
    "birth_date": "วันเกิดไม่ถูกต้อง",
    "mobile_phone": "โทรศัพท์มือถือยาวเกินไป หรือมีอักขระที่ใช้ไม่ได้",
}
_SAME_ID = "มีเลขที่บัตรนี้อีกในบรรทัดถัดไป ระบบใช้บรรทัดหลัง"
_WRITTEN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class WhiteListQuery(msgspec.Struct):
    after: Cursor = ""


class WhiteListRow(msgspec.Struct):
    cid_masked: str
    name: str
    mobile_phone: str


class WhiteListPage(msgspec.Struct):
    """A page. next: send it as `after` for the next page; "" if this is the last."""

    people: list[WhiteListRow]
    next: str


def _row(person: Person) -> WhiteListRow:
    shown_people.note(person.cid)
    return WhiteListRow(masked(person.cid), person.name, person.telephones[1])


@endpoint("POST", PATH, roles=(IMMUNIZATION_DASHBOARD,), section="3", thai="รายชื่อ White list", shows=OWN_PEOPLE)
def list_white_list(caller: Caller, body: WhiteListQuery) -> WhiteListPage:
    """The people on the hospital's white list, 50 a page; ids are masked."""
    after = paging.unseal(caller, "white-list", body.after)
    people = actions.white_list(caller, after, _PAGE)
    last = people[-1].cid if len(people) == _PAGE else ""
    return WhiteListPage([_row(person) for person in people], paging.seal(caller, "white-list", last))


class OnePerson(msgspec.Struct):
    cid: Cid


@endpoint(
    "POST",
    f"{PATH}/find",
    roles=(IMMUNIZATION_DASHBOARD,),
    section="3",
    thai="ค้นหาใน White list ด้วยเลขที่บัตรประชาชน",
    errors=(PersonNotFound,),
    shows=OWN_PEOPLE,
)
def find_in_white_list(caller: Caller, body: OnePerson) -> WhiteListRow:
    """A person on the hospital's white list; POST, so that no id is in a URL."""
    return _row(actions.find_in_white_list(caller, body.cid))


class Removed(msgspec.Struct):
    cid_masked: str


@endpoint(
    "POST",
    f"{PATH}/remove",
    roles=(IMMUNIZATION_DASHBOARD,),
    section="3",
    thai="ลบออกจาก White list",
    errors=(PersonNotFound,),
)
def remove_from_white_list(caller: Caller, body: OnePerson) -> Removed:
    """Take a person off the hospital's white list; the registry keeps its entry."""
    actions.remove_from_white_list(caller, body.cid)
    return Removed(masked(body.cid))


class WhiteListLines(msgspec.Struct):
    """Lines of a CSV.

    Columns: cid, prefix, first name, last name, gender (1, 2, ชาย, หญิง), birth date, mobile phone.
    """

    lines: Annotated[
        list[Annotated[str, untouched("one line", example="1111111111119,นาย,ทดสอบ,ระบบ,1,15/01/2533,")]],
        items(_MOST_LINES, "at most 500 a call"),
    ]
    first_line: Annotated[int, number(1, 10_000_000, "number of the first of them in the file", example=1)]


class RefusedPerson(msgspec.Struct):
    """A line that was not imported.

    reason: English; reason_th: Thai.
    """

    line: int
    field: str
    reason: str
    reason_th: str


class WhiteListImport(msgspec.Struct, omit_defaults=True):
    """Result of an import.

    changed, unchanged: those of the accepted who were on the list before, with other details or the same; left out if
    there are none.
    """

    accepted: int
    refused: list[RefusedPerson]
    changed: int = 0
    unchanged: int = 0


@endpoint(
    "POST",
    f"{PATH}/import",
    roles=(IMMUNIZATION_DASHBOARD,),
    section="3",
    thai="นำเข้า White list จากไฟล์ CSV",
    max_body=1_000_000,
)
def import_white_list(caller: Caller, body: WhiteListLines) -> WhiteListImport:
    """Import up to 500 lines of a CSV; returns invalid lines and why; may be repeated."""
    people: dict[str, Person] = {}
    line_of: dict[str, int] = {}
    refused: list[RefusedPerson] = []
    for line, content in enumerate(body.lines, body.first_line):
        if len(content) > _LONGEST_LINE:
            refused.append(_refused(line, "lines", f"at most {_LONGEST_LINE} characters a line"))
            continue
        try:
            cells = cells_of(content)
        except csv.Error:
            refused.append(_refused(line, "lines", "not CSV: look at the quotation marks"))
            continue
        if not cells or (line == 1 and not any(letter.isdigit() for letter in cells[0])):
            continue  # an empty line, or the names of the columns
        if len(cells) > len(_COLUMNS):
            refused.append(_refused(line, "lines", f"has {len(cells)} columns; send at most {len(_COLUMNS)}"))
            continue
        problems: dict[str, str] = {}
        person = read_struct(SentPerson, _readable(dict(zip(_COLUMNS, cells, strict=False))), "", problems)
        if problems:
            refused += [_refused(line, field, reason) for field, reason in list(problems.items())[:1]]
            continue
        earlier = people.get(person.cid)
        if earlier and earlier != person.to_person():
            refused.append(_refused(line_of[person.cid], "cid", f"line {line} has the same id and counts instead"))
        people[person.cid], line_of[person.cid] = person.to_person(), line
    refused.sort(key=lambda each: each.line)
    listed = actions.add_to_white_list(caller, caller.hospital_code, list(people.values()))
    return WhiteListImport(listed.people, refused, listed.changed, listed.unchanged)


def _refused(line: int, field: str, reason: str) -> RefusedPerson:
    thai = _THAI_REASONS.get(field, _THAI_REASONS["lines"])
    return RefusedPerson(line, field, reason, _SAME_ID if reason.startswith("line ") else thai)


def _readable(cells: dict[str, str]) -> dict[str, str]:
    """The cells as the API reads them.

    Gender becomes a number, a date (day first, of either era) becomes ISO.
    """
    gender = cells.get("gender", "")
    cells["gender"] = _GENDERS.get(text_cleaning.comparable(gender), gender)
    if written := _WRITTEN_DATE.fullmatch(cells.get("birth_date", "")):
        day, month, year = (int(part) for part in written.groups())
        cells["birth_date"] = f"{year - 543 if year >= 2400 else year:04d}-{month:02d}-{day:02d}"
    return cells

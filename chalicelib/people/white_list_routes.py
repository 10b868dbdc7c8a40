"""API of the white list on the dashboard (manual 3).

Show, count, search, edit, remove, and import many from a CSV. Data that identifies a person is in the body, never in a
URL.
"""

import csv
import re
from datetime import date
from typing import Annotated

import msgspec

from chalicelib import shown_people, text_cleaning
from chalicelib.caller import IMMUNIZATION_DASHBOARD, Caller
from chalicelib.csv_lines import cells_of
from chalicelib.cursors import actions as cursors
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import OWN_PEOPLE, endpoint
from chalicelib.errors import EditConflict, Invalid, PersonNotFound
from chalicelib.fields import BirthDate, Cid, Cursor, Gender, items, number, read_struct, text, untouched
from chalicelib.people import actions
from chalicelib.people.model import Person, PersonEntry, masked
from chalicelib.people.routes import FirstName, LastName, Prefix, SentPerson
from chalicelib.responses import respond

PATH = "/api/dashboard/white-list"
_PAGE = 50
_LIST, _SEARCH, _PERSON = "white-list", "white-list search", "white-list person"
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
    """A person on the white list.

    person: a token to send to `entry`, `edit` and `remove`.
    """

    cid_masked: str
    name: str
    mobile_phone: str
    person: str


class WhiteListPage(msgspec.Struct):
    """A page. next: send it as `after` for the next page; "" if this is the last."""

    people: list[WhiteListRow]
    next: str


def _row(caller: Caller, person: Person) -> WhiteListRow:
    shown_people.note(person.cid)
    token = cursors.seal(caller, _PERSON, person.cid)
    return WhiteListRow(masked(person.cid), person.name, person.telephones[1], token)


def _page(caller: Caller, scope: str, people: list[Person], last: str) -> WhiteListPage:
    return WhiteListPage([_row(caller, person) for person in people], cursors.seal(caller, scope, last))


@endpoint("POST", PATH, roles=(IMMUNIZATION_DASHBOARD,), section="3", thai="รายชื่อ White list", shows=OWN_PEOPLE)
def list_white_list(caller: Caller, body: WhiteListQuery) -> WhiteListPage:
    """The people on the hospital's white list, 50 a page; ids are masked."""
    people = actions.white_list(caller, cursors.unseal(caller, _LIST, body.after), _PAGE)
    return _page(caller, _LIST, people, people[-1].cid if len(people) == _PAGE else "")


class WhiteListCount(msgspec.Struct):
    """How many people are on the white list.

    is_all: false if there are more than were counted.
    """

    people: int
    is_all: bool


@endpoint("GET", f"{PATH}/count", roles=(IMMUNIZATION_DASHBOARD,), section="New here", thai="จำนวนคนใน White list")
def count_white_list(caller: Caller) -> WhiteListCount:
    """How many people are on the hospital's white list.

    At least so many, if the list is long.
    """
    return WhiteListCount(*actions.count_white_list(caller))


class WhiteListSearch(msgspec.Struct):
    words: Annotated[str, text(100, "the beginning of a first or last name, or digits of a telephone number", 1, "สม")]
    after: Cursor = ""


@endpoint(
    "POST",
    f"{PATH}/search",
    roles=(IMMUNIZATION_DASHBOARD,),
    section="New here",
    thai="ค้นหาใน White list ด้วยชื่อหรือโทรศัพท์",
    shows=OWN_PEOPLE,
)
def search_white_list(caller: Caller, body: WhiteListSearch) -> WhiteListPage:
    """Search the hospital's white list by name or telephone.

    A call searches some thousand people and returns at most 50 of them. `next` continues behind them, also if nobody of
    them was meant.
    """
    after = cursors.unseal(caller, _SEARCH, body.after)
    return _page(caller, _SEARCH, *actions.search_white_list(caller, body.words, after, _PAGE))


class OnePerson(msgspec.Struct):
    """A person on the white list: send one of the two.

    person: the token that a list, a search or `find` returned.
    """

    cid: Cid | None = None
    person: Cursor = ""


def _cid(caller: Caller, body: OnePerson) -> str:
    cid = body.cid or cursors.unseal(caller, _PERSON, body.person, "person")
    if not cid:
        raise Invalid(fields={"cid": "send the national id, or `person` of a list"})
    return cid


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
    return _row(caller, actions.white_list_entry(caller, _cid(caller, body)).person)


class WhiteListEntry(msgspec.Struct):
    """What can be edited of a person on the white list; "" if a value is not known.

    added_by, added_login, added_at: the hospital and account that sent it, and when. gender: 0 if it is not known.
    """

    cid_masked: str
    prefix: str
    first_name: str
    last_name: str
    gender: int
    birth_date: str
    phone_number: str
    mobile_phone: str
    added_by: str
    added_login: str
    added_at: str


def _entry(entry: PersonEntry) -> WhiteListEntry:
    shown_people.note(entry.person.cid)
    return respond(WhiteListEntry, entry, cid_masked=masked(entry.person.cid), gender=entry.person.gender or 0)


@endpoint(
    "POST",
    f"{PATH}/entry",
    roles=(IMMUNIZATION_DASHBOARD,),
    section="New here",
    thai="ข้อมูลของบุคคลใน White list ที่แก้ไขได้",
    errors=(PersonNotFound,),
    shows=OWN_PEOPLE,
)
def white_list_entry(caller: Caller, body: OnePerson) -> WhiteListEntry:
    """The details of a person on the hospital's white list, to edit them."""
    return _entry(actions.white_list_entry(caller, _cid(caller, body)))


class WhiteListEdit(OnePerson, kw_only=True):
    """The details of a person on the white list.

    added_at: of the entry as the screen shows it. phone_number: left out or empty, it stays as it is; a blank removes
    it.
    """

    first_name: FirstName
    gender: Gender
    added_at: Annotated[str, text(60, "of the entry that the screen shows")]
    prefix: Prefix = ""
    last_name: LastName = ""
    birth_date: BirthDate | None = None
    phone_number: Annotated[str, text(50, "telephone")] | None = None
    mobile_phone: Annotated[str, text(50, "mobile telephone", example="000-0000000")] = ""


@endpoint(
    "POST",
    f"{PATH}/edit",
    roles=(IMMUNIZATION_DASHBOARD,),
    section="New here",
    thai="แก้ไขข้อมูลของบุคคลใน White list",
    errors=(PersonNotFound, EditConflict),
    shows=OWN_PEOPLE,
)
def edit_white_list(caller: Caller, body: WhiteListEdit) -> WhiteListEntry:
    """Change the details of a person on the hospital's white list.

    The registry, the person's address and what the hospital's system does not send here stay as they are.
    """
    changes = {name: getattr(body, name) for name in ("prefix", "first_name", "last_name", "gender", "mobile_phone")}
    if body.phone_number is not None:
        changes["phone_number"] = body.phone_number
    changes["birth_date"] = body.birth_date.isoformat() if isinstance(body.birth_date, date) else ""
    with edit_conflict_response(body, _entry):
        return _entry(actions.edit_white_list(caller, _cid(caller, body), changes, body.added_at))


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
    cid = _cid(caller, body)
    actions.remove_from_white_list(caller, cid)
    return Removed(masked(cid))


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

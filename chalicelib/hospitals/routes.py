"""API of the hospitals in the Account Center (manual 1.2)."""

from typing import Annotated

import msgspec

from chalicelib.audit.schemas import HistoryResponse, LineId, history_response
from chalicelib.caller import ACCOUNT_ADMIN, COUNTRY, Caller
from chalicelib.endpoint import SIGNED_IN, endpoint
from chalicelib.errors import EditConflict, HospitalExists, HospitalNotFound
from chalicelib.fields import HospitalCode, items, number, shaped, text, untouched
from chalicelib.hospitals import actions
from chalicelib.hospitals.model import Hospital
from chalicelib.hospitals.provinces import PROVINCES
from chalicelib.hospitals.rules import LONGEST_DISTRICT, LONGEST_NAME, MOST_YEARS
from chalicelib.hospitals.schemas import HospitalPath, Limit, Offset, Version

HOSPITALS = "/api/accounts/hospitals"
HOSPITAL = HOSPITALS + "/{hospital_code}"
ADMINISTRATORS = (ACCOUNT_ADMIN,)

HospitalName = Annotated[str, text(LONGEST_NAME, "ชื่อหน่วยงาน", shortest=1, example="โรงพยาบาลสุราษฎร์ธานี")]
ProvinceCode = Annotated[
    str, shaped("[0-9]{2}", "province, 2 digits (10 is Bangkok)", "send the 2 digits of a province, such as 84", "84")
]
District = Annotated[str, text(LONGEST_DISTRICT, "สาขา, may be empty")]
Years = Annotated[int, number(0, MOST_YEARS, "จำนวนปี", 19)]
CodePrefix = Annotated[str, shaped("[0-9]{1,5}", "the code or its beginning", "send 1 to 5 digits", "000")]


class ProvinceRow(msgspec.Struct):
    province_code: str
    province_name: str


class HospitalRow(msgspec.Struct):
    """A row of the manual's figure 3: รหัส, ชื่อหน่วยงาน, จังหวัด, สาขา, จำนวนปี."""

    hospital_code: str
    name: str
    province_code: str
    province_name: str
    district: str
    years: int
    version: int


class HospitalPage(msgspec.Struct):
    """A page of hospitals.

    total: how many match, up to 500. more: whether there are more than these.
    """

    total: int
    more: bool
    hospitals: list[HospitalRow]


class HospitalsQuery(msgspec.Struct):
    code: CodePrefix | None = None
    name: Annotated[str, text(100, "any part of the name")] = ""
    province_code: ProvinceCode | None = None
    offset: Offset = 0
    limit: Limit = 50


class NewHospital(msgspec.Struct):
    hospital_code: HospitalCode
    name: HospitalName
    province_code: ProvinceCode
    district: District = ""
    years: Years = 0


class EditedHospital(msgspec.Struct):
    version: Version
    name: HospitalName
    province_code: ProvinceCode
    district: District
    years: Years


class ImportedLines(msgspec.Struct):
    """Lines of the national list, as CSV, at most 500.

    Columns: code, name, province (name or 2 digits), district, years. first_line: the number of the first of them in
    the file, from 1.
    """

    first_line: Annotated[int, number(1, 10_000_000, "number of the first line in the file", 1)]
    lines: Annotated[
        list[Annotated[str, untouched("one CSV line", example="10681,โรงพยาบาลสุราษฎร์ธานี,สุราษฎร์ธานี,,19")]],
        items(actions.MAX_LINES, "at most 500 a call"),
    ]


class RefusedHospital(msgspec.Struct):
    """A line that was not imported.

    line: its number in the file. reason: in Thai; reason_en: the same in English.
    """

    line: int
    reason: str
    reason_en: str


class ImportResult(msgspec.Struct):
    added: int
    changed: int
    unchanged: int
    refused: list[RefusedHospital]


class HospitalHistoryQuery(msgspec.Struct):
    hospital_code: HospitalCode
    before: LineId | None = None
    limit: Limit = 50


@endpoint("GET", "/api/accounts/provinces", roles=SIGNED_IN, section="1.2", thai="รายการจังหวัด", audit_refusal=True)
def get_provinces() -> list[ProvinceRow]:
    """The 77 provinces with their codes."""
    return [ProvinceRow(code, name) for code, name in PROVINCES.items()]


@endpoint(
    "GET",
    HOSPITALS,
    roles=ADMINISTRATORS,
    section="1.2",
    thai="ค้นหาหน่วยบริการด้วยรหัส ชื่อ หรือจังหวัด",
    audit_refusal=True,
)
def get_hospitals(caller: Caller, params: HospitalsQuery) -> HospitalPage:
    """The hospitals of the caller that match: start of code, part of name, province."""
    hospitals, more = actions.search(caller, params.code or "", params.name, params.province_code)
    page = hospitals[params.offset : params.offset + params.limit]
    return HospitalPage(len(hospitals), more, [_row(hospital) for hospital in page])


@endpoint(
    "GET",
    HOSPITAL,
    roles=ADMINISTRATORS,
    section="1.2",
    thai="แสดงข้อมูลหน่วยบริการ",
    errors=(HospitalNotFound,),
    audit_refusal=True,
)
def get_hospital(caller: Caller, params: HospitalPath) -> HospitalRow:
    """A hospital that the caller administers."""
    return _row(actions.show(caller, params.hospital_code))


@endpoint(
    "POST",
    HOSPITALS,
    roles=ADMINISTRATORS,
    level=COUNTRY,
    section="1.2",
    thai="เพิ่มหน่วยบริการ",
    errors=(HospitalExists,),
    audit_refusal=True,
)
def post_hospital(caller: Caller, body: NewHospital) -> HospitalRow:
    """Add a hospital."""
    new = Hospital(body.hospital_code, body.name, body.province_code, body.district, body.years)
    return _row(actions.add(caller, new))


@endpoint(
    "PUT",
    HOSPITAL,
    roles=ADMINISTRATORS,
    level=COUNTRY,
    section="1.2",
    thai="แก้ไขหน่วยบริการ",
    errors=(HospitalNotFound, EditConflict),
    audit_refusal=True,
)
def put_hospital(caller: Caller, params: HospitalPath, body: EditedHospital) -> HospitalRow:
    """Change a hospital's name, province, district or years."""
    edited = Hospital(params.hospital_code, body.name, body.province_code, body.district, body.years, body.version)
    return _row(actions.edit(caller, edited))


@endpoint(
    "POST",
    "/api/accounts/hospital-import",
    roles=ADMINISTRATORS,
    level=COUNTRY,
    section="1.2",
    thai="นำเข้ารายชื่อหน่วยบริการทั้งประเทศ (CSV) ทีละส่วน",
    max_body=2_000_000,
    audit_refusal=True,
)
def post_hospital_import(caller: Caller, body: ImportedLines) -> ImportResult:
    """Import up to 500 lines of the national list; returns invalid lines and why."""
    added, changed, unchanged, invalid = actions.import_lines(caller, body.lines, body.first_line)
    return ImportResult(
        added, changed, unchanged, [RefusedHospital(line.line, line.reason, line.english) for line in invalid]
    )


@endpoint(
    "GET",
    HOSPITAL + "/history",
    roles=ADMINISTRATORS,
    section="1",
    thai="ประวัติการเปลี่ยนแปลงข้อมูลหน่วยบริการ",
    errors=(HospitalNotFound,),
    audit_refusal=True,
)
def get_hospital_history(caller: Caller, params: HospitalHistoryQuery) -> list[HistoryResponse]:
    """Changes of a hospital's own entry, newest first."""
    entries = actions.history(caller, params.hospital_code, params.before, params.limit)
    return [history_response(entry) for entry in entries]


def _row(hospital: Hospital) -> HospitalRow:
    return HospitalRow(
        hospital_code=hospital.hospital_code,
        name=hospital.name,
        province_code=hospital.province_code,
        province_name=hospital.province_name,
        district=hospital.district,
        years=hospital.years,
        version=hospital.version,
    )

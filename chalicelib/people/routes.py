"""API of people and white lists (wire contract, Person, white list)."""

from typing import Annotated

import msgspec

from chalicelib import shown_people
from chalicelib.caller import APPOINTMENT_API, COUNTRY, IMMUNIZATION_DASHBOARD, Caller
from chalicelib.endpoint import endpoint
from chalicelib.errors import HospitalNotFound
from chalicelib.fields import BirthDate, Cid, Gender, HospitalCode, items, one_of, text
from chalicelib.people import actions
from chalicelib.people.model import BASES, Person
from chalicelib.responses import respond

# This number is written well within the 29 seconds that a call may take.
_MOST_PEOPLE = 1_000


Prefix = Annotated[str, text(50, "any title", example="นาย")]
FirstName = Annotated[str, text(100, "first name", shortest=1, example="ทดสอบ")]
LastName = Annotated[str, text(100, "last name; empty for a person who has one name only", example="ระบบ")]


class SentPerson(msgspec.Struct):
    """A person as a hospital sends one (manual 4.1).

    Only id, first name and gender are required.
    """

    cid: Cid
    first_name: FirstName
    gender: Gender
    prefix: Prefix = ""
    last_name: LastName = ""
    birth_date: BirthDate | None = None
    phone_number: Annotated[str, text(50, "telephone")] = ""
    mobile_phone: Annotated[str, text(50, "mobile telephone", example="000-0000000")] = ""
    address: Annotated[str, text(200, "house number and building", lines=True)] = ""
    moo: Annotated[str, text(20, "village number")] = ""
    road: Annotated[str, text(100, "road")] = ""
    tmb_code: Annotated[str, text(10, "subdistrict code")] = ""
    amp_code: Annotated[str, text(10, "district code")] = ""
    chw_code: Annotated[str, text(10, "province code")] = ""

    def to_person(self) -> Person:
        values = {name: getattr(self, name) for name in self.__struct_fields__ if name != "birth_date"}
        return Person(**values, birth_date=self.birth_date.isoformat() if self.birth_date else "")


class PersonRow(msgspec.Struct, omit_defaults=True):
    """A person; fields that are not known are left out.

    The names are always there, empty if unknown. phone_number, mobile_phone: clients send one of them and read the
    other, so both are there if one is known.
    """

    cid: str
    prefix: str
    first_name: str
    last_name: str
    gender: int = 0
    birth_date: str = ""
    phone_number: str = ""
    mobile_phone: str = ""
    address: str = ""
    moo: str = ""
    road: str = ""
    tmb_code: str = ""
    amp_code: str = ""
    chw_code: str = ""


def person_row(cid: str, person: Person | None) -> PersonRow:
    """The person as the API shows them; the id and empty names if nobody knows them."""
    shown_people.note(cid)
    person = person or Person(cid)
    phone_number, mobile_phone = person.telephones
    return respond(PersonRow, person, gender=person.gender or 0, phone_number=phone_number, mobile_phone=mobile_phone)


class SendingHospital(msgspec.Struct):
    """The sender.

    The name of its system is `system_identifier` or `his_identifier`; both are in use.
    """

    hospital_code: HospitalCode
    hospital_name: Annotated[str, text(200, "name of the hospital", example="รพ.ทดสอบระบบ")] = ""
    system_identifier: Annotated[str, text(200, "name of the sending system", example="HIS ABC v1.0")] = ""
    his_identifier: Annotated[str, text(200, "the same under its older name")] = ""


class WhiteListBody(msgspec.Struct):
    hospital: SendingHospital
    target: Annotated[list[SentPerson], items(_MOST_PEOPLE, "at most 1,000 people a call")]
    basis: (
        Annotated[str, one_of(BASES, "on what ground the hospital keeps them: care, consent or a legal duty")] | None
    ) = None


class WhiteListResult(msgspec.Struct):
    accepted: int


@endpoint(
    "POST",
    "/api/SendImmunizationTarget",
    roles=(APPOINTMENT_API, IMMUNIZATION_DASHBOARD),
    section="SendImmunizationTarget",
    thai="ส่งรายชื่อ (White list) ของหน่วยบริการ",
    max_body=5_000_000,
    errors=(HospitalNotFound,),
)
def send_immunization_target(caller: Caller, body: WhiteListBody) -> WhiteListResult:
    """Put people on the hospital's white list; a repeat changes only their details."""
    people = [person.to_person() for person in body.target]
    return WhiteListResult(actions.add_to_white_list(caller, body.hospital.hospital_code, people, body.basis).people)


class LanguageBody(msgspec.Struct):
    cid: Cid
    language: Annotated[str, one_of(("th", "en"), "the language of notices to the person")]


class Language(msgspec.Struct):
    language: str


@endpoint(
    "POST",
    "/api/person/Language",
    roles=(APPOINTMENT_API,),
    level=COUNTRY,
    section="New here",
    thai="ภาษาที่ผู้รับบริการเลือกสำหรับข้อความแจ้งเตือน",
)
def choose_language(body: LanguageBody) -> Language:
    """Set the language of notices to a person from now on, as chosen in the app."""
    actions.choose_language(body.cid, body.language)
    return Language(body.language)


class AnnouncementsBody(msgspec.Struct):
    cid: Cid
    hospital_code: HospitalCode
    wanted: bool


class AnnouncementsChoice(msgspec.Struct):
    hospital_code: str
    hospital_name: str
    wanted: bool


@endpoint(
    "POST",
    "/api/person/Announcements",
    roles=(APPOINTMENT_API,),
    level=COUNTRY,
    section="New here",
    thai="รับหรือไม่รับประกาศของหน่วยบริการ",
    errors=(HospitalNotFound,),
)
def choose_announcements(body: AnnouncementsBody) -> AnnouncementsChoice:
    """Set whether the person wants a hospital's announcements; notices always come.

    Notices are those about the person's appointments.
    """
    name = actions.choose_announcements(body.cid, body.hospital_code, body.wanted)
    return AnnouncementsChoice(body.hospital_code, name, body.wanted)

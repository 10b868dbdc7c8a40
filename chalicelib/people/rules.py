"""What a person is to the centre."""

from dataclasses import dataclass
from typing import Any

ADDRESS_FIELDS = ("address", "moo", "road", "tmb_code", "amp_code", "chw_code")


@dataclass(frozen=True)
class Person:
    """A person as the registry or a white list knows them. cid: 13 digits. gender: 1 male, 2 female, None unknown.
    birth_date: ISO, Christian era, or "". The address codes are the ministry's (province, district, subdistrict)."""

    cid: str
    prefix: str = ""
    first_name: str = ""
    last_name: str = ""
    gender: int | None = None
    birth_date: str = ""
    phone_number: str = ""
    mobile_phone: str = ""
    address: str = ""
    moo: str = ""
    road: str = ""
    tmb_code: str = ""
    amp_code: str = ""
    chw_code: str = ""

    @property
    def name(self) -> str:
        """As Thais write it: the prefix joined to the first name."""
        return f"{self.prefix}{self.first_name} {self.last_name}".strip()


def masked(cid: str) -> str:
    """As the card writes it, enough to tell two people apart at the counter: 1-xxxx-xxxxx-11-9."""
    return f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}"


def columns(person: Person) -> dict[str, Any]:
    """The person as columns of the people table, the key apart."""
    same = ("prefix", "first_name", "last_name", "gender", "phone_number", "mobile_phone", *ADDRESS_FIELDS)
    return {"birth_date": person.birth_date or None, **{name: getattr(person, name) for name in same}}


def read_person(row: Any) -> Person:
    """The person in a row of the people table."""
    return Person(
        cid=row.cid,
        prefix=row.prefix,
        first_name=row.first_name,
        last_name=row.last_name,
        gender=None if row.gender is None else int(row.gender),
        birth_date=row.birth_date or "",
        phone_number=row.phone_number,
        mobile_phone=row.mobile_phone,
        **{field: getattr(row, field) for field in ADDRESS_FIELDS},
    )

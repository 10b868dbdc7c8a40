"""A person as the registry and the white lists know them."""

from dataclasses import dataclass

from chalicelib.access_log.rules import masked_digits, shown_digits


@dataclass(frozen=True)
class Person:
    """A person as the registry or a white list knows them.

    cid: 13 digits. gender: 1 male, 2 female, None unknown. birth_date: ISO, Christian era, or "". tmb_code, amp_code,
    chw_code: the ministry's codes of subdistrict, district and province.
    """

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
        """The full name as Thais write it: the prefix is joined to the first name, except to one in Latin letters."""
        blank = " " if self.prefix and self.first_name[:1] < "\u0e00" else ""
        return f"{self.prefix}{blank}{self.first_name} {self.last_name}".strip()

    @property
    def telephones(self) -> tuple[str, str]:
        """phone_number and mobile_phone; if only one of them is known, it stands for both."""
        return self.phone_number or self.mobile_phone, self.mobile_phone or self.phone_number


@dataclass(frozen=True)
class OptOut:
    """A person wants no announcements of a hospital. of_hospital: its code; hospital_name: as it was then."""

    cid: str
    of_hospital: str
    hospital_name: str


@dataclass(frozen=True)
class PersonEntry:
    """An entry of the registry or of a white list: the person, and who said so.

    added_by: the hospital that said it last. added_login: its account. added_at: ISO time in Bangkok. Each is "" if it
    is not known.
    """

    person: Person
    added_by: str = ""
    added_login: str = ""
    added_at: str = ""


@dataclass(frozen=True)
class ListedPeople:
    """How many people were put on a white list.

    changed, unchanged: those of them who were on it with other details, and with the same; 0 if the ground on which
    they are kept was given, because then nobody looked.
    """

    people: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class KnownPerson:
    """A person as one hospital knows them: its own white-list entry and the registry's; at least one of them."""

    own: PersonEntry | None
    registry: PersonEntry | None

    @property
    def person(self) -> Person:
        """As the hospital itself says, else as the registry does (docs/adr/0019)."""
        entry = self.own or self.registry
        if entry is None:
            raise LookupError("nobody knows this person")
        return entry.person


def has_national_id(cid: str) -> bool:
    """Whether the state gave the id. Hospitals make ids that begin with 0 or 9 for people without one."""
    return cid[0] not in "09"


ADDRESS_FIELDS = ("address", "moo", "road", "tmb_code", "amp_code", "chw_code")


# On what ground a hospital keeps somebody on its white list (Personal Data Protection Act, sections 24 and 26).
CARE, CONSENT, DUTY = "care", "consent", "duty"
BASES = (CARE, CONSENT, DUTY)


def masked(cid: str) -> str:
    """A national id as it may be shown, enough to tell two people apart: 1-xxxx-xxxxx-11-9."""
    return masked_digits(shown_digits(cid))

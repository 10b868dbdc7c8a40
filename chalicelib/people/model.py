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
        """The full name as it is written in Thai.

        The prefix is joined to the first name, except to one in Latin letters.
        """
        blank = " " if self.prefix and self.first_name[:1] < "\u0e00" else ""
        return f"{self.prefix}{blank}{self.first_name} {self.last_name}".strip()

    @property
    def telephones(self) -> tuple[str, str]:
        """(phone_number, mobile_phone); if only one is known, it is returned for both."""
        return self.phone_number or self.mobile_phone, self.mobile_phone or self.phone_number


@dataclass(frozen=True)
class OptOut:
    """A person's choice to get no announcements of a hospital.

    of_hospital: its code. hospital_name: its name at that time.
    """

    cid: str
    of_hospital: str
    hospital_name: str


@dataclass(frozen=True)
class PersonEntry:
    """An entry of the registry or of a white list: a person, and who sent it.

    added_by: the hospital that sent it last. added_login: its account. added_at: ISO time in Bangkok. Each is "" if it
    is not known.
    """

    person: Person
    added_by: str = ""
    added_login: str = ""
    added_at: str = ""


@dataclass(frozen=True)
class ListedPeople:
    """The number of people who were put on a white list.

    changed, unchanged: those of them who were on it with other details, and with the same.
    """

    people: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class KnownPerson:
    """A person as one hospital knows them.

    own: its white-list entry. registry: the registry's entry. At least one of them is there.
    """

    own: PersonEntry | None
    registry: PersonEntry | None

    @property
    def person(self) -> Person:
        """The person of the hospital's own entry, else of the registry's (docs/adr/0019)."""
        entry = self.own or self.registry
        if entry is None:
            raise LookupError("nobody knows this person")
        return entry.person


def has_national_id(cid: str) -> bool:
    """Return whether the id is a national id.

    Hospitals make ids that begin with 0 or 9 for people without one.
    """
    return cid[0] not in "09"


ADDRESS_FIELDS = ("address", "moo", "road", "tmb_code", "amp_code", "chw_code")


# The legal basis of an entry on a white list (Personal Data Protection Act, sections 24 and 26).
CARE, CONSENT, DUTY = "care", "consent", "duty"
BASES = (CARE, CONSENT, DUTY)


def masked(cid: str) -> str:
    """A national id as it may be shown: 1-xxxx-xxxxx-11-9.

    It is enough to tell two people apart.
    """
    return masked_digits(shown_digits(cid))

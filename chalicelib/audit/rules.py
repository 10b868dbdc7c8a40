"""The subjects of audit entries, and how long an entry is kept. Pure."""

import hashlib
from datetime import datetime, timedelta

from chalicelib.audit.model import REFUSED, AuditEntry

SIGN_INS_KEPT = timedelta(days=400)
REFUSALS_KEPT = timedelta(days=90)
# Equal refusals within this time are counted together.
REFUSALS_TOGETHER = timedelta(hours=1)
_SIGN_INS = "sign-in#"
# Prefix of the subjects of appointments. Their entries are made from a stream; others are written with the change.
PLACES = "appointment#"


def account_subject(hospital_code: str, login: str) -> str:
    """Changes of an account, and what was refused to its owner."""
    return f"account#{hospital_code}#{login}"


def sign_ins_subject(hospital_code: str, login: str) -> str:
    """Sign-ins of a login, wrong passwords, locks and unlocks."""
    return f"{_SIGN_INS}{hospital_code}#{login}"


def group_subject(hospital_code: str, group_id: int) -> str:
    """Changes of a user group."""
    return f"group#{hospital_code}#{group_id}"


def hospital_subject(hospital_code: str) -> str:
    """Changes of a hospital's own entry, and actions of its staff on many things.

    Such actions change many appointments or schedules at once.
    """
    return f"hospital#{hospital_code}"


def place_subject(hospital_code: str, schedule_id: int, place: int) -> str:
    """What happened to the appointments at one place of a schedule."""
    return f"{PLACES}{hospital_code}#{schedule_id}#{place}"


def person_subject(cid: str) -> str:
    """Corrections of a person's registry entry. The id itself is not in the subject.

    The hash is slow (about 50 ms), because there are few enough ids to try them all.
    """
    digest = hashlib.scrypt(cid.encode(), salt=b"corrections of the registry", n=2**14, r=8, p=1, dklen=16)
    return f"person#{digest.hex()}"


def message_subject(hospital_code: str, message_id: int) -> str:
    """What was done with an announcement."""
    return f"message#{hospital_code}#{message_id}"


# Actions of an operator on everything that is kept about one person: export, erasure, hold, release.
PERSON_DATA = "person-data"
# An operator's retries of stream records, which can add entries of earlier days.
PUT_BACK = "stream-records"


def expires_at(entry: AuditEntry) -> datetime | None:
    """The time at which the entry may be deleted; None: never.

    Sign-ins and refusals expire.
    """
    if entry.subject.startswith(_SIGN_INS):
        return datetime.fromisoformat(entry.when) + SIGN_INS_KEPT
    return datetime.fromisoformat(entry.when) + REFUSALS_KEPT if entry.outcome == REFUSED else None


def is_worth_an_entry(times: int) -> bool:
    """Return whether the `times`th equal refusal gets an entry: 1, 10, 100, ..."""
    return str(times).rstrip("0") == "1"

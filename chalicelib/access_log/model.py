"""The access record: which account was shown which person, and when."""

from dataclasses import dataclass
from datetime import datetime


def hour_of(at: datetime) -> str:
    """The clock hour of a time: "2026-11-27T09"."""
    return at.isoformat()[:13]


@dataclass(frozen=True)
class Access:
    """The record that an account was shown a person by an action.

    There is one record for all readings of an hour by the same action.

    person: keyed hash of the national id. digits: the digits of the id that a masked id shows. at: Bangkok, whole
    seconds, the first of these readings. action: the endpoint's name. by_id: the account asked for the person by
    national id; else the person was shown as one of its own hospital's. by_app: the account is the app's back end,
    which acts for the person.
    """

    person: str
    digits: str
    at: datetime
    hospital_code: str
    login: str
    action: str
    by_id: bool
    by_app: bool

    @property
    def hour(self) -> str:
        """The clock hour in Bangkok."""
        return hour_of(self.at)

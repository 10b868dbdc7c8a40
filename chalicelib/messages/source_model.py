"""Sources of an announcement's targets beside target files: dataclasses.

Standard library only.
"""

from dataclasses import dataclass
from datetime import date

# A target file has no kind.
BOOKINGS, WHITE_LIST = "bookings", "white_list"
# An appointment as a hospital chooses among its bookings. One that is accepted and confirmed is both.
NOT_ACCEPTED, ACCEPTED, CONFIRMED = "booked", "accepted", "confirmed"
BOOKING_STATES = (NOT_ACCEPTED, ACCEPTED, CONFIRMED)


@dataclass(frozen=True)
class TargetSource:
    """What is read, and how far.

    kind: BOOKINGS, WHITE_LIST, or "" for a target file. first, last: days of the bookings. department_id: of one
    department only. states: some of BOOKING_STATES. after: `SourceRow.position` of the last row that was taken; "" at
    the beginning and after the end. It may hold a national id, so it is in no job and no response.
    """

    kind: str = ""
    first: date | None = None
    last: date | None = None
    department_id: int | None = None
    states: frozenset[str] = frozenset()
    after: str = ""


@dataclass(frozen=True)
class SourceRow:
    """One row of a source.

    cid: "" if the row is read, but not chosen. days_done: days before its own. position: where reading goes on after
    it.
    """

    cid: str
    position: str
    days_done: int = 0

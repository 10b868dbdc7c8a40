"""Queue entries, counters, tickets and boards of the day of the visit.

The rows of queues and the boards contain no name and no national id.
"""

from dataclasses import dataclass
from datetime import date

from chalicelib.booking.model import Appointment, Visit
from chalicelib.schedules.catalogue_model import ServicePoint

# Reasons to call a person before others.
URGENT, OVER_80, DISABLED, MONK, PREGNANT, CHILD = "urgent", "over_80", "disabled", "monk", "pregnant", "child"
PRIORITIES = (URGENT, OVER_80, DISABLED, MONK, PREGNANT, CHILD)
# After this number of skips the screen proposes to mark the person as absent; the staff decide.
SKIPS_BEFORE_ABSENT = 3
# Outcomes of a call, besides SERVED and ABSENT.
SKIPPED, SENT_ON = "skipped", "sent_on"


@dataclass(frozen=True)
class Visitor:
    """Somebody in the queues: the holder of an appointment, or of a ticket.

    number: what is called, as on the slip or the ticket. schedule_id, place, check_code: of the appointment. ticket: of
    the ticket; "" for an appointment. period: HH:MM:SS, where they come in the order of the day. priority: the reason
    why they come before others of the period, or "". arrived_at: ISO time in Bangkok. skips: how often they were called
    and did not come. notified: they got the notice that it is almost their turn.
    """

    number: str = ""
    schedule_id: int | None = None
    place: int | None = None
    check_code: str = ""
    ticket: str = ""
    period: str = ""
    priority: str = ""
    arrived_at: str = ""
    skips: int = 0
    notified: bool = False


@dataclass(frozen=True)
class QueueEntry:
    """Entry of a visitor who waits at a service point.

    since: ISO time in Bangkok with milliseconds.
    """

    hospital_code: str
    day: date
    point_id: int
    since: str
    visitor: Visitor


@dataclass(frozen=True)
class Counter:
    """A counter (ช่องบริการ) of a service point, and its last call.

    call_id: the client's id of that call; "" if it has called nobody on this day. outcome: what became of it; "" while
    the visitor is served. recalls: how often the same number was called again. calls, waited_seconds: how many visitors
    the counter has called on this day, and how long they had waited, together.
    """

    hospital_code: str
    day: date
    point_id: int
    counter: int
    call_id: str = ""
    called_at: str = ""
    outcome: str = ""
    recalls: int = 0
    calls: int = 0
    waited_seconds: int = 0
    visitor: Visitor = Visitor()

    @property
    def is_serving(self) -> bool:
        return bool(self.call_id) and not self.outcome


@dataclass(frozen=True)
class Ticket:
    """Ticket (บัตรคิว) of a person without an appointment.

    ticket: its id, which the client has chosen.
    """

    hospital_code: str
    day: date
    ticket: str
    number: str
    version: int
    day_of_visit: Visit


Subject = Appointment | Ticket


@dataclass(frozen=True)
class Arrival:
    """Result of an arrival.

    point: the service point where the person waits; None if the hospital's own system manages the queue. again: the
    person had arrived before.
    """

    appointment: Appointment
    point: ServicePoint | None
    again: bool


@dataclass(frozen=True)
class Call:
    """What a counter shows after a call.

    appointment: None for a ticket, or if the appointment is gone by now.
    """

    counter: Counter
    appointment: Appointment | None


@dataclass(frozen=True)
class Position:
    """Where a person is on the day.

    point: None before they arrive, and if the hospital's own system manages their queue. ahead: how many wait in front
    of them; None if only that system knows.
    """

    appointment: Appointment
    point: ServicePoint | None
    ahead: int | None


@dataclass(frozen=True)
class PointStatus:
    """Status of a service point at this moment.

    mean_wait_minutes: of those called on this day; None if nobody was.
    """

    point: ServicePoint
    waiting: int
    serving: list[Counter]
    mean_wait_minutes: int | None


@dataclass(frozen=True)
class BoardCall:
    """A number that was called, on a board. called_at: ISO time in Bangkok."""

    point_id: int
    counter: int
    number: str
    called_at: str


@dataclass(frozen=True)
class BoardCounter:
    """A counter on a board.

    number: of the visitor whom it serves; "" if it serves nobody. called_at: ISO time in Bangkok. recalls: how often
    that number was called again.
    """

    counter: int
    number: str
    called_at: str
    recalls: int


@dataclass(frozen=True)
class BoardPoint:
    """A service point on a board.

    waiting: how many wait. counters: those that have called somebody today.
    """

    point_id: int
    name: str
    name_en: str
    waiting: int
    counters: list[BoardCounter]


@dataclass(frozen=True)
class BoardDocument:
    """What a board shows; everybody may read it, so it names no person.

    version: one more with each writing. written_at: ISO time in Bangkok. day: yyyy-mm-dd, to which the numbers belong.
    recent: the last calls, the newest first.
    """

    version: int
    written_at: str
    day: str
    points: list[BoardPoint]
    recent: list[BoardCall]

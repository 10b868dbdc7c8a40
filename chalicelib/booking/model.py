"""Data of appointments, their states, and the events allowed in each state."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from chalicelib.people.model import Person
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.schedules.model import Schedule, ScheduleInfo

BOOKED, CANCELLED, POSTPONED = "booked", "cancelled", "postponed"

# event -> (states it may happen in, state afterwards). Everything else is refused.
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "accept": (frozenset({BOOKED}), BOOKED),
    "reject": (frozenset({BOOKED}), BOOKED),
    "confirm": (frozenset({BOOKED}), BOOKED),
    "note_call": (frozenset({BOOKED}), BOOKED),
    "cancel": (frozenset({BOOKED}), CANCELLED),
    "release": (frozenset({BOOKED}), CANCELLED),
    "postpone": (frozenset({BOOKED}), POSTPONED),
}


# What came of telephoning a person who has not confirmed. Who will not come is cancelled instead.
WILL_COME, NO_ANSWER, WRONG_NUMBER = "will_come", "no_answer", "wrong_number"
CALL_OUTCOMES = (WILL_COME, NO_ANSWER, WRONG_NUMBER)

# The login of what the system itself does. No account can have it.
SYSTEM_LOGIN = "(system)"
# `Appointment.reason` of an appointment that was released.
UNCONFIRMED = "unconfirmed"

# Values of `Visit.visit` on the day of the appointment; "" until the person arrives.
ARRIVED, CALLED, SERVED, ABSENT = "arrived", "called", "served", "absent"


@dataclass(frozen=True)
class Visit:
    """What happened on the day, to an appointment or to a ticket.

    A ticket is for somebody without an appointment. visit: "", ARRIVED, CALLED, SERVED or ABSENT (`visits/rules.py` has
    the transitions). *_at: ISO time in Bangkok; "" until it happens; called_at is the last call. point_id: the service
    point where the person waits or was called last. queue_order: the place in its queue while they wait
    (`visits/rules.py`). counter: the counter that called them last. visit_number: the visit's number in the hospital's
    information system (VN). wait_minutes: from the arrival to the first call; None before it.
    """

    visit: str = ""
    arrived_at: str = ""
    called_at: str = ""
    served_at: str = ""
    point_id: int | None = None
    queue_order: str = ""
    counter: int | None = None
    visit_number: str = ""
    wait_minutes: int | None = None


@dataclass(frozen=True)
class Sender:
    """The sender of a booking.

    hospital_code: the hospital that books. system: its information system. login: the signed-in account. is_person: the
    person books in the app. is_outside: the system of a hospital other than the booked one sends it. In both cases the
    rules of the hospital that is booked apply.
    """

    hospital_code: str
    system: str
    login: str
    is_person: bool = False
    is_outside: bool = False


@dataclass(frozen=True)
class Appointment:
    """One person holding one place, now or before.

    person_name, person_phone: as the hospital knew the person at the time of booking. sent_name: the name in the
    booking, if it is different.

    *_at: ISO with offset, Bangkok, "" until it happens; changed_at has milliseconds, so that the holders of one place
    can be put in order. version: counts the changes of everything that this person holds or held in this schedule.

    accepted_by: the staff's name (the manual's รับนัด). changed_by_person: the person made the last change in the app,
    so nobody needs to tell them. origin: if it was moved here, the slip code of the first appointment, which names the
    entry in the person's calendar. sequence: counts the changes of that entry, through every move.
    cancel_minutes_before: the hospital's rule at the time of booking. outside: the system of another hospital booked
    it; this stays so through every move. ended_ids: appointment ids that this person gave up in the same schedule, to
    recognise a late repeat of their cancellation. closing: the id of the closing that moved or cancelled it.
    reason: why the hospital cancelled or moved it, as `reason_rules` stores it. A new appointment has the reason of the
    move that made it.
    call_outcome: one of CALL_OUTCOMES, or "" if nobody has telephoned; call_outcome_by: the staff's name. day_of_visit:
    what happened on the day. Neither changes `state` or `confirmed_at`.

    confirm_by: until when the person was asked to confirm, ISO time in Bangkok; "" if nobody has asked them.
    release_by: the same time if they were told that the place is given to somebody else after it; else "". released_at:
    when the system released the place; "" unless the appointment is cancelled for this (`confirmation_rules.py`).
    """

    schedule: ScheduleInfo
    cid: str
    place: int
    appointment_id: int
    queue_no: str
    person_name: str
    state: str
    version: int
    check_code: str
    comment: str
    booked_by: str
    booked_system: str
    booked_login: str
    booked_at: str
    changed_login: str
    changed_at: str
    accepted_by: str = ""
    accepted_at: str = ""
    confirmed_at: str = ""
    changed_by_person: bool = False
    reminded_at: str = ""
    origin: str = ""
    sequence: int = 0
    cancel_minutes_before: int = 0
    outside: bool = False
    moved_to_schedule_id: int | None = None
    moved_to_appointment_id: int | None = None
    ended_ids: frozenset[int] = field(default_factory=frozenset)
    sent_name: str = ""
    closing: str = ""
    reason: str = ""
    person_phone: str = ""
    call_outcome: str = ""
    call_outcome_by: str = ""
    call_outcome_at: str = ""
    day_of_visit: Visit = Visit()
    confirm_by: str = ""
    release_by: str = ""
    released_at: str = ""

    @property
    def is_active(self) -> bool:
        return self.state == BOOKED

    @property
    def given_up_ids(self) -> frozenset[int]:
        """Every id that this person held in the schedule, after this appointment ended."""
        return self.ended_ids | {self.appointment_id}

    def is_current(self, now: datetime) -> bool:
        """Whether the look-up shows it: active, today or later (docs/wire-contract.md)."""
        return self.is_active and self.schedule.day >= now.date()


@dataclass(frozen=True)
class BookedPerson:
    """A person who holds a place on a day, for the search.

    sent_name and phone may be "".
    """

    cid: str
    name: str
    sent_name: str
    phone: str
    day: date


@dataclass(frozen=True)
class BookingRequest:
    """A request for one place of a schedule: a booking, or a move of `moving`.

    person: as sent; if the hospital or the registry has an entry of its own, that is used instead. online: only what is
    open online may be booked; False for staff. version (of a move): the version of `moving` that the staff's screen
    shows. closing (of a move): the id of the closing that moves. reason (of a move): as in Appointment.
    """

    hospital_code: str
    schedule_id: int
    person: Person
    sender: Sender
    comment: str = ""
    online: bool = True
    moving: Appointment | None = None
    version: int | None = None
    closing: str = ""
    reason: str = ""


@dataclass(frozen=True)
class OutsideShare:
    """Places that the systems of other hospitals may hold in a schedule.

    capacity: all places of the schedule, as it was read. places: those that other hospitals may hold together.
    places_without_id: those for people without a national id; None if this booking is not for such a person.
    """

    capacity: int
    places: int
    places_without_id: int | None = None


@dataclass(frozen=True)
class WriteConflict:
    """Why a transaction was not carried out.

    Every field is from what the tables held at that moment; None or False: not the reason. schedule: its place could
    not be taken. held: the person's appointment in that schedule. moving: the appointment to be moved has changed.
    person_known: somebody put the person into the registry meanwhile. closing_undone: the schedule that a closing moves
    people away from is open again.
    """

    schedule: Schedule | None = None
    held: Appointment | None = None
    moving: Appointment | None = None
    person_known: bool = False
    closing_undone: bool = False


@dataclass(frozen=True)
class BookingSnapshot:
    """What a booking depends on, as it was read.

    person: the registry's entry. own: the hospital's white-list entry. held: what this person holds or held in the
    schedule. limits: the hospital's rules. booking_version: how often this person has booked or moved by themselves
    under a limit.
    """

    schedule: Schedule
    person: Person | None
    held: Appointment | None
    limits: BookingRules
    booking_version: int
    own: Person | None = None

    def updated(self, conflict: WriteConflict) -> "BookingSnapshot":
        """The snapshot with what a failed write has returned."""
        return replace(self, schedule=conflict.schedule or self.schedule, held=conflict.held or self.held)

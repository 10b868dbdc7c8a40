"""What an appointment is, what may become of it, and who may touch it. Nothing here knows storage or time."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib import errors
from chalicelib.booking import slips
from chalicelib.caller import Caller
from chalicelib.people.model import Person
from chalicelib.schedules.rules import OPEN, BookingRules, Schedule, is_over

BOOKED, CANCELLED, POSTPONED = "booked", "cancelled", "postponed"

# event -> (states it may happen in, state afterwards). Everything that is not here is refused.
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "accept": (frozenset({BOOKED}), BOOKED),
    "reject": (frozenset({BOOKED}), BOOKED),
    "confirm": (frozenset({BOOKED}), BOOKED),
    "cancel": (frozenset({BOOKED}), CANCELLED),
    "postpone": (frozenset({BOOKED}), POSTPONED),
}


@dataclass(frozen=True)
class Sender:
    """Who sends a booking. hospital_code: the hospital that books; system: its HIS; login: the signed-in account;
    is_person: the person does it in the app."""

    hospital_code: str
    system: str
    login: str
    is_person: bool = False


@dataclass(frozen=True)
class Appointment:
    """One person holding one place, now or once. *_at: ISO with offset, Bangkok, "" until it happens; changed_at with
    milliseconds, so that the holders of a place can be told apart by when they gave it up.

    accepted_by: the staff's name (the manual's รับนัด). changed_by_person: the last change was the person's own, in the
    app, so nobody need tell them. origin: the slip code that this one's calendar entry began with, where it was moved
    here; sequence: counts the changes of that entry, through every move. cancel_minutes_before: the hospital's rule as
    it stood when this was booked. ended_ids: ids that this person held in the
    same schedule before and gave up, so that a late repeat of their cancellation is recognised.
    """

    cid: str
    hospital_code: str
    hospital_name: str
    schedule_id: int
    day: date
    place: int
    appointment_id: int
    queue_no: str
    time_start: str
    time_finish: str
    department_id: int
    department_name: str
    room_id: int
    room_name: str
    room_phone_number: str
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
    moved_to_schedule_id: int | None = None
    moved_to_appointment_id: int | None = None
    ended_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_active(self) -> bool:
        return self.state == BOOKED

    @property
    def given_up_ids(self) -> frozenset[int]:
        """Of an appointment that has ended: every id that this person held in the schedule."""
        return self.ended_ids | {self.appointment_id}

    def is_current(self, now: datetime) -> bool:
        """From today on, as the look-up shows it (wire contract, Appointment)."""
        return self.is_active and self.day >= now.date()


_WHOLE = "schedule_id place appointment_id department_id room_id version sequence cancel_minutes_before"
_TEXT = (
    "cid hospital_code hospital_name queue_no time_start time_finish department_name room_name room_phone_number"
    " person_name state check_code comment booked_by booked_system booked_login booked_at changed_login changed_at"
    " accepted_by accepted_at confirmed_at reminded_at origin"
)


def read_appointment(row: Any) -> Appointment:
    """The appointment in a row of the appointments table."""
    whole: Any = {name: int(getattr(row, name)) for name in _WHOLE.split()}
    text: Any = {name: getattr(row, name) for name in _TEXT.split()}
    moved = row.moved_to_schedule_id
    return Appointment(
        day=date.fromisoformat(row.day),
        changed_by_person=row.changed_by_person,
        moved_to_schedule_id=None if moved is None else int(moved),
        moved_to_appointment_id=None if moved is None else int(row.moved_to_appointment_id),
        ended_ids=frozenset(int(one) for one in row.ended_ids or ()),
        **whole,
        **text,
    )


def check_sender(caller: Caller, sender_code: str) -> None:
    """The sender must be the token's hospital; a country-level caller may send for any."""
    if sender_code != caller.hospital_code and not caller.is_country:
        raise errors.Forbidden(
            "hospital.hospital_code is not the hospital of this token.",
            "รหัสหน่วยบริการผู้ส่งไม่ตรงกับหน่วยบริการของ token",
            fields={"hospital.hospital_code": "must be the hospital that the token was issued to"},
        )


def check_bookable(schedule: Schedule, now: datetime, *, online: bool) -> None:
    """Whether a place of the schedule may be taken now; `online`: the caller is the API or the app, not the staff."""
    if schedule.state != OPEN:
        raise errors.ScheduleClosed()
    if schedule.is_over(now):
        raise errors.PeriodEnded()
    if online and not schedule.online:
        raise errors.ScheduleNotOnline()
    if schedule.available_count <= 0 or not schedule.free:
        raise errors.SlotsFull()


def may_see(caller: Caller, appointment: Appointment) -> bool:
    """The hospital that is booked, the hospital that booked, a country-level caller; nobody else."""
    return caller.is_country or caller.hospital_code in (appointment.hospital_code, appointment.booked_by)


def check_transition(event: str, appointment: Appointment) -> None:
    """Raises where the event may not happen to the appointment as it stands."""
    if appointment.state in TRANSITIONS[event][0]:
        return
    if appointment.state == CANCELLED:
        raise errors.AppointmentCancelled()
    raise errors.AppointmentPostponed()


def check_not_over(appointment: Appointment, now: datetime, *, by_person: bool) -> None:
    """A person may give a place up until the period starts, or as long before as the hospital asked for when it was
    booked; a hospital until the period ends."""
    if is_over(appointment.day, appointment.time_finish, now):
        raise errors.PeriodEnded("This appointment's period is over.", "การนัดหมายนี้ผ่านไปแล้ว ไม่สามารถแก้ไขได้")
    start = datetime.combine(appointment.day, time.fromisoformat(appointment.time_start), now.tzinfo)
    if by_person and now >= start - timedelta(minutes=appointment.cancel_minutes_before):
        raise errors.TooLate()


def check_limit(limits: BookingRules, held: Iterable[Appointment], schedule: Schedule, now: datetime) -> None:
    """Whether somebody who holds these may take one more place of the schedule's department by themselves."""
    most = limits.max_active_per_department
    there = (schedule.hospital_code, schedule.department_id)
    active = [
        one
        for one in held
        if one.is_active
        and (one.hospital_code, one.department_id) == there
        and not is_over(one.day, one.time_finish, now)
    ]
    if most and len(active) >= most:
        raise errors.LimitReached(
            f"The hospital lets a person hold {most} appointment(s) in this department at a time.",
            f"หน่วยบริการกำหนดให้มีนัดหมายในแผนกนี้ได้ไม่เกิน {most} นัดในเวลาเดียวกัน หากต้องการเปลี่ยนให้เลื่อนหรือยกเลิกนัดเดิม",
        )


def new_appointment(
    schedule: Schedule,
    place: int,
    cid: str,
    person_name: str,
    sender: Sender,
    comment: str,
    now: datetime,
    check_code: str,
    before: Appointment | None,
    cancel_minutes_before: int = 0,
) -> Appointment:
    """The person's appointment at a place of the schedule. check_code: eight random hex digits, printed on the slip.
    before: what this person held in the same schedule earlier and gave up; the new one counts its versions on, so that
    whoever still has the old one in hand cannot mistake the two, and remembers its ids."""
    at = now.isoformat(timespec="seconds")
    appointment_id = schedule.appointment_id(place)
    return Appointment(
        cid=cid,
        hospital_code=schedule.hospital_code,
        hospital_name=schedule.hospital_name,
        schedule_id=schedule.schedule_id,
        day=schedule.day,
        place=place,
        appointment_id=appointment_id,
        queue_no=schedule.queue_no(place),
        time_start=schedule.time_start,
        time_finish=schedule.time_finish,
        department_id=schedule.department_id,
        department_name=schedule.department_name,
        room_id=schedule.room_id,
        room_name=schedule.room_name,
        room_phone_number=schedule.room_phone_number,
        person_name=person_name,
        state=BOOKED,
        version=before.version + 1 if before else first_version(check_code),
        check_code=check_code,
        comment=comment,
        booked_by=sender.hospital_code,
        booked_system=sender.system,
        booked_login=sender.login,
        booked_at=at,
        changed_login=sender.login,
        changed_at=now.isoformat(timespec="milliseconds"),
        changed_by_person=sender.is_person,
        cancel_minutes_before=cancel_minutes_before,
        ended_ids=before.given_up_ids - {appointment_id} if before else frozenset(),
    )


def first_version(check_code: str) -> int:
    """Where an appointment's versions begin: anywhere below 2^30. Staff name an appointment by its place and version,
    so whoever still has the place's last holder on the screen must not name the next one by it."""
    return int(check_code, 16) // 4 + 1


def places_to_try(schedule: Schedule, before: Appointment | None) -> list[int]:
    """The free places in order; where there is a choice, none whose id this person gave up before, so that a late
    repeat of that cancellation cannot hit the new appointment."""
    free = sorted(schedule.free)
    if before is None:
        return free
    return [place for place in free if schedule.appointment_id(place) not in before.given_up_ids] or free


def end_appointment(appointment: Appointment, event: str, login: str, now: datetime, *, by_person: bool) -> Appointment:
    """The appointment after `cancel` or `postpone`."""
    return _changed(appointment, login, now, changed_by_person=by_person, state=TRANSITIONS[event][1])


def continue_calendar_entry(old: Appointment, new: Appointment) -> Appointment:
    """`new`, where `old` is being moved to, as the same entry of the person's calendar."""
    return replace(new, origin=calendar_id(old), sequence=old.sequence + 1)


def calendar_id(appointment: Appointment) -> str:
    """What a calendar knows the appointment by: the same before and after it was moved, and nobody else's ever."""
    return appointment.origin or slip_code(appointment)


def moved(appointment: Appointment, new: Appointment, login: str, now: datetime) -> Appointment:
    """The old appointment after it was postponed to `new`; it says where to."""
    old = end_appointment(appointment, "postpone", login, now, by_person=new.changed_by_person)
    return replace(old, moved_to_schedule_id=new.schedule_id, moved_to_appointment_id=new.appointment_id)


def successor(appointment: Appointment) -> Appointment:
    """Of a postponed appointment, as much of the new one as a repeated request needs: its ids."""
    moved_id, schedule_id = appointment.moved_to_appointment_id, appointment.moved_to_schedule_id
    if moved_id is None or schedule_id is None:
        raise LookupError("the appointment was not postponed")
    return replace(appointment, appointment_id=moved_id, schedule_id=schedule_id)


def apply_decision(appointment: Appointment, event: str, login: str, staff_name: str, now: datetime) -> Appointment:
    """The appointment after accept, reject or confirm; the very same object where nothing changes."""
    at = now.isoformat(timespec="seconds")
    if event == "accept" and not appointment.accepted_at:
        return _changed(appointment, login, now, changed_by_person=False, accepted_by=staff_name, accepted_at=at)
    if event == "reject" and appointment.accepted_at:
        return _changed(appointment, login, now, changed_by_person=False, accepted_by="", accepted_at="")
    if event == "confirm" and not appointment.confirmed_at:
        return _changed(appointment, login, now, changed_by_person=True, confirmed_at=at)
    return appointment


def _changed(appointment: Appointment, login: str, now: datetime, **changes: Any) -> Appointment:
    at = now.isoformat(timespec="milliseconds")
    version, sequence = appointment.version + 1, appointment.sequence + 1
    return replace(appointment, version=version, sequence=sequence, changed_login=login, changed_at=at, **changes)


def check_version(appointment: Appointment, version: int) -> None:
    """Raises EditConflict where somebody changed the appointment since the screen was filled."""
    if appointment.version != version:
        raise errors.EditConflict(details={"theirs": appointment})


def is_repeat(appointment: Appointment, event: str, version: int, login: str) -> bool:
    """Whether the event has happened already, by the same login and to the version named: the request's answer was lost
    and it was sent again."""
    effect = {
        "accept": bool(appointment.accepted_at),
        "reject": not appointment.accepted_at,
        "cancel": appointment.state == CANCELLED,
        "postpone": appointment.state == POSTPONED,
    }
    same = (appointment.version, appointment.changed_login) == (version + 1, login)
    return same and effect[event] and appointment.state == TRANSITIONS[event][1]


def slip_code(appointment: Appointment) -> str:
    """What the appointment's slip carries; says nothing of the person."""
    return slips.code(appointment.hospital_code, appointment.schedule_id, appointment.place, appointment.check_code)


@dataclass(frozen=True)
class BookingSnapshot:
    """What a booking needs to know, as it was read. schedule: None where there is none. person: the registry's. held:
    what this person holds or held in the schedule. limits: the hospital's rules. turn: how often this person has booked
    by themselves under a limit."""

    schedule: Schedule | None
    person: Person | None
    held: Appointment | None
    limits: BookingRules
    turn: int


@dataclass(frozen=True)
class WriteConflict:
    """Why a transaction did not go through, from what the storage held at that moment; None where that was not it.

    schedule: the schedule whose place could not be taken. held: the appointment in the way of the new one. changed: the
    appointment to be ended, changed meanwhile. person_known: somebody put the person into the registry meanwhile.
    """

    schedule: Schedule | None = None
    held: Appointment | None = None
    changed: Appointment | None = None
    person_known: bool = False

"""Days of a hospital with bookings, written in batches: for demo data and benches.

The bookings follow the product's own rules. Only the given `Random` is random, so one seed makes the same days again.
The rows are written without conditions: only for days on which the hospital has nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from chalicelib.booking import rules as booking
from chalicelib.booking import transition_rules
from chalicelib.booking.model import Appointment, BookingRequest, BookingSnapshot, Sender
from chalicelib.booking.rows import APPOINTMENTS
from chalicelib.people.model import CARE, Person, PersonEntry
from chalicelib.people.rows import registry_row, white_list_row
from chalicelib.schedules import day_store, rules
from chalicelib.schedules.catalogue_model import BookingRules, HospitalCatalogue
from chalicelib.schedules.figures_rules import count_day
from chalicelib.schedules.model import CLOSED, DayCounter, PlaceEvents, Schedule, ScheduleSpec
from chalicelib.schedules.rows import SCHEDULES
from chalicelib.schedules.store import DAY_COUNTERS
from chalicelib.storage import Table
from infra.local.sample_visits import with_visits

# The time of the day before from which people are reminded (booking/notice_texts.py).
_REMINDED_AT = time(9, 5)
_EARLIEST_DAYS = 21  # nobody books longer ahead
_MOVED_FROM = 60  # number of the room's earlier schedules, at most
_LIMITS = BookingRules()


@dataclass(frozen=True)
class Habits:
    """How a day is used. All but `held` and `senders` are shares from 0 to 1.

    held: how many places of a schedule somebody holds. senders: who books, one of them for each appointment. clerk:
    login and name of who accepts. cancelled, moved: of the appointments, how many were given up, or come from an
    earlier day. closed_room: its schedules are closed, and who holds a place keeps it.
    """

    held: Callable[[ScheduleSpec], int]
    senders: Sequence[Sender]
    clerk: tuple[str, str]
    accepted: float = 0.0
    confirmed: float = 0.0
    cancelled: float = 0.0
    moved: float = 0.0
    closed_room: int | None = None


@dataclass
class MadeDays:
    """Makes one day after another, in order. now: Bangkok; nobody has acted later.

    people: at least as many as one day has appointments; nobody comes twice on a day.
    """

    hospital: HospitalCatalogue
    people: Sequence[Person]
    first_appointment_id: int
    now: datetime
    random: Random
    schedules: list[Schedule] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    counters: list[DayCounter] = field(default_factory=list)
    _of_room: dict[int, list[Schedule]] = field(default_factory=lambda: defaultdict(list))
    _holders: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, day: date, specs: list[ScheduleSpec], habits: Habits) -> None:
        """Make a day's schedules with their bookings."""
        counter = DayCounter(self.hospital.hospital_code, day)
        opened, counter = rules.number_schedules(self.hospital, day, specs, counter, self.first_appointment_id)
        self.first_appointment_id += sum(spec.capacity for spec in specs)
        self.counters.append(counter)
        coming = iter(self.random.sample(self.people, len(self.people)))
        for schedule, spec in zip(opened, specs, strict=True):
            snapshot = BookingSnapshot(schedule, None, None, _LIMITS, 0)
            held = range(1, min(spec.capacity, habits.held(spec)) + 1)
            active = [self._booked(snapshot, next(coming), place, habits) for place in held]
            for _ in held:
                if self.random.random() < habits.cancelled:
                    self.appointments.append(self._given_up(snapshot, next(coming), habits))
            self.appointments += active
            closed = habits.closed_room == spec.room_id
            self.schedules.append(_taken(schedule, active, closed))
        for schedule in opened:
            self._of_room[schedule.info.room_id].append(schedule)
        self._holders[day] = {person.cid for person in self.people} - {person.cid for person in coming}

    def _booked(self, snapshot: BookingSnapshot, person: Person, place: int, habits: Habits) -> Appointment:
        """An active appointment, with the actions of staff and person so far."""
        info = snapshot.schedule.info
        at = self._before(info.day)
        request = self._request(snapshot, person, habits)
        if self.random.random() < habits.moved and (earlier := self._without(info.room_id, person)):
            old = self._of_earlier_day(self.random.choice(earlier), person, habits)
            self._holders[old.schedule.day].add(person.cid)
            at = self._between(datetime.fromisoformat(old.changed_at), self._latest(old.schedule.day))
            request = replace(request, moving=old, sender=replace(request.sender, login=habits.clerk[0]))
        new = booking.new_appointment(request, snapshot, place, self._check_code(), at)
        if request.moving is not None:
            self.appointments.append(transition_rules.moved(request.moving, new))
        latest = self._latest(info.day)
        if self.random.random() < habits.accepted:
            new = transition_rules.apply_decision(new, "accept", *habits.clerk, self._between(at, latest))
        if self.random.random() < habits.confirmed:
            confirmed_at = self._between(datetime.fromisoformat(new.changed_at), latest)
            new = transition_rules.apply_decision(new, "confirm", new.booked_login, "", confirmed_at)
        reminder = datetime.combine(info.day - timedelta(days=1), _REMINDED_AT, self.now.tzinfo)
        if reminder > self.now:
            return new
        return replace(new, reminded_at=max(reminder, at).isoformat(timespec="seconds"))

    def _of_earlier_day(self, schedule: Schedule, person: Person, habits: Habits) -> Appointment:
        """What a person held before it was moved; they hold nothing else in that schedule."""
        snapshot = BookingSnapshot(schedule, None, None, _LIMITS, 0)
        place = self.random.randint(1, schedule.capacity)
        request = self._request(snapshot, person, habits)
        return booking.new_appointment(request, snapshot, place, self._check_code(), self._before(schedule.info.day))

    def _without(self, room_id: int, person: Person) -> list[Schedule]:
        """The room's latest schedules of days on which the person holds and held nothing."""
        latest = self._of_room[room_id][-_MOVED_FROM:]
        return [schedule for schedule in latest if person.cid not in self._holders[schedule.info.day]]

    def _given_up(self, snapshot: BookingSnapshot, person: Person, habits: Habits) -> Appointment:
        """An appointment that was cancelled; its place is free or another person's by now."""
        day, request = snapshot.schedule.info.day, self._request(snapshot, person, habits)
        at, place = self._before(day), self.random.randint(1, snapshot.schedule.capacity)
        new = booking.new_appointment(request, snapshot, place, self._check_code(), at)
        ended_at = self._between(at, self._latest(day))
        login = new.booked_login
        return transition_rules.end_appointment(new, "cancel", login, ended_at, by_person=request.sender.is_person)

    def _request(self, snapshot: BookingSnapshot, person: Person, habits: Habits) -> BookingRequest:
        sender = self.random.choice(habits.senders)
        return BookingRequest(self.hospital.hospital_code, snapshot.schedule.info.schedule_id, person, sender)

    def _check_code(self) -> str:
        return f"{self.random.getrandbits(32):08x}"

    def _latest(self, day: date) -> datetime:
        """Until when something can have happened before that day begins."""
        return min(self.now, datetime.combine(day, time(7), self.now.tzinfo))

    def _before(self, day: date) -> datetime:
        return self._latest(day) - timedelta(minutes=self.random.randint(60, _EARLIEST_DAYS * 24 * 60))

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + (last - first) * self.random.random()

    def _count_events(self) -> None:
        of_schedule = defaultdict(list)
        for appointment in self.appointments:
            of_schedule[appointment.schedule.schedule_id].append(appointment)
        self.schedules = [_with_events(each, of_schedule[each.info.schedule_id]) for each in self.schedules]

    def write(self) -> None:
        """Write all rows: schedules, appointments, counters, and last the day counts.

        After an interrupted run no day is counted, and the next run writes the same rows again.
        """
        self._count_events()
        write_rows([SCHEDULES.row(schedule) for schedule in self.schedules])
        write_rows([DAY_COUNTERS.row(counter) for counter in self.counters])
        write_rows([APPOINTMENTS.row(appointment) for appointment in self.appointments])
        of_day = defaultdict(list)
        for schedule in self.schedules:
            of_day[schedule.info.day].append(schedule)
        counted = [day_store.DAYS.row(count_day(schedules)) for schedules in of_day.values()]
        for row in counted:
            row.counted_at = self.now.isoformat()
        write_rows(counted)


def _with_events(schedule: Schedule, appointments: list[Appointment]) -> Schedule:
    """The schedule with what has happened to its places (docs/adr/0023).

    appointments: all appointments of the schedule, ended ones too.
    """
    booked_at = [datetime.fromisoformat(each.booked_at).date() for each in appointments]
    events = PlaceEvents(
        taken=len(appointments),
        lead_days=sum((schedule.info.day - day).days for day in booked_at),
        **Counter(transition_rules.ending(each) for each in appointments if not each.is_active),
    )
    accepted = {int(each.check_code, 16) for each in appointments if each.is_active and each.accepted_at}
    return with_visits(replace(schedule, events=events, accepted=frozenset(accepted)), appointments)


def _taken(schedule: Schedule, active: list[Appointment], closed: bool) -> Schedule:
    """The schedule without the places that people hold."""
    free = schedule.free - {each.place for each in active}
    outside = sum(each.outside for each in active)
    taken = replace(schedule, free=free, available_count=len(free), outside_count=outside)
    return replace(taken, state=CLOSED, version=taken.version + 1) if closed else taken


def write_people(hospital_code: str, entries: Iterable[PersonEntry], basis: str = CARE) -> None:
    """Put people into the registry and on a hospital's white list.

    Neither may know them yet.
    """
    listed = list(entries)
    write_rows([registry_row(entry) for entry in listed])
    write_rows([white_list_row(hospital_code, entry, basis) for entry in listed])


def write_rows(rows: Sequence[Table]) -> None:
    """Write whole rows of one table, 25 a request."""
    if not rows:
        return
    with type(rows[0]).batch_write() as batch:
        for row in rows:
            batch.save(row)

"""Visits of sample bookings: days that are over, and a queue that is running.

The visits follow the product's own rules. Only the given `Random` is random.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from chalicelib.booking.model import Appointment, Visit
from chalicelib.schedules.catalogue_model import HospitalCatalogue, ServicePoint
from chalicelib.schedules.model import Schedule
from chalicelib.storage import Table
from chalicelib.tables import QueueItem
from chalicelib.visits import rules
from chalicelib.visits.model import MONK, OVER_80, Counter, QueueEntry, Subject, Ticket
from chalicelib.visits.store import COUNTERS, ENTRIES, TICKETS

# Of ten people of a day that is over: eight are served, one is absent, and of one nobody has said it.
_OUTCOMES = ["serve"] * 17 + ["note_absent"] * 2 + [""]
_PRIORITIES = [""] * 14 + [OVER_80] + [MONK]
_MINUTES = {1: (2, 5), 2: (15, 24), 3: (3, 6)}  # that a visitor is at a counter, by the place in the way
_COUNTERS = {1: 1, 2: 3, 3: 1}
_AT_LEAST = 14  # number of people who have arrived, however early it is
_WORK_ENDS = (11, 0)  # what happens later is left to whoever looks at the demo
_TICKETS = 5


def over(appointments: Iterable[Appointment], point_id: int, random: Random) -> list[Appointment]:
    """The appointments of a day that is over, with what became of most of them."""
    return [_over(each, point_id, random) if each.is_active else each for each in appointments]


def _over(appointment: Appointment, point_id: int, random: Random) -> Appointment:
    outcome = random.choice(_OUTCOMES)
    login, schedule = appointment.booked_login, appointment.schedule
    arrived_at = _start(appointment) + timedelta(minutes=random.randint(-45, 15))
    called_at = arrived_at + timedelta(minutes=random.randint(4, 55), seconds=random.randint(0, 59))
    if not outcome:
        return appointment
    if outcome == "note_absent":
        at = _start(appointment) + timedelta(hours=3)
        return rules.appointment_with(appointment, rules.ended(appointment.day_of_visit, outcome, at), login, at)
    visit = rules.arrived(appointment.day_of_visit, None, "", arrived_at)
    counter = Counter(
        schedule.hospital_code,
        schedule.day,
        point_id,
        random.randint(1, 2),
        called_at=called_at.isoformat(timespec="milliseconds"),
    )
    visit = rules.being_served(visit, counter)
    ended_at = called_at + timedelta(minutes=random.randint(8, 40))
    return rules.appointment_with(appointment, rules.ended(visit, outcome, ended_at), login, ended_at)


@dataclass
class RunningDay:
    """Plays a day until `now`: who has come waits, is called, sent on and served.

    points: in the order of the people's way. The results: `subjects` (appointments by check code, tickets by id), who
    waits, and what the counters show.
    """

    hospital: HospitalCatalogue
    points: Sequence[ServicePoint]
    login: str
    now: datetime
    random: Random
    subjects: dict[str, Subject] = field(default_factory=dict)
    waiting: dict[int, list[QueueEntry]] = field(default_factory=dict)
    counters: dict[tuple[int, int], Counter] = field(default_factory=dict)
    _steps: list[tuple[datetime, int, str, int]] = field(default_factory=list)
    _calls: int = 0

    def play(self, appointments: Iterable[Appointment]) -> list[Appointment]:
        """Simulate the day until now; returns the appointments as they are then.

        It ends at the end of work at the latest.
        """
        listed = list(appointments)
        coming = sorted((each for each in listed if each.is_active), key=_start)
        self.subjects = {each.check_code: each for each in coming}
        self.waiting = {point.point_id: [] for point in self.points}
        until = min(self.now, self.now.replace(hour=_WORK_ENDS[0], minute=_WORK_ENDS[1]))
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        for number, each in enumerate(coming):
            at = _start(each) + timedelta(minutes=self.random.randint(-25, 40), seconds=self.random.randint(0, 59))
            if at > until and number < _AT_LEAST:
                at = max(midnight, until - timedelta(minutes=self.random.randint(1, 40)))
            if self.random.random() < 0.93:
                self._plan(at, each.check_code, 0)
        tickets = self._draw(max(midnight, until - timedelta(hours=2)), until)
        for ticket, at in tickets:
            self._plan(at, ticket, 0)
        while self._steps and self._steps[0][0] <= until:
            at, _, key, counter = heapq.heappop(self._steps)
            self._leave(at, key, counter) if counter else self._arrive(at, key)
            for point in self.points:
                self._call(at, point.point_id)
        return [self._now_of(each) for each in listed]

    def rows(self) -> list[Table]:
        """The rows of the queues table."""
        tickets = [each for each in self.subjects.values() if isinstance(each, Ticket) and each.day_of_visit.visit]
        last = QueueItem(f"{self.hospital.hospital_code}#{self.now.date()}", "tickets", last_ticket=_TICKETS)
        entries = [ENTRIES.row(entry) for queue in self.waiting.values() for entry in queue]
        rows = [*entries, *map(COUNTERS.row, self.counters.values()), *map(TICKETS.row, tickets)]
        last.expires_at = rows[0].expires_at if rows else self.now + timedelta(days=31)
        return [*rows, last]

    def _now_of(self, appointment: Appointment) -> Appointment:
        now = self.subjects.get(appointment.check_code) if appointment.is_active else None
        return now if isinstance(now, Appointment) else appointment

    def _plan(self, at: datetime, key: str, counter: int) -> None:
        """Plan a step of a visitor.

        counter: the counter that they leave, as 100 x the point's id + the counter's number; 0 if they arrive.
        """
        heapq.heappush(self._steps, (at, len(self._steps), key, counter))

    def _draw(self, first: datetime, last: datetime) -> list[tuple[str, datetime]]:
        drawn = []
        for number in range(1, _TICKETS + 1):
            key, share = f"demo-ticket-{number:04d}", number / (_TICKETS + 1)
            shown = rules.ticket_number(self.hospital.visit_rules, number)
            self.subjects[key] = Ticket(self.hospital.hospital_code, self.now.date(), key, shown, 1, Visit())
            drawn.append((key, first + (last - first) * share))
        return drawn

    def _arrive(self, at: datetime, key: str) -> None:
        subject, priority = self.subjects[key], self.random.choice(_PRIORITIES)
        if isinstance(subject, Ticket):
            point = self.points[-1]
            entry = rules.entry_of_ticket(self.hospital, point, key, subject.number, "", at)
            self.subjects[key] = replace(subject, day_of_visit=rules.arrived(Visit(), entry, "", at))
        else:
            point = self.points[0]
            entry = rules.entry_of(subject, point, self.hospital.visit_rules, priority, at)
            visit = rules.arrived(subject.day_of_visit, entry, "", at)
            self.subjects[key] = rules.appointment_with(subject, visit, self.login, at)
        self.waiting[point.point_id].append(entry)

    def _call(self, at: datetime, point_id: int) -> None:
        """Make every free counter of the point call the next visitor."""
        place = self._place(point_id)
        queue = self.waiting[point_id]
        for number in range(1, _COUNTERS[place] + 1):
            before = self.counters.get((point_id, number))
            if not queue or (before and before.is_serving):
                continue
            entry = min(queue, key=rules.order)
            queue.remove(entry)
            self._calls += 1
            shown = rules.called(entry, number, f"demo-call-{self._calls:04d}", at)
            if before:
                shown = replace(
                    shown, calls=before.calls + 1, waited_seconds=before.waited_seconds + shown.waited_seconds
                )
            self.counters[(point_id, number)] = shown
            key = entry.visitor.ticket or entry.visitor.check_code
            subject = self.subjects[key]
            visit = rules.being_served(subject.day_of_visit, shown)
            self.subjects[key] = rules.with_visit(subject, visit, self.login, at)
            first, last = _MINUTES[place]
            leaves_at = at + timedelta(minutes=self.random.randint(first, last), seconds=7)
            self._plan(leaves_at, key, point_id * 100 + number)

    def _leave(self, at: datetime, key: str, point_and_counter: int) -> None:
        """A visitor leaves a counter: served, absent, or sent on to the next point."""
        point_id, number = divmod(point_and_counter, 100)
        shown, subject, place = self.counters[(point_id, number)], self.subjects[key], self._place(point_id)
        visit = subject.day_of_visit
        if place == 1 and self.random.random() < 0.04:
            outcome, visit = "absent", rules.ended(visit, "mark_absent", at)
        elif place < len(self.points):
            there = self.points[place].point_id
            entry = rules.entry_at_next_point(shown, there, at)
            self.waiting[there].append(entry)
            outcome, visit = "sent_on", rules.waiting_again(visit, "send_on", entry)
        else:
            outcome, visit = "served", rules.ended(visit, "serve", at)
        self.counters[(point_id, number)] = replace(shown, outcome=outcome)
        self.subjects[key] = rules.with_visit(subject, visit, self.login, at)

    def _place(self, point_id: int) -> int:
        """Position of the point on the visitors' way, from 1."""
        return next(place for place, point in enumerate(self.points, start=1) if point.point_id == point_id)


def with_visits(schedule: Schedule, appointments: Iterable[Appointment]) -> Schedule:
    """The schedule with the marks of its appointments (figures_model.VisitMark)."""
    own = (each for each in appointments if each.schedule.schedule_id == schedule.info.schedule_id)
    return replace(schedule, visits=frozenset(mark.number for each in own if (mark := rules.mark_of(each))))


def _start(appointment: Appointment) -> datetime:
    schedule = appointment.schedule
    booked_at = datetime.fromisoformat(appointment.booked_at)
    return schedule.start(booked_at)

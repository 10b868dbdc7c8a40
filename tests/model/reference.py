"""Reference model of bookings in plain Python, for two hospitals.

It is written from the manual, the wire contract and docs/concurrency.md, and has no storage, no row versions and no
concurrency. A method stands for a request. It returns the error code, or the appointment that the response must be
about. Values that the system may choose (places, ids, first versions) are 0 until the system has shown them.
"""

from dataclasses import dataclass, field
from itertools import count

OPEN, CLOSED = "open", "closed"
BOOKED, CANCELLED, POSTPONED = "booked", "cancelled", "postponed"
ENDED = {CANCELLED: "AppointmentCancelled", POSTPONED: "AppointmentPostponed"}

Place = tuple[str, int]  # hospital code, schedule id


@dataclass(frozen=True)
class Caller:
    """A caller. hospital: that of the token.

    is_app: the Mor Prom app's back end, which acts for people of the whole country.
    """

    login: str
    hospital: str
    is_app: bool = False


@dataclass
class ScheduleSpec:
    """A schedule. hour: when it starts. closing: the id of its last closing, or ""."""

    department: int
    hour: int
    capacity: int
    online: bool = True
    state: str = OPEN
    version: int = 1
    closing: str = ""


@dataclass
class Holding:
    """What one person holds or held in one schedule.

    since: number of the last change, in order of time. ended: appointment ids that the person gave up there. closing:
    the closing that ended it. moved_at: `since` of the holding to which it was moved, at that moment.
    """

    cid: str
    where: Place
    booked_by: str
    changed_by: str
    since: int
    state: str = BOOKED
    appointment_id: int = 0
    place: int = 0
    version: int = 0
    accepted: bool = False
    confirmed: bool = False
    moved_to: "Holding | None" = None
    outside: bool = False
    ended: set[int] = field(default_factory=set)
    closing: str = ""
    moved_at: int = 0


Answer = str | Holding


def is_outside(caller: Caller, where: Place) -> bool:
    """Whether the caller is another hospital's system. The app acts for the person."""
    return caller.hospital != where[0] and not caller.is_app


class Model:
    def __init__(self, lines: dict[Place, ScheduleSpec], limits: dict[str, int]) -> None:
        self.lines, self.limits = lines, limits
        self.closed_to_outside = dict.fromkeys(limits, False)
        self.held: dict[tuple[str, Place], Holding] = {}
        self.registered: set[str] = set()
        self._time = count(1)

    def holders(self, where: Place) -> list[Holding]:
        return [one for one in self.held.values() if one.where == where and one.state == BOOKED]

    def free(self, where: Place) -> int:
        return self.lines[where].capacity - len(self.holders(where))

    def active(self, cid: str, where: Place) -> Holding | None:
        one = self.held.get((cid, where))
        return one if one and one.state == BOOKED else None

    # Requests of a person or of an information system.

    def book(self, caller: Caller, where: Place, cid: str, *, at_the_desk: bool = False) -> Answer:
        if at_the_desk and cid not in self.registered:
            return "PersonNotFound"
        if where not in self.lines:
            return "ScheduleNotFound"
        there = self.active(cid, where)
        if there:
            return there if there.booked_by == caller.hospital else "AlreadyBooked"
        no = self._closed_to(where, online=not at_the_desk) or self._outside(caller, where)
        no = no or self._limit(caller, cid, where)
        if no:
            return no
        self.registered.add(cid)
        return self._take(cid, where, caller.hospital, caller.login, outside=is_outside(caller, where))

    def cancel(self, caller: Caller, hospital: str, cid: str, appointment_id: int) -> Answer:
        found = self._named(caller, hospital, cid, appointment_id)
        if found is None:
            return "AppointmentNotFound"
        if found.appointment_id == appointment_id:
            if found.state == POSTPONED:
                return "AppointmentPostponed"
            if found.state == BOOKED:
                self._end(found, CANCELLED, caller.login)
        return found

    def postpone(self, caller: Caller, hospital: str, cid: str, appointment_id: int, schedule_id: int) -> Answer:
        found = self._named(caller, hospital, cid, appointment_id)
        target = (hospital, schedule_id)
        if found is None:
            return "AppointmentNotFound"
        if found.appointment_id != appointment_id:  # it was given up and booked anew, so this can only be a late repeat
            there = self.active(cid, target)
            return there if there and target != found.where else "AppointmentPostponed"
        if found.state == POSTPONED and found.moved_to and found.moved_to.where == target:
            return found.moved_to
        return self._move(caller, found, target, online=True)

    def confirm(self, caller: Caller, hospital: str, cid: str, appointment_id: int) -> Answer:
        found = self._named(caller, hospital, cid, appointment_id)
        if found is None:
            return "AppointmentNotFound"
        if found.appointment_id != appointment_id:
            return "AppointmentPostponed"
        if found.state != BOOKED:
            return ENDED[found.state]
        if not found.confirmed:
            found.confirmed = True
            self._changed(found, caller.login)
        return found

    # Requests of the staff.

    def task(self, clerk: Caller, what: str, shown_line: tuple[Place, int, int], target: Place) -> Answer:
        """Accept, reject, cancel or postpone an appointment at the desk.

        what: the task. shown_line: (schedule, place, version) of the row on the screen. target: where to postpone to.
        """
        where, place, version = shown_line
        in_place = [one for one in self.held.values() if (one.where, one.place) == (where, place)]
        if not in_place:
            return "AppointmentNotFound"
        shown = [one for one in in_place if one.state != BOOKED and one.version in (version, version + 1)]
        found = max(shown or in_place, key=lambda one: (one.state == BOOKED, one.since))
        if (found.version, found.changed_by) == (version + 1, clerk.login):  # the same task, sent again
            moved_there = found.moved_to is not None and found.moved_to.where == target
            done = {
                "accept": found if found.state == BOOKED and found.accepted else None,
                "reject": found if found.state == BOOKED and not found.accepted else None,
                "cancel": found if found.state == CANCELLED else None,
                "postpone": self.active(found.cid, target) if moved_there else None,
            }
            if repeat := done[what]:
                return repeat
        if found.state != BOOKED:
            return ENDED[found.state]
        if found.version != version:
            return "EditConflict"
        if what == "postpone":
            return self._move(clerk, found, target, online=False)
        if what == "cancel":
            self._end(found, CANCELLED, clerk.login)
        elif found.accepted != (what == "accept"):
            found.accepted = what == "accept"
            self._changed(found, clerk.login)
        return found

    def edit(self, where: Place, version: int, capacity: int, online: bool) -> str:
        line = self.lines[where]
        if line.version == version + 1 and (line.capacity, line.online) == (capacity, online):
            return "OK"  # the same edit, sent again
        if line.version != version:
            return "EditConflict"
        if line.state == CLOSED:
            return "ScheduleClosed"
        if capacity < len(self.holders(where)):
            return "BelowBooked"
        line.capacity, line.online, line.version = capacity, online, line.version + 1
        return "OK"

    def close(self, clerk: Caller, places: list[Place], what: str, closing: str) -> tuple[int, int, int]:
        """Close schedules, and keep, cancel or move the people in them.

        what: "close", "cancel" or "postpone", which moves to the same room on the same day. Returns how many people
        were cancelled, how many were moved, and how many are left.
        """
        for where in places:
            line = self.lines[where]
            if line.state == OPEN:
                line.state, line.version, line.closing = CLOSED, line.version + 1, closing
        people = sorted(
            (one for where in places for one in self.holders(where)),
            key=lambda one: (self.lines[one.where].hour, self.lines[one.where].department, one.where, one.place),
        )
        moved = 0
        for one in people if what != "close" else []:
            if what == "cancel":
                self._end(one, CANCELLED, clerk.login)
            else:
                moved += any(isinstance(self._move(clerk, one, to, online=False), Holding) for to in self._near(one))
            if one.state != BOOKED:
                one.closing = closing
        return (len(people), 0, 0) if what == "cancel" else (0, moved, len(people) - moved if what != "close" else 0)

    def reopen(self, places: list[Place]) -> int:
        """Open closed schedules whose room has no open one at that time; return how many."""
        opened = 0
        for where in sorted(places, key=lambda where: (self.lines[where].hour, self.lines[where].department, where)):
            line = self.lines[where]
            if line.state == CLOSED and not self.is_open(where[0], line.department, line.hour):
                line.state, line.version = OPEN, line.version + 1
                opened += 1
        return opened

    def is_open(self, hospital: str, department: int, hour: int) -> bool:
        """Whether the room has an open schedule at that hour."""
        wanted = (hospital, department, hour, OPEN)
        return any((where[0], line.department, line.hour, line.state) == wanted for where, line in self.lines.items())

    def ended_by(self, hospital: str, closing: str) -> list[Holding]:
        """Holdings that a closing ended in its schedules, unless they were booked anew."""
        ended = [
            one
            for one in self.held.values()
            if one.where[0] == hospital and (one.closing, self.lines[one.where].closing) == (closing, closing)
        ]
        return sorted((one for one in ended if one.state != BOOKED), key=lambda one: (one.where, one.place))

    def undo(self, clerk: Caller, hospital: str, closing: str) -> tuple[int, int, int, int]:
        """Undo a closing.

        Returns how many schedules were opened, how many people got their appointment back, how many have acted since,
        and for how many there is no place.
        """
        ended = self.ended_by(hospital, closing)
        there = [where for where, line in self.lines.items() if (where[0], line.closing) == (hospital, closing)]
        opened, restored, answered, left = self.reopen(there), 0, 0, 0
        for one in ended:
            new = one.moved_to
            if self.lines[one.where].state == CLOSED:
                left += 1
            elif new and (new.state, new.since) != (BOOKED, one.moved_at):
                answered += 1
            elif not self.free(one.where):
                left += 1
            else:
                restored += 1
                self._restore(one, clerk.login)
        return opened, restored, answered, left

    def _restore(self, one: Holding, login: str) -> None:
        if one.moved_to:
            self._end(one.moved_to, POSTPONED, login)
            one.moved_to.moved_to = one
        one.ended.add(one.appointment_id)
        one.state, one.moved_to, one.closing = BOOKED, None, ""
        one.appointment_id = one.place = 0  # its own if that is free
        self._changed(one, login)

    def _near(self, one: Holding) -> list[Place]:
        """Other schedules of the same room, the nearest time first."""
        line_of_one = self.lines[one.where]
        others = [
            where
            for where, line in self.lines.items()
            if (where[0], line.department) == (one.where[0], line_of_one.department) and where != one.where
        ]
        return sorted(others, key=lambda where: abs(self.lines[where].hour - line_of_one.hour))

    def _named(self, caller: Caller, hospital: str, cid: str, appointment_id: int) -> Holding | None:
        for one in self.held.values():
            named = appointment_id in {one.appointment_id, *one.ended}
            if (one.cid, one.where[0]) == (cid, hospital) and named:
                return one if caller.is_app or caller.hospital in (hospital, one.booked_by) else None
        return None

    def _closed_to(self, where: Place, *, online: bool) -> str:
        line = self.lines[where]
        if line.state == CLOSED:
            return "ScheduleClosed"
        if online and not line.online:
            return "ScheduleNotOnline"
        return "" if self.free(where) else "SlotsFull"

    def _outside(self, caller: Caller, where: Place) -> str:
        """Error code if the system of another hospital may not book; "" if it may.

        The systems of other hospitals together hold at most half of a schedule, and nothing if the hospital has closed
        its schedules to them.
        """
        if not is_outside(caller, where):
            return ""
        if self.closed_to_outside[where[0]]:
            return "OutsideNotAllowed"
        theirs = [one for one in self.holders(where) if one.outside]
        return "OutsideShareReached" if len(theirs) >= (self.lines[where].capacity + 1) // 2 else ""

    def _limit(self, caller: Caller, cid: str, where: Place) -> str:
        """Error code if the person holds as much as the hospital allows, else "".

        The limit is for a department, and only for people who book in the app.
        """
        most, department = self.limits[where[0]], self.lines[where].department
        there = [
            one
            for one in self.held.values()
            if one.cid == cid and one.state == BOOKED and one.where[0] == where[0]
            and self.lines[one.where].department == department
        ]  # fmt: skip
        return "LimitReached" if caller.is_app and most and len(there) >= most else ""

    def _move(self, caller: Caller, found: Holding, target: Place, *, online: bool) -> Answer:
        if found.state == BOOKED and found.where == target:
            return found
        if found.state != BOOKED:
            return ENDED[found.state]
        if target not in self.lines:
            return "ScheduleNotFound"
        if self.active(found.cid, target):
            return "AlreadyBooked"
        no = self._closed_to(target, online=online) or self._outside(caller, target)
        if not no and online and self.lines[target].department != self.lines[found.where].department:
            no = self._limit(caller, found.cid, target)
        if no:
            return no
        new = self._take(found.cid, target, found.booked_by, caller.login, outside=found.outside)
        self._end(found, POSTPONED, caller.login)
        found.moved_to, found.moved_at = new, new.since
        return new

    def _take(self, cid: str, where: Place, booked_by: str, login: str, *, outside: bool) -> Holding:
        before = self.held.get((cid, where))
        new = Holding(cid, where, booked_by, login, next(self._time), outside=outside)
        if before:
            new.ended, new.version = {*before.ended, before.appointment_id}, before.version + 1
        self.held[(cid, where)] = new
        return new

    def _end(self, one: Holding, state: str, login: str) -> None:
        one.state = state
        self._changed(one, login)

    def _changed(self, one: Holding, login: str) -> None:
        one.version, one.changed_by, one.since = one.version + 1, login, next(self._time)

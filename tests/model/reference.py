"""What the system is meant to do, as plain Python: two hospitals' schedules, who holds what, and every refusal.

Written from the manual, the wire contract and docs/concurrency.md; it knows no storage, no versions of rows and no
concurrency. A request is a method; it returns the refusal's code, or the appointment that the answer must speak of.
What the system is free to choose (places, ids, where versions begin) is 0 here until it has been shown.
"""

from dataclasses import dataclass, field
from itertools import count

OPEN, CLOSED = "open", "closed"
BOOKED, CANCELLED, POSTPONED = "booked", "cancelled", "postponed"
ENDED = {CANCELLED: "AppointmentCancelled", POSTPONED: "AppointmentPostponed"}

Place = tuple[str, int]  # hospital code, schedule id


@dataclass(frozen=True)
class Caller:
    """hospital: what the token says. is_app: the Mor Prom app's back end, for the whole country."""

    login: str
    hospital: str
    is_app: bool = False


@dataclass
class ScheduleSpec:
    """A schedule. hour: when it starts."""

    department: int
    hour: int
    capacity: int
    online: bool = True
    state: str = OPEN
    version: int = 1


@dataclass
class Holding:
    """What one person holds or held in one schedule. ended: ids that they gave up there. since: orders the changes."""

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


Answer = str | Holding


def is_outside(caller: Caller, where: Place) -> bool:
    """Whether the system of another hospital asks; the app acts for the person."""
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

    # What a person or an information system asks for.

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
        if found.appointment_id != appointment_id:  # given up, and booked anew: at most a late repeat
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

    # What staff do.

    def task(self, clerk: Caller, what: str, shown_line: tuple[Place, int, int], target: Place) -> Answer:
        """accept, reject, cancel or postpone. seen: (schedule, place, version) of the line on the screen."""
        where, place, version = shown_line
        in_place = [one for one in self.held.values() if (one.where, one.place) == (where, place)]
        if not in_place:
            return "AppointmentNotFound"
        shown = [one for one in in_place if one.state != BOOKED and one.version in (version, version + 1)]
        found = max(shown or in_place, key=lambda one: (one.state == BOOKED, one.since))
        if (found.version, found.changed_by) == (version + 1, clerk.login):  # this very task, sent again
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
            return "OK"  # this very edit, sent again
        if line.version != version:
            return "EditConflict"
        if line.state == CLOSED:
            return "ScheduleClosed"
        if capacity < len(self.holders(where)):
            return "BelowBooked"
        line.capacity, line.online, line.version = capacity, online, line.version + 1
        return "OK"

    def close(self, clerk: Caller, closing: list[Place], what: str) -> tuple[int, int, int]:
        """Closes schedules and leaves, cancels or moves (to the same room, that very day) who is in them. Returns how
        many were cancelled, how many moved, and how many are left."""
        for where in closing:
            line = self.lines[where]
            if line.state == OPEN:
                line.state, line.version = CLOSED, line.version + 1
        people = sorted(
            (one for where in closing for one in self.holders(where)),
            key=lambda one: (self.lines[one.where].hour, self.lines[one.where].department, one.where, one.place),
        )
        moved = 0
        for one in people if what != "close" else []:
            if what == "cancel":
                self._end(one, CANCELLED, clerk.login)
            else:
                moved += any(isinstance(self._move(clerk, one, to, online=False), Holding) for to in self._near(one))
        return (len(people), 0, 0) if what == "cancel" else (0, moved, len(people) - moved if what != "close" else 0)

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
        """The systems of other hospitals hold at most half of a schedule together, or whom the hospital allows."""
        if not is_outside(caller, where):
            return ""
        if self.closed_to_outside[where[0]]:
            return "OutsideNotAllowed"
        theirs = [one for one in self.holders(where) if one.outside]
        return "OutsideShareReached" if len(theirs) >= (self.lines[where].capacity + 1) // 2 else ""

    def _limit(self, caller: Caller, cid: str, where: Place) -> str:
        """A hospital's limit on what one person holds in a department; it binds people in the app alone."""
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
        found.moved_to = new
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

"""Helpers for the day of the visit: book people, let them arrive, call them."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.booking import actions as booking
from chalicelib.booking import rules as booking_rules
from chalicelib.booking.model import Appointment, BookingRequest, Sender, Visit
from chalicelib.booking.rows import APPOINTMENTS, key_columns
from chalicelib.caller import APPOINTMENT_API, APPOINTMENT_DASHBOARD, Caller
from chalicelib.clock import BANGKOK
from chalicelib.people.model import Person
from chalicelib.schedules import catalogue_store as catalogue
from chalicelib.schedules import store as schedules
from chalicelib.schedules.model import ScheduleSpec
from chalicelib.tables import AppointmentItem, QueueItem
from chalicelib.visits import arrivals, calls
from chalicelib.visits.model import Arrival, Call, Counter
from tests.client import new_cid

DAY = datetime(2026, 12, 1, tzinfo=BANGKOK)
EXAMINATION, PHARMACY, VACCINATION = 1, 2, 3
HIS = Caller("his.demo", "00000", roles={APPOINTMENT_API: 1})
OTHER_HIS = Caller("his2.demo", "00002", roles={APPOINTMENT_API: 1})
CLERK = Caller("staff.demo", "00000", roles={APPOINTMENT_DASHBOARD: 1})
_ids = itertools.count(1)


def new_id() -> str:
    """A new id for a call or a ticket."""
    return f"request-{next(_ids):06d}"


@dataclass
class Morning:
    """The day of the visit. now: the time that the product reads, Bangkok."""

    now: datetime

    def at(self, hour: int, minute: int = 0, second: int = 0) -> None:
        """Set the time of the day of the visit."""
        self.now = DAY + timedelta(hours=hour, minutes=minute, seconds=second)

    def book(self, period_id: int = 1, room_id: int = 1, days: int = 0, cid: str = "") -> Appointment:
        """Book a new person on the day before, in a schedule of their own."""
        now, self.now = self.now, DAY - timedelta(days=1)
        spec = ScheduleSpec(period_id, room_id, room_id, 1, online=True)
        (made,) = schedules.open_schedules(catalogue.hospital("00000"), DAY.date() + timedelta(days=days), [spec])
        sender = Sender("00000", "HIS", HIS.login)
        person = Person(cid or new_cid(), first_name="ทดสอบ", gender=1)
        booked = booking.book(HIS, BookingRequest("00000", made.info.schedule_id, person, sender))
        self.now = now
        return booked

    def arrive(self, appointment: Appointment, priority: str = "") -> Arrival:
        return arrivals.arrive_by_code(CLERK, booking_rules.slip_code(appointment), priority)

    def ticket(self, point_id: int = EXAMINATION, priority: str = "") -> str:
        """Draw a ticket, and return its number."""
        return arrivals.draw_ticket(CLERK, point_id, new_id(), priority)[0].number

    def call(self, counter: int = 1, point_id: int = EXAMINATION, call_id: str = "") -> Call:
        return calls.call_next(CLERK, point_id, counter, call_id or new_id())

    def end(self, counter: Counter, event: str, to_point: int | None = None) -> Counter:
        return calls.end_call(CLERK, counter.point_id, counter.counter, counter.call_id, event, to_point)


def visit_of(appointment: Appointment) -> Visit:
    """Read the stored visit."""
    row = AppointmentItem.get(appointment.cid, key_columns(appointment)["appointment"])
    return APPOINTMENTS.read(row).day_of_visit


def waiting_numbers(point_id: int = EXAMINATION) -> list[str]:
    """Numbers in a point's queue, in order."""
    prefix = f"point#{point_id:05d}#waiting#"
    return [row.number for row in QueueItem.query(f"00000#{DAY.date()}", QueueItem.item.startswith(prefix))]


class TableStream:
    """The changes of a table since the last `take`: (row before, row after)."""

    def __init__(self, table: type[AppointmentItem] | type[QueueItem]) -> None:
        self.table = table
        self.rows = self._read()

    def take(self) -> list[tuple[Any, Any]]:
        before, self.rows = self.rows, self._read()
        keys = [*before, *(key for key in self.rows if key not in before)]
        return [(before.get(key), self.rows.get(key)) for key in keys if before.get(key) != self.rows.get(key)]

    def _read(self) -> dict[Any, Any]:
        return {row._get_hash_range_key_serialized_values(): row.serialize() for row in self.table.scan()}

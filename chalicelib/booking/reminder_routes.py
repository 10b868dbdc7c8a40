"""Dashboard API: figures of a hospital's reminders (docs/adr/0014)."""

from datetime import date

import msgspec

from chalicelib.booking import notices
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.endpoint import endpoint


class RemindersOfDay(msgspec.Struct):
    """The reminders for the appointments of one date.

    due: people who should have been reminded by now. unsent: those not reminded yet.
    """

    date: date
    due: int
    sent: int
    unsent: int


class ReminderFigures(msgspec.Struct):
    """Reminders for the appointments of today and tomorrow together, and of each day.

    hour_start, hour_finish: people are reminded between these full hours of the day (Thai local time). quiet: the
    present time is outside of these hours, and unsent reminders wait.
    """

    due: int
    sent: int
    unsent: int
    hour_start: int
    hour_finish: int
    quiet: bool
    days: list[RemindersOfDay]


@endpoint(
    "GET",
    "/api/dashboard/Reminders",
    roles=(APPOINTMENT_DASHBOARD,),
    section="New here",
    thai="จำนวนข้อความเตือนนัดที่ถึงเวลาส่ง ส่งแล้ว และยังไม่ได้ส่ง",
)
def reminder_figures(caller: Caller) -> ReminderFigures:
    """Count reminders of today's and tomorrow's appointments: due, sent and unsent."""
    quiet, by_day = notices.reminders(caller.hospital_code)
    days = [RemindersOfDay(day, figures.due, figures.sent, figures.unsent) for day, figures in by_day]
    total = sum((figures for _, figures in by_day), notices.Reminders())
    return ReminderFigures(total.due, total.sent, total.unsent, *notices.waking_hours(), quiet, days)

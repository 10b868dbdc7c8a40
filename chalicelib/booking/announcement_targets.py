"""Read a hospital's bookings as the targets of an announcement (manual 3)."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.booking import list_store
from chalicelib.booking.model import Appointment
from chalicelib.messages.source_model import ACCEPTED, CONFIRMED, NOT_ACCEPTED, SourceRow, TargetSource

_ROWS_PER_PAGE = 1_000


def read(hospital_code: str, source: TargetSource) -> Iterator[SourceRow]:
    """The hospital's active appointments in the source's days, after its position.

    An appointment that the source leaves out is a row without an id, so that whoever reads can stop after any number of
    rows. Read from an index, which is a moment behind.
    """
    first, last = source.first, source.last
    if first is None or last is None:
        raise ValueError("a source of bookings has days")
    begin, _, after = source.after.partition("|")
    day = date.fromisoformat(begin) if begin else first
    while day <= last:
        for appointment in _of_day(hospital_code, day, after):
            cid = appointment.cid if _is_chosen(appointment, source) else ""
            yield SourceRow(cid, f"{day}|{list_store.position(appointment)}", (day - first).days)
        day, after = day + timedelta(days=1), ""


def _of_day(hospital_code: str, day: date, after: str) -> Iterator[Appointment]:
    while True:
        page, after = list_store.page_on(hospital_code, day, after, _ROWS_PER_PAGE)
        yield from page
        if not after:
            return


def _is_chosen(appointment: Appointment, source: TargetSource) -> bool:
    if source.department_id not in (None, appointment.schedule.department_id):
        return False
    states = {name for name, at in ((ACCEPTED, appointment.accepted_at), (CONFIRMED, appointment.confirmed_at)) if at}
    if not appointment.accepted_at:
        states.add(NOT_ACCEPTED)
    return not states.isdisjoint(source.states)

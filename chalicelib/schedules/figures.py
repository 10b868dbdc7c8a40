"""Today's overview and a month's figures, from stored counts (docs/adr/0023).

The streams keep the counts up to date.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import Invalid
from chalicelib.hospitals import actions as hospitals
from chalicelib.schedules import catalogue_store, day_store, figures_rules, store
from chalicelib.schedules.figures_model import DepartmentCounts, MonthFigures, OverviewRoom
from chalicelib.schedules.model import Day

DAYS_AHEAD = 14
DAYS_TO_NEXT_FREE = 62
# A counted day is at most some kB, a hospital less, and one storage request reads 1 MB.
_ROWS_A_PAGE = 300
# The pages of the register follow those of the days. Their positions begin with this, before a hospital's code.
_REGISTER = "register#"


@dataclass(frozen=True)
class Overview:
    """Today's rooms, and today with the days that follow.

    Days without schedules are left out.
    """

    today: date
    rooms: list[OverviewRoom]
    days: list[Day]


def overview(caller: Caller) -> Overview:
    """The overview of the caller's hospital today: two Queries.

    The cost does not depend on the number of bookings. A moment behind the last booking.
    """
    today = clock.today()
    rooms = figures_rules.overview(store.overview_of(caller.hospital_code, today))
    return Overview(today, rooms, day_store.of_hospital(caller.hospital_code, today, today + timedelta(DAYS_AHEAD)))


@dataclass(frozen=True)
class ProvincePage:
    """A part of a province's counted days, or of its hospitals in the register.

    The days are those from tomorrow on, DAYS_AHEAD of them. hospitals: code -> (name, places of open schedules,
    how many of them are held), of its days in this part; none in the register. next: the position of the next part; ""
    after the last.
    """

    province_name: str
    first: date
    last: date
    hospitals: dict[str, tuple[str, int, int]]
    next: str


def of_province(caller: Caller, after: str) -> ProvincePage:
    """A page of the figures of the caller's province.

    One read of an item and one Query, whatever is booked. after: `next` of the page before; "" for the first. The pages
    of the counted days come first. Those of the register follow, because a hospital that has opened nothing has no
    counted day; the caller's own hospital is left out of them. Raises Invalid if `after` is of a day that is not shown
    any more.
    """
    own = hospitals.get(caller.hospital_code)
    first = clock.today() + timedelta(1)
    last = first + timedelta(DAYS_AHEAD - 1)
    if after.startswith(_REGISTER):
        code = after.removeprefix(_REGISTER)
        names, code = hospitals.names_of_province(own.province_code, code, _ROWS_A_PAGE)
        nothing = {each: (name, 0, 0) for each, name in names.items() if each != own.hospital_code}
        return ProvincePage(own.province_name, first, last, nothing, _REGISTER + code if code else "")
    if after and not first.isoformat() <= after[:10] <= last.isoformat():
        raise Invalid(fields={"after": "the day has changed since the page before: begin again"})
    days, position = day_store.counts_of_province(own.province_code, first, last, after, _ROWS_A_PAGE)
    figures: dict[str, tuple[str, int, int]] = {}
    for day in days:
        _, places, booked = figures.get(day.hospital_code, ("", 0, 0))
        for counts in day.counts.values():
            places, booked = places + counts.places, booked + counts.booked
        # The held places of closed schedules are counted as places too: they would make the hospital look full.
        held = day.held_in_closed
        figures[day.hospital_code] = day.hospital_name, places - held, booked - held
    return ProvincePage(own.province_name, first, last, figures, position or _REGISTER)


def totals_of(hospital_code: str, day: date) -> DepartmentCounts:
    """The figures of all departments of a day together: one Query of one item."""
    days = day_store.of_hospital(hospital_code, day, day)
    return sum((counts for counted in days for counts in counted.counts.values()), DepartmentCounts())


def month(caller: Caller, year: int, month: int) -> tuple[MonthFigures, dict[int, date], dict[int, str]]:
    """The figures of a month, next free days and department names: two Queries.

    Returns (figures, department -> first day with a free place, department -> name). Free places are looked for from
    tomorrow on, for 62 days, and not if the month is over.
    """
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    tomorrow = clock.today() + timedelta(1)
    if last < clock.today():
        days, ahead = day_store.of_hospital(caller.hospital_code, first, last), []
    else:
        until = tomorrow + timedelta(DAYS_TO_NEXT_FREE)
        read = day_store.of_hospital(caller.hospital_code, min(first, tomorrow), max(last, until))
        days = [day for day in read if first <= day.day <= last]
        ahead = [day for day in read if tomorrow <= day.day <= until]
    departments = catalogue_store.hospital(caller.hospital_code).departments
    names = {each.department_id: each.name for each in departments.values()}
    return figures_rules.month_figures(days, clock.today()), figures_rules.next_free(ahead), names

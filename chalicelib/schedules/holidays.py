"""Holidays of the caller's hospital: Thailand's, and the days it has set itself.

Copying, closing and the calendar use the same holidays. Setting the same day a second time has no effect.
"""

from datetime import date

from chalicelib.caller import Caller
from chalicelib.errors import HolidayExists, Invalid, NotFound
from chalicelib.schedules import catalogue_store, holiday_rules
from chalicelib.schedules.catalogue_model import Holiday, OwnDay

# Limited, because all days of a hospital are read with its catalogue.
MAX_OWN_DAYS = 400


def of_year(caller: Caller, year: int) -> list[Holiday]:
    """The holidays of a year, by date. Raises Invalid (unknown year)."""
    return holiday_rules.holidays_of(catalogue_store.hospital(caller.hospital_code), year)


def add(caller: Caller, wanted: OwnDay) -> Holiday:
    """Set a day of the hospital's own: closed, or a workday.

    Raises HolidayExists (it is set differently), Invalid (unknown year, too many days).
    """
    holiday_rules.check_year("date", wanted.day.year)
    hospital = catalogue_store.hospital(caller.hospital_code)
    stored = hospital.own_days.get(wanted.day)
    if stored is None and len(hospital.own_days) >= MAX_OWN_DAYS:
        raise Invalid(fields={"date": f"a hospital may set {MAX_OWN_DAYS} days; remove some that are over"})
    if stored is None and not catalogue_store.add_own_day(caller.hospital_code, wanted):
        stored = catalogue_store.hospital(caller.hospital_code).own_days.get(wanted.day)
    if stored not in (None, wanted):
        raise HolidayExists(fields={"date": "the hospital has set this day already"})
    return holiday_rules.of_own_day(wanted)


def remove(caller: Caller, day: date) -> None:
    """Remove what the hospital has set for a day. Raises NotFound."""
    if not catalogue_store.remove_own_day(caller.hospital_code, day):
        raise NotFound(fields={"date": "the hospital has not set this day, or no longer"})

"""Rules of a hospital's holidays: Thailand's, and days it has set itself. Pure."""

from datetime import date, timedelta

from chalicelib.errors import Invalid
from chalicelib.schedules.catalogue_model import GOVERNMENT, IN_LIEU, OWN, Holiday, HospitalCatalogue, OwnDay
from chalicelib.schedules.thai_holidays import FIRST_YEAR, HOLIDAYS, LAST_YEAR

# Government hospitals work on 1 May (Labour Day) and on Children's Day.
_CLOSED_KINDS = (GOVERNMENT, IN_LIEU)


def check_year(field: str, year: int) -> None:
    """Raise Invalid if the year's holidays are not known. field: name for the error."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(fields={field: f"holidays are known from {FIRST_YEAR} to {LAST_YEAR}"})


def holiday_on(hospital: HospitalCatalogue, day: date) -> Holiday | None:
    """The holiday on a day for the hospital; None on an ordinary day.

    A day that the hospital has set itself comes before a holiday of the country.
    """
    if own := hospital.own_days.get(day):
        return of_own_day(own)
    if day.isoformat() not in HOLIDAYS:
        return None
    kind, thai, english = HOLIDAYS[day.isoformat()]
    return Holiday(day, kind, thai, english, kind in _CLOSED_KINDS)


def of_own_day(own: OwnDay) -> Holiday:
    """The holiday for a day that the hospital has set itself.

    Its name is the same in both languages.
    """
    return Holiday(own.day, OWN, own.name, own.name, own.closed)


def holidays_of(hospital: HospitalCatalogue, year: int) -> list[Holiday]:
    """The holidays of a year, by date. Raises Invalid (unknown year)."""
    check_year("year", year)
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    days = (first + timedelta(days=n) for n in range((after - first).days))
    return [holiday for day in days if (holiday := holiday_on(hospital, day))]

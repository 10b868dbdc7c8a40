"""Dashboard API: holidays of the country and the hospital's own days (manual 2.4)."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from chalicelib import errors
from chalicelib.caller import APPOINTMENT_DASHBOARD, IMMUNIZATION_SLOT, IMMUNIZATION_SLOT_MANAGER, Caller
from chalicelib.endpoint import endpoint
from chalicelib.fields import Day, Year, text
from chalicelib.responses import respond
from chalicelib.schedules import holidays
from chalicelib.schedules.catalogue_model import Holiday, OwnDay

HOLIDAYS = "/api/dashboard/holidays"
SEES = (APPOINTMENT_DASHBOARD, IMMUNIZATION_SLOT, IMMUNIZATION_SLOT_MANAGER)
KEEPS = (APPOINTMENT_DASHBOARD,)


class HolidayQuery(msgspec.Struct):
    year: Year


class HolidayRow(msgspec.Struct):
    """A holiday, or a day that the hospital has set itself.

    kind: government (วันหยุดราชการ), in_lieu, labour, observance, or hospital (set by the hospital itself). closed:
    whether copying may leave it out. A day that the hospital has set as a workday is not closed.
    """

    date: date
    name: str
    name_en: str
    kind: Literal["government", "in_lieu", "labour", "observance", "hospital"]
    closed: bool


def _row(holiday: Holiday) -> HolidayRow:
    return respond(HolidayRow, holiday, date=holiday.day)


@endpoint("GET", HOLIDAYS, roles=SEES, section="2.4", thai="วันหยุดของปีที่ระบุ ทั้งวันหยุดราชการและวันที่หน่วยบริการกำหนดเอง")
def list_holidays(caller: Caller, params: HolidayQuery) -> list[HolidayRow]:
    """Thailand's holidays of a year, and the days that the hospital has set, by date.

    Each has its kind.
    """
    return [_row(holiday) for holiday in holidays.of_year(caller, params.year)]


class HolidayBody(msgspec.Struct):
    """A day that the hospital sets itself.

    closed: true if the hospital is closed; false if it works, also if the day is a holiday of the country.
    """

    date: Day
    name: Annotated[str, text(100, "what the day is called", shortest=1, example="วันสถาปนาโรงพยาบาล")]
    closed: bool = True


@endpoint(
    "POST",
    HOLIDAYS,
    roles=KEEPS,
    section="New here",
    thai="กำหนดวันหยุด หรือวันทำการ ของหน่วยบริการ",
    errors=(errors.HolidayExists,),
)
def add_holiday(caller: Caller, body: HolidayBody) -> HolidayRow:
    """Set a day of the hospital's own: closed, or a workday. Safe to repeat."""
    return _row(holidays.add(caller, OwnDay(body.date, body.name, body.closed)))


class HolidayDate(msgspec.Struct):
    date: Day


@endpoint(
    "DELETE",
    f"{HOLIDAYS}/{{date}}",
    roles=KEEPS,
    section="New here",
    thai="ลบวันที่หน่วยบริการกำหนดเอง",
    errors=(errors.NotFound,),
)
def remove_holiday(caller: Caller, params: HolidayDate) -> HolidayDate:
    """Remove what the hospital has set for a day.

    The country's holidays cannot be removed; set a workday instead.
    """
    holidays.remove(caller, params.date)
    return HolidayDate(params.date)

"""Today's overview and the figures of a month, for the dashboard."""

from datetime import date

import msgspec

from chalicelib.caller import ACCOUNT_ADMIN, PROVINCE, Caller
from chalicelib.cursors import actions as cursors
from chalicelib.endpoint import endpoint
from chalicelib.fields import Cursor, Month, Year
from chalicelib.responses import respond
from chalicelib.schedules import figures
from chalicelib.schedules.figures_model import DepartmentCounts
from chalicelib.schedules.model import Day
from chalicelib.schedules.staff_routes import SEES

_PROVINCE = "province"


class HourBar(msgspec.Struct):
    """A room's schedules that start in this full hour.

    booked: held places, accepted ones included.
    """

    hour: int
    places: int
    booked: int
    accepted: int


class RoomBars(msgspec.Struct):
    room_id: int
    room_name: str
    department_name: str
    hours: list[HourBar]


class DayAhead(msgspec.Struct):
    """A day with schedules.

    held_in_closed: people in closed schedules who still wait for an answer.
    """

    date: date
    places: int
    booked: int
    accepted: int
    held_in_closed: int


class TodayOverview(msgspec.Struct):
    """days: today, and 14 days ahead."""

    date: date
    rooms: list[RoomBars]
    days: list[DayAhead]


@endpoint(
    "GET",
    "/api/dashboard/today",
    roles=SEES,
    section="New here",
    thai="ภาพรวมวันนี้: แต่ละห้องรายชั่วโมง สิ่งที่รอดำเนินการ และ 14 วันข้างหน้า",
)
def today_overview(caller: Caller) -> TodayOverview:
    """Show today's rooms by the hour, and today with the 14 days that follow.

    A moment behind the last booking.
    """
    overview = figures.overview(caller)
    rooms = [respond(RoomBars, room, hours=[respond(HourBar, hour) for hour in room.hours]) for room in overview.rooms]
    return TodayOverview(overview.today, rooms, [_day_ahead(day) for day in overview.days])


def _day_ahead(day: Day) -> DayAhead:
    counts = sum(day.counts.values(), DepartmentCounts())
    return DayAhead(day.day, counts.places, counts.booked, counts.accepted, day.held_in_closed)


class ProvincePageQuery(msgspec.Struct):
    after: Cursor = ""


class HospitalFigures(msgspec.Struct):
    """A hospital's days that are in this page.

    places: of open schedules, 0 if it has none. booked: how many of them are held.
    """

    hospital_code: str
    hospital_name: str
    places: int
    booked: int


class ProvincePageResponse(msgspec.Struct):
    """A page of the figures of the days from date_start to date_finish.

    A hospital may be in several pages: add them up. next: send it as `after` for the next page; "" after the
    last one.
    """

    province_name: str
    date_start: date
    date_finish: date
    hospitals: list[HospitalFigures]
    next: str


@endpoint(
    "GET",
    "/api/dashboard/province",
    roles=(*SEES, ACCOUNT_ADMIN),
    level=PROVINCE,
    section="New here",
    thai="หน่วยบริการในจังหวัด: จำนวน Slot และการจองของ 14 วันข้างหน้า",
)
def province_figures(caller: Caller, params: ProvincePageQuery) -> ProvincePageResponse:
    """Capacity and bookings of the province's hospitals in the next 14 days.

    Of the caller's province, by code. The last pages list its hospitals in the register, with no places, because those
    that have opened nothing are in no page before. A moment behind the last booking.
    """
    page = figures.of_province(caller, cursors.unseal(caller, _PROVINCE, params.after))
    return ProvincePageResponse(
        page.province_name,
        page.first,
        page.last,
        [
            HospitalFigures(code, name, places, booked)
            for code, (name, places, booked) in sorted(page.hospitals.items())
        ],
        cursors.seal(caller, _PROVINCE, page.next),
    )


class FiguresQuery(msgspec.Struct):
    year: Year
    month: Month


class DepartmentFigures(msgspec.Struct):
    """A department's month. name: "" if it was removed.

    places: of open schedules, and the held ones of closed schedules. booked: places that are held. cancelled_late:
    cancelled on the day itself; cancelled: before. moved: appointments moved to another time. taken: places booked or
    moved to, whatever became of them; lead_days: the days from then to the appointment, together. next_free: the first
    day (ISO) from tomorrow on with a free place, within 62 days; "" if there is none, or the month is over.

    Of the days of the visits: arrived, served and absent people; called: those who were called at least once;
    wait_minutes: from their arrival to that call, together. not_known: of the days that are over, booked places of
    which nobody has said whether the person was served or absent.
    """

    department_id: int
    name: str
    places: int
    booked: int
    accepted: int
    cancelled: int
    cancelled_late: int
    moved: int
    taken: int
    lead_days: int
    next_free: str
    arrived: int
    called: int
    served: int
    absent: int
    not_known: int
    wait_minutes: int


class HourFigures(msgspec.Struct):
    """Figures of the month's schedules that start on a weekday in a full hour.

    weekday: ISO, Monday is 1.
    """

    weekday: int
    hour: int
    places: int
    booked: int


class MonthOfFigures(msgspec.Struct):
    departments: list[DepartmentFigures]
    hours: list[HourFigures]


@endpoint(
    "GET",
    "/api/dashboard/figures",
    roles=SEES,
    section="New here",
    thai="ตัวเลขของเดือน: แต่ละแผนก และแต่ละวันในสัปดาห์กับชั่วโมง",
)
def figures_of_month(caller: Caller, params: FiguresQuery) -> MonthOfFigures:
    """Show what was opened, booked, cancelled and moved in a month.

    By department, and by weekday and hour.
    """
    month, next_free, names = figures.month(caller, params.year, params.month)
    departments = [
        DepartmentFigures(
            department_id=department_id,
            name=names.get(department_id, ""),
            next_free=next_free[department_id].isoformat() if department_id in next_free else "",
            not_known=month.not_known.get(department_id, 0),
            **counts._asdict(),
        )
        for department_id, counts in sorted(month.departments.items())
    ]
    hours = [HourFigures(weekday, hour, *counts) for (weekday, hour), counts in sorted(month.hours.items())]
    return MonthOfFigures(departments, hours)

"""Showcase hospital of `make run`: a past month, today, and the coming weeks.

    python -m infra.local.prepare_tables --showcase CHECKPOINT_FILE

With it no screen is empty. The hospital, its staff and its people are made up. Its days depend on SEED and today's date
alone. A later start makes only the days that are missing by then.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from chalicelib import clock, storage, text_cleaning
from chalicelib.accounts import actions as accounts
from chalicelib.accounts import store as account_store
from chalicelib.auth.passwords import password_hash
from chalicelib.booking import list_store as booking_list_store
from chalicelib.booking.model import Appointment, Sender
from chalicelib.booking.rows import APPOINTMENTS
from chalicelib.people.model import Person, PersonEntry
from chalicelib.schedules import catalogue_store, day_store, holiday_rules
from chalicelib.schedules import store as schedule_store
from chalicelib.schedules.catalogue_model import Department, HospitalCatalogue, Period, Room, ServicePoint, VisitRules
from chalicelib.schedules.model import ScheduleSpec
from chalicelib.schedules.rows import POINTS, SCHEDULES
from chalicelib.storage import Table
from chalicelib.tables import CatalogueItem
from infra.local import demo, showcase_announcements
from infra.local.sample_bookings import Habits, MadeDays, write_people, write_rows
from infra.local.sample_visits import RunningDay, over, with_visits

SEED = 2569
CODE, NAME = demo.SHOWCASE[:2]
DAYS_BEFORE, DAYS_AFTER = 30, 28
PEOPLE = 240
FIRST_PERSON = 1001  # demo_cid numbers; lower ones are the demo hospital's
CLERK, CLERK_NAME = demo.SHOWCASE_ACCOUNTS[0][0], demo.SHOWCASE_ACCOUNTS[0][2]
DEPARTMENTS = ["อายุรกรรม", "กุมารเวชกรรม", "ทันตกรรม", "สูตินรีเวชกรรม", "ตรวจสุขภาพและวัคซีน"]


@dataclass(frozen=True)
class RoomPlan:
    """Plan of a room.

    department: its number. places: of each schedule. wanted: how full it gets, 1 is usual. afternoons: whether it is
    open then.
    """

    name: str
    department: int
    queue_code: str
    places: int
    wanted: float
    afternoons: bool = True


ROOMS = [
    RoomPlan("ห้องตรวจอายุรกรรม 1", 1, "A", 5, 1.1),
    RoomPlan("คลินิกเด็กดี", 2, "K", 3, 0.9),
    RoomPlan("ห้องทันตกรรม 1", 3, "D", 2, 1.6),
    RoomPlan("คลินิกฝากครรภ์", 4, "M", 3, 0.9, afternoons=False),
    RoomPlan("ห้องฉีดวัคซีน", 5, "V", 6, 0.7, afternoons=False),
]
HOURS = (8, 9, 10, 13)
POPULAR = {8: 0.25, 9: 0.3, 10: 0.0, 13: -0.15}
SENDERS = [
    *[Sender(CODE, "HIS", "his.demo")] * 8,
    *[Sender(CODE, "Appointment Dashboard", CLERK)] * 7,
    *[Sender("00000", "Mor Prom", "mohprompt.demo", is_person=True)] * 9,
    Sender("00002", "HIS", "his2.demo", is_outside=True),
]
_MEN = "กิตติ ขจร คมสัน จักร เจษฎา ชัยวัฒน์ ณรงค์ ดนัย ธีรพล นิพนธ์ บุญส่ง ปรีชา พงศกร ภาคิน มานพ ยุทธนา รังสรรค์ วรวิทย์".split()
_WOMEN = "กรรณิการ์ ขวัญใจ จันทร์เพ็ญ ชลธิชา ณัฐธิดา ดวงใจ ทิพวรรณ นภัสสร เบญจมาศ ปิยะนุช พรทิพย์ ภาวินี มัณฑนา รัตนา วรรณา ศิริพร".split()
_LAST = (
    "กล้าหาญ ขยันดี คงทน งามสง่า จริงใจ ชื่นชม ดีพร้อม ตั้งมั่น ทองแท้ ธรรมดี นำโชค บุญรอด ปานทอง พอเพียง ฟ้าใส"
    " มีสุข ยิ้มแย้ม รุ่งเรือง ลือชา วงศ์งาม ศรีทอง สมบูรณ์ สุขสันต์ แสงทอง หอมหวาน อิ่มเอม อุ่นใจ เอื้ออารี"
).split()


def load() -> None:
    """Write what is missing of the hospital.

    Its catalogue, its people and announcements, its service points, its accounts and its days.
    """
    now = clock.now()
    people = list(made_people(PEOPLE))
    if storage.get(CatalogueItem, CODE, "#") is None:
        added_at = (now - timedelta(days=DAYS_BEFORE)).isoformat(timespec="seconds")
        write_people(CODE, [PersonEntry(person, CODE, "his.demo", added_at) for person in people])
        showcase_announcements.load(CODE, NAME, CLERK, people, now, Random(SEED))
        write_catalogue(demo.SHOWCASE_NEIGHBOUR, [], [], [])
        write_catalogue(demo.SHOWCASE, DEPARTMENTS, ROOMS, HOURS)
    if not catalogue_store.hospital(CODE).points:
        _write_points()
    for login, code, name, roles, password in demo.SHOWCASE_ACCOUNTS:
        if not account_store.exists(code, login):
            granted = frozenset(roles.split())
            accounts.add_account_by_command("demo data", code, login, name, granted, password_hash(password), False)
    _load_days(people, now)


def _write_points() -> None:
    """Write the service points and the visit rules.

    There are three points, one after the other. People may arrive on the whole day.
    """
    departments = frozenset(range(1, len(DEPARTMENTS) + 1))
    points = [
        ServicePoint(1, "จุดซักประวัติ", "Screening", departments=departments, next_point=2),
        ServicePoint(2, "ห้องตรวจ", "Examination", next_point=3),
        ServicePoint(3, "ห้องยา", "Pharmacy"),
    ]
    rows = [POINTS.row(point) for point in points]
    rows.append(catalogue_store.RULES_OF_VISITS.row(VisitRules(early_minutes=1440)))
    for row in rows:
        row.hospital_code = CODE
    write_rows(rows)
    storage.write(storage.update(CatalogueItem(CODE, "#"), [CatalogueItem.next_point_id.set(len(points) + 1)]))


def _load_days(people: list[Person], now: datetime) -> None:
    """Make the working days that are missing, and today in any case.

    Today is made on a day off too, because the first screen must not be empty.
    """
    hospital, today = catalogue_store.hospital(CODE), now.date()
    first, last = today - timedelta(days=DAYS_BEFORE), today + timedelta(days=DAYS_AFTER)
    counted = day_store.of_hospital(CODE, first, last)
    made = {day.day for day in counted}
    for each in counted:
        if each.day <= today and not any(counts.arrived for counts in each.counts.values()):
            _visit_stored(hospital, each.day, now)
    if made:
        first = today  # past days are made on the first run only
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    missing = [day for day in days if day not in made and (day == today or works(hospital, day))]
    # The specs are the same for each day.
    places = len(missing) * sum(spec.capacity for spec in specs_of(hospital))
    if not places:
        return
    first_id = catalogue_store.reserve_appointment_ids(CODE, places)
    random = Random(f"{SEED}-{missing[0]}-{today}")
    days_made = MadeDays(hospital, people, first_id, now, random)
    # In the second week one room is closed for a day, and who had booked it still holds a place.
    closed_on = next((day for day in missing if day >= today + timedelta(days=6)), None)
    for day in missing:
        ahead = (day - today).days
        days_made.add(day, specs_of(hospital), habits_of(ahead, random, 4 if day == closed_on else None))
    rows = _visit(hospital, days_made, now)
    days_made.write()
    write_rows(rows)


def _visit(hospital: HospitalCatalogue, made: MadeDays, now: datetime) -> list[Table]:
    """Add visits to the days up to today; returns the rows of today's queues."""
    rows: list[Table] = []
    of_day = defaultdict(list)
    for appointment in made.appointments:
        of_day[appointment.schedule.day].append(appointment)
    for day, appointments in of_day.items():
        if day <= now.date():
            of_day[day], queue_rows = visited(hospital, day, appointments, now)
            rows += queue_rows
    made.appointments = [appointment for appointments in of_day.values() for appointment in appointments]
    return rows


def _visit_stored(hospital: HospitalCatalogue, day: date, now: datetime) -> None:
    """Add visits to a day that an earlier start has written."""
    appointments, rows = visited(hospital, day, booking_list_store.appointments_on(CODE, day), now)
    schedules = [with_visits(each, appointments) for each in schedule_store.schedules_of(CODE, day)]
    write_rows([APPOINTMENTS.row(appointment) for appointment in appointments])
    write_rows(rows)
    write_rows([SCHEDULES.row(schedule) for schedule in schedules])
    day_store.save(CODE, day, schedules, now.isoformat())


def visited(
    hospital: HospitalCatalogue, day: date, appointments: list[Appointment], now: datetime
) -> tuple[list[Appointment], list[Table]]:
    """A day's appointments with the visits so far.

    For today it returns the rows of the queues too.
    """
    random = Random(f"{SEED}-visits-{day}")
    points = [hospital.points[number] for number in sorted(hospital.points)]
    if day < now.date():
        return over(appointments, points[-1].point_id, random), []
    running = RunningDay(hospital, points, CLERK, now, random)
    return running.play(appointments), running.rows()


def works(hospital: HospitalCatalogue, day: date) -> bool:
    """Whether the hospital opens schedules on this day.

    It does from Monday to Friday, except on holidays.
    """
    holiday = holiday_rules.holiday_on(hospital, day)
    return day.isoweekday() < 6 and not (holiday and holiday.closed)


def specs_of(hospital: HospitalCatalogue) -> list[ScheduleSpec]:
    """What the hospital opens on each of its working days."""
    return [
        ScheduleSpec(period.period_id, room.department_id, number, plan.places, online=plan.queue_code != "M")
        for period, hour in zip(hospital.periods.values(), HOURS, strict=True)
        for (number, room), plan in zip(hospital.rooms.items(), ROOMS, strict=True)
        if hour < 12 or plan.afternoons
    ]


def habits_of(ahead: int, random: Random, closed_room: int | None) -> Habits:
    """How the places of a day are used.

    ahead: days from today, less than 0 for a day that is over.
    """
    usual = 0.8 if ahead <= 0 else 0.85 - 0.025 * ahead

    def held(spec: ScheduleSpec) -> int:
        room, hour = ROOMS[spec.room_id - 1], HOURS[spec.period_id - 1]
        share = room.wanted * usual + POPULAR[hour] * max(0.2, 1 - ahead / 40) + random.uniform(-0.12, 0.12)
        return max(0, min(spec.capacity, round(spec.capacity * share)))

    clerk = (CLERK, CLERK_NAME)
    if ahead < 0:
        return Habits(held, SENDERS, clerk, accepted=0.96, confirmed=0.6, cancelled=0.07, moved=0.03)
    accepted, confirmed = (0.7, 0.55) if ahead == 0 else (max(0.1, 0.6 - ahead / 20), max(0, 0.5 - ahead / 8))
    return Habits(held, SENDERS, clerk, accepted, confirmed, cancelled=0.05, moved=0.03, closed_room=closed_room)


def made_people(count: int) -> Iterable[Person]:
    """People with made-up names and telephone numbers, the same in every run."""
    for n in range(count):
        man = n % 2 == 0
        first = (_MEN if man else _WOMEN)[n // 2 % len(_MEN if man else _WOMEN)]
        young = n % 11 == 0
        prefix = ("เด็กชาย" if man else "เด็กหญิง") if young else "นาย" if man else ("นาง", "นางสาว")[n % 4 // 2]
        yield Person(
            cid=demo.demo_cid(FIRST_PERSON + n),
            prefix=prefix,
            first_name=first,
            last_name=_LAST[(n * 7 + n // 28) % len(_LAST)],
            gender=1 if man else 2,
            birth_date=f"{2014 + n % 10 if young else 1940 + n * 7 % 64}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
            mobile_phone="" if n % 13 == 5 else f"000-{n + 1000000:07d}",
        )


def write_catalogue(
    hospital: tuple[str, str, str, str, int], departments: list[str], rooms: list[RoomPlan], hours: Iterable[int]
) -> None:
    """Write a hospital with its departments, rooms, and periods of an hour.

    hospital: as in demo.HOSPITALS.
    """
    code, name, province, district, years = hospital
    rows = [
        catalogue_store.DEPARTMENTS.row(Department(number, title)) for number, title in enumerate(departments, start=1)
    ]
    rows += [
        catalogue_store.ROOMS.row(Room(number, room.name, room.department, room.queue_code, 3, "000-0000000"))
        for number, room in enumerate(rooms, start=1)
    ]
    periods = [
        Period(number, f"{hour:02d}.00 - {hour:02d}.59 น.", f"{hour:02d}:00:00", f"{hour:02d}:59:59")
        for number, hour in enumerate(hours, start=1)
    ]
    rows += [catalogue_store.PERIODS.row(period) for period in periods]
    for row in rows:
        row.hospital_code = code
    own = CatalogueItem(code, "#", name=name, province_code=province, province_name=demo.PROVINCES[province])
    own.district, own.years, own.next_appointment_id, own.search_name = (
        district,
        years,
        0,
        text_cleaning.comparable(name),
    )
    own.next_department_id, own.next_room_id = len(departments) + 1, len(rooms) + 1
    own.next_period_id = len(periods) + 1
    write_rows([*rows, own])  # itself last: what it has is complete then

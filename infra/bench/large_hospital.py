"""Test data of a large hospital: 60 rooms, eight periods, a day of 5,000 bookings.

It is made in the same way as the showcase hospital.
"""

from datetime import date
from random import Random

from chalicelib import clock
from chalicelib.accounts import actions as accounts
from chalicelib.auth.passwords import password_hash
from chalicelib.booking.model import Sender
from chalicelib.schedules import availability, catalogue_store
from chalicelib.schedules.model import ScheduleSpec
from infra.local import showcase
from infra.local.sample_bookings import Habits, MadeDays
from infra.local.showcase import RoomPlan

HOSPITAL = ("99901", "รพ.ขนาดใหญ่ (ข้อมูลสำหรับวัดผล)", "12", "เมืองนนทบุรี", 30)
CODE = HOSPITAL[0]
LOGIN, PASSWORD = "clerk.large", "Clerk-large-1"
ROLES = frozenset({"APPOINTMENT_DASHBOARD:1", "IMMUNIZATION_SLOT:1", "IMMUNIZATION_SLOT_MANAGER:1"})
DEPARTMENTS, ROOMS, HOURS = 12, 60, range(8, 16)
BOOKINGS, PLACES = 5_000, 12


def make() -> date:
    """Make the hospital, and return its busy day: today."""
    now = clock.now()
    day = now.date()
    rooms = [RoomPlan(f"ห้องตรวจที่ {n}", 1 + (n - 1) % DEPARTMENTS, f"R{n:02d}-", PLACES, 1) for n in range(1, ROOMS + 1)]
    showcase.write_catalogue(HOSPITAL, [f"แผนกที่ {n}" for n in range(1, DEPARTMENTS + 1)], rooms, HOURS)
    accounts.add_account_by_command("bench", CODE, LOGIN, "วัดผล", ROLES, password_hash(PASSWORD), False)
    people = list(showcase.made_people(BOOKINGS))
    hospital = catalogue_store.hospital(CODE)
    specs = [
        ScheduleSpec(period, room.department_id, number, PLACES, online=True)
        for period in hospital.periods
        for number, room in hospital.rooms.items()
    ]
    each, more = divmod(BOOKINGS, len(specs))
    held = {(spec.period_id, spec.room_id): each + (n < more) for n, spec in enumerate(specs)}
    first_id = catalogue_store.reserve_appointment_ids(CODE, len(specs) * PLACES)
    days = MadeDays(hospital, people, first_id, now, Random(1))
    senders = [Sender(CODE, "HIS", LOGIN)]
    habits = Habits(lambda spec: held[spec.period_id, spec.room_id], senders, (LOGIN, "วัดผล"), accepted=0.5)
    days.add(day, specs, habits)
    days.write()
    availability.recount({(CODE, day)})
    return day

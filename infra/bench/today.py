"""Bench: CPU of today's overview and a month's figures on a full day.

    python -m infra.bench.today [--rooms 60] [--bookings 5000]

Eight schedules a room are written for today, and so many appointments; half of the held places are accepted. The day is
counted, then the requests of the screens are made in this process. Prints requests, read units and median CPU
milliseconds. Fails if one takes more than 100 ms.
"""

import argparse
import logging
import statistics
import time
from dataclasses import replace
from datetime import date

from chalicelib import clock
from chalicelib.schedules import availability
from chalicelib.schedules.model import OPEN, PlaceBlock, PlaceEvents, Schedule, ScheduleInfo, schedule_id
from chalicelib.schedules.rows import SCHEDULES
from chalicelib.tables import ScheduleItem
from infra.bench.availability import put_appointments
from infra.bench.bench_environment import HOSPITAL, bench_environment
from infra.generate.request_meter import Caller, RequestMeter

HOURS, PLACES = range(8, 16), 12
MOST_MS = 100


def full_day(day: date, rooms: int, bookings: int) -> list[Schedule]:
    """Schedules of a full day: eight a room, with 12 places each.

    bookings: how many places are held in all; half of them are accepted.
    """
    schedules: list[Schedule] = []
    number = rooms * len(HOURS)
    for n in range(number):
        held = bookings * (n + 1) // number - bookings * n // number
        room, hour = divmod(n, len(HOURS))
        info = ScheduleInfo(
            hospital_code=HOSPITAL,
            hospital_name="โรงพยาบาลขนาดใหญ่",
            schedule_id=schedule_id(day, 1000 + n),
            day=day,
            time_start=f"{HOURS[hour]:02}:00:00",
            time_finish=f"{HOURS[hour]:02}:59:59",
            department_id=1 + room % 10,
            department_name=f"แผนกอายุรกรรมและเวชปฏิบัติ {1 + room % 10}",
            room_id=100 + room,
            room_name=f"ห้องตรวจผู้ป่วยนอก {1 + room}",
            room_phone_number="077123456",
        )
        schedule = Schedule(
            info=info,
            province_code="84",
            period_id=1,
            period_name="เช้า",
            queue_code="A",
            queue_length=3,
            capacity=PLACES,
            available_count=PLACES - held,
            free=frozenset(range(1 + held, PLACES + 1)),
            blocks=(PlaceBlock(1, PLACES, 1 + n * PLACES, 1 + hour * PLACES),),
            online=True,
            state=OPEN,
            version=1,
        )
        accepted = frozenset(hash((n, place)) % 2**32 for place in range(held // 2))
        schedules.append(replace(schedule, accepted=accepted, events=PlaceEvents(taken=held, lead_days=7 * held)))
    return schedules


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=60)
    parser.add_argument("--bookings", type=int, default=5000)
    chosen = parser.parse_args(arguments)
    logging.getLogger("moph").disabled = True  # a line a request
    with bench_environment():
        today = clock.today()
        with ScheduleItem.batch_write() as batch:
            for schedule in full_day(today, chosen.rooms, chosen.bookings):
                batch.save(SCHEDULES.row(schedule))
        put_appointments(0, chosen.bookings, [today])
        availability.recount({(HOSPITAL, today)})
        meter, caller = RequestMeter(), Caller()
        caller.sign_in("staff.demo", "Staff-demo-1")
        print("\n| request | DynamoDB requests | items | read units | median CPU ms |")
        print("|---|---:|---:|---:|---:|")
        slow = []
        for path, query in (
            ("/api/dashboard/today", {}),
            ("/api/dashboard/Welcome", {}),
            ("/api/dashboard/figures", {"year": today.year, "month": today.month}),
        ):
            seconds = []
            for _ in range(15):
                meter.take()
                began = time.process_time()
                caller.call("GET", path, query)
                seconds.append(time.process_time() - began)
            cost, median = meter.take(), 1000 * statistics.median(seconds)
            print(f"| {path} | {cost.requests} | {cost.items} | {cost.read:g} | {median:.1f} |", flush=True)
            slow += [path] if median > MOST_MS else []
        assert not slow, f"more than {MOST_MS} ms of CPU: {slow}"


if __name__ == "__main__":
    main()

"""Make the showcase hospital on an engine of its own, and report its contents.

Runs in a process of its own.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.invariants import Rows, rows_of


@dataclass
class Made:
    """The showcase hospital as it was made.

    requests: to the storage, by kind. days, recounted: the counts of its days as they were made, and counted again.
    announcements: (state, targets, readings), newest first. later: its rows after another start days later. marks: what
    its schedules say of the visits; marks_of_appointments: what the appointments say. waiting: point and order of the
    appointments in today's queues. tickets: how many were drawn.
    """

    requests: "Counter[str]"
    rows: Rows
    days: list[object]
    recounted: list[object]
    announcements: list[tuple[str, int, int]]
    later: Rows
    marks: set[int]
    marks_of_appointments: set[int]
    waiting: list[tuple[int, str]]
    tickets: int


def make(now: datetime, days_later: int) -> Made:
    """Make the hospital at a time, and start again `days_later` days later."""
    from infra.local import engine

    with engine.temporary() as running:  # it sets the environment that the imports need
        from chalicelib import clock, storage
        from chalicelib.booking.rows import APPOINTMENTS
        from chalicelib.caller import Caller
        from chalicelib.messages import actions as messages
        from chalicelib.schedules import availability, day_store
        from chalicelib.tables import AppointmentItem, QueueItem, ScheduleItem
        from chalicelib.visits.rules import mark_of
        from infra.aws import resources_stack
        from infra.local import demo, showcase

        clock.run_on(lambda: now)
        resources_stack.apply("local")
        requests: Counter[str] = Counter()
        events = storage.connection().client.meta.events
        events.register("before-call.dynamodb", lambda model, **_: requests.update([model.name]))
        showcase.load()
        made_with = Counter(requests)
        code = demo.SHOWCASE[0]
        span = (code, date.min.replace(year=2000), date(2100, 1, 1))
        days = day_store.of_hospital(*span)
        availability.recount({(code, day.day) for day in days})
        listed = messages.announcements(Caller("clerk.demo", code), None, 20)
        rows = rows_of(running.endpoint, "local")
        recounted = day_store.of_hospital(*span)
        queues = list(QueueItem.query(f"{code}#{now.date()}"))
        entries = [row.item.split("#", 3) for row in queues if "#waiting#" in row.item and row.place]
        appointments = [APPOINTMENTS.read(row) for row in AppointmentItem.scan() if row.hospital_code == code]
        marks = {number for row in ScheduleItem.scan() for number in row.visits or () if row.hospital_day[:5] == code}
        clock.run_on(lambda: now + timedelta(days=days_later))
        showcase.load()
        return Made(
            requests=made_with,
            rows=rows,
            days=[*days],
            recounted=[*recounted],
            announcements=[(each.state, each.totals.targets, each.totals.reach.read) for each in listed],
            later=rows_of(running.endpoint, "local"),
            marks=marks,
            marks_of_appointments={mark.number for each in appointments if (mark := mark_of(each))},
            waiting=sorted((int(point), order) for _, point, _, order in entries),
            tickets=sum(row.item.startswith("ticket#") for row in queues),
        )

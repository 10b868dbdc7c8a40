"""Count the figures of a hospital's days again, and compare with the stored ones.

    STAGE=prod python -m infra.ops.compare_figures 00000 2026-12-01 2026-12-31 [--repair]

What happened to the places of a schedule is counted from the audit, what is accepted and who came from the
appointments, and a day from its schedules. --repair stores what was counted; use it also for days from before these
figures existed. A schedule that changes meanwhile is left alone, and named by the next run. Dates are of the Christian
era.

Prints a line for each difference, and how many there are. Exit code 0 if there is none, or all are repaired; else 1.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date, timedelta

from chalicelib import metrics
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import place_subject
from chalicelib.booking import list_store
from chalicelib.schedules import availability, day_store, figures_rules
from chalicelib.schedules import store as schedules
from chalicelib.schedules.model import PlaceEvents, Schedule
from chalicelib.visits import rules as visit_rules

_READERS = 8


def events_of(schedule: Schedule, last_row: int) -> PlaceEvents:
    """Count what happened to the places of a schedule, from the audit.

    last_row: the highest place of its appointments. It may be a place that was removed since. A place of the schedule
    may also have a history but no row any more, because its person has booked another place there.
    """
    info, day = schedule.info, schedule.info.day
    last_place = max(last_row, *(block.first_place + block.places - 1 for block in schedule.blocks))
    counted = dict.fromkeys(asdict(PlaceEvents()), 0)
    for place in range(1, last_place + 1):
        for entry in audit.newest(place_subject(info.hospital_code, info.schedule_id, place)):
            at = date.fromisoformat(entry.at[:10])
            if entry.action in ("book", "restore"):
                counted["taken"] += 1
                counted["lead_days"] += (day - at).days
            elif entry.action == "postpone":
                counted["moved"] += 1
            elif entry.action == "cancel":
                counted["cancelled_late" if at >= day else "cancelled"] += 1
    return PlaceEvents(**counted)


def compare(hospital_code: str, day: date, *, repair: bool) -> Iterator[str]:
    """Yield a sentence for each difference of a day.

    repair: store what was counted.
    """
    accepted: dict[int, set[int]] = {}
    visits: dict[int, set[int]] = {}
    last_row: dict[int, int] = {}
    for each in list_store.appointments_on(hospital_code, day):
        schedule_id = each.schedule.schedule_id
        last_row[schedule_id] = max(each.place, last_row.get(schedule_id, 0))
        if each.is_active and each.accepted_at:
            accepted.setdefault(schedule_id, set()).add(int(each.check_code, 16))
        if mark := visit_rules.mark_of(each):
            visits.setdefault(schedule_id, set()).add(mark.number)
    stored = schedules.schedules_of(hospital_code, day)
    with ThreadPoolExecutor(_READERS) as threads:
        counting = [
            threads.submit(metrics.shared_context().run, events_of, each, last_row.get(each.info.schedule_id, 0))
            for each in stored
        ]
    for schedule, run in zip(stored, counting, strict=True):
        codes, marks = (frozenset(each.get(schedule.info.schedule_id, ())) for each in (accepted, visits))
        counted = replace(schedule, events=run.result(), accepted=codes, visits=marks)
        if counted == schedule:
            continue
        done = " (repaired)" if repair and schedules.store_counts(schedule, counted) else ""
        which = f"{day} schedule {schedule.info.schedule_id}"
        yield f"{which}: stored {_in_words(schedule)}; counted {_in_words(counted)}{done}"
    stored = schedules.schedules_of(hospital_code, day)
    counted_day = figures_rules.count_day(stored) if stored else None
    if day_store.of_hospital(hospital_code, day, day) != ([counted_day] if counted_day else []):
        if repair:
            availability.recount({(hospital_code, day)})
        yield f"{day}: the counts of the day are not those of its schedules{' (repaired)' if repair else ''}"


def _in_words(schedule: Schedule) -> str:
    visits = figures_rules.count_schedule(schedule)
    return (
        f"{asdict(schedule.events)}, {visits.accepted} accepted, {visits.arrived} arrived, {visits.served} served, "
        f"{visits.absent} absent, {visits.wait_minutes} minutes waited"
    )


def main() -> int:
    hospital_code, first, last = sys.argv[1], date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3])
    repair = "--repair" in sys.argv[4:]
    differences = [
        line
        for n in range((last - first).days + 1)
        for line in compare(hospital_code, first + timedelta(days=n), repair=repair)
    ]
    for line in differences:
        print(line)
    print(f"{hospital_code}, {first} to {last}: {len(differences)} differences")
    return int(any(not line.endswith("(repaired)") for line in differences))


if __name__ == "__main__":
    sys.exit(main())

"""Create the tables on the engine and load the demo data, before the API starts.

    python -m infra.local.prepare_tables [--empty] [--recount] [--showcase CHECKPOINT_FILE]

--empty: without the demo data. --recount: count every day from today on again and show the present names on it, because
stream records were lost with an engine that did not end cleanly. --showcase: make the showcase hospital too; the file
is that of `event_sources`, so that the bookings with which it begins send no notices.
"""

import sys
from datetime import date
from pathlib import Path

from chalicelib import clock
from chalicelib.booking import name_updates
from chalicelib.schedules import availability
from chalicelib.tables import AppointmentItem, ScheduleItem
from infra.aws import resources_stack
from infra.local import seed


def main() -> None:
    resources_stack.apply("local")
    if "--empty" not in sys.argv:
        seed.load()
    if "--showcase" in sys.argv:
        _make_showcase(Path(sys.argv[sys.argv.index("--showcase") + 1]))
    if "--recount" in sys.argv:
        days = coming_days()
        name_updates.show_on(days)
        availability.recount(days)


def _make_showcase(checkpoints: Path) -> None:
    from infra.local import event_sources, showcase  # slow to import, and needed here only

    showcase.load()
    positions = event_sources.Checkpoints(checkpoints)
    event_sources.skip_stream(AppointmentItem.Meta.table_name, "appointments_stream", positions)


def coming_days() -> set[tuple[str, date]]:
    """(hospital code, day) of every day from today on that has schedules.

    Reads the whole table.
    """
    rows = ScheduleItem.scan(attributes_to_get=["hospital_day"])
    days = {(code, date.fromisoformat(day)) for code, day in (row.hospital_day.split("#") for row in rows)}
    return {(code, day) for code, day in days if day >= clock.today()}


if __name__ == "__main__":
    main()

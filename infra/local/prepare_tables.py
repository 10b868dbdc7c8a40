"""Create the tables on the engine and load the demo data, before the API starts.

    python -m infra.local.prepare_tables [--empty] [--recount]

--empty: without the demo data. --recount: count every day from today on again and show the present names on it, because
stream records were lost with an engine that did not end cleanly.
"""

import sys
from datetime import date

from chalicelib import clock
from chalicelib.booking import present_names
from chalicelib.schedules import availability
from chalicelib.tables import ScheduleItem
from infra.aws import stack
from infra.local import seed


def main() -> None:
    stack.apply("local")
    if "--empty" not in sys.argv:
        seed.load()
    if "--recount" in sys.argv:
        days = coming_days()
        present_names.show_on(days)
        availability.recount(days)


def coming_days() -> set[tuple[str, date]]:
    """(hospital code, day) of every day from today on that has schedules. Reads the whole table."""
    rows = ScheduleItem.scan(attributes_to_get=["hospital_day"])
    days = {(code, date.fromisoformat(day)) for code, day in (row.hospital_day.split("#") for row in rows)}
    return {(code, day) for code, day in days if day >= clock.today()}


if __name__ == "__main__":
    main()

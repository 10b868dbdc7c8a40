"""Makes the stack on the engine and loads the demo data: the part of a start that is over before the API serves.

python -m infra.local.prepare_tables [--empty] [--recount]

--empty: without the demo data. --recount: count every coming day anew, because the streams that keep the days counted
were lost with an engine that did not end cleanly.
"""

import sys
from datetime import date

from chalicelib import clock
from chalicelib.schedules import availability
from chalicelib.tables import ScheduleItem
from infra.aws import stack
from infra.local import seed


def main() -> None:
    stack.apply("local")
    if "--empty" not in sys.argv:
        seed.load()
    if "--recount" in sys.argv:
        availability.recount(coming_days())


def coming_days() -> set[tuple[str, date]]:
    """(hospital code, day) of every day from today on that has schedules."""
    rows = ScheduleItem.scan(attributes_to_get=["hospital_day"])
    days = {(code, date.fromisoformat(day)) for code, day in (row.hospital_day.split("#") for row in rows)}
    return {one for one in days if one[1] >= clock.today()}


if __name__ == "__main__":
    main()

"""Count the free places of a hospital's days again, and show present names.

    STAGE=prod python -m infra.ops.recount 00000 2026-12-01 2026-12-31

From the first day to the last. Normally the streams of the schedules and the hospitals do this. Run it if stream
records failed (docs/operations.md, set-aside). It is safe at any time: a day is counted from its schedules alone, and
names are compared with the catalogue. Dates are of the Christian era.

Prints how many days were counted. Exit code 0; 1 after an error.
"""

import sys
from datetime import date, timedelta

from chalicelib.booking import name_updates
from chalicelib.schedules import availability


def main() -> None:
    hospital_code, first, last = sys.argv[1], date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for day in days:
        name_updates.show_on({(hospital_code, day)})
        availability.recount({(hospital_code, day)})
    print(f"{len(days)} days of {hospital_code} are counted")


if __name__ == "__main__":
    main()

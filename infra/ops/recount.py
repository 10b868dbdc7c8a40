"""Counts a hospital's days anew, as the stream of the schedules does by itself (docs/operations.md, set-aside).

    STAGE=prod python -m infra.ops.recount 00000 2026-12-01 2026-12-31

Safe at any time: a day is counted from its schedules, whatever stood there.
"""

import sys
from datetime import date, timedelta

from chalicelib.schedules import availability


def main() -> None:
    hospital_code, first, last = sys.argv[1], date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for day in days:
        availability.recount({(hospital_code, day)})
    print(f"{len(days)} days of {hospital_code} are counted")


if __name__ == "__main__":
    main()

"""The map of the MOPH Appointment Center: every room's routes and stream functions, and nothing else.

To follow an action: its `@endpoint` in a room's `routes.py` -> `actions.py` -> `rules.py` and `store.py`.
`booking/store.take_place` is the conditional write of a booking.
"""

from datetime import date
from typing import Any

from chalice import Chalice

from chalicelib import health, wire
from chalicelib.accounts import actions as accounts
from chalicelib.accounts import routes as accounts_routes
from chalicelib.booking import routes as booking_routes
from chalicelib.endpoint import declared
from chalicelib.people import routes as people_routes
from chalicelib.schedules import availability
from chalicelib.schedules import routes as schedules_routes
from chalicelib.settings import settings

ROOMS = (accounts_routes, schedules_routes, booking_routes, people_routes, health)

app = Chalice(app_name="moph-appointment-center")
wire.log_as_json_lines()
wire.serve(app, declared(), accounts.authenticate)


@app.on_dynamodb_record(stream_arn=settings().table("schedules"), name="count_days", batch_size=100)  # type: ignore[untyped-decorator]
def count_days(event: Any) -> None:
    """Keeps the days table counted: every hospital's day that the schedules stream names is counted anew."""
    changed = set()
    for record in event:
        hospital_code, day = record.keys["hospital_day"]["S"].split("#")
        changed.add((hospital_code, date.fromisoformat(day)))
    availability.recount(changed)

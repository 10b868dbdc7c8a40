"""The functions of the MOPH Appointment Center: every package's routes, stream, queue and scheduled functions.

To follow an action: its `@endpoint` in a package's `routes.py` -> `actions.py` -> `rules.py` and `store.py`.
`booking/store.take_place` is the conditional write of a booking.
"""

import gc

# The imports make many objects and no garbage: without the collector a cold start needs a tenth less. On again below.
gc.disable()

import os
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chalice import Chalice, Rate

from chalicelib import health, http_adapter, streams
from chalicelib.access_log import actions as accesses
from chalicelib.access_log import log_lines
from chalicelib.access_log import routes as accesses_routes
from chalicelib.accounts import actions as accounts
from chalicelib.accounts import group_routes
from chalicelib.accounts import routes as accounts_routes
from chalicelib.audit import archive
from chalicelib.auth import actions as auth
from chalicelib.auth import routes as auth_routes
from chalicelib.booking import (
    acceptances,
    appointment_audit,
    closure_routes,
    name_updates,
    notices,
    outside_routes,
    reminder_routes,
    search_routes,
    worklist_routes,
)
from chalicelib.booking import routes as booking_routes
from chalicelib.booking import staff_routes as booking_staff_routes
from chalicelib.caller import Caller
from chalicelib.canary import run as run_canary
from chalicelib.endpoint import declared
from chalicelib.hospitals import routes as hospitals_routes
from chalicelib.messages import routes as messages_routes
from chalicelib.messages import staff_routes as messages_staff_routes
from chalicelib.messages import workers as message_workers
from chalicelib.people import correction_routes
from chalicelib.people import routes as people_routes
from chalicelib.people import staff_routes as people_staff_routes
from chalicelib.people import white_list_routes as people_white_list_routes
from chalicelib.schedules import availability, catalogue_routes, figures_routes, holiday_routes, point_routes
from chalicelib.schedules import routes as schedules_routes
from chalicelib.schedules import staff_routes as schedules_staff_routes
from chalicelib.schedules.rows import read_hospital_day
from chalicelib.settings import settings
from chalicelib.visits import kiosk_routes, queue_notices, visit_counts
from chalicelib.visits import routes as visits_routes
from chalicelib.visits import staff_routes as visits_staff_routes

ROUTE_MODULES = (
    auth_routes,
    accounts_routes,
    group_routes,
    accesses_routes,
    hospitals_routes,
    schedules_routes,
    schedules_staff_routes,
    figures_routes,
    catalogue_routes,
    holiday_routes,
    point_routes,
    booking_routes,
    booking_staff_routes,
    worklist_routes,
    closure_routes,
    outside_routes,
    reminder_routes,
    search_routes,
    people_routes,
    people_staff_routes,
    people_white_list_routes,
    correction_routes,
    visits_routes,
    visits_staff_routes,
    kiosk_routes,
    health,
    messages_routes,
    messages_staff_routes,
)

if settings().stage == "local" and "AWS_CHALICE_CLI_MODE" in os.environ:
    from infra.local import chalice_local

    chalice_local.prepare()


def _authenticate(authorization: str) -> Caller:
    return log_lines.with_quota(auth.authenticate(authorization))


app = Chalice(app_name="moph-appointment-center")
http_adapter.log_as_json_lines()
http_adapter.serve(app, declared(), _authenticate, accounts.audit_refusal, log_lines.write)


def _images(records: Sequence[Any]) -> list[tuple[Any, Any]]:
    return [(record.old_image, record.new_image) for record in records]


def _days(records: Iterable[Any]) -> set[tuple[str, date]]:
    return {read_hospital_day(record.keys["hospital_day"]["S"]) for record in records}


# The consumers of a stream, by the name in logs: each gets every record (chalicelib/streams.py).
SCHEDULE_CONSUMERS: dict[str, streams.Consumer] = {
    "days": lambda records: availability.recount(_days(records)),
    "names": lambda records: name_updates.show_on(_days(new for new in records if new.event_name == "INSERT")),
}
APPOINTMENT_CONSUMERS: dict[str, streams.Consumer] = {
    "audit": lambda records: appointment_audit.record(_images(records)),
    "notices": lambda records: notices.tell(_images(records)),
    "acceptances": lambda records: acceptances.count(_images(records)),
    "visits": lambda records: visit_counts.count(_images(records)),
}
QUEUE_CONSUMERS: dict[str, streams.Consumer] = {
    "near": lambda records: queue_notices.tell(_images(records)),
}


@app.on_dynamodb_record(stream_arn=settings().table("schedules"), name="count_days", batch_size=100)  # type: ignore[untyped-decorator]
def count_days(event: Any) -> None:
    """Count the days again that the stream of the schedules table names, and show present names in new schedules."""
    with http_adapter.log_stream("count_days", event):
        streams.dispatch("count_days", event, SCHEDULE_CONSUMERS)


@app.on_dynamodb_record(stream_arn=settings().table("hospitals"), name="show_present_names", batch_size=10)  # type: ignore[untyped-decorator]
def show_present_names(event: Any) -> None:
    """Show people the new names of hospitals, departments and rooms, and look-ups the new provinces."""
    with http_adapter.log_stream("show_present_names", event):
        changes = [(record.old_image, record.new_image) for record in event]
        name_updates.show(name_updates.changed_hospitals(changes))


@app.on_dynamodb_record(stream_arn=settings().table("appointments"), name="appointments_stream", batch_size=100)  # type: ignore[untyped-decorator]
def appointments_stream(event: Any) -> None:
    """Hand each change of an appointment to the consumers: the audit, notices to people, what is accepted, who came."""
    with http_adapter.log_stream("appointments_stream", event):
        streams.dispatch("appointments_stream", event, APPOINTMENT_CONSUMERS)


@app.on_dynamodb_record(stream_arn=settings().table("queues"), name="queues_stream", batch_size=100)  # type: ignore[untyped-decorator]
def queues_stream(event: Any) -> None:
    """Hand each change of a queue to the consumers: the notice to those whose turn is near."""
    with http_adapter.log_stream("queues_stream", event):
        streams.dispatch("queues_stream", event, QUEUE_CONSUMERS)


@app.on_dynamodb_record(  # type: ignore[untyped-decorator]
    stream_arn=settings().table("audit"), name="archive_audit", batch_size=1000, maximum_batching_window_in_seconds=60
)
def archive_audit(event: Any) -> None:
    """Copy every change of the audit table to the archive, which nobody can change."""
    with http_adapter.log_stream("archive_audit", event):
        archive.archive(event.to_dict()["Records"])


@app.schedule(Rate(1, unit=Rate.HOURS), name="seal_audit")  # type: ignore[untyped-decorator]
def seal_audit(event: Any) -> None:
    """Write the manifest of each complete day of the archive. Runs often, so that a day is sealed if a run fails."""
    archive.seal()


@app.schedule(Rate(15, unit=Rate.MINUTES), name="remind_people")  # type: ignore[untyped-decorator]
def remind_people(event: Any) -> None:
    """Remind people the day before. Runs often, so that nobody misses a reminder if a run fails."""
    notices.remind()


@app.schedule(Rate(5, unit=Rate.MINUTES), name="canary")  # type: ignore[untyped-decorator]
def canary(event: Any) -> None:
    """Sign in, look up, book and cancel in a demo hospital, over the public address; only where there is an account."""
    run_canary()


@app.on_sqs_message(queue="message-prepare", batch_size=1, name="message_prepare")  # type: ignore[untyped-decorator]
def message_prepare(event: Any) -> dict[str, Any]:
    """Match target files with white lists, queue deliveries, delete the target lists of deleted drafts."""
    return message_workers.prepare(event.to_dict()["Records"])


@app.on_sqs_message(queue="message-app", batch_size=5, name="message_app")  # type: ignore[untyped-decorator]
def message_app(event: Any) -> dict[str, Any]:
    """Hand batches to the Mor Prom app's gateway."""
    return message_workers.deliver_app(event.to_dict()["Records"])


@app.on_sqs_message(queue="message-line", batch_size=5, name="message_line")  # type: ignore[untyped-decorator]
def message_line(event: Any) -> dict[str, Any]:
    """Hand batches to LINE."""
    return message_workers.deliver_line(event.to_dict()["Records"])


@app.on_sqs_message(queue="message-confirm", batch_size=5, name="message_confirm")  # type: ignore[untyped-decorator]
def message_confirm(event: Any) -> dict[str, Any]:
    """Call hospitals back when a person has read their message."""
    return message_workers.confirm(event.to_dict()["Records"])


@app.lambda_function(name="record_accesses")  # type: ignore[untyped-decorator]
def record_accesses(event: dict[str, Any], context: Any) -> None:
    """Record who was shown whom, from the log lines of the API's functions."""
    accesses.record(event)


# What is loaded stays until the process ends, so the collector need never look at it.
gc.freeze()
gc.enable()

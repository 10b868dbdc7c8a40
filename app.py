"""Lambda functions of the MOPH Appointment Center.

Every package's routes, and the stream, queue and scheduled functions.

To follow an action: its `@endpoint` in a package's `routes.py` -> `actions.py` -> `rules.py` and `store.py`.
`booking/store.take_place` is the conditional write of a booking.
"""

import gc

# The imports make many objects and no garbage. Without the collector a cold start is a tenth shorter. On again below.
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
    acceptance_counts,
    announcement_targets,
    appointment_audit,
    closure_routes,
    confirmations,
    name_updates,
    notices,
    outside_routes,
    person_search_routes,
    released_place_routes,
    reminder_routes,
    worklist_routes,
)
from chalicelib.booking import routes as booking_routes
from chalicelib.booking import staff_routes as booking_staff_routes
from chalicelib.caller import Caller
from chalicelib.canary import run as run_canary
from chalicelib.endpoint import declared
from chalicelib.hospitals import routes as hospitals_routes
from chalicelib.messages import routes as messages_routes
from chalicelib.messages import scheduled_sending
from chalicelib.messages import staff_routes as messages_staff_routes
from chalicelib.messages import target_routes as messages_target_routes
from chalicelib.messages import workers as message_workers
from chalicelib.people import correction_routes
from chalicelib.people import routes as people_routes
from chalicelib.people import staff_routes as people_staff_routes
from chalicelib.people import white_list_routes as people_white_list_routes
from chalicelib.schedules import (
    availability,
    board_routes,
    catalogue_routes,
    figures_routes,
    holiday_routes,
    point_routes,
    reason_routes,
)
from chalicelib.schedules import routes as schedules_routes
from chalicelib.schedules import staff_routes as schedules_staff_routes
from chalicelib.schedules.rows import read_hospital_day
from chalicelib.settings import settings
from chalicelib.visits import boards, kiosk_routes, queue_notices, visit_counts
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
    board_routes,
    reason_routes,
    booking_routes,
    booking_staff_routes,
    worklist_routes,
    closure_routes,
    outside_routes,
    released_place_routes,
    reminder_routes,
    person_search_routes,
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
    messages_target_routes,
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


# The consumers of each stream, by their names in logs. Each gets every record (chalicelib/streams.py).
SCHEDULE_CONSUMERS: dict[str, streams.Consumer] = {
    "days": lambda records: availability.recount(_days(records)),
    "names": lambda records: name_updates.show_on(_days(new for new in records if new.event_name == "INSERT")),
}
APPOINTMENT_CONSUMERS: dict[str, streams.Consumer] = {
    "audit": lambda records: appointment_audit.record(_images(records)),
    "notices": lambda records: notices.tell(_images(records)),
    "acceptances": lambda records: acceptance_counts.count(_images(records)),
    "visits": lambda records: visit_counts.count(_images(records)),
}
HOSPITAL_CONSUMERS: dict[str, streams.Consumer] = {
    "names": lambda records: name_updates.show(name_updates.changed_hospitals(_images(records))),
    "boards": lambda records: boards.show_catalogue(_images(records)),
}
QUEUE_CONSUMERS: dict[str, streams.Consumer] = {
    "boards": lambda records: boards.show_queues(_days(records)),
    "near": lambda records: queue_notices.tell(_images(records)),
}


# How long Lambda collects records and jobs for one call (docs/costs.md).
COUNTS_WAIT_SECONDS, NOTICES_WAIT_SECONDS = 1, 5


@app.on_dynamodb_record(  # type: ignore[untyped-decorator]
    stream_arn=settings().table("schedules"),
    name="count_days",
    batch_size=100,
    maximum_batching_window_in_seconds=COUNTS_WAIT_SECONDS,
)
def count_days(event: Any) -> None:
    """Count changed days again, and write present names into new schedules.

    Reads the stream of the schedules table.
    """
    with http_adapter.log_stream("count_days", event):
        streams.dispatch("count_days", event, SCHEDULE_CONSUMERS)


@app.on_dynamodb_record(stream_arn=settings().table("hospitals"), name="show_present_names", batch_size=10)  # type: ignore[untyped-decorator]
def show_present_names(event: Any) -> None:
    """Copy new names of hospitals, departments and rooms to what people see.

    Reads the stream of the hospitals table. Look-ups by province get the new provinces, and new boards their documents.
    """
    with http_adapter.log_stream("show_present_names", event):
        streams.dispatch("show_present_names", event, HOSPITAL_CONSUMERS)


@app.on_dynamodb_record(  # type: ignore[untyped-decorator]
    stream_arn=settings().table("queues"), name="queues_stream", batch_size=1000, maximum_batching_window_in_seconds=1
)
def queues_stream(event: Any) -> None:
    """Pass changes of the queues to the consumers of their stream.

    They write the boards and send notices to the people who are next. The changes of one second come together.
    """
    with http_adapter.log_stream("queues_stream", event):
        streams.dispatch("queues_stream", event, QUEUE_CONSUMERS)


@app.on_dynamodb_record(  # type: ignore[untyped-decorator]
    stream_arn=settings().table("appointments"),
    name="appointments_stream",
    batch_size=100,
    maximum_batching_window_in_seconds=NOTICES_WAIT_SECONDS,
)
def appointments_stream(event: Any) -> None:
    """Pass each change of an appointment to the consumers of its stream.

    They write the audit, send notices to people, and count accepted appointments and who came.
    """
    with http_adapter.log_stream("appointments_stream", event):
        streams.dispatch("appointments_stream", event, APPOINTMENT_CONSUMERS)


@app.on_dynamodb_record(  # type: ignore[untyped-decorator]
    stream_arn=settings().table("audit"), name="archive_audit", batch_size=1000, maximum_batching_window_in_seconds=60
)
def archive_audit(event: Any) -> None:
    """Copy each change of the audit table to the archive, which nobody can change."""
    with http_adapter.log_stream("archive_audit", event):
        archive.archive(event.to_dict()["Records"])


@app.schedule(Rate(1, unit=Rate.HOURS), name="seal_audit")  # type: ignore[untyped-decorator]
def seal_audit(event: Any) -> None:
    """Write the manifest of each complete day of the archive.

    Runs every hour, so that a day is still sealed if a run fails.
    """
    archive.seal()


@app.schedule(Rate(15, unit=Rate.MINUTES), name="remind_people")  # type: ignore[untyped-decorator]
def remind_people(event: Any) -> None:
    """Remind people on the day before their appointment, and ask them to confirm it.

    Releases unconfirmed places in departments that want it. Before that it queues the announcements that are scheduled
    for the next 15 minutes. Runs every 15 minutes, so that nobody misses a reminder if a run fails.
    """
    try:
        scheduled_sending.queue_due()
    finally:
        try:
            confirmations.run()
        finally:
            notices.remind()


@app.schedule(Rate(5, unit=Rate.MINUTES), name="canary")  # type: ignore[untyped-decorator]
def canary(event: Any) -> None:
    """Sign in, look up, book and cancel in a demo hospital, over the public address.

    Does nothing on a stage without a canary account.
    """
    run_canary()


@app.on_sqs_message(queue="message-prepare", batch_size=1, name="message_prepare")  # type: ignore[untyped-decorator]
def message_prepare(event: Any) -> dict[str, Any]:
    """Make target lists from files, bookings and white lists; queue the deliveries.

    Also deletes the target lists of deleted drafts.
    """
    return message_workers.prepare(event.to_dict()["Records"], announcement_targets.read)


@app.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="message-app",
    batch_size=5,
    name="message_app",
    maximum_batching_window_in_seconds=NOTICES_WAIT_SECONDS,
)
def message_app(event: Any) -> dict[str, Any]:
    """Send batches to the gateway of the Mor Prom app."""
    return message_workers.deliver_app(event.to_dict()["Records"])


@app.on_sqs_message(  # type: ignore[untyped-decorator]
    queue="message-line",
    batch_size=5,
    name="message_line",
    maximum_batching_window_in_seconds=NOTICES_WAIT_SECONDS,
)
def message_line(event: Any) -> dict[str, Any]:
    """Send batches to LINE."""
    return message_workers.deliver_line(event.to_dict()["Records"])


@app.on_sqs_message(queue="message-confirm", batch_size=5, name="message_confirm")  # type: ignore[untyped-decorator]
def message_confirm(event: Any) -> dict[str, Any]:
    """Call the hospital's URL after a person has read its message."""
    return message_workers.confirm(event.to_dict()["Records"])


@app.lambda_function(name="record_accesses")  # type: ignore[untyped-decorator]
def record_accesses(event: dict[str, Any], context: Any) -> None:
    """Record who was shown whom, from the log lines of the API's functions."""
    accesses.record(event)


# Loaded objects stay until the process ends, so the collector can skip them.
gc.freeze()
gc.enable()

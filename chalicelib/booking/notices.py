"""Notices about appointments: changes by the hospital, and reminders.

See docs/adr/0014. Each notice is sent once, whatever is repeated: its name contains the appointment, its version and
what happened, and `notices.notify` recognises the name. A reminder is noted on the appointment after it was queued, so
the next run leaves it out. If a run ends in between, the next one queues the same name again, which has no effect.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import clock, metrics
from chalicelib.booking import confirmation_rules, list_store, notice_texts, rules, store
from chalicelib.booking.model import Appointment
from chalicelib.messages import notices
from chalicelib.people import actions as people
from chalicelib.schedules import actions as schedules
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.settings import settings

# Less than the function's time limit (.chalice/config.json): the rest waits for the next run, minutes later.
RUN_SECONDS = 240.0
# One processor has enough to do with them, and the connections to a queue are ten.
HOSPITALS_AT_ONCE = 8
log = logging.getLogger("moph")

Due = tuple[str, Appointment, str]  # kind, appointment, the notice's own name


@dataclass(frozen=True)
class Reminders:
    """Numbers of reminders.

    due: appointments whose person should have been reminded by now. sent: those reminded. unsent: the others.
    """

    due: int = 0
    sent: int = 0

    @property
    def unsent(self) -> int:
        return self.due - self.sent

    def __add__(self, other: "Reminders") -> "Reminders":
        return Reminders(self.due + other.due, self.sent + other.sent)


def tell(changes: Iterable[tuple[Any, Any]]) -> None:
    """Send the notices that changes in the appointments table's stream require.

    changes: (image before, image after). A repeat has no effect. If an appointment has ended, its reminder is withdrawn
    if it is not delivered yet.
    """
    due: list[Due] = []
    for old_image, new_image in changes:
        before, after, now = store.read_image(old_image), store.read_image(new_image), clock.now()
        if after is None or after.schedule.is_over(now):
            continue
        if before and notice_texts.reminder_is_due(before, now) and not after.is_active:
            notices.withdraw(before.schedule.hospital_code, _reminder_name(before))
        if before and notice_texts.request_is_over(before, after):
            notices.withdraw(before.schedule.hospital_code, request_name(before))
        kind = notice_texts.notice_of_change(before, after)
        if kind is not None:
            due.append((kind, after, f"{kind}-{rules.slip_code(after)}-{after.version}"))
    send(due)


def remind(seconds: float = RUN_SECONDS) -> Reminders:
    """Send the reminders that are due and not sent yet, for at most `seconds`.

    A reminder is due for an appointment of today or tomorrow. Several hospitals are done at a time (docs/adr/0015).
    Returns, and logs for the alarm on `unsent_reminders`, how many were due and how many of them are still unsent. If a
    hospital's reminders fail, those of the others are sent and logged first, then its error is raised.
    """
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(HOSPITALS_AT_ONCE) as threads:
        runs = [
            threads.submit(metrics.shared_context().run, _remind, hospital_code, deadline)
            for hospital_code in schedules.hospital_codes()
        ]
    errors = [error for run in runs if (error := run.exception())]
    total = sum((run.result() for run in runs if not run.exception()), Reminders())
    metrics.count("due_reminders", total.due)
    metrics.count("unsent_reminders", total.unsent)
    outcome = "failed" if errors else "done"
    facts = {"at": clock.now().isoformat(timespec="milliseconds"), "function": "remind_people", "outcome": outcome}
    log.info(metrics.line(facts))
    if errors:
        raise errors[0]
    return total


def reminders(hospital_code: str) -> tuple[bool, list[tuple[date, Reminders]]]:
    """Count a hospital's reminders of today and of tomorrow; sends none.

    Returns (whether it is night, when nobody is reminded; (day, counts) of each day).
    """
    now = clock.now()
    return not _people_are_awake(now), [(day, _count(hospital_code, day, now)) for day in _days(now)]


def _count(hospital_code: str, day: date, now: datetime) -> Reminders:
    due = [each for each in list_store.appointments_on(hospital_code, day) if notice_texts.reminder_is_due(each, now)]
    return Reminders(len(due), sum(bool(appointment.reminded_at) for appointment in due))


def _days(now: datetime) -> tuple[date, date]:
    return now.date(), now.date() + timedelta(days=1)


def waking_hours() -> tuple[int, int]:
    """From which full hour of the day until which hour people are reminded, Bangkok."""
    return settings().waking_hours


def _people_are_awake(now: datetime) -> bool:
    return notice_texts.people_are_awake(now, waking_hours())


def _remind(hospital_code: str, deadline: float) -> Reminders:
    now, total = clock.now(), Reminders()
    for day in _days(now):
        listed = list_store.not_reminded_of(hospital_code, day)
        waiting = [appointment for appointment in listed if notice_texts.reminder_is_due(appointment, now)]
        for start in range(0, len(waiting), notices.AT_ONCE):
            chunk = waiting[start : start + notices.AT_ONCE]
            if _people_are_awake(now) and time.monotonic() < deadline:
                reminded = remind_of(chunk)
                total += Reminders(reminded, reminded)
            else:
                total += Reminders(due=len(chunk))
    return total


def remind_of(listed: Sequence[Appointment]) -> int:
    """Remind people of appointments from a day's list; return how many.

    The list may be a moment old, so each appointment is read again, and what is gone is left out.
    """
    held = [each for each in list_store.held_now(listed) if each.is_active and not each.reminded_at]
    send([(notice_texts.REMINDER, appointment, _reminder_name(appointment)) for appointment in held])
    return sum(_note_reminded(appointment) for appointment in held)


def _note_reminded(appointment: Appointment) -> bool:
    if store.mark_reminded(appointment, clock.now().isoformat(timespec="seconds")):
        return True
    notices.withdraw(appointment.schedule.hospital_code, _reminder_name(appointment))  # cancelled at the same moment
    return False


def _reminder_name(appointment: Appointment) -> str:
    return f"reminder-{rules.slip_code(appointment)}"


def request_name(appointment: Appointment) -> str:
    """Name of the notice that asks the person to confirm.

    It contains what the person was told, so that each fact is told once.
    """
    by = datetime.fromisoformat(appointment.confirm_by)
    ending = "-or-release" if appointment.release_by else ""
    return f"confirm-{rules.slip_code(appointment)}-{by:%Y%m%d%H%M}{ending}"


def send(due: Sequence[Due]) -> None:
    """Send notices about appointments, each once.

    Raises TryAgain; some of the notices may be sent then.
    """
    languages, now = people.languages_of(appointment.cid for _, appointment, _ in due), clock.now()
    hospital_codes = sorted({appointment.schedule.hospital_code for _, appointment, _ in due})
    stored = store.booking_rules_of(hospital_codes) if due else {}
    limits = {code: stored.get(code, BookingRules()) for code in hospital_codes}
    notices.notify(
        [
            _notice(kind, each, name, languages[each.cid], now, limits[each.schedule.hospital_code])
            for kind, each, name in due
        ]
    )


def _notice(
    kind: str, appointment: Appointment, name: str, language: str, now: datetime, limits: BookingRules
) -> notices.Notice:
    if not confirmation_rules.releases(limits, appointment.schedule):
        appointment = replace(appointment, release_by="")  # the department has changed its rule since it was noted
    title, text = notice_texts.words(kind, appointment, language, now)
    schedule = appointment.schedule
    hidden = notice_texts.reason_line(kind, appointment, language)
    if not limits.department_in_line:
        hidden.append(notice_texts.where(appointment))
    return notices.Notice(
        kind,
        schedule.hospital_code,
        schedule.hospital_name,
        appointment.cid,
        title,
        text,
        name,
        "\n".join(hidden),
    )

"""Telling people about their appointments: when the hospital does something to one, and the day before (docs/adr/0014).

Each notice is sent once, whatever is repeated: it is named after the appointment, its version and what happened, and
`notices.notify` knows the name. A reminder is noted on the appointment after it was handed over, so that the next run
passes it by; a run that dies in between hands over the same name again, which does nothing.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import clock, metrics
from chalicelib.booking import notice_texts, rules, store
from chalicelib.booking.rules import Appointment
from chalicelib.messages import notices
from chalicelib.people import actions as people
from chalicelib.schedules import actions as schedules
from chalicelib.schedules.rules import is_over
from chalicelib.settings import settings

# Less than the function may run (.chalice/config.json): what is left waits for the next run, minutes later.
RUN_SECONDS = 240.0
# One processor has enough to do with them, and the connections to a queue are ten.
HOSPITALS_AT_ONCE = 8
log = logging.getLogger("moph")

_Due = tuple[str, Appointment, str]  # kind, appointment, the notice's name


@dataclass(frozen=True)
class Reminders:
    """due: appointments whose person should have been reminded by now; sent: those reminded; unsent: the others."""

    due: int = 0
    sent: int = 0

    @property
    def unsent(self) -> int:
        return self.due - self.sent

    def __add__(self, other: "Reminders") -> "Reminders":
        return Reminders(self.due + other.due, self.sent + other.sent)


def tell(changes: Iterable[tuple[Any, Any]]) -> None:
    """Tells people what the stream of the appointments table says: (row before, row after). Again: nothing more. The
    reminder of what was given up is withdrawn, should it still be on its way."""
    due: list[_Due] = []
    for old, new in changes:
        before, after, now = store.read_image(old), store.read_image(new), clock.now()
        if after is None or is_over(after.day, after.time_finish, now):
            continue
        if before and notice_texts.reminder_is_due(before, now) and not after.is_active:
            notices.withdraw(before.hospital_code, _name_of_reminder(before))
        kind = notice_texts.notice_of_change(before, after)
        if kind is not None:
            due.append((kind, after, f"{kind}-{rules.slip_code(after)}-{after.version}"))
    _send(due)


def remind(seconds: float = RUN_SECONDS) -> Reminders:
    """Reminds everybody whose appointment is tomorrow, or today, and who is not reminded yet, for at most `seconds`;
    several hospitals at a time (docs/adr/0015). Returns, and logs for the alarm on `unsent_reminders`, how many those
    were and how many of them still are. Where a hospital's fail, the others' are sent, and then it is raised."""
    give_up = time.monotonic() + seconds
    with ThreadPoolExecutor(HOSPITALS_AT_ONCE) as threads:
        each = [threads.submit(_remind, hospital_code, give_up) for hospital_code in schedules.hospital_codes()]
    all_of_them = sum((one.result() for one in each), Reminders())
    metrics.count("due_reminders", all_of_them.due)
    metrics.count("unsent_reminders", all_of_them.unsent)
    facts = {"at": clock.now().isoformat(timespec="milliseconds"), "function": "remind_people", "outcome": "done"}
    log.info(metrics.line(facts))
    return all_of_them


def reminders(hospital_code: str) -> tuple[bool, list[tuple[date, Reminders]]]:
    """A hospital's reminders of today and of tomorrow as they stand, for its operators; and whether it is night, when
    nobody is reminded. Sends none."""
    now = clock.now()
    return not _people_are_awake(now), [(day, _standing(hospital_code, day, now)) for day in _days(now)]


def _standing(hospital_code: str, day: date, now: datetime) -> Reminders:
    due = [one for one in store.appointments_on(hospital_code, day) if notice_texts.reminder_is_due(one, now)]
    return Reminders(len(due), sum(bool(one.reminded_at) for one in due))


def _days(now: datetime) -> tuple[date, date]:
    return now.date(), now.date() + timedelta(days=1)


def waking_hours() -> tuple[int, int]:
    """From which full hour of the day until which people are reminded, Bangkok."""
    return settings().waking_hours


def _people_are_awake(now: datetime) -> bool:
    return notice_texts.people_are_awake(now, waking_hours())


def _remind(hospital_code: str, give_up: float) -> Reminders:
    now, found = clock.now(), Reminders()
    for day in _days(now):
        listed = store.not_reminded_of(hospital_code, day)
        waiting = [one for one in listed if notice_texts.reminder_is_due(one, now)]
        for start in range(0, len(waiting), notices.AT_ONCE):
            some = waiting[start : start + notices.AT_ONCE]
            if _people_are_awake(now) and time.monotonic() < give_up:
                reminded = remind_of(some)
                found += Reminders(reminded, reminded)
            else:
                found += Reminders(due=len(some))
    return found


def remind_of(listed: Sequence[Appointment]) -> int:
    """Reminds of some appointments as a day's list has shown them; returns how many. The list was a moment behind, or
    is by now: nobody is reminded of what is gone."""
    held = [one for one in store.held_now(listed) if one.is_active and not one.reminded_at]
    _send([(notice_texts.REMINDER, one, _name_of_reminder(one)) for one in held])
    return sum(_note_reminded(one) for one in held)


def _note_reminded(held: Appointment) -> bool:
    if store.mark_reminded(held, clock.now().isoformat(timespec="seconds")):
        return True
    notices.withdraw(held.hospital_code, _name_of_reminder(held))  # given up in this very moment
    return False


def _name_of_reminder(a: Appointment) -> str:
    return f"reminder-{rules.slip_code(a)}"


def _send(due: Sequence[_Due]) -> None:
    languages, today = people.languages_of(a.cid for _, a, _ in due), clock.today()
    notices.notify([_notice(kind, a, once, languages[a.cid], today) for kind, a, once in due])


def _notice(kind: str, a: Appointment, once: str, language: str, today: date) -> notices.Notice:
    title, text = notice_texts.words(kind, a, language, today)
    return notices.Notice(kind, a.hospital_code, a.hospital_name, a.cid, a.person_name, title, text, once)

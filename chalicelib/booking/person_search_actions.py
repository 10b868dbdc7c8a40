"""Search people with appointments, and check before a booking (docs/adr/0022)."""

from dataclasses import dataclass, field
from datetime import date

from chalicelib import clock
from chalicelib.booking import list_store, store, warning_rules
from chalicelib.booking.model import Appointment, BookedPerson
from chalicelib.caller import Caller
from chalicelib.errors import ScheduleNotFound
from chalicelib.people.person_search_rules import is_wanted_person, read_words
from chalicelib.schedules import actions as schedules

DAYS_A_CALL = 14
MOST_PEOPLE = 50


@dataclass
class SearchResult:
    """People with an appointment to come, each with the first day that was found.

    until: the last day that was searched; None if there was none. next_day: the day on which the next call continues;
    None if nothing is left, or if is_cut. is_cut: more than MOST_PEOPLE match; then the later days were not searched.
    """

    people: list[BookedPerson] = field(default_factory=list)
    until: date | None = None
    next_day: date | None = None
    is_cut: bool = False


def by_words(caller: Caller, typed: str, first: date | None = None) -> SearchResult:
    """Search the people of the next DAYS_A_CALL days that have schedules.

    Only people with an active appointment are searched. typed: the beginning of a first or last name, or digits of a
    telephone number. first: the first day; today if it is None. The indexes that are read are a moment behind. Raises
    Invalid if `typed` is too short.
    """
    words, result = read_words(typed), SearchResult()
    days = schedules.coming_days(caller.hospital_code, first, DAYS_A_CALL + 1)
    matches: dict[str, BookedPerson] = {}
    for day in days[:DAYS_A_CALL]:
        for person in list_store.people_on(caller.hospital_code, day):
            if is_wanted_person(words, (person.name, person.sent_name), (person.phone,)):
                matches.setdefault(person.cid, person)
        result.until = day
        if len(matches) > MOST_PEOPLE:
            result.is_cut = True
            break
    else:
        result.next_day = days[DAYS_A_CALL] if len(days) > DAYS_A_CALL else None
    result.people = list(matches.values())[:MOST_PEOPLE]
    return result


def of_person(caller: Caller, cid: str) -> list[Appointment]:
    """The person's appointments at the caller's hospital, ended ones included.

    Those to come are first, soonest first; then the rest, latest first.
    """
    now = clock.now()
    own = [each for each in list_store.appointments_of(cid) if each.schedule.hospital_code == caller.hospital_code]
    coming = [each for each in own if each.is_active and not each.schedule.is_over(now)]
    return coming + [each for each in reversed(own) if each not in coming]


def check(caller: Caller, schedule_id: int, cid: str) -> tuple[list[str], list[Appointment]]:
    """Check before a booking: warnings, and the person's coming appointments.

    The appointments are those at the caller's hospital that are active and not over, soonest first. Raises
    ScheduleNotFound.
    """
    schedule = store.schedule_of(caller.hospital_code, schedule_id)
    if schedule is None:
        raise ScheduleNotFound(fields={"schedule_id": "this hospital has no such schedule"})
    now = clock.now()
    held = list_store.appointments_of(cid, now.date())
    own = [each for each in held if each.is_active and each.schedule.hospital_code == caller.hospital_code]
    coming = [each for each in own if not each.schedule.is_over(now)]
    return warning_rules.booking_warnings(schedule.info, held), coming

"""Rules of the search for people with appointments and of the booking check. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib import text_cleaning
from chalicelib.booking.model import Appointment, BookedPerson
from chalicelib.errors import Invalid
from chalicelib.schedules.model import ScheduleInfo, overlap
from chalicelib.typed_codes import read_code

# Warnings that the staff get before they book. They may book all the same.
ALREADY_BOOKED, SAME_DEPARTMENT = "already_booked", "same_department"
SAME_HOUR, SAME_HOUR_ELSEWHERE = "same_hour", "same_hour_elsewhere"
_FEWEST_LETTERS, _FEWEST_DIGITS = 2, 4


@dataclass(frozen=True)
class SearchWords:
    """Search terms: digits of a telephone, or parts of a name in comparable form."""

    digits: str = ""
    names: tuple[str, ...] = ()


def read_words(typed: str) -> SearchWords:
    """Parse the typed search terms. Raises Invalid if they are too short."""
    text, code = text_cleaning.comparable(typed), read_code(typed)
    if code.isascii() and code.isdigit() and any(letter.isdigit() for letter in text):
        if len(code) < _FEWEST_DIGITS:
            raise Invalid(fields={"words": f"send at least {_FEWEST_DIGITS} digits of the telephone number"})
        return SearchWords(digits=code)
    names = tuple(text.split())
    if sum(map(len, names)) < _FEWEST_LETTERS:
        raise Invalid(fields={"words": f"send at least {_FEWEST_LETTERS} letters of the name"})
    return SearchWords(names=names)


def is_wanted_person(person: BookedPerson, words: SearchWords) -> bool:
    """Whether the person's telephone has the digits, or one of the names every part."""
    if words.digits:
        return words.digits in read_code(person.phone)
    return any(_has_all(name, words.names) for name in (person.name, person.sent_name))


def _has_all(name: str, parts: Iterable[str]) -> bool:
    """Whether every part is at the beginning of a word of the name.

    In the first word it may be anywhere, because a title may be joined to the name.
    """
    first, *others = text_cleaning.comparable(name).split() or [""]
    return all(part in first or any(word.startswith(part) for word in others) for part in parts)


def booking_warnings(wanted: ScheduleInfo, held: Iterable[Appointment]) -> list[str]:
    """Warnings for the staff before they book the schedule for a person.

    held: the person's appointments; ended ones are ignored. The only thing that a warning reveals about an appointment
    at another hospital is that it is at the same hour.
    """
    warnings: list[str] = []
    for appointment in held:
        warning = _warning(wanted, appointment.schedule) if appointment.is_active else ""
        if warning and warning not in warnings:
            warnings.append(warning)
    return warnings


def _warning(wanted: ScheduleInfo, other: ScheduleInfo) -> str:
    is_here = other.hospital_code == wanted.hospital_code
    if is_here and other.schedule_id == wanted.schedule_id:
        return ALREADY_BOOKED
    if other.day != wanted.day:
        return ""
    if overlap(wanted, other):
        return SAME_HOUR if is_here else SAME_HOUR_ELSEWHERE
    return SAME_DEPARTMENT if is_here and other.department_id == wanted.department_id else ""

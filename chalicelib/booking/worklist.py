"""A day's worklist in pages, with telephones; and Accept for many (manual 2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from chalicelib.booking import list_store, staff_actions
from chalicelib.booking.model import Appointment
from chalicelib.caller import Caller
from chalicelib.errors import AppointmentNotFound, Conflict, NotFound, TryAgain
from chalicelib.people import actions as people
from chalicelib.schedules import actions as schedules

# A row is well under 1 kB, and a response at most 6 MB.
MOST_ROWS = 2_500
# Each takes three storage requests, so the call ends well within its 29 seconds.
MOST_ACCEPTED = 50


@dataclass(frozen=True)
class WorklistPage:
    """A page of the worklist.

    appointments: by schedule and place. next: the position of the next page; "" after the last one.
    """

    appointments: list[Appointment]
    next: str


def page(caller: Caller, day: date, room_id: int | None, after: str, limit: int, ended: bool = False) -> WorklistPage:
    """A page of the active appointments of the caller's hospital on a day.

    ended: of the cancelled and moved ones instead. room_id: of one room only, if given. after: `next` of the page
    before; "" for the first. limit: rows of the page. The list is a moment behind the last booking.
    """
    code = caller.hospital_code
    if room_id is None:
        return WorklistPage(*list_store.page_on(code, day, after, limit, ended))
    of_room = [each.info.schedule_id for each in schedules.schedules_of(code, day) if each.info.room_id == room_id]
    listed = [each for schedule_id in sorted(of_room) for each in list_store.appointments_on(code, day, schedule_id)]
    left = [each for each in listed if each.is_active is not ended and list_store.position(each) > after]
    return WorklistPage(left[:limit], list_store.position(left[limit - 1]) if len(left) > limit else "")


def telephones(caller: Caller, appointments: Sequence[Appointment]) -> dict[str, str]:
    """Telephones by national id, of the people who have one.

    The hospital's own entry of the person comes before the registry's.
    """
    return people.telephones_of(caller.hospital_code, [appointment.cid for appointment in appointments])


@dataclass(frozen=True)
class NamedPlace:
    """An appointment as the screen shows it: its place, and the version that is shown."""

    schedule_id: int
    place: int
    version: int


@dataclass(frozen=True)
class NotAccepted:
    """An appointment that was not accepted.

    reason: the error that Accept of this one alone raises.
    """

    named: NamedPlace
    reason: Conflict | NotFound | TryAgain


@dataclass
class Acceptances:
    """Result of Accept for many.

    accepted: appointments as they are now, in the order of the request. refused: the others, each with its reason.
    """

    accepted: list[Appointment] = field(default_factory=list)
    refused: list[NotAccepted] = field(default_factory=list)


def accept(caller: Caller, places: Sequence[NamedPlace]) -> Acceptances:
    """Accept at most MOST_ACCEPTED appointments, each one independently.

    If one is refused, the others are still accepted. A repeated request accepts nobody twice and returns the same
    result. Raises AppointmentNotFound if none of them is an appointment of the caller's hospital.
    """
    result = Acceptances()
    for named in places:
        try:
            accepted = staff_actions.accept(caller, named.schedule_id, named.place, named.version)
        except (Conflict, NotFound, TryAgain) as reason:
            result.refused.append(NotAccepted(named, reason))
        else:
            result.accepted.append(accepted)
    if places and all(isinstance(each.reason, NotFound) for each in result.refused) and not result.accepted:
        raise AppointmentNotFound()
    return result

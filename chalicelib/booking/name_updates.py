"""Shows people the present names: of their hospital, department and room, with its telephone (docs/adr/0018).

Schedules and appointments carry these names, so that a look-up needs no further request. If a name changes, or the
hospital's province, the stream of the hospitals table says so, and every schedule from today on gets the new one, then
every active appointment. The days are counted again after that, by the stream of the schedules. A schedule that was
opened at that very moment may still have the old name: the stream of the schedules names it as new.

Repeating this is harmless, and what is done is not done again: only what differs from the catalogue is written.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from chalicelib import metrics
from chalicelib.booking import store
from chalicelib.retry import RetryBudget
from chalicelib.schedules import actions as schedules

# Of one hospital, or of several: each day needs a few requests, and the writes of one follow one another.
DAYS_AT_ONCE = 8
# Attributes of the hospitals table that schedules show, and the kinds of items that have them.
_SHOWN = ("name", "province_code", "phone_number")
_SHOWN_KINDS = ("#", "department#", "room#")


def changed_hospitals(changes: Iterable[tuple[Any, Any]]) -> set[str]:
    """The hospitals of which something has another name now. changes: (image before, image after) of their rows."""
    return {
        after["hospital_code"]["S"]
        for before, after in changes
        if before and after and after["item"]["S"].startswith(_SHOWN_KINDS) and _shown(before) != _shown(after)
    }


def _shown(image: Any) -> list[Any]:
    return [image.get(attribute) for attribute in _SHOWN]


def show(hospital_codes: Iterable[str]) -> None:
    """Show the present names on every day of these hospitals from today on. Raises TryAgain."""
    show_on({(code, day) for code in hospital_codes for day in schedules.coming_days(code)})


def show_on(days: Iterable[tuple[str, date]]) -> None:
    """Show the present names on these days of hospitals. If one day fails, the others are done, then it raises."""
    with ThreadPoolExecutor(DAYS_AT_ONCE) as threads:
        runs = [threads.submit(metrics.shared_context().run, _show_on_day, code, day) for code, day in sorted(days)]
    for run in runs:
        run.result()


def _show_on_day(hospital_code: str, day: date) -> None:
    """Write until there is nothing left to write: names may change again meanwhile, and the index is a moment behind.

    Raises TryAgain if something is left two seconds after the first round.
    """
    settled = _write_names(hospital_code, day)
    budget = RetryBudget()
    while not settled:
        budget.pause()
        settled = _write_names(hospital_code, day)


def _write_names(hospital_code: str, day: date) -> bool:
    """One round; whether everything was right already. A round that wrote something is never the last one.

    Schedules first: a booking after that takes the new names from its schedule. One before that is in the list of
    appointments as soon as the index shows that every held place has its appointment.
    """
    planned, settled = schedules.show_present_names(hospital_code, day)
    infos = {schedule.info.schedule_id: schedule.info for schedule in planned}
    held = {(schedule.info.schedule_id, place) for schedule in planned for place in schedule.held}
    if not held:
        return settled
    active = [each for each in store.appointments_on(hospital_code, day) if each.is_active]
    for appointment in active:
        present = infos.get(appointment.schedule.schedule_id)
        if present is None:
            settled = False  # opened since the schedules were read
        elif appointment.schedule != present:
            store.rename(appointment, present)
            settled = False
    return settled and held <= {(each.schedule.schedule_id, each.place) for each in active}

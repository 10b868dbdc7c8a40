"""Copy changed catalogue names into schedules and appointments (docs/adr/0018).

Schedules and appointments have copies of the names of their hospital, department and room, and of the room's
telephone, so that a look-up needs no further request. If a name or the hospital's province changes, the stream of the
hospitals table starts this update: first every schedule from today on gets the new one, then every active appointment.
After that, the stream of the schedules counts the days again. A schedule that was opened at the moment of the change
may still have the old name; the stream of the schedules reports it as new, and its day is updated then.

A repeat does no harm: only what differs from the catalogue is written.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from chalicelib import metrics
from chalicelib.booking import list_store, store
from chalicelib.retry import RetryBudget
from chalicelib.schedules import actions as schedules

# Days of one or several hospitals that are updated in parallel. The requests of one day follow one another.
DAYS_AT_ONCE = 8
# Attributes of the hospitals table that schedules show, and the kinds of items that have them.
_SHOWN = ("name", "province_code", "phone_number")
_SHOWN_KINDS = ("#", "department#", "room#")


def changed_hospitals(changes: Iterable[tuple[Any, Any]]) -> set[str]:
    """Codes of the hospitals with a changed name, province or telephone.

    changes: (image before, image after) of rows of the hospitals table.
    """
    return {
        after["hospital_code"]["S"]
        for before, after in changes
        if before and after and after["item"]["S"].startswith(_SHOWN_KINDS) and _shown(before) != _shown(after)
    }


def _shown(image: Any) -> list[Any]:
    return [image.get(attribute) for attribute in _SHOWN]


def show(hospital_codes: Iterable[str]) -> None:
    """Write the present names into these hospitals' days from today on.

    Raises TryAgain.
    """
    show_on({(code, day) for code in hospital_codes for day in schedules.coming_days(code)})


def show_on(days: Iterable[tuple[str, date]]) -> None:
    """Write the present names into the schedules and appointments of these days.

    days: (hospital code, day). If one day fails, the others are still done; then its error is raised.
    """
    with ThreadPoolExecutor(DAYS_AT_ONCE) as threads:
        runs = [threads.submit(metrics.shared_context().run, _show_on_day, code, day) for code, day in sorted(days)]
    for run in runs:
        run.result()


def _show_on_day(hospital_code: str, day: date) -> None:
    """Repeat `_write_names` for one day until nothing is left to write.

    Names may change again meanwhile, and the index is a moment behind. Raises TryAgain if something is left two seconds
    after the first round.
    """
    all_right = _write_names(hospital_code, day)
    budget = RetryBudget()
    while not all_right:
        budget.pause()
        all_right = _write_names(hospital_code, day)


def _write_names(hospital_code: str, day: date) -> bool:
    """Write the present names of a day once; True if nothing had to be changed.

    So a round that wrote something is never the last one. Schedules come first: a later booking takes the new names
    from its schedule. An earlier booking is in the list of appointments as soon as the index shows an appointment for
    every held place.
    """
    planned, all_right = schedules.show_present_names(hospital_code, day)
    infos = {schedule.info.schedule_id: schedule.info for schedule in planned}
    held = {(schedule.info.schedule_id, place) for schedule in planned for place in schedule.held}
    if not held:
        return all_right
    active = [each for each in list_store.appointments_on(hospital_code, day) if each.is_active]
    for appointment in active:
        present = infos.get(appointment.schedule.schedule_id)
        if present is None:
            all_right = False  # opened since the schedules were read
        elif appointment.schedule != present:
            store.rename(appointment, present)
            all_right = False
    return all_right and held <= {(each.schedule.schedule_id, each.place) for each in active}

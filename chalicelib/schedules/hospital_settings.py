"""Change a hospital's rules for booking and for the day of the visit.

A change has the version that the screen shows. If another version is stored, EditConflict carries what is stored,
unless that is this very change, sent a second time.
"""

from dataclasses import replace

from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Invalid
from chalicelib.hospitals import actions as hospitals
from chalicelib.schedules import catalogue_store, rules
from chalicelib.schedules.catalogue_model import LISTED, BookingRules, VisitRules


def change_visit_rules(caller: Caller, wanted: VisitRules) -> VisitRules:
    """Change the rules for the day of the visit.

    wanted.version: the version that the caller saw. Raises Invalid, EditConflict.
    """
    hospital = catalogue_store.hospital(caller.hospital_code)
    rules.check_visit_rules(hospital, wanted)
    changed = replace(wanted, version=wanted.version + 1)
    if not catalogue_store.put_visit_rules(caller.hospital_code, changed):
        stored = catalogue_store.hospital(caller.hospital_code).visit_rules
        if stored != changed:
            raise EditConflict(details={"theirs": stored})
    return changed


def booking_rules(caller: Caller) -> BookingRules:
    """The hospital's rules for the app and for the systems of other hospitals."""
    return catalogue_store.booking_rules(caller.hospital_code)


def change_booking_rules(caller: Caller, wanted: BookingRules) -> BookingRules:
    """Change the rules for the app and for the systems of other hospitals.

    wanted.version: the version that the caller saw. Raises Invalid (outside_hospitals, departments), EditConflict.
    """
    _check_listed(wanted)
    _check_departments(caller, wanted)
    changed = replace(wanted, version=wanted.version + 1)
    if not catalogue_store.put_booking_rules(caller.hospital_code, changed):
        stored = booking_rules(caller)
        if stored != changed:
            raise EditConflict(details={"theirs": stored})
    return changed


def _check_listed(wanted: BookingRules) -> None:
    """Check the hospitals of which the systems may book from outside.

    Raises Invalid if only listed hospitals may book and none is listed, or if a listed one does not exist.
    """
    if wanted.outside_booking == LISTED and not wanted.outside_hospitals:
        raise Invalid(fields={"outside_hospitals": "list at least one hospital, or let nobody book from outside"})
    known = hospitals.existing(sorted(wanted.outside_hospitals))
    if unknown := sorted(wanted.outside_hospitals - known):
        raise Invalid(fields={"outside_hospitals": f"no hospital has the code {', '.join(unknown[:10])}"})


def _check_departments(caller: Caller, wanted: BookingRules) -> None:
    """Raise Invalid if a department that the rules name does not exist.

    Those that were removed since they were named may stay.
    """
    named = {name: getattr(wanted, name) for name in ("unasked_departments", "release_departments")}
    if not any(named.values()):
        return
    known, stored = set(catalogue_store.hospital(caller.hospital_code).departments), booking_rules(caller)
    unknown = {name: sorted(ids - known - getattr(stored, name)) for name, ids in named.items()}
    problems = {name: f"this hospital has no department {ids[0]}" for name, ids in unknown.items() if ids}
    if problems:
        raise Invalid(fields=problems)

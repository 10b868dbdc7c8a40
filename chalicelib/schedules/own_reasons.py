"""A hospital's own reasons for cancelling and moving appointments.

Staff choose one of them, and the person reads its words in the app. An appointment keeps a copy of the words, so a
change of the list does not change what anybody was told.
"""

from dataclasses import replace

from chalicelib import text_cleaning
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Invalid
from chalicelib.schedules import catalogue_store
from chalicelib.schedules.catalogue_model import OwnReasons

MOST = 12


def of_hospital(caller: Caller) -> OwnReasons:
    """The reasons of the caller's hospital: one read of an item."""
    return catalogue_store.own_reasons(caller.hospital_code)


def change(caller: Caller, wanted: OwnReasons) -> OwnReasons:
    """Replace the list.

    wanted.version: the version that the caller saw. If the same list is sent again, nothing changes. Raises
    EditConflict, Invalid (two reasons that a reader takes for the same).
    """
    for number, reason in enumerate(wanted.reasons):
        if any(text_cleaning.same(reason.th, other.th) for other in wanted.reasons[:number]):
            raise Invalid(fields={"reasons": f"reason {number + 1} is in the list already"})
    changed = replace(wanted, version=wanted.version + 1)
    if not catalogue_store.put_own_reasons(caller.hospital_code, changed):
        stored = of_hospital(caller)
        if stored != changed:
            raise EditConflict(details={"theirs": stored})
    return changed

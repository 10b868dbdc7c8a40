"""Add or change one entry of a catalogue: unique names, versions, retries."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from chalicelib import text_cleaning
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, NameTaken, NotFound
from chalicelib.retry import RetryBudget
from chalicelib.schedules import catalogue_store
from chalicelib.schedules.catalogue_model import Board, Department, HospitalCatalogue, Period, Room, ServicePoint

Entry = TypeVar("Entry", Department, Room, Period, ServicePoint, Board)


def add(
    caller: Caller,
    name_field: str,
    numbered: Callable[[HospitalCatalogue], Entry],
    siblings: Callable[[HospitalCatalogue], Iterable[Entry]],
    same: Callable[[Entry, Entry], bool],
) -> Entry:
    """Add what `numbered` makes, unless a sibling has its name.

    If that sibling is the `same`, it is the answer, so a second click or a repeated request adds nothing. Raises
    NameTaken if it is another, TryAgain.
    """
    budget = RetryBudget()
    while True:
        hospital = catalogue_store.hospital(caller.hospital_code)
        new = numbered(hospital)
        namesakes = [sibling for sibling in siblings(hospital) if text_cleaning.same(sibling.name, new.name)]
        for namesake in namesakes:
            if same(namesake, new):
                return namesake
        if namesakes:
            raise _name_taken(name_field)
        if catalogue_store.add(hospital, new):
            return new
        budget.check()


def change(
    caller: Caller,
    changed: Entry,
    kind: str,
    stored_in: Callable[[HospitalCatalogue], Entry | None],
    siblings: Callable[[HospitalCatalogue], Iterable[Entry]],
) -> Entry:
    """Replace the version before `changed` with it.

    A new name must not be the name of a sibling. An entry whose old name is taken already can still be changed
    otherwise. Raises NotFound, EditConflict, NameTaken, TryAgain.
    """
    budget = RetryBudget()
    while True:
        hospital = catalogue_store.hospital(caller.hospital_code)
        stored = stored_in(hospital)
        if stored == changed:
            return changed
        before = at_version(f"{kind}_id", stored, changed.version - 1)
        namesakes = [sibling for sibling in siblings(hospital) if text_cleaning.same(sibling.name, changed.name)]
        renamed = before not in namesakes
        if renamed and namesakes:
            raise _name_taken(f"{kind}_name")
        if catalogue_store.change(hospital, before, changed, renamed):
            return changed
        budget.check()


def _name_taken(field: str) -> NameTaken:
    return NameTaken(fields={field: "there is another of this name"})


def changed_meanwhile(field: str, stored: catalogue_store.Entry | None) -> EditConflict | NotFound:
    if stored is None:
        return NotFound(fields={field: "this hospital has no such thing, or no longer"})
    return EditConflict(details={"theirs": stored})


def at_version(field: str, stored: Entry | None, version: int) -> Entry:
    """The stored entry if it has this version. Raises NotFound, EditConflict."""
    if stored is None or stored.version != version:
        raise changed_meanwhile(field, stored)
    return stored

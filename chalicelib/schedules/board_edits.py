"""Add, change and remove the boards of the caller's hospital.

A change or removal has the version that the screen shows (`catalogue.py`).
"""

import secrets
from dataclasses import replace

from chalicelib.caller import Caller
from chalicelib.schedules import catalogue_store, entry_edits, rules
from chalicelib.schedules.catalogue_actions import of_hospital
from chalicelib.schedules.catalogue_model import Board, HospitalCatalogue


def add_board(caller: Caller, wanted: Board) -> Board:
    """Add a board; if there is one of this name with these points, return that.

    A new number and a new token replace those of `wanted`. Raises NameTaken, Invalid (no such service point).
    """

    def numbered(hospital: HospitalCatalogue) -> Board:
        rules.check_board(hospital, wanted)
        return replace(wanted, board_id=hospital.next_numbers[catalogue_store.BOARD], token=_new_token(), version=1)

    return entry_edits.add(
        caller,
        "board_name",
        numbered,
        lambda hospital: hospital.boards.values(),
        lambda old, new: old.name == new.name and old.points == new.points,
    )


def change_board(caller: Caller, wanted: Board) -> Board:
    """Change a board's name and service points; its token stays.

    wanted.version: the version that the caller saw. Raises NotFound, EditConflict, Invalid (no such service point),
    NameTaken.
    """
    hospital = of_hospital(caller)
    rules.check_board(hospital, wanted)
    stored = hospital.boards.get(wanted.board_id)
    return _change_board(caller, replace(wanted, token=stored.token if stored else ""))


def replace_board_token(caller: Caller, board_id: int, version: int) -> Board:
    """Give a board a new token, so that its old address shows nothing any more.

    Raises NotFound, EditConflict.
    """
    stored = entry_edits.at_version("board_id", of_hospital(caller).boards.get(board_id), version)
    return _change_board(caller, replace(stored, token=_new_token()))


def _change_board(caller: Caller, wanted: Board) -> Board:
    return entry_edits.change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "board",
        lambda hospital: hospital.boards.get(wanted.board_id),
        lambda hospital: hospital.boards.values(),
    )


def remove_board(caller: Caller, board_id: int, version: int) -> None:
    """Remove a board; its address shows nothing any more.

    Raises NotFound, EditConflict.
    """
    stored = entry_edits.at_version("board_id", of_hospital(caller).boards.get(board_id), version)
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise entry_edits.changed_meanwhile("board_id", of_hospital(caller).boards.get(board_id))


def _new_token() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)

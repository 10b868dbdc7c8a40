"""Dashboard API: boards of service points (จอเรียกคิว) (not in manual)."""

from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.caller import Caller
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import endpoint
from chalicelib.fields import Id, items, text
from chalicelib.responses import respond
from chalicelib.schedules import board_edits, catalogue_actions
from chalicelib.schedules.catalogue_model import Board
from chalicelib.schedules.catalogue_routes import CHANGE, KEEPS, Version, VersionQuery

BOARDS = "/api/dashboard/boards"


class BoardResponse(msgspec.Struct):
    """A board.

    token: the board's page is /board/#token. Anybody who has it sees the numbers that are called.
    """

    board_id: int
    board_name: str
    points: list[int]
    token: str
    version: int


def _board(board: Board) -> BoardResponse:
    return respond(BoardResponse, board, board_name=board.name, points=sorted(board.points))


class BoardBody(msgspec.Struct, kw_only=True):
    board_name: Annotated[str, text(60, "name of the board", shortest=1, example="จอหน้าห้องตรวจ")]
    points: Annotated[list[Id], items(12, "numbers of service points", "use several boards")]

    def to_board(self, board_id: int, version: int) -> Board:
        return Board(board_id, self.board_name, frozenset(self.points), version=version)


class BoardChange(BoardBody, kw_only=True):
    version: Version


class BoardKey(msgspec.Struct):
    board_id: Id


class BoardRemoval(BoardKey, kw_only=True):
    version: Version


@endpoint("GET", BOARDS, roles=KEEPS, section="New here", thai="รายการจอเรียกคิว")
def list_boards(caller: Caller) -> list[BoardResponse]:
    """The hospital's boards with their tokens, by number."""
    boards = catalogue_actions.of_hospital(caller).boards
    return [_board(boards[number]) for number in sorted(boards)]


@endpoint("POST", BOARDS, roles=KEEPS, section="New here", thai="เพิ่มจอเรียกคิว", errors=(errors.NameTaken,))
def add_board(caller: Caller, body: BoardBody) -> BoardResponse:
    """Add a board of one or several service points.

    If there is one of this name with these service points, the answer is that one.
    """
    return _board(board_edits.add_board(caller, body.to_board(0, 1)))


@endpoint("PUT", f"{BOARDS}/{{board_id}}", roles=KEEPS, section="New here", thai="แก้ไขจอเรียกคิว", errors=CHANGE)
def change_board(caller: Caller, params: BoardKey, body: BoardChange) -> BoardResponse:
    """Change a board's name or service points. Its address stays."""
    with edit_conflict_response(body, _board):
        return _board(board_edits.change_board(caller, body.to_board(params.board_id, body.version)))


@endpoint(
    "POST",
    f"{BOARDS}/{{board_id}}/token",
    roles=KEEPS,
    section="New here",
    thai="เปลี่ยนที่อยู่ของจอเรียกคิว",
    errors=(errors.NotFound, errors.EditConflict),
)
def replace_board_token(caller: Caller, params: BoardKey, body: VersionQuery) -> BoardResponse:
    """Give a board another address; the old one shows nothing any more."""
    with edit_conflict_response(body, _board):
        return _board(board_edits.replace_board_token(caller, params.board_id, body.version))


@endpoint(
    "DELETE",
    f"{BOARDS}/{{board_id}}",
    roles=KEEPS,
    section="New here",
    thai="ลบจอเรียกคิว",
    errors=(errors.NotFound, errors.EditConflict),
)
def remove_board(caller: Caller, params: BoardRemoval) -> BoardKey:
    """Remove a board; its address shows nothing any more."""
    with edit_conflict_response(VersionQuery(params.version), _board):
        board_edits.remove_board(caller, params.board_id, params.version)
    return BoardKey(params.board_id)

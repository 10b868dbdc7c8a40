"""Boards show called numbers to everybody with the address, and name nobody."""

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib import errors, storage
from chalicelib.caller import APPOINTMENT_DASHBOARD, Caller
from chalicelib.schedules import board_edits, catalogue_actions
from chalicelib.schedules.catalogue_model import Board
from chalicelib.settings import settings
from chalicelib.tables import CatalogueItem
from chalicelib.visits import board_store, boards
from chalicelib.visits.model import BoardDocument
from tests.visits.morning import CLERK, DAY, EXAMINATION, PHARMACY, VACCINATION, Morning

TODAY = {("00000", DAY.date())}


@pytest.fixture(autouse=True)
def _no_documents(memory: None) -> Iterator[None]:
    yield
    for key in files():
        s3().delete_object(Bucket=settings().bucket, Key=key)


def s3() -> Any:
    return boto3.client("s3")


def files() -> list[str]:
    listed = s3().list_objects_v2(Bucket=settings().bucket, Prefix="boards/")
    return [file["Key"] for file in listed.get("Contents", [])]


def image_of(number: int) -> dict[str, Any]:
    """A board's row as the stream of the hospitals table has it."""
    row = CatalogueItem.get("00000", f"board#{number}")
    return dict(row.serialize())


def new_board(*points: int, name: str = "จอหน้าห้องตรวจ") -> Board:
    board = board_edits.add_board(CLERK, Board(0, name, frozenset(points)))
    boards.show_catalogue([(None, image_of(board.board_id))])
    return board


def shown(board: Board) -> BoardDocument:
    stored = board_store.read(board.token)
    assert stored is not None
    return stored.document


def test_a_board_shows_who_is_called_and_how_many_wait(morning: Morning) -> None:
    board = new_board(EXAMINATION, PHARMACY)
    booked = [morning.book() for _ in range(3)]
    morning.at(8)
    for each in booked:
        morning.arrive(each)
    boards.show_queues(TODAY)
    assert [(point.name_en, point.waiting, point.counters) for point in shown(board).points] == [
        ("Examination", 3, []),
        ("Pharmacy", 0, []),
    ]
    morning.at(8, 5)
    morning.call(counter=3)
    boards.show_queues(TODAY)

    document = shown(board)

    (counter,) = document.points[0].counters
    assert (counter.counter, counter.number, counter.called_at) == (3, booked[0].queue_no, "2026-12-01T08:05:00.000")
    assert document.points[0].waiting == 2
    assert document.day == "2026-12-01"


def test_a_number_leaves_its_counter_when_the_call_ends_and_stays_among_the_last_calls(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    numbers = []
    for minute in range(10):
        morning.at(8, minute)
        numbers.append(morning.ticket())
        call = morning.call()
        boards.show_queues(TODAY)
        morning.end(call.counter, "serve")
    boards.show_queues(TODAY)

    document = shown(board)

    assert document.points[0].counters[0].number == ""
    assert [call.number for call in document.recent] == numbers[:-9:-1]


def test_a_number_that_is_called_again_says_so(morning: Morning) -> None:
    from chalicelib.visits import calls

    board = new_board(EXAMINATION)
    morning.at(8)
    morning.ticket()
    call = morning.call()
    calls.recall(CLERK, EXAMINATION, 1, call.counter.call_id)
    boards.show_queues(TODAY)

    assert shown(board).points[0].counters[0].recalls == 1


def test_a_repeated_or_late_record_never_makes_a_board_older(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    morning.at(8)
    morning.ticket()
    morning.ticket()
    boards.show_queues(TODAY)
    morning.call()
    boards.show_queues(TODAY)
    newest = shown(board)

    boards.show_queues(TODAY)
    boards.show_queues({("00000", DAY.date().replace(day=2))})

    assert shown(board) == newest


def test_a_document_that_was_read_before_another_was_written_does_not_replace_it(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    old = board_store.read(board.token)
    assert old is not None
    morning.at(8)
    morning.ticket()
    boards.show_queues(TODAY)

    assert not board_store.put(board.token, old.document, old)
    assert shown(board).points[0].waiting == 1


def test_a_replaced_token_shows_nothing_and_the_new_one_shows_the_same(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    before = image_of(board.board_id)
    stored = board_store.read(board.token)
    replaced = board_edits.replace_board_token(CLERK, board.board_id, board.version)
    boards.show_catalogue([(before, image_of(board.board_id))])

    assert replaced.token != board.token
    assert len(replaced.token) >= 22
    assert board_store.read(board.token) is None
    assert shown(replaced).points[0].name_en == "Examination"
    # What another process read before the replacement is not written again.
    assert stored is not None
    assert not board_store.put(board.token, stored.document, stored)
    boards.show_queues(TODAY)
    assert files() == [f"boards/{replaced.token}.json"]


def test_a_removed_board_shows_nothing(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    before = image_of(board.board_id)
    board_edits.remove_board(CLERK, board.board_id, board.version)
    boards.show_catalogue([(before, None)])

    assert files() == []


def test_a_board_follows_its_points_and_their_names(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    before = image_of(board.board_id)
    changed = board_edits.change_board(CLERK, Board(board.board_id, board.name, frozenset({VACCINATION}), version=1))
    boards.show_catalogue([(before, image_of(board.board_id))])

    assert changed.token == board.token
    assert [point.name_en for point in shown(board).points] == ["Vaccination"]


def test_a_board_of_points_that_do_not_exist_is_refused(morning: Morning) -> None:
    for points in ((), (99,)):
        with pytest.raises(errors.Invalid):
            board_edits.add_board(CLERK, Board(0, "จอ", frozenset(points)))


def test_the_same_board_again_is_the_same_board(morning: Morning) -> None:
    assert new_board(EXAMINATION) == new_board(EXAMINATION)
    with pytest.raises(errors.NameTaken):
        new_board(PHARMACY)


def test_the_token_is_unlike_every_other(morning: Morning) -> None:
    tokens = {new_board(EXAMINATION, name=f"จอ {n}").token for n in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)


def test_a_hospital_without_boards_has_no_documents(morning: Morning) -> None:
    morning.at(8)
    morning.ticket()
    boards.show_queues(TODAY)

    assert files() == []


def test_displays_cost_no_request_to_a_table_and_calls_the_same_for_one_and_for_200(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    morning.at(8)
    sent: list[str] = []

    def count(request: Any, **_: Any) -> None:
        sent.append(str(request.headers["X-Amz-Target"]).split(".")[-1])

    events = storage.connection().client.meta.events
    events.register_first("before-send.dynamodb", count)
    costs = []
    for displays in (1, 200):
        morning.ticket()
        morning.call(counter=displays % 99)
        sent.clear()
        boards.show_queues(TODAY)
        for _ in range(displays):
            s3().get_object(Bucket=settings().bucket, Key=f"boards/{board.token}.json")
        costs.append(list(sent))
    events.unregister("before-send.dynamodb", count)

    assert costs == [["Query", "Query"]] * 2


def test_a_whole_days_documents_name_nobody(morning: Morning) -> None:
    """Search names, ids and telephone numbers in all that a board shows on a day."""
    board = new_board(EXAMINATION, PHARMACY, VACCINATION)
    booked = [morning.book(period_id=1 + n % 3, room_id=1 + n % 2) for n in range(12)]
    written = []
    for n, each in enumerate(booked):
        morning.at(8 + n % 3, n)
        morning.arrive(each, "over_80" if n % 5 == 0 else "")
        boards.show_queues(TODAY)
        written.append(raw(board))
    for point in (EXAMINATION, VACCINATION, PHARMACY):
        for n in range(20):
            morning.at(11, n)
            try:
                call = morning.call(counter=1 + n % 2, point_id=point)
            except errors.NobodyWaiting:
                break
            boards.show_queues(TODAY)
            written.append(raw(board))
            if point == EXAMINATION:
                morning.end(call.counter, "send_on", PHARMACY)
            else:
                morning.end(call.counter, "serve")

    text = "\n".join(written)
    assert len(set(written)) > 20
    for each in booked:
        for secret in (each.cid, each.person_name, each.check_code, "ทดสอบ", "over_80"):
            assert not secret or secret not in text
    assert not re.search(r"\d{9,}", re.sub(r"[-T:]", "", re.sub(r'"\d{4}-\d\d-\d\dT[\d:.]{8,12}"', "", text)))


def raw(board: Board) -> str:
    content: bytes = s3().get_object(Bucket=settings().bucket, Key=f"boards/{board.token}.json")["Body"].read()
    return content.decode()


def test_a_missing_document_is_missing_also_for_a_reader(morning: Morning) -> None:
    with pytest.raises(ClientError):
        s3().get_object(Bucket=settings().bucket, Key="boards/AAAAAAAAAAAAAAAAAAAAAA.json")


def test_another_hospital_has_none_of_these_boards(morning: Morning) -> None:
    board = new_board(EXAMINATION)
    storage.write(storage.put(CatalogueItem("00002", "#", name="รพ.อื่น", province_code="84")))
    other = Caller("staff.demo", "00002", roles={APPOINTMENT_DASHBOARD: 1})

    assert catalogue_actions.of_hospital(other).boards == {}
    with pytest.raises(errors.NotFound):
        board_edits.replace_board_token(other, board.board_id, 1)

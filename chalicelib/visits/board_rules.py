"""Contents of a board: number of each counter, last calls, how many wait. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.schedules.catalogue_model import Board, HospitalCatalogue
from chalicelib.visits.model import BoardCall, BoardCounter, BoardDocument, BoardPoint, Counter, QueueEntry

# Number of last calls that a board keeps.
RECENT_CALLS = 8


def document(
    board: Board,
    hospital: HospitalCatalogue,
    counters: Sequence[Counter],
    entries: Sequence[QueueEntry],
    before: BoardDocument | None,
    now: datetime,
) -> BoardDocument:
    """The document that the board shows now.

    counters, entries: of the hospital's day. before: the document that it has shown until now.
    """
    day = now.date().isoformat()
    points = [
        BoardPoint(
            point_id,
            hospital.points[point_id].name,
            hospital.points[point_id].name_en,
            sum(entry.point_id == point_id for entry in entries),
            [_counter(counter) for counter in counters if counter.point_id == point_id],
        )
        for point_id in sorted(board.points & set(hospital.points))
    ]
    calls = {
        BoardCall(counter.point_id, counter.counter, counter.visitor.number, _local(counter.called_at))
        for counter in counters
        if counter.call_id and counter.point_id in board.points
    }
    if before is not None and before.day == day:
        calls.update(call for call in before.recent if call.point_id in board.points)
    newest_first = sorted(calls, key=lambda call: (call.called_at, call.point_id, call.counter), reverse=True)
    return BoardDocument(
        version=before.version + 1 if before else 1,
        written_at=now.isoformat(timespec="seconds")[:19],
        day=day,
        points=points,
        recent=newest_first[:RECENT_CALLS],
    )


def shows_the_same(before: BoardDocument, after: BoardDocument) -> bool:
    return replace(before, version=0, written_at="") == replace(after, version=0, written_at="")


def _counter(counter: Counter) -> BoardCounter:
    if not counter.is_serving:
        return BoardCounter(counter.counter, "", "", 0)
    return BoardCounter(counter.counter, counter.visitor.number, _local(counter.called_at), counter.recalls)


def _local(time: str) -> str:
    """A time of Bangkok without its offset.

    It keeps the milliseconds, because two counters may call in one second.
    """
    return time[:23]

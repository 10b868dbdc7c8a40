"""Write the documents of boards after a change of a queue or a board.

Two streams call this: that of the queues, and that of the hospitals, whose catalogue lists the boards. The documents
are written from what the tables hold now, so a repeated or late record writes nothing older. If a token is replaced,
its document is deleted.
"""

from collections.abc import Iterable
from typing import Any

from chalicelib import clock
from chalicelib.errors import HospitalNotFound, TryAgain
from chalicelib.schedules import actions as schedules
from chalicelib.schedules.catalogue_model import HospitalCatalogue
from chalicelib.visits import board_rules, board_store, store

# How often a document is read and written again if another process was faster.
_ATTEMPTS = 4
# What the boards of a hospital depend on, in its catalogue.
_KINDS = ("board#", "point#")


def show_queues(hospital_days: Iterable[tuple[str, Any]]) -> None:
    """Write the boards of the hospitals whose queues of today have changed.

    hospital_days: (hospital code, day); other days are left out. It changes documents that exist and makes none, so a
    token that is replaced at this moment stays without a document. Raises TryAgain.
    """
    today = clock.today()
    for hospital_code in sorted({code for code, day in hospital_days if day == today}):
        _show(hospital_code, make=False)


def show_catalogue(changes: Iterable[tuple[Any, Any]]) -> None:
    """Make, change and delete documents after changes of the boards' catalogue.

    changes: (image before, image after) of the hospitals table's rows, in order. Raises TryAgain.
    """
    for before, after in changes:
        image = after or before
        if not image["item"]["S"].startswith(_KINDS) or before == after:
            continue
        token, new_token = _token(before), _token(after)
        if token and token != new_token:
            board_store.delete(token)
        if after:
            _show(image["hospital_code"]["S"], make=True)


def write_anew(hospital_code: str) -> int:
    """Write the documents of a hospital's boards again.

    They are made from what the tables hold now. Returns how many boards there are.
    """
    _show(hospital_code, make=True)
    return len(schedules.hospital(hospital_code).boards)


def _token(image: Any) -> str:
    token: str = (image or {}).get("token", {}).get("S", "")
    return token


def _show(hospital_code: str, *, make: bool) -> None:
    """Write those documents of a hospital's boards whose content has changed.

    make: write also those that do not exist yet. Each document is read before the queues are: if it is still the same
    when it is written, it showed nothing newer.
    """
    for _ in range(_ATTEMPTS):
        hospital = _hospital(hospital_code)
        if hospital is None or not hospital.boards:
            return
        documents = {number: board_store.read(board.token) for number, board in hospital.boards.items()}
        now = clock.now()
        counters, entries = store.queues_on(hospital_code, now.date(), consistent=True)
        is_done = True
        for number, board in hospital.boards.items():
            stored = documents[number]
            if stored is None and not make:
                continue
            before = stored.document if stored else None
            document = board_rules.document(board, hospital, counters, entries, before, now)
            if before is None or not board_rules.shows_the_same(before, document):
                is_done &= board_store.put(board.token, document, stored)
        if is_done:
            return
    raise TryAgain()


def _hospital(hospital_code: str) -> HospitalCatalogue | None:
    try:
        return schedules.hospital(hospital_code)
    except HospitalNotFound:
        return None

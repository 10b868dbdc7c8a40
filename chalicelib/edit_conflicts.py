"""What two people edited at the same time, as both of them see it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from chalicelib.errors import EditConflict


@contextmanager
def edit_conflict_response(yours: object, row: Callable[[Any], msgspec.Struct]) -> Iterator[None]:
    """Puts an edit conflict raised inside into the wire's words: `yours` as it was sent, `theirs` as `row` spells what
    is stored."""
    try:
        yield
    except EditConflict as conflict:
        raise EditConflict(details={"yours": yours, "theirs": row(conflict.details["theirs"])}) from None

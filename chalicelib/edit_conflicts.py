"""Responses to conflicting edits of the same thing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from chalicelib.errors import EditConflict


@contextmanager
def edit_conflict_response(yours: object, row: Callable[[Any], msgspec.Struct]) -> Iterator[None]:
    """Put both versions into an EditConflict that is raised inside.

    yours: the body that was sent. row: converts what is stored to `theirs`.
    """
    try:
        yield
    except EditConflict as conflict:
        raise EditConflict(details={"yours": yours, "theirs": row(conflict.details["theirs"])}) from None

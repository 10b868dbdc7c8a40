"""Responses for two edits of one thing at the same time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from chalicelib.errors import EditConflict


@contextmanager
def edit_conflict_response(yours: object, row: Callable[[Any], msgspec.Struct]) -> Iterator[None]:
    """Complete an EditConflict that is raised inside: `yours` is the body that was sent, `theirs` is `row(stored)`."""
    try:
        yield
    except EditConflict as conflict:
        raise EditConflict(details={"yours": yours, "theirs": row(conflict.details["theirs"])}) from None

"""The people whom a request shows.

They are noted when a response is filled, and written to the log by the HTTP adapter.
"""

import contextvars
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_shown: contextvars.ContextVar[dict[str, None]] = contextvars.ContextVar("shown_people")


def note(cid: str) -> None:
    """Note that the response shows this person, or says that nobody has the id.

    Raises LookupError in an endpoint that does not declare that it shows people.
    """
    _shown.get()[cid] = None


@contextmanager
def noting() -> Iterator[Iterable[str]]:
    """Collect the ids that are noted inside, each once, in the order of the response."""
    shown: dict[str, None] = {}
    token = _shown.set(shown)
    try:
        yield shown
    finally:
        _shown.reset(token)

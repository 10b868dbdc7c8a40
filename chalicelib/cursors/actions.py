"""Convert positions in lists to cursors and back.

A cursor is for one caller's hospital and one list. The first process that needs the key makes it. Each process reads it
once. To change the key, delete its item: a list that somebody is paging through then begins again.
"""

import secrets
from functools import cache

from chalicelib.caller import Caller
from chalicelib.cursors import rules, store
from chalicelib.cursors.model import Key
from chalicelib.errors import Invalid, TryAgain

_SECRET_BYTES = 64
_FORGED = "this is no cursor of this list; send `next` of the page before, or leave it out for the first page"


def seal(caller: Caller, scope: str, position: str) -> str:
    """The cursor of a position in a list; "" for the position "".

    scope: the list, and whose it is if it is one person's.
    """
    return rules.seal(_secret(), _of_caller(caller, scope), position) if position else ""


def unseal(caller: Caller, scope: str, cursor: str, field: str = "after") -> str:
    """The position of a cursor that `seal` made; "" for the cursor "".

    field: the request's field, for the error. Raises Invalid if the cursor was not made for the same hospital and
    scope.
    """
    if not cursor:
        return ""
    position = rules.unseal(_secret(), _of_caller(caller, scope), cursor)
    if position is None:
        raise Invalid(fields={field: _FORGED})
    return position


def _of_caller(caller: Caller, scope: str) -> str:
    return f"{caller.hospital_code}#{scope}"


@cache
def _secret() -> str:
    name = f"cursor-{rules.VERSION}"
    key = store.key(name)
    if key is None:
        store.add(Key(name, secrets.token_hex(_SECRET_BYTES)))
        key = store.key(name)  # another process may have been first
    if key is None:
        raise TryAgain()
    return key.secret

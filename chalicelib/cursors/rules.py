"""Encryption of positions in lists. Pure.

A position often is an id of a person. A reader of a cursor learns nothing of it, and nobody can make one: an invented
position would show where an id is in the order of ids, and so the id itself, digit by digit.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

# The beginning of every cursor, and a part of the key's name. A new way to encrypt gets a new version.
VERSION = "1"


def seal(secret: str, scope: str, position: str) -> str:
    """The cursor of a position.

    secret: 128 hexadecimal digits. scope: the list, and whose it is.
    """
    sealed = AESSIV(bytes.fromhex(secret)).encrypt(position.encode(), [_bound(scope)])
    return _written(sealed)


def unseal(secret: str, scope: str, cursor: str) -> str | None:
    """The position of a cursor; None if it was not made with this secret and scope."""
    if not (cursor.startswith(VERSION) and cursor.isascii()):
        return None
    encoded = cursor.removeprefix(VERSION)
    try:
        sealed = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        if _written(sealed) != cursor:
            return None  # another last letter can encode the same bytes
        return AESSIV(bytes.fromhex(secret)).decrypt(sealed, [_bound(scope)]).decode()
    except (binascii.Error, InvalidTag):
        return None


def _written(sealed: bytes) -> str:
    return VERSION + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _bound(scope: str) -> bytes:
    return f"{VERSION}#{scope}".encode()

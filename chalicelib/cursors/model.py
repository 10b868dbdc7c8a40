"""The key of the cursors."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """A secret that all processes share.

    name: such as "cursor-1". secret: hexadecimal digits.
    """

    name: str
    secret: str

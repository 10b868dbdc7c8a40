"""The keys table: secrets that every process shares."""

from chalicelib import storage
from chalicelib.cursors.model import Key
from chalicelib.row_mapper import Mapper
from chalicelib.tables import KeyItem

KEYS = Mapper(KeyItem, Key, keys=lambda key: {})


def key(name: str) -> Key | None:
    """The key of this name, or None."""
    row = storage.get(KeyItem, name)
    return KEYS.read(row) if row else None


def add(new: Key) -> bool:
    """Write a key; False if a key of this name exists."""
    return storage.write(storage.put(KEYS.row(new), KeyItem.name.does_not_exist()))

"""Convert rows to dataclasses and back, by the fields of the dataclass.

A stored field is written twice: in the dataclass and in its table. A `Mapper` joins the two:

    APPOINTMENTS = Mapper(AppointmentItem, Appointment, keys=_keys)

How a field is stored follows from its type: text, whole numbers and booleans as they are, `date` and `datetime` as ISO
text (a `datetime` in a TTL attribute as a number), a frozenset as a set, a tuple of dataclasses as a list of maps, a
dict as a map. A nested dataclass is stored in columns of the same row; `field(metadata={"prefix": "app_"})` puts a
prefix before their names. A column is left out if the value is None or an empty set, or "" in a column that may be
null; what is left out is read as the field's default, else as "" for text and as empty for a collection.
`tests/test_row_mapper.py` checks that every table and its dataclasses agree.
"""

import dataclasses
import types
from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from pynamodb.attributes import TTLAttribute

from chalicelib.storage import RawItem, Row, Table

Model = TypeVar("Model")
Convert = Callable[[Any], Any]


class Column(NamedTuple):
    """One stored field.

    path: the names that lead to it; two if it is in a nested dataclass.
    """

    name: str
    path: tuple[str, ...]
    to_python: Convert | None  # None: the value is the same on both sides
    to_row: Convert | None
    missing: Any  # what a row without this column has, if the dataclass has no default


class Mapper(Generic[Row, Model]):
    """Converter of rows of `table` to `model` and back.

    keys: value -> the columns that are not fields of the dataclass (the table's keys and those of its indexes).
    from_keys: row -> the fields that are stored only as a part of a key.
    """

    def __init__(
        self,
        table: type[Row],
        model: type[Model],
        keys: Callable[[Model], dict[str, Any]],
        from_keys: Callable[[Any], dict[str, Any]] | None = None,
    ) -> None:
        self.table, self.model, self.keys, self.from_keys = table, model, keys, from_keys
        mappers.append(self)

    @cached_property
    def columns(self) -> list[Column]:
        """Every field that has a column of its own."""
        return list(_columns(self.table, self.model))

    @cached_property
    def _parts(self) -> list[tuple[str, type, list[Column], list[str]]]:
        """Name, class, columns and key-only fields of each nested dataclass.

        A key-only field is stored as a part of a key and has no column.
        """
        parts = []
        for each, hint in _fields(self.model):
            if _is_dataclass(hint):
                columns = [column for column in self.columns if column.path[0] == each.name]
                stored = {column.path[-1] for column in columns}
                parts.append((each.name, hint, columns, [f.name for f, _ in _fields(hint) if f.name not in stored]))
        return parts

    @cached_property
    def _own_columns(self) -> list[Column]:
        return [column for column in self.columns if len(column.path) == 1]

    def read(self, row: Any) -> Model:
        """The dataclass in a row."""
        stored = row.attribute_values
        values = _read(self._own_columns, stored)
        if self.from_keys is not None:
            values |= self.from_keys(row)
        for name, part, columns, in_keys in self._parts:
            values[name] = part(**_read(columns, stored), **{each: values.pop(each) for each in in_keys})
        return self.model(**values)

    def read_item(self, item: RawItem | None) -> Model | None:
        """The dataclass in an item as DynamoDB sends it; None if the item is empty.

        DynamoDB sends items in a stream's image and with a failed condition.
        """
        return self.read(self.table.from_raw_data(item)) if item else None

    def row(self, value: Model) -> Row:
        """The whole row of a dataclass."""
        return self.table(**{**self.values(value), **self.keys(value)})

    def key(self, value: Model) -> Row:
        """A row with the table's keys only: what an update or a delete needs."""
        keys = self.keys(value)
        names = (self.table._hash_keyname, self.table._range_keyname)
        return self.table(**{name: keys[name] if name in keys else getattr(value, name) for name in names if name})

    def changes(self, before: Model, after: Model) -> list[Any]:
        """The update actions that turn the row of `before` into the row of `after`.

        Both have the same keys.
        """
        old, new = self.values(before), self.values(after)
        actions = []
        for column in self.columns:
            if old.get(column.name) != new.get(column.name):
                attribute = getattr(self.table, column.name)
                value = new.get(column.name)
                actions.append(attribute.remove() if value is None else attribute.set(value))
        return actions

    def values(self, value: Model) -> dict[str, Any]:
        """Column name -> value of every stored field, without those that are left out."""
        stored = {}
        for name, path, _, to_row, _ in self.columns:
            part: Any = value
            for step in path:
                part = getattr(part, step)
            if part is not None and to_row is not None:
                part = to_row(part)
            if part is not None:
                stored[name] = part
        return stored


# Every mapper of the imported packages, for the test that compares tables and dataclasses.
mappers: list[Mapper[Any, Any]] = []


def _fields(model: type) -> list[tuple[dataclasses.Field[Any], Any]]:
    hints = get_type_hints(model)
    return [(each, hints[each.name]) for each in dataclasses.fields(model)]


def _is_dataclass(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def _read(columns: list[Column], stored: dict[str, Any]) -> dict[str, Any]:
    """Field name -> value of these columns.

    A missing column is left out if its field has a default.
    """
    values = {}
    for name, path, to_python, _, missing in columns:
        value = stored.get(name)
        if value is not None:
            values[path[-1]] = value if to_python is None else to_python(value)
        elif missing is not dataclasses.MISSING:
            values[path[-1]] = missing
    return values


def _columns(table: type[Table], model: type, path: tuple[str, ...] = (), prefix: str = "") -> list[Column]:
    columns: list[Column] = []
    attributes = table.get_attributes()
    for each, hint in _fields(model):
        name = prefix + each.name
        if _is_dataclass(hint):
            inner = each.metadata.get("prefix", "")
            columns += _columns(table, hint, (*path, each.name), prefix + inner)
        elif name in attributes:
            attribute = attributes[name]
            to_python, to_row = _converters(hint, attribute)
            has_default = not (each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING)
            missing = dataclasses.MISSING if has_default else _empty(hint)
            columns.append(Column(name, (*path, each.name), to_python, to_row, missing))
    return columns


def _plain(hint: Any) -> Any:
    """The type without `| None`."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(each for each in get_args(hint) if each is not types.NoneType)
    return hint


def _empty(hint: Any) -> Any:
    """The value of a missing column, for a field without a default.

    MISSING if the column must not be missing.
    """
    if hint is str:
        return ""
    if get_origin(hint) in (frozenset, tuple, dict):
        return get_origin(hint)()
    return dataclasses.MISSING


def _converters(hint: Any, attribute: Any) -> tuple[Convert | None, Convert | None]:
    """Functions (row -> Python, Python -> row) for a column.

    None if the value stays as it is.
    """
    kind = _plain(hint)
    if kind is str:
        return None, (lambda text: text or None) if attribute.null else None
    if isinstance(attribute, TTLAttribute):
        return None, None
    if get_origin(kind) is frozenset:
        return frozenset, lambda values: set(values) or None
    if kind in (int, bool):
        return None, None
    return _inner(kind)


def _inner(kind: Any) -> tuple[Convert, Convert]:
    """The converters of dates and of values inside collections."""
    if kind is date:
        return date.fromisoformat, date.isoformat
    if kind is datetime:
        return datetime.fromisoformat, datetime.isoformat
    if kind is int:
        return int, int
    if _is_dataclass(kind):
        return (lambda value: kind(**value)), vars
    arguments = get_args(kind)
    if get_origin(kind) is tuple:
        of_item, to_item = _inner(arguments[0])  # a tuple here has members of one type
        return (lambda values: tuple(map(of_item, values))), (lambda values: [to_item(value) for value in values])
    if get_origin(kind) is dict:
        of_key, (of_value, to_value) = (int if arguments[0] is int else str), _inner(arguments[1])
        return (
            lambda values: {of_key(key): of_value(value) for key, value in values.items()},
            lambda values: {str(key): to_value(value) for key, value in values.items()},
        )
    return (lambda value: value), (lambda value: value)

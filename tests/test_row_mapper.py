"""Tables and dataclasses agree.

Every stored field has a column of its type, and every column is a field.
"""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import app  # noqa: F401  imports every package
from chalicelib import row_mapper
from chalicelib.row_mapper import Mapper
from chalicelib.storage import Table

MAPPERS = {f"{each.table.__name__}-{each.model.__name__}": each for each in row_mapper.mappers}

# Columns that are no field of a dataclass: counters, and what stores read and write one by one.
ALONE: dict[str, set[str]] = {
    "AccessItem": {"expires_at"},
    "AccountItem": {"expires_at", "failures", "counted_until", "tried", "next_user_id"},
    "AppointmentItem": {"expires_at", "held_expires_at"},
    "AuditItem": {"expires_at"},
    "BatchItem": {"cids", "failures", "withheld"},
    "CatalogueItem": {
        *(
            "next_appointment_id",
            "next_board_id",
            "next_department_id",
            "next_period_id",
            "next_point_id",
            "next_room_id",
        ),
        *("province_name", "search_name", "uses"),
    },
    "DayItem": {"counted_at"},
    "MessageItem": {"last_announcement", "sent_count"},
    "PersonItem": {
        *("basis", "booking_version", "expires_at"),
        *("held_expires_at", "hold_reason", "language"),
    },
    "QueueItem": {"expires_at", "last_ticket"},
    "RecipientItem": {"announcements", "held_expires_at"},
}


def sample(hint: Any, name: str) -> Any:
    """A value of the type that no default equals."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return sample_of(hint)
    if type(None) in get_args(hint):
        return sample(next(each for each in get_args(hint) if each is not type(None)), name)
    arguments = get_args(hint)
    match get_origin(hint):
        case origin if origin in (frozenset, tuple):
            return origin([sample(arguments[0], name)])
        case origin if origin is dict:
            return {sample(arguments[0], name): sample(arguments[1], name)}
    values = {
        str: f"{name} ก",
        int: 7,
        bool: True,
        Any: "ก",
        date: date(2026, 11, 27),
        datetime: datetime(2027, 1, 2, tzinfo=UTC),
    }
    return values[hint]


def sample_of(model: type) -> Any:
    hints = get_type_hints(model)
    return model(**{each.name: sample(hints[each.name], each.name) for each in dataclasses.fields(model)})


@pytest.mark.parametrize("name", MAPPERS)
def test_what_is_written_is_read_again_field_by_field(name: str) -> None:
    mapper: Mapper[Any, Any] = MAPPERS[name]
    value = sample_of(mapper.model)
    item = mapper.row(value).serialize(null_check=False)  # a part of the key may come from elsewhere
    assert mapper.read_item(item) == value


@pytest.mark.parametrize("name", MAPPERS)
def test_an_update_from_one_value_to_another_sets_every_field_that_differs(name: str) -> None:
    mapper: Mapper[Any, Any] = MAPPERS[name]
    value = sample_of(mapper.model)
    assert mapper.changes(value, value) == []
    for column in mapper.columns:
        if column.name not in mapper.keys(value):
            assert len(mapper.changes(value, without(value, *column.path))) == 1, column.name


def without(value: Any, name: str, *inside: str) -> Any:
    """The dataclass with None as this field, which may be in a dataclass inside it."""
    return dataclasses.replace(value, **{name: without(getattr(value, name), *inside) if inside else None})


@pytest.mark.parametrize("table", Table.__subclasses__(), ids=lambda table: table.__name__)
def test_every_column_is_a_key_a_field_or_named_here(table: type[Table]) -> None:
    fields = {column.name for mapper in row_mapper.mappers if mapper.table is table for column in mapper.columns}
    keys = {key["AttributeName"] for key in table._get_schema()["key_schema"]}
    for index in table._get_schema()["global_secondary_indexes"]:
        keys |= {key["AttributeName"] for key in index["key_schema"]}
    if fields:
        assert set(table.get_attributes()) - keys - fields == ALONE.get(table.__name__, set())


def test_every_table_has_a_mapper() -> None:
    assert {mapper.table for mapper in row_mapper.mappers} == set(Table.__subclasses__())

"""Responses filled from dataclasses."""

from dataclasses import dataclass

import msgspec
import pytest

from chalicelib.responses import respond


@dataclass
class Inside:
    room: str
    day: str


@dataclass
class Source:
    inside: Inside
    place: int


class Shown(msgspec.Struct):
    place: int
    room: str
    date: str


SOURCE = Source(Inside("ห้องตรวจ 1", "2026-12-01"), 7)


def test_fields_come_by_name_from_the_dataclass_and_the_one_inside_and_the_others_are_named() -> None:
    assert respond(Shown, SOURCE, date=SOURCE.inside.day, unknown="") == Shown(7, "ห้องตรวจ 1", "2026-12-01")


def test_a_field_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="date"):
        respond(Shown, SOURCE)


@dataclass
class TwoRooms:
    inside: Inside
    room: str


class Room(msgspec.Struct):
    room: str


def test_a_field_that_two_dataclasses_have_is_an_error_unless_the_value_is_named() -> None:
    source = TwoRooms(Inside("ห้องตรวจ 1", "2026-12-01"), "ห้องตรวจ 2")

    with pytest.raises(TypeError, match="room"):
        respond(Room, source)
    assert respond(Room, source, room=source.room) == Room("ห้องตรวจ 2")

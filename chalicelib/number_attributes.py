"""PynamoDB attributes for whole numbers.

They do not use PynamoDB's JSON parser for each value. No table has fractions.
"""

from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.attributes import NumberAttribute as JsonNumberAttribute
from pynamodb.attributes import NumberSetAttribute as JsonNumberSetAttribute
from pynamodb.constants import LIST, MAP, NUMBER


class NumberAttribute(JsonNumberAttribute):
    """A whole number."""

    def serialize(self, value: Any) -> str:
        return str(int(value))

    def deserialize(self, value: str) -> int:
        return int(value)


class NumberSetAttribute(JsonNumberSetAttribute):
    """A set of whole numbers, for example the free places of a schedule (up to 999)."""

    def serialize(self, value: Any) -> list[str] | None:
        return [str(int(number)) for number in value] or None

    def deserialize(self, value: Any) -> Any:
        return {int(number) for number in value}


class NumberMapsAttribute(Attribute[Any]):
    """A list of maps of whole numbers: [{name: number}]."""

    attr_type = LIST

    def serialize(self, value: Any) -> list[Any]:
        return [{MAP: {name: {NUMBER: str(int(number))} for name, number in item.items()}} for item in value]

    def deserialize(self, value: Any) -> list[dict[str, int]]:
        return [{name: int(number[NUMBER]) for name, number in item[MAP].items()} for item in value]

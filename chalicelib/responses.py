"""Responses filled from dataclasses by the names of their fields."""

from dataclasses import is_dataclass
from typing import Any, TypeVar

import msgspec

Response = TypeVar("Response", bound=msgspec.Struct)


def respond(response: type[Response], source: Any, **named: Any) -> Response:
    """Fill a response from a dataclass by the names of the fields.

    Every field gets the value of the same name in the dataclass, or in a dataclass inside it. named: values for the
    fields whose name or form in the contract is another; names that this response does not have are ignored. Raises
    KeyError if a field has no value, TypeError if it has two: then it must be in `named`.
    """
    fields = response.__struct_fields__
    values: dict[str, Any] = {}
    for name, value in vars(source).items():
        for field, content in vars(value).items() if is_dataclass(value) else ((name, value),):
            if field in values and field in fields and field not in named:
                raise TypeError(f"{type(source).__name__} has two values for {response.__name__}.{field}")
            values[field] = content
    values.update(named)
    return response(**{field: values[field] for field in fields})

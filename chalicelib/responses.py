"""Responses filled from dataclasses by the names of their fields."""

from dataclasses import is_dataclass
from typing import Any, TypeVar

import msgspec

Response = TypeVar("Response", bound=msgspec.Struct)


def respond(response: type[Response], source: Any, **named: Any) -> Response:
    """Fill every field of a response with the value of the same name in a dataclass, or in a dataclass inside it.

    named: values for the fields whose name or form in the contract is another; those that this response does not have
    are left out. Raises KeyError if a field has no value, TypeError if it has two: then it must be named.
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

"""Responses filled from dataclasses by the names of their fields."""

from dataclasses import is_dataclass
from typing import Any, TypeVar

import msgspec

Response = TypeVar("Response", bound=msgspec.Struct)


def respond(response: type[Response], source: Any, **named: Any) -> Response:
    """Fill every field of a response with the value of the same name in a dataclass, or in a dataclass inside it.

    named: values for the fields whose name or form in the contract is another; those that this response does not have
    are left out. Raises KeyError if a field has no value.
    """
    values = {}
    for name, value in vars(source).items():
        if is_dataclass(value):
            values.update(vars(value))
        else:
            values[name] = value
    values.update(named)
    return response(**{name: values[name] for name in response.__struct_fields__})

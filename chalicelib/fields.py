"""Types of request fields, and the functions that read and validate them.

The type of a field (`Cid`, `HospitalCode`, `Day`, ...) says which values are valid. `read` converts a value to this
type. If the value is invalid, it adds one English sentence to `problems` that says what to send instead. All problems
of a request are reported together. The OpenAPI document is made from the same types.
"""

import re
import types
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from chalicelib import clock, text_cleaning
from chalicelib.typed_codes import read_code

MAX_INT = 2**31 - 1
# Half of a surrogate pair. JSON may contain it ("\\ud800"), but the storage refuses it.
_HALF = re.compile(r"[\ud800-\udfff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")


def check_digit(cid: str) -> int:
    """Return the check digit of a national id: its 13th digit.

    It is calculated from the first twelve digits (wire contract, National id).
    """
    return (11 - sum(int(d) * (13 - i) for i, d in enumerate(cid[:12])) % 11) % 10


def read_cid(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("send the 13 digits as a JSON string")
    cid = read_code(value)
    if not (len(cid) == 13 and cid.isascii() and cid.isdigit()):
        raise ValueError("a national id has 13 digits")
    # Hospitals make ids that begin with 0 or 9 for people without an id. These have no check digit.
    if cid[0] in "12345678" and int(cid[12]) != check_digit(cid):
        raise ValueError("the check digit of this national id is wrong; compare it with the card")
    return cid


def read_hospital_code(value: object) -> str:
    if not (isinstance(value, str) and re.fullmatch(r"[0-9]{5}", value)):
        raise ValueError("a hospital code is a string of 5 digits, such as 00000")
    return value


def read_int(low: int, high: int, hint: str = "") -> Callable[[object], int]:
    def read_one(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # 7.0 and 7 are the same number in JSON
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"send a whole number from {low} to {high}{hint}")
        return value

    return read_one


def read_day(value: object) -> date:
    if not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise ValueError("send a date as yyyy-mm-dd, Christian era")
    if 2400 <= int(value[:4]) <= 2743:
        raise ValueError("this looks like a Buddhist year; send the Christian year (2569 is 2026)")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None
    if not 1850 <= day.year <= 2200:
        raise ValueError("the year must lie between 1850 and 2200")
    return day


def read_birth_date(value: object) -> date:
    day = read_day(value)
    if day > clock.today():
        raise ValueError("a date of birth is not in the future; compare it with the card")
    return day


def read_time(value: object) -> str:
    if not (isinstance(value, str) and _TIME.fullmatch(value)):
        raise ValueError("send a time as HH:MM:SS, 24 hours, Thai local time")
    return value


def read_text(longest: int, shortest: int = 0, lines: bool = False) -> Callable[[object], str]:
    def read_one(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("send a JSON string")
        text = text_cleaning.clean(value, lines=lines)
        if len(text) < shortest:
            raise ValueError("this must not be empty")
        if len(text) > longest:
            raise ValueError(f"at most {longest} characters")
        return text

    return read_one


def _extra(reader: Callable[[object], Any]) -> dict[str, Any]:
    return {"read": reader}


def text(longest: int, description: str, shortest: int = 0, example: str | None = None, lines: bool = False) -> Meta:
    """`Annotated[str, text(...)]`: cleaned text with a limited length.

    The text is cleaned (`text_cleaning.clean`) and then has `shortest` to `longest` characters. lines: it may have line
    breaks.
    """
    # No minLength: spaces alone have a length, but are trimmed away and then refused.
    schema = {"maxLength": longest}
    examples = [example] if example is not None else None
    reader = _extra(read_text(longest, shortest, lines))
    return Meta(description=description, examples=examples, extra_json_schema=schema, extra=reader)


def _read_typed_text(longest: int) -> Callable[[object], str]:
    trimmed = read_text(longest, shortest=1, lines=True)

    def read_one(value: object) -> str:
        trimmed(value)
        if len(str(value)) > longest:
            raise ValueError(f"at most {longest} characters")
        return str(value)

    return read_one


def typed_text(longest: int, description: str, example: str) -> Meta:
    """`Annotated[str, typed_text(...)]`: text as it was typed, not blank.

    Indents and blank lines are kept.
    """
    schema, reader = {"maxLength": longest}, _extra(_read_typed_text(longest))
    return Meta(description=description, examples=[example], extra_json_schema=schema, extra=reader)


def _read_untouched(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("send a JSON string")
    return value


def untouched(description: str, example: str) -> Meta:
    """`Annotated[str, untouched(...)]`: any string, unchanged.

    For files: rules check them line by line.
    """
    return Meta(description=description, examples=[example], extra=_extra(_read_untouched))


def shaped(pattern: str, description: str, problem: str, example: str) -> Meta:
    """`Annotated[str, shaped(...)]`: a string that matches the pattern.

    problem: what to send instead.
    """

    def read_one(value: object) -> str:
        if not (isinstance(value, str) and re.fullmatch(pattern, value)):
            raise ValueError(problem)
        return value

    return Meta(pattern=f"^{pattern}$", description=description, examples=[example], extra=_extra(read_one))


def items(most: int, description: str, remedy: str = "send the rest in further calls") -> Meta:
    """`Annotated[list[...], items(...)]`: a list of at most `most` items.

    A longer list is refused before its items are read. remedy: what to do instead, for the refusal.
    """
    return Meta(max_length=most, description=description, extra={"remedy": remedy})


def number(low: int, high: int, description: str, example: int | None = None, hint: str = "") -> Meta:
    """`Annotated[int, number(...)]`: a whole number from `low` to `high`.

    A string of digits is accepted too.
    """
    examples = [example] if example is not None else None
    return Meta(ge=low, le=high, description=description, examples=examples, extra=_extra(read_int(low, high, hint)))


def one_of(choices: tuple[str, ...], description: str) -> Meta:
    """`Annotated[str, one_of(...)]`: exactly one of these words.

    choices: has "" if the field may be empty.
    """

    def read_one(value: object) -> str:
        if value not in choices:
            raise ValueError(f"send one of {', '.join(filter(None, choices))}")
        return str(value)

    return Meta(pattern=f"^({'|'.join(choices)})$", description=description, extra=_extra(read_one))


Cid = Annotated[
    str,
    Meta(
        description=(
            "National id, 13 digits; blanks, dashes and dots are dropped, Thai digits are read. "
            "Ids from 1 to 8 need a right check digit."
        ),
        examples=["1111111111119"],
        extra=_extra(read_cid),
    ),
]
HospitalCode = Annotated[
    str,
    Meta(
        pattern="^[0-9]{5}$", description="5-digit hospital code", examples=["00000"], extra=_extra(read_hospital_code)
    ),
]
Day = Annotated[
    date,
    Meta(description="yyyy-mm-dd, Christian era, Thai local date", examples=["2026-12-01"], extra=_extra(read_day)),
]
BirthDate = Annotated[
    date,
    Meta(
        description="yyyy-mm-dd, Christian era; not in the future",
        examples=["1990-01-15"],
        extra=_extra(read_birth_date),
    ),
]
Time = Annotated[
    str,
    Meta(
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$",
        description="HH:MM:SS, Thai local time",
        examples=["08:00:00"],
        extra=_extra(read_time),
    ),
]
Id = Annotated[
    int,
    Meta(ge=1, le=MAX_INT, description="a whole number below 2^31", examples=[1], extra=_extra(read_int(1, MAX_INT))),
]
Cursor = Annotated[
    str, text(400, "where the page begins: `next` of the page before, as it was answered; empty for the first page")
]
Year = Annotated[
    int,
    Meta(
        ge=2000,
        le=2200,
        description="Christian year",
        examples=[2026],
        extra=_extra(read_int(2000, 2200, ", a Christian year (2569 is 2026)")),
    ),
]
Month = Annotated[int, Meta(ge=1, le=12, description="1 to 12", examples=[12], extra=_extra(read_int(1, 12)))]
Gender = Annotated[
    int,
    Meta(ge=1, le=2, description="1 male, 2 female", examples=[1], extra=_extra(read_int(1, 2, " (1 male, 2 female)"))),
]


# msgspec evaluates the annotations of the struct again at each call, which took a twentieth of a booking.
fields_of = cache(msgspec.structs.fields)


def read(kind: Any, value: object, path: str, problems: dict[str, str]) -> Any:
    """Convert `value` to the type `kind`.

    Problems are added to `problems` by field path ("person.cid").
    """
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return read_struct(kind, value, path, problems)
    if isinstance(value, str) and _HALF.search(value):
        problems[path] = "half a surrogate pair is no character; send valid Unicode"
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        meta = next((each for each in arguments[1:] if isinstance(each, Meta)), Meta())
        extra = meta.extra or {}
        if meta.max_length is not None and isinstance(value, list) and len(value) > meta.max_length:
            problems[path] = f"at most {meta.max_length}; {extra['remedy']}"
            return None
        reader = extra.get("read")
        if reader is None:
            return read(arguments[0], value, path, problems)
        try:
            return reader(value)
        except ValueError as problem:
            problems[path] = str(problem)
            return None
    if origin in (Union, types.UnionType):
        return read(next(a for a in arguments if a is not type(None)), value, path, problems)
    if origin is list:
        if not isinstance(value, list):
            problems[path] = "send a JSON array"
            return None
        return [read(arguments[0], item, f"{path}[{n}]", problems) for n, item in enumerate(value)]
    if kind is bool and isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if kind is bool and not isinstance(value, bool):
        problems[path] = "send true or false"
    return value


def read_struct(kind: Any, value: object, path: str, problems: dict[str, str]) -> Any:
    """Convert a JSON object to a struct; None if a field is invalid.

    Unknown keys are ignored. null means "not given"; so does "" in an optional field.
    """
    if not isinstance(value, Mapping):
        problems[path or "body"] = "send a JSON object"
        return None
    values: dict[str, Any] = {}
    before = len(problems)
    for field in fields_of(kind):
        field_path = f"{path}.{field.name}" if path else field.name
        field_value = value.get(field.name)
        if field_value is None or (field_value == "" and not field.required):
            if field.required:
                problems[field_path] = "this is required"
            continue
        values[field.name] = read(field.type, field_value, field_path, problems)
    return kind(**values) if len(problems) == before else None

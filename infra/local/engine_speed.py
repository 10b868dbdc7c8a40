"""Patch the engine to do what it repeats for each row once, or faster.

The engine evaluates the condition of a query or a write for every row of the partition, and parses its text each time.
That took 97 % of its CPU time when five hundred people waited in one queue. The text of an expression contains only
names of columns and placeholders, and the whole product has some hundred expressions.

It copies a row several times for each update, with Python's `deepcopy`, which took a third of a booking's time.

It measures each row that it reads, and encodes its answers with Python's `json`. That took half the time of a query.
"""

import copy
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from types import SimpleNamespace
from typing import Any

import msgspec
from ministack.core import responses
from ministack.services import dynamodb, dynamodb_streams

EXPRESSIONS = 2_000  # size of each cache; the least recently used one is dropped
# How PynamoDB writes the condition of a query: the partition key, and at most one condition on the sort key.
_KEY_CONDITION = re.compile(
    r"\(?(?P<hash>#\w+) = (?P<is>:\w+)"
    r"(?: AND (?:begins_with \((?P<prefixed>#\w+), (?P<prefix>:\w+)\)"
    r"|(?P<between>#\w+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)"
    r"|(?P<compared>#\w+) (?P<operator>[<>=]{1,2}) (?P<with>:\w+)))?\)?"
)
_SINGLE = frozenset({"S", "N", "BOOL", "NULL"})
_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})
_OPERATORS = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def remember_parsed_expressions() -> None:
    """Cache the engine's functions that depend on nothing but an expression's text.

    Key conditions are compared without the engine's evaluator (`with_quick_keys`).
    """
    dynamodb._tokenize = _shared(dynamodb._tokenize)
    dynamodb._condition_syntax_error = lru_cache(EXPRESSIONS)(dynamodb._condition_syntax_error)
    dynamodb._check_redundant_parens = _of_tokens(dynamodb._check_redundant_parens)
    dynamodb._check_reserved_keyword_usage = _of_tokens(dynamodb._check_reserved_keyword_usage)
    dynamodb._evaluate_condition = with_quick_keys(dynamodb._evaluate_condition)


def _shared(tokenize: Callable[[str], list[Any]]) -> Callable[[str], tuple[Any, ...]]:
    """Cache the tokens as a tuple, so that no caller can change what others get."""
    return lru_cache(EXPRESSIONS)(lambda expression: tuple(tokenize(expression)))


def _of_tokens(check: Callable[..., str | None]) -> Callable[..., str | None]:
    remembered = lru_cache(EXPRESSIONS)(check)

    @wraps(check)
    def wrapped(tokens: Any, *arguments: Any) -> str | None:
        return remembered(tuple(tokens), *arguments)

    return wrapped


def with_quick_keys(evaluate: Callable[..., bool]) -> Callable[..., bool]:
    """Wrap the engine's evaluator: compare text keys directly.

    Everything else goes to the engine's own function.
    """

    @wraps(evaluate)
    def wrapped(expression: str, row: Any, values: Any, names: Any, slot: str = "ConditionExpression") -> bool:
        if slot == "KeyConditionExpression" and (condition := _key_condition(expression)):
            try:
                return condition(row, values, names)
            except KeyError:
                pass  # a number, or a placeholder without a value: the engine evaluates it or reports the error
        return evaluate(expression, row, values, names, slot)

    return wrapped


Texts = Mapping[str, Mapping[str, str]]


@lru_cache(EXPRESSIONS)
def _key_condition(expression: str) -> Callable[[Texts, Texts, Mapping[str, str]], bool] | None:
    """Parse a query's condition into a function of (row, values, names).

    None if it is not in the form that PynamoDB writes.
    """
    parsed = _KEY_CONDITION.fullmatch(expression)
    if not parsed:
        return None
    part = parsed.groupdict()

    def holds(row: Texts, values: Texts, names: Mapping[str, str]) -> bool:
        def column(name: str) -> str:
            return row[names[part[name]]]["S"]

        def value(name: str) -> str:
            return values[part[name]]["S"]

        if column("hash") != value("is"):
            return False
        if part["prefixed"]:
            return column("prefixed").startswith(value("prefix"))
        if part["between"]:
            return value("low") <= column("between") <= value("high")
        return not part["compared"] or bool(_OPERATORS[part["operator"]](column("compared"), value("with")))

    return holds


def copy_rows_quickly() -> None:
    """Make the engine's DynamoDB copy rows with `quick_copy`.

    It also computes the size of a number once.
    """
    dynamodb.copy = SimpleNamespace(deepcopy=quick_copy)
    dynamodb._number_size_bytes = lru_cache(EXPRESSIONS)(dynamodb._number_size_bytes)


def quick_copy(value: Any) -> Any:
    """Copy what is made of dictionaries, lists and plain values.

    Both copies have the values of single columns in common, such as {"N": "1"}: the engine replaces them, and never
    changes them.
    """
    kind = type(value)
    if kind is dict:
        if len(value) == 1:
            ((name, content),) = value.items()
            if name in _SINGLE and type(content) in _PLAIN:
                return value
        return {name: quick_copy(content) for name, content in value.items()}
    if kind is list:
        return [quick_copy(content) for content in value]
    return value if kind in _PLAIN else copy.deepcopy(value)


def measure_rows_quickly() -> None:
    """Make the engine's DynamoDB measure rows with `quick_size`."""
    dynamodb._item_size_bytes = quick_size


def quick_size(row: Any) -> int:
    """Size of a row in bytes, as the engine's own function computes it.

    Texts are measured directly, and equal sets of numbers once.
    """
    if not isinstance(row, dict):
        return 0
    size = 0
    for name, value in row.items():
        size += len(name) if name.isascii() else len(name.encode())
        kind, content = next(iter(value.items())) if type(value) is dict and len(value) == 1 else ("", None)
        if kind == "S" and type(content) is str:
            size += len(content) if content.isascii() else len(content.encode())
        elif kind == "NS" and type(content) is list:
            size += _size_of_numbers(tuple(content))
        else:
            size += dynamodb._attribute_value_size(value)
    return size


@lru_cache(EXPRESSIONS)
def _size_of_numbers(numbers: tuple[str, ...]) -> int:
    return sum(map(dynamodb._number_size_bytes, numbers))


def encode_answers_quickly() -> None:
    """Make the engine's DynamoDB and its streams answer with `quick_answer`."""
    dynamodb.json_response = dynamodb_streams.json_response = quick_answer


def quick_answer(data: Any, status: int = 200, *, content_type: str = responses.JSON_1_0_CONTENT_TYPE) -> Any:
    """Build an answer as the engine does, without spaces in its JSON."""
    return status, {"Content-Type": content_type}, msgspec.json.encode(data)

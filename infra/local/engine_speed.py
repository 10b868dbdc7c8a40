"""Let the engine parse each expression once, not again for each row that a request looks at.

The engine evaluates the condition of a query or a write for every row of the partition, and parses its text each time:
97 % of its CPU when five hundred people wait in one queue. The text of an expression names columns and placeholders
only, and there are some hundred of them in the whole product.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from ministack.services import dynamodb

EXPRESSIONS = 2_000  # kept at a time; the oldest goes


def remember_parsed_expressions() -> None:
    """Replace what the engine does with the text of an expression alone by versions that remember their results."""
    dynamodb._tokenize = _shared(dynamodb._tokenize)
    dynamodb._condition_syntax_error = lru_cache(EXPRESSIONS)(dynamodb._condition_syntax_error)
    dynamodb._check_redundant_parens = _of_tokens(dynamodb._check_redundant_parens)
    dynamodb._check_reserved_keyword_usage = _of_tokens(dynamodb._check_reserved_keyword_usage)


def _shared(tokenize: Callable[[str], list[Any]]) -> Callable[[str], tuple[Any, ...]]:
    """A tuple, so that one caller cannot change what the next one gets."""
    return lru_cache(EXPRESSIONS)(lambda expression: tuple(tokenize(expression)))


def _of_tokens(check: Callable[..., str | None]) -> Callable[..., str | None]:
    remembered = lru_cache(EXPRESSIONS)(check)

    @wraps(check)
    def wrapped(tokens: Any, *arguments: Any) -> str | None:
        return remembered(tuple(tokens), *arguments)

    return wrapped

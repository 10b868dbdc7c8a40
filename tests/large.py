"""The mark `large`: only `make test-large` and `make check` run such a test.

A claim stays in `make test` at small size, or with one value of each kind; the other sizes and values are large.
"""

from collections.abc import Container, Iterable
from typing import Any

import pytest


def large(*values: Any) -> Any:
    """A set of parameters for `parametrize` that only `make test-large` runs."""
    return pytest.param(*values, marks=pytest.mark.large)


def large_unless(small: Container[Any], values: Iterable[Any]) -> list[Any]:
    """The values for `parametrize`; those that are not in `small` are large."""
    return [value if value in small else large(value) for value in values]

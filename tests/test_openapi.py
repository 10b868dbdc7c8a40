"""The API document is right for clients that are generated from it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from chalicelib.endpoint import declared
from infra.generate.openapi import document

DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]


def choices(part: Any) -> Iterator[list[Any]]:
    """Every list of `anyOf` in a part of the document."""
    if isinstance(part, dict):
        if "anyOf" in part:
            yield part["anyOf"]
        for name, value in part.items():
            if name != "x-actions":
                yield from choices(value)
    elif isinstance(part, list):
        for item in part:
            yield from choices(item)


def required_keys(schema: dict[str, Any]) -> int:
    schema = schema.get("items", schema)
    schema = SCHEMAS[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    return len(schema.get("required", []))


def test_the_answer_with_most_required_keys_comes_first_and_each_only_once() -> None:
    alternatives = list(choices(DOCUMENT))
    assert max(len(schemas) for schemas in alternatives) > 5
    for schemas in alternatives:
        counts = [required_keys(schema) for schema in schemas]
        assert counts == sorted(counts, reverse=True), schemas
        assert len({json.dumps(schema) for schema in schemas}) == len(schemas), schemas


def test_schema_names_are_plain_and_differ_by_more_than_case() -> None:
    assert len({name.lower() for name in SCHEMAS}) == len(SCHEMAS)
    for name, schema in SCHEMAS.items():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)
        assert schema["title"] == name


def test_every_operation_says_if_it_needs_a_token() -> None:
    needs_token = {(endpoint.path, endpoint.method.lower()): bool(endpoint.roles) for endpoint in declared()}
    for (path, method), needed in needs_token.items():
        assert DOCUMENT["paths"][path][method]["security"] == ([{"token": []}] if needed else [])


def test_every_tag_is_declared_and_described() -> None:
    described = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    used = {tag for operations in DOCUMENT["paths"].values() for each in operations.values() for tag in each["tags"]}
    assert set(described) == used
    assert all(described.values())

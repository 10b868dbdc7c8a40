"""Fixtures: the deployed templates, as `make package` makes them."""

from typing import Any

import pytest

from infra.aws import template

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def whole() -> dict[str, Any]:
    """The template of the stack `moph-<stage>`."""
    return template.build()


@pytest.fixture(scope="session")
def resources(whole: dict[str, Any]) -> Resources:
    """The resources of the stack: logical id -> resource."""
    found: Resources = whole["Resources"]
    return found


@pytest.fixture(scope="session")
def site() -> Resources:
    """The resources of the stack `moph-<stage>-site`."""
    found: Resources = template.read_yaml("site.yaml")["Resources"]
    return found


def of_type(resources: Resources, kind: str) -> Resources:
    """Properties of the resources of one type, by logical id."""
    return {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == kind}

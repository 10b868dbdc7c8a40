"""Every finding of the scanner that stays has a reason beside its resource.

No exception is left over.
"""

from typing import Any

from infra.aws import scan_exceptions
from tests.aws_rules.conftest import Resources


def skipped(resource: dict[str, Any]) -> dict[str, str]:
    return {skip["id"]: skip["comment"] for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])}


def test_every_exception_stands_beside_its_resource_with_a_reason(resources: Resources, site: Resources) -> None:
    assert "CKV_AWS_21" in skipped(resources["FilesBucket"])
    assert "CKV_AWS_119" in skipped(resources["AuditTable"])
    for resource in (*resources.values(), *site.values()):
        assert all(len(reason) > 30 for reason in skipped(resource).values()), resource["Type"]


def test_no_exception_is_for_a_resource_that_is_gone(resources: Resources) -> None:
    types = {resource["Type"] for resource in resources.values()}
    assert set(scan_exceptions.BY_TYPE) <= types
    assert set(scan_exceptions.BY_NAME) <= set(resources)

"""Generated requests against the running server: no 5xx, and no answer outside the OpenAPI document."""

import json
import random
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from infra.generate.openapi import FILE
from infra.local.local_stack import LocalStack
from tests.hospitals import Hospital

DOCUMENT = json.loads(FILE.read_text(encoding="utf-8"))
schema = schemathesis.openapi.from_dict(DOCUMENT)

CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.response_schema_conformance,
    schemathesis.checks.content_type_conformance,
]


@pytest.fixture(scope="module")
def tokens(hospital: Hospital) -> list[str | None]:
    """Accounts of every kind, so that requests get as far as they may."""
    return [hospital.client(login).token for login in ("his.demo", "mohprompt.demo", "staff.demo", "admin.demo")]


@schema.parametrize()
@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_generated_requests_get_documented_answers(
    case: Any, local_stack: LocalStack, tokens: list[str | None]
) -> None:
    token = random.Random(str(case.query) + str(case.body)).choice(tokens)
    case.call_and_validate(
        base_url=local_stack.url,
        headers={"Authorization": f"Bearer {token}"},
        checks=CHECKS,
        timeout=180,
    )

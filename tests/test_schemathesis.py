"""Generated requests against the running server: no 5xx, and no answer outside the OpenAPI document."""

import json
import random
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from infra.generate.openapi import FILE
from infra.local.local_stack import LocalStack
from tests.client import Client

DOCUMENT = json.loads(FILE.read_text(encoding="utf-8"))
schema = schemathesis.openapi.from_dict(DOCUMENT)

CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.response_schema_conformance,
    schemathesis.checks.content_type_conformance,
]


@pytest.fixture(scope="module")
def tokens(centre: LocalStack) -> list[str]:
    """Accounts of every kind, so that requests get past the door."""
    logins = [
        ("his.demo", "His-demo-1"),
        ("mohprompt.demo", "Mohprompt-demo-1"),
        ("staff.demo", "Staff-demo-1"),
        ("admin.demo", "Admin-demo-1"),
    ]
    return [str(Client(centre.url).sign_in(login, "00000", password).token) for login, password in logins]


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_generated_requests_get_documented_answers(case: Any, centre: LocalStack, tokens: list[str]) -> None:
    token = random.Random(str(case.query) + str(case.body)).choice(tokens)
    case.call_and_validate(
        base_url=centre.url,
        headers={"Authorization": f"Bearer {token}"},
        checks=CHECKS,
        timeout=180,
    )

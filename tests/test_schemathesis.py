"""Generated requests get no 5xx and no answer outside the OpenAPI document."""

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.schemas import BaseSchema

from infra.generate.openapi import FILE
from infra.local.local_stack import LocalStack
from tests.hospitals import Hospital
from tests.large import large

DOCUMENT = json.loads(FILE.read_text(encoding="utf-8"))
OPERATIONS = [f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods]
STAFF = ("/api/dashboard/", "/api/accounts/", "/api/messages")
# What hospitals' systems and the app call; the screens' operations are large.
OF_THE_CONTRACT = [each for each in OPERATIONS if not each.split()[1].startswith(STAFF)]
# For each operation, beside its documented example and some forty requests at the limits of its schema.
EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
MANY_EXAMPLES = 12

CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.response_schema_conformance,
    schemathesis.checks.content_type_conformance,
]


@pytest.fixture(scope="module")
def schema() -> BaseSchema:
    return schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for all requests: opening one costs as much as a request."""
    with requests.Session() as session:
        session.trust_env = False  # it would look for proxies before each request
        yield session


@pytest.fixture(scope="module")
def tokens(hospital: Hospital) -> list[str | None]:
    """Accounts of every kind, so that requests get as far as they may."""
    return [hospital.client(login).token for login in ("his.demo", "mohprompt.demo", "staff.demo", "admin.demo")]


# `schema.parametrize()` makes the requests of all operations while pytest collects, in each of its processes.
@pytest.mark.parametrize(
    ("operation", "examples"),
    [*((each, EXAMPLES) for each in OF_THE_CONTRACT), *(large(each, MANY_EXAMPLES) for each in OPERATIONS)],
)
def test_generated_requests_get_documented_answers(
    schema: BaseSchema,
    operation: str,
    examples: int,
    local_stack: LocalStack,
    session: requests.Session,
    hospital: Hospital,
    tokens: list[str | None],
) -> None:
    @settings(max_examples=examples, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    def answer_is_documented(case: Any) -> None:
        for fields in (case.query, case.body):
            # The document's example, with wrong passwords: the demo account would be locked for the tests after this.
            if isinstance(fields, dict) and fields.get("user") == "his.demo":
                fields["hospital_code"] = hospital.code
        token = random.Random(str(case.query) + str(case.body)).choice(tokens)
        case.call_and_validate(
            base_url=local_stack.url,
            headers={"Authorization": f"Bearer {token}"},
            checks=CHECKS,
            session=session,
            timeout=180,
        )

    method, path = operation.split(" ")
    build_operation_test(
        config=schema.config,
        operation=schema[path][method],
        test_func=answer_is_documented,
        given_kwargs={},
        feedback=NO_FEEDBACK,
    )()

"""Sizes and quotas of an ordinary account."""

import json
from typing import Any

import pytest

from infra.aws import preflight
from tests.aws_rules.conftest import Resources, of_type


def test_a_stage_that_is_not_prod_reserves_no_concurrency(whole: dict[str, Any]) -> None:
    # AWS Lambda, Configuring reserved concurrency: 100 of an account's 1,000 always stay unreserved.
    assert preflight.reserved_by(whole, "dev", {}) == 0
    assert preflight.reserved_by(whole, "prod", {"ReserveConcurrency": "no"}) == 0
    assert 0 < preflight.reserved_by(whole, "prod", {}) <= 900
    assert preflight.reserved_by(whole, "dev", {"ReserveConcurrency": "yes"}) == preflight.reserved_by(
        whole, "prod", {}
    )


class Account:
    """A Lambda client as far as the deployment asks it; no AWS account is at hand."""

    class exceptions:
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, quota: int, unreserved: int, held: dict[str, int]) -> None:
        self._limits = {"ConcurrentExecutions": quota, "UnreservedConcurrentExecutions": unreserved}
        self._held = held

    def get_account_settings(self) -> dict[str, Any]:
        return {"AccountLimit": self._limits}

    def get_function_concurrency(self, FunctionName: str) -> dict[str, int]:
        if FunctionName not in self._held:
            raise self.exceptions.ResourceNotFoundException
        return {"ReservedConcurrentExecutions": self._held[FunctionName]}


def test_a_deployment_stops_before_the_change_set_if_the_account_has_no_room(whole: dict[str, Any]) -> None:
    with pytest.raises(preflight.NotEnoughConcurrency, match="ReserveConcurrency=no"):
        preflight.check_concurrency("prod", {}, whole, Account(1000, 434, {}))
    with pytest.raises(preflight.NotEnoughConcurrency, match="its quota is 10,"):
        preflight.check_concurrency("prod", {}, whole, Account(10, 10, {}))


def test_a_deployment_goes_on_if_there_is_room_or_the_stage_holds_it_already(whole: dict[str, Any]) -> None:
    wanted = preflight.reserved_by(whole, "prod", {})
    preflight.check_concurrency("prod", {}, whole, Account(1000, 1000, {}))
    preflight.check_concurrency("dev", {}, whole, Account(10, 10, {}))
    preflight.check_concurrency("prod", {}, whole, Account(1000, 1000 - wanted, {"moph-prod-his": wanted}))


def test_a_functions_environment_is_below_4_kb(resources: Resources) -> None:
    # AWS Lambda, quotas: all environment variables of a function together.
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        assert len(json.dumps(function["Environment"]["Variables"])) < 3_500, name


def names(value: Any) -> list[str]:
    """Every name that a property may have in the stage with the longest name."""
    if isinstance(value, str):
        return [value.replace("${Stage}", "rehearsal-1").replace("${AWS::AccountId}", "123456789012")]
    if isinstance(value, dict):
        return [name for inner in value.values() for name in names(inner)]
    return [name for inner in value for name in names(inner)] if isinstance(value, list) else []


def test_names_are_as_short_as_aws_wants_them(resources: Resources, site: Resources) -> None:
    longest = {"FunctionName": 64, "QueueName": 80, "TableName": 255, "BucketName": 63}
    checked = 0
    for logical_id, resource in (resources | site).items():
        for key in longest.keys() & resource["Properties"].keys():
            for name in names(resource["Properties"][key]):
                assert len(name) <= longest[key], logical_id
                checked += 1
    assert checked > 35


def test_the_template_is_within_cloudformations_limits(whole: dict[str, Any]) -> None:
    # AWS CloudFormation quotas: 500 resources, 200 parameters, 1 MB from a bucket.
    assert len(whole["Resources"]) < 450
    assert len(json.dumps(whole)) < 900_000


def test_large_answers_are_compressed(resources: Resources) -> None:
    # Amazon API Gateway, payload compression: off unless MinimumCompressionSize is set.
    assert 0 < resources["Api"]["Properties"]["MinimumCompressionSize"] <= 4096

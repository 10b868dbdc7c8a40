"""What exists in the AWS account decides what a deployment switches on.

A missing secret is made once.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.aws import preflight
from tests.aws_rules.conftest import Resources, of_type


@pytest.fixture
def ssm() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("ssm")


def put(ssm: Any, name: str, value: str) -> None:
    ssm.put_parameter(Name=f"/moph/dev/{name}", Value=value, Type="SecureString", Overwrite=True)


def test_cloudfronts_secret_is_made_once_and_is_the_same_for_both_stacks(ssm: Any) -> None:
    made = preflight.origin_secrets("dev")
    assert made[0] == made[1]
    assert len(made[0]) >= 32
    assert preflight.origin_secrets("dev") == made
    assert preflight.origin_secrets("prod") != made


def test_while_the_secret_is_changed_the_new_one_is_sent_and_both_are_accepted(ssm: Any) -> None:
    put(ssm, "origin_secret", "new,old")
    assert preflight.origin_secrets("dev") == ("new", "old")


def test_the_canary_runs_if_it_has_an_account_and_the_site_an_address(
    ssm: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    site = {"SiteOrigin": "https://appointment.example.go.th"}
    assert preflight.canary("dev", site) == {}
    assert "/moph/dev/canary_account" in capsys.readouterr().out
    put(ssm, "canary_account", "{}")
    assert preflight.canary("dev", site) == {"CanaryUrl": site["SiteOrigin"]}
    assert preflight.canary("dev", {"SiteOrigin": preflight.NO_ORIGIN}) == {}
    assert preflight.canary("dev", {}) == {}


def test_a_channel_without_an_address_or_a_secret_is_named(ssm: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert preflight.channels("dev", {}) == {"LineChannel": "off"}
    said = capsys.readouterr().out
    assert "LINE stays off: /moph/dev/line_channel_access_token" in said
    assert "The app's gateway stays off" in said
    put(ssm, "line_channel_access_token", "secret")
    assert preflight.channels("dev", {"AppGatewayUrl": "https://app.example.go.th"}) == {"LineChannel": "on"}
    assert capsys.readouterr().out == ""


def test_without_an_account_the_canary_neither_runs_nor_rings(resources: Resources) -> None:
    rule = of_type(resources, "AWS::Events::Rule")["CanarySchedule"]
    assert rule["State"] == {"Fn::If": ["CanaryRuns", "ENABLED", "DISABLED"]}
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    assert resources["CanaryAlarm"]["Condition"] == "CanaryRuns"


def test_a_canary_that_does_not_run_or_does_not_finish_rings(resources: Resources) -> None:
    # Amazon CloudWatch, missing data: a figure that is only written on success must breach without it.
    alarm = resources["CanaryAlarm"]["Properties"]
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("canary_rounds", "breaching")
    assert alarm["Period"] >= 2 * 300

"""A tenth of the requests try a new version of the API; an alarm takes it back."""

import json
from datetime import UTC, datetime
from typing import Any

from infra.aws import deploy, releases, template
from infra.aws.releases import AliasTarget
from tests.aws_rules.conftest import Resources, of_type

CONFIG = json.loads((template.CHALICE / "config.json").read_text(encoding="utf-8"))["lambda_functions"]
API_FUNCTIONS = {f"{template.logical(name)}Function" for name, options in CONFIG.items() if "paths" in options}


def aliases(resources: Resources) -> dict[str, dict[str, Any]]:
    """Logical id of the function -> its alias's resource."""
    found = {n: r for n, r in resources.items() if r["Type"] == "AWS::Lambda::Alias"}
    return {r["Properties"]["FunctionName"]["Ref"]: {**r, "Id": n} for n, r in found.items()}


def test_api_gateway_calls_the_alias_and_may_call_nothing_else(resources: Resources) -> None:
    # AWS Lambda, aliases: a call without a qualifier runs $LATEST, whatever the alias says. The permission is the
    # alias's own.
    found = aliases(resources)
    assert set(found) == API_FUNCTIONS
    body = json.dumps(resources["Api"]["Properties"]["Body"]["paths"])
    for function, alias in found.items():
        assert f"functions/${{{alias['Id']}}}/invocations" in body
        assert function not in body
    permissions = of_type(resources, "AWS::Lambda::Permission").values()
    of_gateway = {p["FunctionName"]["Ref"] for p in permissions if p["Principal"] == "apigateway.amazonaws.com"}
    assert of_gateway == {alias["Id"] for alias in found.values()}


def test_a_release_changes_the_function_and_makes_a_version_of_it(resources: Resources) -> None:
    # AWS CloudFormation, AWS::Lambda::Version: another description replaces the version. AWS Lambda, versions: a
    # version is published only if the function differs from the one before, else the deployment fails.
    versions = of_type(resources, "AWS::Lambda::Version")
    assert {v["FunctionName"]["Ref"] for v in versions.values()} == API_FUNCTIONS
    for name, version in versions.items():
        assert version["Description"] == {"Ref": "Release"}
        assert resources[name]["UpdateReplacePolicy"] == "Retain"
        function = resources[version["FunctionName"]["Ref"]]["Properties"]
        assert function["Description"]["Fn::Sub"].endswith("release ${Release}")


def test_a_parameter_of_the_functions_makes_a_release_and_one_of_the_site_does_not() -> None:
    values = {"CodeKey": "1", "CallsPerSecond": "30", "SiteOrigin": "https://site.invalid", "OriginSecrets": "a,a"}
    content = deploy.content("template", values)
    assert deploy.content("template", {**values, "SiteOrigin": "https://a.example", "OriginSecrets": "b,a"}) == content
    others = [
        ("another", values),
        ("template", {**values, "CallsPerSecond": "31"}),
        ("template", values | {"CodeKey": "2"}),
    ]
    assert len({content, *(deploy.content(*each) for each in others)}) == 4


AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def test_a_release_that_was_taken_back_can_be_deployed_again() -> None:
    # AWS Lambda, PublishVersion: no version is published that equals the last one; CloudFormation fails with "Version
    # already exists". The version that was taken back may still be the last one.
    before = [AliasTarget("aaaa-20261130120000", moved=False)]  # what the aliases point to after the rollback
    first, again = releases.release_name("bbbb", before, AT), releases.release_name("bbbb", before, AT.replace(hour=11))
    assert len({first, again, *(each.release for each in before)}) == 3
    assert first.startswith("bbbb-")


def test_what_is_live_already_gets_no_second_version() -> None:
    live = [AliasTarget("aaaa-20261130120000", moved=False), AliasTarget("aaaa-20261130120000", moved=False)]
    assert releases.release_name("aaaa", live, AT) == "aaaa-20261130120000"


def test_what_is_live_in_some_functions_only_or_was_moved_by_hand_is_released_again() -> None:
    # AWS CodeDeploy, AppSpec for Lambda: CurrentVersion must be what the alias points to.
    partly = [AliasTarget("aaaa-20261130120000", moved=False), AliasTarget("bbbb-20261129120000", moved=False)]
    by_hand = [AliasTarget("aaaa-20261130120000", moved=True)]
    for deployed in ([], partly, by_hand):
        assert releases.release_name("aaaa", deployed, AT) == "aaaa-20261201093000"


def test_in_prod_a_tenth_of_the_requests_try_it_for_five_minutes_and_an_alarm_takes_it_back(
    whole: dict[str, Any], resources: Resources
) -> None:
    # AWS CodeDeploy, deployment configurations; AWS CloudFormation, UpdatePolicy attribute.
    assert whole["Conditions"]["ShiftsTraffic"]["Fn::Or"][1]["Fn::And"][1] == {"Condition": "IsProduction"}
    for function, alias in aliases(resources).items():
        condition, update, otherwise = alias["UpdatePolicy"]["Fn::If"]
        assert (condition, otherwise) == ("ShiftsTraffic", {"Ref": "AWS::NoValue"})
        group = resources[update["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]]
        assert group["Condition"] == "ShiftsTraffic"
        properties = group["Properties"]
        assert properties["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
        assert properties["AutoRollbackConfiguration"]["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in properties["AutoRollbackConfiguration"]["Events"]
        alarms = [resources[each["Name"]["Ref"]]["Properties"] for each in properties["AlarmConfiguration"]["Alarms"]]
        assert properties["AlarmConfiguration"]["Enabled"] is True
        assert [alarm["MetricName"] for alarm in alarms] == ["faults", "Errors"]
        assert alarms[1]["Dimensions"][1]["Value"] == {"Fn::Sub": f"${{{function}}}:live"}
        # They ring while only a tenth of the requests go to the new version.
        for alarm in alarms:
            assert alarm["Period"] * alarm["DatapointsToAlarm"] < 300

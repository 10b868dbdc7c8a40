"""Releases of an API function: versions and the alias `live`.

Each deployment has a version, and API Gateway calls the alias. In prod CodeDeploy moves the alias to a new version: a
tenth of the requests for five minutes, then all. If an alarm rings, CodeDeploy moves it back and CloudFormation rolls
the deployment back. On other stages the alias moves at once.

Each deployment that changes something has a name of its own, also if it repeats one that was taken back: Lambda
publishes no version that equals the last one, and CloudFormation then fails with "Version already exists".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3

from infra.aws.gateway import logical

ALIAS = "live"
CONFIG = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
PARAMETERS = {
    "Release": {
        "Type": "String",
        "MaxLength": 64,
        "Description": "Names code, template and parameters together. The deployment sets it; a new one makes versions",
    },
    "TrafficShifting": {
        "Type": "String",
        "Default": "in-prod",
        "AllowedValues": ["in-prod", "yes", "no"],
        "Description": "Whether a new version of the API gets a tenth of the requests first",
    },
}
CONDITIONS = {
    "ShiftsTraffic": {
        "Fn::Or": [
            {"Fn::Equals": [{"Ref": "TrafficShifting"}, "yes"]},
            {"Fn::And": [{"Fn::Equals": [{"Ref": "TrafficShifting"}, "in-prod"]}, {"Condition": "IsProduction"}]},
        ]
    }
}


@dataclass(frozen=True)
class AliasTarget:
    """What the alias of an API function points to.

    release: the release of that version. moved: somebody has moved the alias by hand; CloudFormation thinks that it
    points to another version.
    """

    release: str
    moved: bool


def alias_targets(stack: str) -> list[AliasTarget]:
    """What the alias of each API function of a deployed stack points to."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    client, deployed = boto3.client("lambda"), []
    for resource in (each for page in pages for each in page["StackResourceSummaries"]):
        if resource["ResourceType"] == "AWS::Lambda::Version":
            function, version = resource["PhysicalResourceId"].split(":")[-2:]
            points_to = client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
            configuration = client.get_function_configuration(FunctionName=function, Qualifier=points_to)
            deployed.append(AliasTarget(configuration["Description"], points_to != version))
    return deployed


def release_name(content: str, deployed: list[AliasTarget], now: datetime) -> str:
    """The name of the release with this content.

    The present name if that release is live everywhere, otherwise a new one. content: a hash of code, template and
    parameters.
    """
    names = {each.release for each in deployed}
    if len(names) == 1 and not is_moved(deployed) and (present := names.pop()).startswith(content):
        return present
    return f"{content}-{now:%Y%m%d%H%M%S}"


def is_moved(deployed: list[AliasTarget]) -> bool:
    """True if an alias was moved by hand.

    CodeDeploy then refuses to shift traffic, because the alias does not point to the version that CloudFormation names
    as the present one.
    """
    return any(each.moved for each in deployed)


def resources(functions: list[str]) -> dict[str, Any]:
    """Version, alias and deployment group of each API function.

    functions: names of .chalice/config.json.
    """
    release_resources: dict[str, Any] = {
        "Releases": {
            "Type": "AWS::CodeDeploy::Application",
            "Condition": "ShiftsTraffic",
            "Properties": {"ApplicationName": {"Fn::Sub": "moph-${Stage}"}, "ComputePlatform": "Lambda"},
        },
        "ReleasesRole": {
            "Type": "AWS::IAM::Role",
            "Condition": "ShiftsTraffic",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "codedeploy.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "ManagedPolicyArns": [
                    {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited"}
                ],
            },
        },
    }
    for name in functions:
        release_resources |= _of_function(logical(name))
    return release_resources


def _of_function(prefix: str) -> dict[str, Any]:
    function, group = f"{prefix}Function", f"{prefix}Releases"
    return {
        f"{prefix}Version": {
            "Type": "AWS::Lambda::Version",
            # Kept, so that the alias can be set back in seconds.
            "UpdateReplacePolicy": "Retain",
            # A version cannot be changed: a new description makes CloudFormation publish a new one. The function's own
            # description has the release too, because Lambda publishes only what differs from the last version.
            "Properties": {"FunctionName": {"Ref": function}, "Description": {"Ref": "Release"}},
        },
        f"{prefix}Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": ALIAS,
                "FunctionName": {"Ref": function},
                "FunctionVersion": {"Fn::GetAtt": [f"{prefix}Version", "Version"]},
            },
            "UpdatePolicy": {
                "Fn::If": [
                    "ShiftsTraffic",
                    {
                        "CodeDeployLambdaAliasUpdate": {
                            "ApplicationName": {"Ref": "Releases"},
                            "DeploymentGroupName": {"Ref": group},
                        }
                    },
                    {"Ref": "AWS::NoValue"},
                ]
            },
        },
        group: {
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Condition": "ShiftsTraffic",
            "Properties": {
                "ApplicationName": {"Ref": "Releases"},
                "ServiceRoleArn": {"Fn::GetAtt": ["ReleasesRole", "Arn"]},
                "DeploymentConfigName": CONFIG,
                "DeploymentStyle": {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
                "AlarmConfiguration": {
                    "Enabled": True,
                    "Alarms": [{"Name": {"Ref": "FaultsAlarm"}}, {"Name": {"Ref": f"{prefix}ReleaseAlarm"}}],
                },
                "AutoRollbackConfiguration": {
                    "Enabled": True,
                    "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
                },
            },
        },
        # The alarm on a function's errors looks at ten minutes, which is longer than a tenth of the requests lasts.
        f"{prefix}ReleaseAlarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": {"Fn::Sub": f"${{{function}}}-release"},
                "AlarmDescription": "An API function fails, perhaps a new version. docs/operations.md#function-errors",
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Dimensions": [
                    {"Name": "FunctionName", "Value": {"Ref": function}},
                    {"Name": "Resource", "Value": {"Fn::Sub": f"${{{function}}}:{ALIAS}"}},
                ],
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 3,
                "DatapointsToAlarm": 2,
                "Threshold": 3,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": [{"Ref": "AlarmTopic"}],
                "OKActions": [{"Ref": "AlarmTopic"}],
            },
        },
    }

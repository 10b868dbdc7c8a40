"""A first deployment that fails can be repeated."""

import subprocess
import sys
from typing import Any

from infra.local.child_processes import ROOT
from tests.aws_rules.conftest import Resources, of_type

# AWS CloudFormation, Template Reference, DeletionPolicy: Retain also keeps what a failed creation made, whose fixed
# names the next attempt then meets; RetainExceptOnCreate deletes it.
KEPT = "RetainExceptOnCreate"


def test_what_a_deployment_keeps_is_deleted_if_its_own_creation_fails(resources: Resources, site: Resources) -> None:
    policies = {name: r["DeletionPolicy"] for name, r in (resources | site).items() if "DeletionPolicy" in r}
    assert len(policies) > 25
    assert {name for name, policy in policies.items() if policy != KEPT} == set()


def test_every_table_key_log_and_bucket_is_kept_when_the_stack_is_deleted(resources: Resources) -> None:
    kinds = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Logs::LogGroup")
    assert {n for n, r in resources.items() if r["Type"] in kinds and r.get("DeletionPolicy") != KEPT} == set()


def test_the_regions_one_role_for_api_logs_can_be_left_alone(resources: Resources) -> None:
    # Amazon API Gateway, CloudWatch logs: an account has one such role a region, whichever stack sets it.
    assert {n for n, r in resources.items() if r.get("Condition") == "SetsApiAccount"} == {"ApiAccount", "ApiLogsRole"}


def test_a_tables_protection_can_be_left_out_until_the_stack_is_complete(whole: dict[str, Any]) -> None:
    # Amazon DynamoDB, Using deletion protection: a protected table cannot be deleted, by CloudFormation neither.
    assert whole["Conditions"]["TablesProtected"] == {
        "Fn::And": [{"Condition": "IsProduction"}, {"Fn::Equals": [{"Ref": "ProtectTables"}, "yes"]}]
    }
    for name, table in of_type(whole["Resources"], "AWS::DynamoDB::Table").items():
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["TablesProtected", True, False]}, name


def test_a_deployment_without_a_stage_is_refused() -> None:
    """`make` gives the stage `local` if nobody names one."""
    command = [sys.executable, "-m", "infra.aws.deploy", "local"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make deploy STAGE=dev" in done.stderr

"""Every table has backups outside itself, which nobody can delete early."""

from typing import Any

from tests.aws_rules.conftest import Resources, of_type


def test_prod_backs_up_every_table_each_night(whole: dict[str, Any], resources: Resources) -> None:
    assert whole["Conditions"]["BackupsOn"]["Fn::Or"][1]["Fn::And"][1] == {"Condition": "IsProduction"}
    (selection,) = of_type(resources, "AWS::Backup::BackupSelection").values()
    tables = [{"Fn::GetAtt": [name, "Arn"]} for name in of_type(resources, "AWS::DynamoDB::Table")]
    assert len(tables) > 10
    assert selection["BackupSelection"]["Resources"] == tables
    (plan,) = of_type(resources, "AWS::Backup::BackupPlan").values()
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    assert rule["ScheduleExpression"] == "cron(0 18 * * ? *)"  # in UTC


def test_a_backup_is_copied_into_another_region_if_there_is_a_vault(resources: Resources) -> None:
    # AWS Backup, cross-region copies: the vault of the other region must exist.
    (plan,) = of_type(resources, "AWS::Backup::BackupPlan").values()
    (rule,) = plan["BackupPlan"]["BackupPlanRule"]
    condition, copies, _ = rule["CopyActions"]["Fn::If"]
    assert condition == "CopiesBackups"
    assert copies[0]["DestinationBackupVaultArn"] == {"Ref": "BackupCopyVault"}


def test_the_vault_is_locked_and_stays_when_the_stack_goes(whole: dict[str, Any], resources: Resources) -> None:
    # AWS Backup, Vault Lock: without ChangeableForDays an administrator can remove the lock, with it nobody can; then
    # 3 days is the least. A backup must be kept at least as long as the lock asks.
    (vault,) = of_type(resources, "AWS::Backup::BackupVault").values()
    assert vault["LockConfiguration"]["MinRetentionDays"] < whole["Parameters"]["BackupDays"]["MinValue"]
    assert vault["LockConfiguration"]["ChangeableForDays"]["Fn::If"][0] == "LocksForGood"
    assert resources["BackupVault"]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_a_backup_that_fails_or_is_missing_or_is_not_copied_has_an_alarm(resources: Resources) -> None:
    alarms = [a for a in of_type(resources, "AWS::CloudWatch::Alarm").values() if a.get("Namespace") == "AWS/Backup"]
    assert {alarm["MetricName"]: alarm["TreatMissingData"] for alarm in alarms} == {
        "NumberOfBackupJobsCompleted": "breaching",
        "NumberOfBackupJobsFailed": "notBreaching",
        "NumberOfCopyJobsFailed": "notBreaching",
    }

"""Every command of the pages runs here, or is marked as one that needs AWS.

A marked command is a step of the checklist.
"""

import json
import re
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib import clock
from chalicelib.access_log import log_lines
from chalicelib.caller import APPOINTMENT_API, Caller
from infra.aws import alarm_test, first_deployment, runbook, template
from infra.local.child_processes import ROOT

pytestmark = pytest.mark.system  # an engine of its own
PAGE = "operations.md"
Run = Callable[..., str]


@pytest.fixture
def run(stage: dict[str, str]) -> Run:
    """Run the commands of a section of docs/operations.md.

    set: the variables that the section asks to set.
    """

    def run(section: str, page: str = PAGE, folder: Path = ROOT, **variables: str) -> str:
        return runbook.run("".join(runbook.steps(page, section)), variables, folder)

    return run


# ---- the pages ----

# Section -> the test that runs it.
RUN = {
    (PAGE, "Operating the system"): "test_the_first_lines_of_the_pages_are_commands",
    (PAGE, "Alarms"): "test_a_mailbox_is_subscribed_and_seen",
    (PAGE, "audit-changed"): "test_the_audit_is_compared_with_its_archive",
    (PAGE, "availability-lag"): "test_days_are_counted_again",
    (PAGE, "board-late"): "test_boards_are_written_again",
    (PAGE, "stream-late"): "test_an_event_source_that_is_off_is_switched_on",
    (PAGE, "unrecorded-accesses"): "test_access_lines_are_recorded_from_the_logs",
    (PAGE, "set-aside"): "test_jobs_go_back",
    (PAGE, "Going back"): "test_reasons_that_an_older_release_cannot_read_are_deleted",
    (PAGE, "Rotating the token key"): "test_key_a_gets_a_new_name_in_every_place",
    (PAGE, "Secrets"): "test_a_secret_is_changed",
    (PAGE, "Restoring"): "test_a_hospital_is_restored_from_tables_of_an_earlier_minute",
    ("deployment.md", "Deploying to AWS"): "test_the_first_lines_of_the_pages_are_commands",
}


def test_every_command_is_run_by_a_test_or_is_a_step_of_the_checklist() -> None:
    commands = [block for block in runbook.blocks() if block.language == "sh"]
    assert len(commands) > 15
    steps = {step.name for step in first_deployment.STEPS}
    assert {block.step for block in commands} - {""} <= steps
    assert {(block.page, block.section) for block in commands if not block.step} == set(RUN)
    assert set(RUN.values()) <= set(globals())


def test_every_block_is_a_command_or_a_query() -> None:
    assert {block.language for block in runbook.blocks()} == {"sh", "insights"}


def test_no_command_hides_in_a_sentence() -> None:
    hidden = re.compile(r"`((aws|python|git|for|STAGE=\S+|\.venv\S*) [^`]*|make [a-z-]+ [^`]*STAGE=[^`]*)`")
    for page in runbook.PAGES:
        text = re.sub(r"```.*?```", "", (ROOT / "docs" / page).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert [match[0] for match in hidden.finditer(text)] == [], page


def test_a_page_with_a_command_that_nobody_runs_is_found() -> None:
    page = "# A\n\n## New\n\n- text\n\n  ```sh\n  aws sns publish\n  ```\n\n```sh\n# AWS only: quota\nmake x\n```\n"
    new, marked = runbook.blocks_of(PAGE, page)
    assert (new.section, new.text, new.step) == ("New", "aws sns publish\n", "")
    assert (PAGE, new.section) not in RUN
    assert marked.step == "quota"


def test_a_query_names_only_what_the_functions_write() -> None:
    written = {"fault", "where", "action", "outcome", "ms", "hospital", "request_id"}
    words = {
        "filter",
        "stats",
        "sort",
        "count",
        "by",
        "as",
        "like",
        "desc",
        "asc",
        "ispresent",
        "pct",
        "bin",
        "slowest",
    }
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    assert all(f'"{name}"' in source for name in written)
    for block in runbook.blocks():
        if block.language == "insights":
            query = re.sub(r'"[^"]*"|/[^/]*/|@\w+|\b\d\w*', "", block.text)
            assert set(re.findall(r"[a-z_]+", query)) - words <= written, block


def test_every_alarm_names_its_section_and_every_section_of_an_alarm_has_one() -> None:
    text = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    sections = set(re.findall(r"^## (.+)$", text, re.MULTILINE))
    resources = template.build()["Resources"].values()
    alarms = [r["Properties"] for r in resources if r["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) > 20
    named = {alarm["AlarmDescription"].split("docs/operations.md#")[1] for alarm in alarms}
    # What is no alarm begins with a capital letter.
    assert named == {section for section in sections if section[0].islower()}


def test_every_queue_of_failed_records_has_a_page_that_says_what_is_missing() -> None:
    text = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    (page,) = re.findall(r"^## set-aside\n(.+?)^## ", text, re.MULTILINE | re.DOTALL)
    names = [
        resource["Properties"]["QueueName"]["Fn::Sub"].removeprefix("moph-${Stage}-")
        for resource in template.build()["Resources"].values()
        if resource["Type"] == "AWS::SQS::Queue"
    ]
    assert "message-line-dead" in names
    assert [name for name in names if name.endswith("-failed") and f"`{name}`" not in page] == []


# ---- the commands ----


@pytest.mark.parametrize(("page", "section"), [key for key, test in RUN.items() if "first_lines" in test])
def test_the_first_lines_of_the_pages_are_commands(run: Run, page: str, section: str) -> None:
    assert run(section, page) == ""
    assert re.search(r"^export .*STAGE=\w+", "".join(runbook.steps(page, section)), re.MULTILINE)


def test_a_mailbox_is_subscribed_and_seen(run: Run) -> None:
    printed = run("Alarms", EMAIL="duty@example.go.th")
    assert "email\t" in printed
    client = boto3.client("sns")
    subscriptions = client.list_subscriptions_by_topic(TopicArn=alarm_test.topic_arn("prod"))["Subscriptions"]
    (mailbox,) = [s for s in subscriptions if s["Endpoint"] == "duty@example.go.th"]
    if mailbox["SubscriptionArn"].startswith("arn:"):
        client.unsubscribe(SubscriptionArn=mailbox["SubscriptionArn"])


def test_days_are_counted_again(run: Run) -> None:
    runbook.run(f"{sys.executable} -c 'from infra.aws import trial_hospital; trial_hospital.make()'", {})
    printed = run("availability-lag", HOSPITAL="99999", FIRST="2026-12-01", LAST="2026-12-03")
    assert printed.startswith("3 days of 99999 are counted\n")
    assert printed.endswith("99999, 2026-12-01 to 2026-12-03: 0 differences\n")


def test_boards_are_written_again(run: Run) -> None:
    runbook.run(f"{sys.executable} -c 'from infra.aws import trial_hospital; trial_hospital.make()'", {})
    assert run("board-late", HOSPITAL="99999") == "0 boards of 99999 show what is stored\n"


def test_the_audit_is_compared_with_its_archive(run: Run) -> None:
    assert run("audit-changed").endswith("no difference\n")


@pytest.mark.parametrize("function", ["count-days", "queues-stream"])
def test_an_event_source_that_is_off_is_switched_on(run: Run, function: str) -> None:
    client = boto3.client("lambda")
    (mapping,) = client.list_event_source_mappings(FunctionName=f"moph-prod-{function}")["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    run("stream-late", FUNCTION=function)
    assert client.get_event_source_mapping(UUID=mapping["UUID"])["State"] in ("Enabled", "Enabling")


def test_jobs_go_back(run: Run) -> None:
    sqs, client = boto3.client("sqs"), boto3.client("lambda")
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)  # nobody takes the jobs
    names = ("message-line-dead", "message-line")
    dead, live = (sqs.get_queue_url(QueueName=f"moph-prod-{name}")["QueueUrl"] for name in names)
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps({"batch": 1}))
    printed = run("set-aside", QUEUE="message-line")
    assert "message-line: 1 waiting" in printed
    assert "message-line: 1 put back" in printed
    (job,) = sqs.receive_message(QueueUrl=live)["Messages"]
    assert job["Body"] == '{"batch": 1}'


def test_access_lines_are_recorded_from_the_logs(run: Run) -> None:
    caller = Caller("his.demo", "00000", roles={APPOINTMENT_API: 1})
    line = log_lines.line(caller, "Appointment", True, ["1" * 13], clock.now().replace(microsecond=0))
    logs, group = boto3.client("logs"), "/aws/lambda/moph-prod-his"
    logs.create_log_stream(logGroupName=group, logStreamName="function")
    written = {"timestamp": int(line.at.timestamp() * 1000), "message": msgspec.json.encode(line).decode()}
    logs.put_log_events(logGroupName=group, logStreamName="function", logEvents=[written])
    hour = {"FROM": (line.at - timedelta(hours=1)).isoformat(), "TO": (line.at + timedelta(hours=1)).isoformat()}
    for _ in range(2):
        assert "1 access lines of this time are recorded" in run("unrecorded-accesses", **hour)
    assert len(boto3.client("dynamodb").scan(TableName="moph-prod-accesses")["Items"]) == 1


def test_reasons_that_an_older_release_cannot_read_are_deleted(run: Run, tmp_path: Path) -> None:
    dynamodb, table = boto3.client("dynamodb"), "moph-prod-hospitals"
    for code in ("00001", "00002"):
        for item in ("#", "reasons"):
            row = {"hospital_code": {"S": code}, "item": {"S": item}, "name": {"S": "รพ.ทดสอบ"}}
            dynamodb.put_item(TableName=table, Item=row)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    run("Going back", folder=tmp_path)
    left = {(row["hospital_code"]["S"], row["item"]["S"]) for row in dynamodb.scan(TableName=table)["Items"]}
    assert left >= {("00001", "#"), ("00002", "#")}
    assert "reasons" not in {item for _, item in left}
    assert len(json.loads((tmp_path / "reasons.json").read_text(encoding="utf-8"))["Items"]) == 2


def test_key_a_gets_a_new_name_in_every_place(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for folder in ("infra", ".chalice"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    run("Rotating the token key", folder=copy)
    left = [
        path.relative_to(copy)
        for folder in ("infra/aws", ".chalice")
        for path in (copy / folder).rglob("*")
        if path.is_file() and re.search(r"\bTokenKey\b", path.read_text(encoding="utf-8"))
    ]
    assert left == []
    resources = (copy / "infra" / "aws" / "resources.yaml").read_text(encoding="utf-8")
    assert "  TokenKeyC:\n" in resources
    assert "!Ref TokenKeyC]" in resources
    assert "TokenKeyB:" in resources
    assert "${TokenKeyC.Arn}" in (copy / ".chalice" / "policy-token.json").read_text(encoding="utf-8")


def test_a_secret_is_changed(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("new-one", encoding="utf-8")
    run("Secrets", SECRET="line_channel_secret", SECRET_FILE=str(secret))
    ssm = boto3.client("ssm")
    parameter = ssm.get_parameter(Name="/moph/prod/line_channel_secret", WithDecryption=True)["Parameter"]
    assert (parameter["Value"], parameter["Type"]) == ("new-one", "SecureString")


def test_a_hospital_is_restored_from_tables_of_an_earlier_minute(run: Run) -> None:
    dynamodb = boto3.client("dynamodb")
    row = {"hospital_code": {"S": "00000"}, "item": {"S": "#"}, "name": {"S": "รพ.ทดสอบ"}}
    dynamodb.put_item(TableName="moph-prod-hospitals", Item=row)
    printed = run("Restoring", HOSPITAL="00000", TIME="2026-11-01T09:59:00+07:00")
    assert printed.count("hospitals 1\n") == 2  # out of the restored tables, and into the stage's
    stored: dict[str, Any] = dynamodb.get_item(TableName="moph-prod-hospitals", Key={k: row[k] for k in list(row)[:2]})
    assert stored["Item"] == row
    assert not (ROOT / "hospital.jsonl").exists()
    assert not [name for name in dynamodb.list_tables()["TableNames"] if name.startswith("moph-restored-")]

"""The test alarm at the end of a deployment, and the checklist.

What each says when all is well, and when it is not.
"""

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import boto3
import pytest

from infra.aws import (
    account_steps,
    alarm_test,
    checklist,
    first_deployment,
    operator_prompts,
    public_address_steps,
    runbook_drills,
)
from infra.aws.checklist import Deployment, Step, StepFailed, StepNotDone
from infra.aws.runbook_drills import AlarmSubscription
from infra.local.child_processes import ROOT
from tests.runbook.conftest import STAGE, deployment

pytestmark = pytest.mark.system  # an engine of its own
FAULTS = f"moph-{STAGE}-faults"


@pytest.fixture
def alarm_subscription(stage: dict[str, str]) -> Iterator[AlarmSubscription]:
    with runbook_drills.alarm_subscription(STAGE) as alarm_subscription:
        yield alarm_subscription


# ---- the test alarm ----


def test_a_test_alarm_reaches_who_is_subscribed_and_ends_as_ok(alarm_subscription: AlarmSubscription) -> None:
    questions_put: list[str] = []

    def arrived(question: str) -> bool:
        questions_put.append(question)
        return sorted(alarm_subscription.received()) == [(FAULTS, "ALARM"), (FAULTS, "OK")]

    assert alarm_test.send(STAGE, arrived) == f"The test alarm of {FAULTS} arrived."
    assert len(questions_put) == 1
    (alarm,) = boto3.client("cloudwatch").describe_alarms(AlarmNames=[FAULTS])["MetricAlarms"]
    assert alarm["StateValue"] == "OK"
    assert alarm["StateReason"] == alarm_test.REASON


def test_without_a_terminal_the_deployment_says_what_to_look_at(alarm_subscription: AlarmSubscription) -> None:
    assert alarm_test.send(STAGE, operator_prompts.no_answer).startswith(
        f"Sent. Look whether ALARM and OK of {FAULTS} arrived"
    )
    assert len(alarm_subscription.received()) == 2


def test_a_test_alarm_that_did_not_arrive_says_where_to_look(alarm_subscription: AlarmSubscription) -> None:
    with pytest.raises(alarm_test.NotArrived, match=r"docs/operations\.md, Alarms"):
        alarm_test.send(STAGE, lambda _: False)


def test_no_test_alarm_is_sent_if_nobody_is_subscribed(stage: dict[str, str]) -> None:
    with pytest.raises(alarm_test.NotArrived, match="Nobody is subscribed"):
        alarm_test.send(STAGE, lambda _: True)


def test_a_real_alarm_is_not_switched_off_by_a_test(alarm_subscription: AlarmSubscription) -> None:
    client = boto3.client("cloudwatch")
    client.set_alarm_state(AlarmName=FAULTS, StateValue="ALARM", StateReason="faults")
    with pytest.raises(alarm_test.NotArrived, match="rings already"):
        alarm_test.send(STAGE, lambda _: True)
    (alarm,) = client.describe_alarms(AlarmNames=[FAULTS])["MetricAlarms"]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "faults")
    client.set_alarm_state(AlarmName=FAULTS, StateValue="OK", StateReason="end of the test")


# ---- the steps ----


def test_a_healthy_stage_proves_what_the_engine_can_show(
    stage: dict[str, str], alarm_subscription: AlarmSubscription
) -> None:
    healthy = deployment(stage)
    for check in (
        account_steps.alarms_lead_to_the_topic,
        account_steps.quota,
        account_steps.stacks_complete,
        account_steps.subscription,
        account_steps.tables_protected,
        account_steps.upload_origins,
        account_steps.throttles,
        account_steps.error_caching,
    ):
        assert check(healthy)


def test_a_stage_without_a_subscriber_fails(stage: dict[str, str]) -> None:
    with pytest.raises(StepFailed, match="nobody is subscribed"):
        account_steps.subscription(deployment(stage))


def test_an_alarm_that_notifies_nobody_fails(stage: dict[str, str]) -> None:
    client = boto3.client("cloudwatch")
    client.disable_alarm_actions(AlarmNames=[FAULTS])
    with pytest.raises(StepFailed, match=FAULTS):
        account_steps.alarms_lead_to_the_topic(deployment(stage))
    client.enable_alarm_actions(AlarmNames=[FAULTS])


def test_a_table_without_recovery_fails(stage: dict[str, str]) -> None:
    client = boto3.client("dynamodb")
    tables = [name for name in client.list_tables()["TableNames"] if name.startswith(f"moph-{STAGE}-")]
    on = {"PointInTimeRecoveryEnabled": True}
    for table in tables[1:]:
        client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=on)
    with pytest.raises(StepFailed, match=f"off for {tables[0]}:"):
        account_steps.point_in_time_recovery(deployment(stage))
    client.update_continuous_backups(TableName=tables[0], PointInTimeRecoverySpecification=on)
    assert account_steps.point_in_time_recovery(deployment(stage)) == f"on for {len(tables)} tables"


class Setting:
    """SSM as far as the step asks it: the engine has no service settings."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_service_setting(self, SettingId: str) -> dict[str, dict[str, str]]:
        return {"ServiceSetting": {"SettingId": SettingId, "SettingValue": self._value}}


def test_a_production_whose_functions_cannot_all_read_their_secrets_at_once_fails(stage: dict[str, str]) -> None:
    with pytest.raises(StepFailed, match="40 secrets a second"):
        account_steps.secret_reads(deployment(stage), Setting("false"))
    assert account_steps.secret_reads(deployment(stage, stage="dev"), Setting("false"))
    assert "10,000" in account_steps.secret_reads(deployment(stage), Setting("true"))


def test_a_bucket_that_takes_uploads_from_every_page_fails(stage: dict[str, str]) -> None:
    client = boto3.client("s3")
    bucket = f"moph-{STAGE}-files-000000000000"
    before = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    with pytest.raises(StepFailed, match="not only the site"):
        account_steps.upload_origins(deployment(stage))
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": before})


def test_a_channel_that_is_off_is_a_question(stage: dict[str, str]) -> None:
    client = boto3.client("lambda")
    for name in ("app", "line"):
        listed = client.list_event_source_mappings(FunctionName=f"moph-{STAGE}-message-{name}")["EventSourceMappings"]
        client.update_event_source_mapping(UUID=listed[0]["UUID"], Enabled=name == "app")
    with pytest.raises(StepNotDone, match="message-line"):
        account_steps.channels(deployment(stage))
    assert "as meant" in account_steps.channels(deployment(stage, ask=lambda _: True))


# ---- the checklist ----


def test_results_are_kept_and_a_persons_answer_is_not_asked_for_again(
    stage: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs: list[str] = []

    def confirm(_: Deployment) -> str:
        runs.append("asked")
        return "seen"

    def broken(_: Deployment) -> str:
        raise StepFailed("broken: deploy again")

    steps = [Step("asked", "somebody saw it", confirm, asks=True), Step("broken", "it works", broken)]
    path, given = tmp_path / "results.json", deployment(stage)
    results = checklist.run(steps, given, path)
    assert {name: result["result"] for name, result in results.items()} == {"asked": "proved", "broken": "FAILED"}
    assert checklist.run(steps, given, path)["asked"] == results["asked"]
    assert runs == ["asked"]
    checklist.run(steps, given, path, only="asked")
    assert runs == ["asked", "asked"]
    assert checklist.read(path).keys() == {"asked", "broken"}
    assert "FAILED: broken: deploy again" in capsys.readouterr().out


def test_the_command_runs_every_step_and_says_what_is_open(stage: dict[str, str], tmp_path: Path) -> None:
    """The public address of this stage does not exist, and nobody is there to answer."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.aws.first_deployment", STAGE],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    results = checklist.read(tmp_path / first_deployment.results_file(STAGE))
    assert list(results) == [step.name for step in first_deployment.STEPS]
    outcomes = {name: result["result"] for name, result in results.items()}
    proved = {"quota", "deploy", "alarms", "error-caching", "upload-origins", "throttles"}
    assert {outcomes[name] for name in proved} == {"proved"}
    assert {outcomes[name] for name in ("reachable", "token", "booking", "only-tls", "subscription")} == {"FAILED"}
    assert {outcomes[name] for name in ("message", "restore-drill", "errors-twice")} == {"not done"}
    assert "Open: " in done.stdout


def test_the_command_wants_a_stage(stage: dict[str, str]) -> None:
    command = [sys.executable, "-m", "infra.aws.first_deployment", "local"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make first-deployment STAGE=dev" in done.stderr


def test_the_steps_have_names_of_their_own_and_say_what_they_prove() -> None:
    assert len({step.name for step in first_deployment.STEPS}) == len(first_deployment.STEPS) >= 15
    assert all(step.proves for step in first_deployment.STEPS)


# ---- errors that CloudFront keeps ----


class Edge(BaseHTTPRequestHandler):
    """A CloudFront that answers for the dashboard function, with these faults.

    An error if it may not call the function. keeps: the first answer's id stays. status: what the function answers.
    lets_read: pages of every site may read it.
    """

    keeps = lets_read = False
    status = 401
    kept: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        settings = boto3.client("lambda").get_function_concurrency(FunctionName=f"moph-{STAGE}-dashboard")
        is_off = settings.get("ReservedConcurrentExecutions") == 0
        request_id = self.kept[0] if self.keeps and self.kept else uuid.uuid4().hex
        self.kept.append(request_id)
        body = json.dumps({"Error": {"request_id": request_id}}).encode()
        self.send_response(500 if is_off else self.status)
        if self.lets_read:
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no line for each request."""


@pytest.fixture
def edge(stage: dict[str, str]) -> Iterator[Callable[[bool], Deployment]]:
    """The deployment behind an edge that keeps errors, or does not."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Edge) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

        def behind(keeps: bool) -> Deployment:
            Edge.keeps = keeps
            Edge.kept.clear()
            url = f"http://127.0.0.1:{server.server_port}"
            return deployment(stage, url=url, ask=lambda _: True)

        yield behind
        server.shutdown()


def test_two_errors_of_the_api_itself_prove_that_no_error_is_kept(edge: Callable[[bool], Deployment]) -> None:
    assert public_address_steps.errors_are_not_cached(edge(False)).startswith("two errors")
    settings = boto3.client("lambda").get_function_concurrency(FunctionName=f"moph-{STAGE}-dashboard")
    assert "ReservedConcurrentExecutions" not in settings


def test_an_error_that_an_edge_keeps_fails_the_step(edge: Callable[[bool], Deployment]) -> None:
    with pytest.raises(StepFailed, match="kept error"):
        public_address_steps.errors_are_not_cached(edge(True))


def test_nothing_is_switched_off_without_a_yes(stage: dict[str, str]) -> None:
    with pytest.raises(StepNotDone):
        public_address_steps.errors_are_not_cached(deployment(stage))


def test_a_site_that_answers_without_tls_fails(edge: Callable[[bool], Deployment]) -> None:
    site = edge(False)
    assert "refused" in public_address_steps.only_tls(site)
    Edge.status = 200
    with pytest.raises(StepFailed, match="answers 200 without TLS"):
        public_address_steps.only_tls(site)
    Edge.status = 401


def test_an_api_that_lets_foreign_pages_read_fails(edge: Callable[[bool], Deployment]) -> None:
    site = edge(False)
    assert "nothing" in public_address_steps.foreign_pages(site)
    Edge.lets_read = True
    with pytest.raises(StepFailed, match="lets pages of"):
        public_address_steps.foreign_pages(site)
    Edge.lets_read = False

"""Drills of `make rehearse`: the checklist, and the runbook's procedures.

    python -m infra.aws.runbook_drills < deployed.json

They run after the tests of the rehearsal. The process has the stage and the engine's address in its environment. Each
drill raises DrillFailed if the deployed system does not do what the runbook says. The engine evaluates an alarm when a
figure is sent to CloudWatch, over all functions and without its number of periods; so a drill sends a figure, and
compares the function's own metric too.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import urllib3

from chalicelib import clock
from infra.aws import (
    alarm_test,
    checklist,
    deploy,
    first_deployment,
    package,
    public_address_steps,
    runbook,
    trial_hospital,
)
from infra.local import demo

# A function that is called on a schedule, so the drill disturbs no test of the API.
BROKEN_FUNCTION = "canary"  # without an account it has nothing to do, so it answers at once
# What EventBridge sends to a function on a schedule.
_SCHEDULED = {
    "version": "0",
    "id": "drill",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-01-01T00:00:00Z",
    "region": "ap-southeast-1",
    "resources": [],
    "detail": {},
}
_PAGE = "operations.md"
_http = urllib3.PoolManager(retries=False, timeout=40)


class DrillFailed(Exception):
    """The deployed system did not do what the runbook says."""


class AlarmSubscription:
    """A queue that is subscribed to the alarms, in place of a person."""

    def __init__(self, stage: str) -> None:
        self._sqs = boto3.client("sqs")
        self._url = self._sqs.create_queue(QueueName="alarm-subscription")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self._sns = boto3.client("sns")
        topic = alarm_test.topic_arn(stage)
        statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        self._subscription = self._sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def received(self) -> list[tuple[str, str]]:
        """(alarm, state) of every notification since the last call."""
        notes = []
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                notes.append(json.loads(json.loads(message["Body"])["Message"]))
        return [(note["AlarmName"], note["NewStateValue"]) for note in notes]

    def wait_for(self, notes: set[tuple[str, str]]) -> None:
        """Wait until all of these have come. Raises DrillFailed after a minute."""
        came: set[tuple[str, str]] = set()

        def complete() -> bool:
            came.update(self.received())
            return notes <= came

        _until(complete, f"{notes} did not come")

    def end(self) -> None:
        self._sns.unsubscribe(SubscriptionArn=self._subscription)
        self._sqs.delete_queue(QueueUrl=self._url)


@contextmanager
def alarm_subscription(stage: str) -> Iterator[AlarmSubscription]:
    subscribed = AlarmSubscription(stage)
    try:
        yield subscribed
    finally:
        subscribed.end()


def run(stage: str, folder: str, parameters: dict[str, str], outputs: dict[str, str], url: str, simulator: str) -> None:
    """Run every drill.

    folder: the package. parameters, outputs: of the deployment. url: the API's. simulator: the providers' URL.
    """
    package_folder = Path(folder)
    template = package.read_template(package_folder)
    with alarm_subscription(stage) as alarms:
        _checklist(stage, outputs, template, url, simulator, alarms)
        _say("a function fails, the alarm comes, and the last version is deployed again")
        go_back(stage, package_folder, parameters, alarms)
    _say("a job that was set aside is put back")
    redrive(stage)
    _say("a damaged hospital is restored")
    restore(stage)
    _say("the secret of the LINE channel changes")
    rotate_secret(url, package_folder)
    _say("the token key changes")
    rotate_token_key(stage, package_folder, parameters, url)


def _say(what: str) -> None:
    print(f"drill: {what}", flush=True)


def _checklist(
    stage: str, outputs: dict[str, str], template: dict[str, Any], url: str, simulator: str, alarms: AlarmSubscription
) -> None:
    """Run the steps of the first deployment that the engine can run.

    What has arrived answers their questions.
    """

    def answer(question: str) -> bool:
        if "test alarm" not in question:
            return True
        alarms.wait_for({(f"moph-{stage}-faults", "ALARM"), (f"moph-{stage}-faults", "OK")})
        return True

    def arrived(cid: str, title: str) -> bool:
        inbox = f"{simulator}/control/inbox?channel=app&to={cid}"
        _until(lambda: title in _http.request("GET", inbox).data.decode(), "the message did not arrive")
        return True

    deployment = checklist.Deployment(
        stage=stage,
        outputs=outputs,
        template=template,
        url=url,
        ask=answer,
        tester=lambda: demo.demo_cid(9902),
        arrived=arrived,
    )
    steps = [step for step in first_deployment.STEPS if not step.aws_only]
    results_file = first_deployment.results_file(stage)
    results_file.unlink(missing_ok=True)
    results = checklist.run(steps, deployment, results_file)
    if bad := [name for name, result in results.items() if result["result"] != checklist.PROVED]:
        raise DrillFailed(f"steps of the checklist: {', '.join(bad)}")


def go_back(stage: str, folder: Path, parameters: dict[str, str], alarms: AlarmSubscription) -> None:
    """Deploy a broken version, see its alarm, and deploy the last good package again.

    One function fails in the broken version.
    """
    function = f"moph-{stage}-{BROKEN_FUNCTION}"
    client = boto3.client("lambda")
    good = client.get_function_configuration(FunctionName=function)["CodeSha256"]
    alarms.received()
    deploy.deploy(stage, broken(folder), parameters, confirm=False)
    if "FunctionError" not in client.invoke(FunctionName=function, Payload=b"{}"):
        raise DrillFailed(f"{function} works although its code is broken")
    alarm = f"{function}-errors"
    # Any figure: the engine evaluates its alarms when one comes.
    data = [{"MetricName": "drill", "Value": 1}]
    boto3.client("cloudwatch").put_metric_data(Namespace=f"moph/{stage}-drill", MetricData=data)
    (described,) = boto3.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    if described["StateValue"] != "ALARM":
        raise DrillFailed(f"{alarm} is {described['StateValue']}")
    alarms.wait_for({(alarm, "ALARM")})
    if _own_errors(described) < described["Threshold"]:
        raise DrillFailed(f"the metric of {alarm} does not count the error")
    deploy.deploy(stage, folder, parameters, confirm=False)
    if client.get_function_configuration(FunctionName=function)["CodeSha256"] != good:
        raise DrillFailed("the package of before is not the code of before")
    response = client.invoke(FunctionName=function, Payload=json.dumps(_SCHEDULED))
    if "FunctionError" in response:
        raise DrillFailed(f"{function} still fails: {response['Payload'].read()[:300]!r}")


def broken(folder: Path) -> Path:
    """A copy of the package in which one function fails when it starts."""
    target = folder / "broken"
    target.mkdir(exist_ok=True)
    name = BROKEN_FUNCTION.replace("-", "_")
    line = f'\nif __import__("os").environ.get("AWS_SDK_UA_APP_ID") == "{name}":\n    raise RuntimeError("drill")\n'
    with zipfile.ZipFile(folder / "deployment.zip") as good, zipfile.ZipFile(target / "deployment.zip", "w") as bad:
        for entry in good.infolist():
            content = good.read(entry)
            if entry.filename == "app.pyc":
                continue  # so that the changed source runs, not its byte code
            bad.writestr(entry, content + line.encode() if entry.filename == "app.py" else content)
    (target / "template.json").write_bytes((folder / "template.json").read_bytes())
    return target


def _own_errors(alarm: dict[str, Any]) -> float:
    """What an alarm's metric, with its dimensions, counted in the last minutes."""
    now = clock.now()
    figures = boto3.client("cloudwatch").get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm["Dimensions"],
        StartTime=now.timestamp() - 600,
        EndTime=now.timestamp() + 60,
        Period=900,
        Statistics=[alarm["Statistic"]],
    )
    return sum(float(figure[alarm["Statistic"]]) for figure in figures["Datapoints"])


def redrive(stage: str) -> None:
    """Put an unreadable job into a dead-letter queue, and redrive it.

    The commands of the page list it and put it back.
    """
    sqs = boto3.client("sqs")
    dead = sqs.get_queue_url(QueueName=f"moph-{stage}-message-confirm-dead")["QueueUrl"]
    sqs.send_message(QueueUrl=dead, MessageBody='{"drill": 1}')
    printed = runbook.run(runbook.steps(_PAGE, "set-aside")[0], {"QUEUE": "message-confirm"})
    if "message-confirm: 1 put back" not in printed or sqs.receive_message(QueueUrl=dead).get("Messages"):
        raise DrillFailed(f"the job was not put back: {printed}")


def restore(stage: str) -> None:
    """Restore the tables, damage the trial hospital, and copy its rows back."""
    dynamodb = boto3.client("dynamodb")
    table = f"moph-{stage}-hospitals"
    key = {"hospital_code": {"S": trial_hospital.CODE}, "item": {"S": "department#1"}}
    before = dynamodb.get_item(TableName=table, Key=key)["Item"]
    section = runbook.steps(_PAGE, "Restoring")
    variables = {"HOSPITAL": trial_hospital.CODE, "TIME": clock.now().isoformat(timespec="seconds")}
    tables = section[0].splitlines()[0] + "\n"
    runbook.run(section[0], variables)
    dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #n = :n",
        ExpressionAttributeNames={"#n": "name"},
        ExpressionAttributeValues={":n": {"S": "damaged"}},
    )
    for commands in section[1:]:
        runbook.run(tables + commands, variables)
    if dynamodb.get_item(TableName=table, Key=key)["Item"] != before:
        raise DrillFailed("the damaged row was not restored")


def rotate_secret(url: str, folder: Path) -> None:
    """Change the LINE channel's secret by the commands of the page.

    LINE's calls must then be accepted with the new secret only.
    """
    secret = folder / "secret"
    new = os.urandom(16).hex()
    secret.write_text(new, encoding="utf-8")
    variables = {"SECRET": "line_channel_secret", "SECRET_FILE": str(secret), "FUNCTION": "line"}
    runbook.run("".join(runbook.steps(_PAGE, "Secrets")), variables)
    secret.unlink()
    _until(lambda: _webhook(url, new) == 200, "the new secret is not accepted")
    if _webhook(url, "another") == 200:
        raise DrillFailed("every secret is accepted")


def _webhook(url: str, secret: str) -> int:
    """The status of a signed call of LINE without an event."""
    body = b'{"destination": "", "events": []}'
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return _http.request("POST", f"{url}/line/webhook", body=body, headers={"X-Line-Signature": signature}).status


def rotate_token_key(stage: str, folder: Path, parameters: dict[str, str], url: str) -> None:
    """Deploy with the other token key.

    A token from before must stay valid, and a new token must be signed with the new key.
    """
    with trial_hospital.account() as account:
        old = public_address_steps.sign_in(url, account)
        deploy.deploy(stage, folder, parameters | {"SigningKey": "B"}, confirm=False)
        new = public_address_steps.sign_in(url, account)
        if public_address_steps.key_of(old) == public_address_steps.key_of(new):
            raise DrillFailed("new tokens are signed with the old key")
        for token in (old, new):
            public_address_steps.schedules(url, token)
    deploy.deploy(stage, folder, parameters, confirm=False)


def _until(condition: Callable[[], bool], problem: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise DrillFailed(f"{problem} within 60 s")
        time.sleep(0.5)


if __name__ == "__main__":
    run(**json.load(sys.stdin))

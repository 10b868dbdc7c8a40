"""A failed or unanswered deployment does not stop the next one.

On the embedded engine.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.aws import change_set, releases
from infra.aws.releases import AliasTarget
from infra.local import child_processes, engine
from infra.local.child_processes import ROOT

STACK = "moph-trial"
TABLE: dict[str, Any] = {
    "Type": "AWS::DynamoDB::Table",
    "DeletionPolicy": "RetainExceptOnCreate",
    "Properties": {
        "TableName": "moph-trial-days",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "day", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
    },
}
# There is no such function, so the creation fails after the table was made.
FAILING: dict[str, Any] = {
    "Type": "AWS::Lambda::Url",
    "DependsOn": ["Days"],
    "Properties": {"TargetFunctionArn": "moph-trial-none", "AuthType": "AWS_IAM"},
}


def template(**resources: Any) -> dict[str, str]:
    return {"TemplateBody": json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})}


@pytest.fixture
def cloudformation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    port = child_processes.free_port()
    for name, value in child_processes.local_environment(f"http://127.0.0.1:{port}").items():
        monkeypatch.setenv(name, value)
    process = engine.start(tmp_path, port, **engine.NOTHING_SAVED, SERVICES="")  # every service, Lambda too
    yield boto3.client("cloudformation")
    child_processes.stop(process)


def tables() -> list[str]:
    names: list[str] = boto3.client("dynamodb").list_tables()["TableNames"]
    return names


def test_a_creation_that_failed_leaves_nothing_and_can_be_repeated(cloudformation: Any) -> None:
    with pytest.raises(RuntimeError, match=STACK):
        change_set.apply(STACK, template(Days=TABLE, Failing=FAILING), confirm=False)
    (failed,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert failed["StackStatus"] == "ROLLBACK_COMPLETE"
    assert tables() == []
    assert change_set.is_new(STACK)
    change_set.apply(STACK, template(Days=TABLE), confirm=False)
    assert tables() == ["moph-trial-days"]
    assert not change_set.is_new(STACK)


@contextmanager
def cloudformation_that_says(status: str) -> Iterator[str]:
    """The address of a CloudFormation server that reports a given state of the stack.

    The engine itself never brings a stack into that state.
    """
    times = "<CreationTime>2026-01-01T00:00:00Z</CreationTime>"
    member = f"<member><StackName>{STACK}</StackName>{times}<StackStatus>{status}</StackStatus></member>"
    result = f"<DescribeStacksResult><Stacks>{member}</Stacks></DescribeStacksResult>"

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"<DescribeStacksResponse>{result}</DescribeStacksResponse>".encode())

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("UPDATE_ROLLBACK_FAILED", "docs/operations.md#a-stack-that-is-stuck"),
        ("DELETE_FAILED", "docs/operations.md#a-stack-that-is-stuck"),
        ("UPDATE_IN_PROGRESS", "another deployment is running"),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "another deployment is running"),
    ],
)
def test_a_stack_that_cannot_be_updated_now_is_refused_with_what_to_do(
    status: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cloudformation_that_says(status) as address:
        for name, value in child_processes.local_environment(address).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(RuntimeError, match=f"{status}: .*{advice}"):
            change_set.apply(STACK, template(Days=TABLE), confirm=False)
    assert "### A stack that is stuck" in Path(ROOT, "docs/operations.md").read_text(encoding="utf-8")


def test_a_change_set_that_was_left_at_the_question_is_replaced_by_the_next(cloudformation: Any) -> None:
    """Somebody closed the window at the question, so the stack has only a change set."""
    cloudformation.create_change_set(
        StackName=STACK, ChangeSetName="next", ChangeSetType="CREATE", **template(Days=TABLE)
    )
    assert change_set.is_new(STACK)
    change_set.apply(STACK, template(Days=TABLE), confirm=False)
    assert tables() == ["moph-trial-days"]


def test_a_question_without_an_answer_changes_nothing_and_leaves_nothing(cloudformation: Any) -> None:
    arguments = template(Days=TABLE)
    code = f"from infra.aws import change_set; change_set.apply({STACK!r}, {arguments!r}, confirm=True)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1, done.stderr
    assert "nothing was changed" in done.stderr
    assert tables() == []
    with pytest.raises(ClientError):
        cloudformation.describe_change_set(StackName=STACK, ChangeSetName="next")


def release(name: str) -> dict[str, Any]:
    """The arguments that deploy one function with its version and alias as a release."""
    function = {
        "FunctionName": "moph-trial-his",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": "arn:aws:iam::000000000000:role/trial",
        "Code": {"ZipFile": "def handler(event, context): pass"},
        "Description": {"Fn::Sub": "release ${Release}"},
    }
    released = releases.resources(["his"])
    body = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Release": releases.PARAMETERS["Release"]},
        "Resources": {
            "HisFunction": {"Type": "AWS::Lambda::Function", "Properties": function},
            "HisVersion": released["HisVersion"],
            "HisAlias": {key: released["HisAlias"][key] for key in ("Type", "Properties")},
        },
        "Outputs": {"Version": {"Value": {"Fn::GetAtt": ["HisVersion", "Version"]}}},
    }
    return {"TemplateBody": json.dumps(body), "Parameters": [{"ParameterKey": "Release", "ParameterValue": name}]}


def test_each_release_publishes_a_version_and_the_same_release_publishes_none(cloudformation: Any) -> None:
    published = []
    for name in ("first", "first", "second"):
        change_set.apply(STACK, release(name), confirm=False)
        published.append(change_set.outputs(STACK)["Version"])
    assert published == ["1", "1", "2"]


def test_an_alias_that_was_moved_by_hand_is_seen(cloudformation: Any) -> None:
    for name in ("first", "second"):
        change_set.apply(STACK, release(name), confirm=False)
    assert releases.alias_targets(STACK) == [AliasTarget("second", moved=False)]
    boto3.client("lambda").update_alias(FunctionName="moph-trial-his", Name="live", FunctionVersion="1")
    assert releases.alias_targets(STACK) == [AliasTarget("first", moved=True)]

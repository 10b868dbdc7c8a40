"""The template that is deployed.

Which function answers what, with which rights, and what the gateway itself answers.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from app import app
from infra.aws import gateway, least_privilege, template
from infra.local.aws_call_recorder import Recorder, calls
from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack

CONFIG = json.loads((template.CHALICE / "config.json").read_text(encoding="utf-8"))["lambda_functions"]
API_FUNCTIONS = {name: given["paths"] for name, given in CONFIG.items() if "paths" in given}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return template.build()


def of_type(made: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in made["Resources"].items() if one["Type"] == kind}


def statements(made: dict[str, Any], function: str) -> list[dict[str, Any]]:
    (policy,) = made["Resources"][f"{gateway.logical(function)}Role"]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/token", "token"),
        ("/api/appointment/AppointmentSlot", "his"),
        ("/api/message/Inbox", "his"),
        ("/api/messages/{message_id}/send", "dashboard"),
        ("/api/dashboard/Welcome", "dashboard"),
        ("/line/webhook", "line"),
        ("/health", "his"),
    ],
)
def test_each_kind_of_caller_has_a_function_of_its_own(path: str, function: str) -> None:
    assert gateway.function_of(path, API_FUNCTIONS) == function


def test_every_path_of_the_app_leads_to_its_function(made: dict[str, Any]) -> None:
    paths = made["Resources"]["Api"]["Properties"]["Body"]["paths"]
    assert set(paths) == set(app.routes)
    for path, operations in paths.items():
        alias = f"${{{gateway.logical(gateway.function_of(path, API_FUNCTIONS))}Alias}}"
        for operation in operations.values():
            assert alias in operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]


def test_a_path_that_no_function_answers_stops_the_packaging() -> None:
    with pytest.raises(ValueError, match="/elsewhere"):
        gateway.function_of("/elsewhere", API_FUNCTIONS)


def test_every_function_has_its_own_role_memory_time_out_concurrency_and_kept_log(made: dict[str, Any]) -> None:
    functions = of_type(made, "AWS::Lambda::Function")
    assert len(functions) == len(CONFIG)
    roles = [json.dumps(one["Role"]) for one in functions.values()]
    assert len(set(roles)) == len(roles)
    for one in functions.values():
        assert 256 <= one["MemorySize"] <= 2048
        assert 5 <= one["Timeout"] <= 300
        assert one["ReservedConcurrentExecutions"]["Fn::If"][1] > 0
    logged = {json.dumps(one["LogGroupName"]) for one in of_type(made, "AWS::Logs::LogGroup").values()}
    for one in functions.values():
        assert json.dumps({"Fn::Sub": f"/aws/lambda/{one['FunctionName']['Fn::Sub']}"}) in logged
    assert all("RetentionInDays" in one for one in of_type(made, "AWS::Logs::LogGroup").values())


def test_a_function_answers_before_the_gateway_gives_up() -> None:
    assert all(CONFIG[name]["lambda_timeout"] <= 29 for name in API_FUNCTIONS)


def test_no_policy_allows_any_action_or_any_resource(made: dict[str, Any]) -> None:
    for function in CONFIG:
        for statement in statements(made, function):
            assert statement["Effect"] == "Allow"
            assert not any("*" in action for action in statement["Action"]), function
            # Streams can be listed only all at once.
            assert statement["Action"] == ["dynamodb:ListStreams"] or "*" not in statement["Resource"], function


def test_only_the_token_function_may_sign(made: dict[str, Any]) -> None:
    signers = {f for f in CONFIG for s in statements(made, f) if "kms:Sign" in s["Action"]}
    assert signers == {"token"}


def test_the_dashboard_is_told_of_a_missing_file_that_it_is_missing_and_not_forbidden(made: dict[str, Any]) -> None:
    bucket = [s for s in statements(made, "dashboard") if "s3:ListBucket" in s["Action"]]
    assert [json.dumps(s["Resource"]) for s in bucket] == ['[{"Fn::Sub": "${FilesBucket.Arn}"}]']


def test_every_worker_reports_failed_messages_one_by_one(made: dict[str, Any]) -> None:
    mappings = of_type(made, "AWS::Lambda::EventSourceMapping")
    from_queues = [m for m in mappings.values() if "StartingPosition" not in m]
    assert len(from_queues) == sum(type(one).__name__ == "SQSEventConfig" for one in app.event_sources)
    for mapping in from_queues:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_message_stays_hidden_while_its_worker_may_still_be_at_it(made: dict[str, Any]) -> None:
    functions = of_type(made, "AWS::Lambda::Function")
    queues = of_type(made, "AWS::SQS::Queue")
    for mapping in of_type(made, "AWS::Lambda::EventSourceMapping").values():
        if (source := mapping["EventSourceArn"]["Fn::GetAtt"][0]) in queues:
            assert queues[source]["VisibilityTimeout"] >= 6 * functions[mapping["FunctionName"]["Ref"]]["Timeout"], (
                source
            )


def test_the_gateways_own_404_says_where_the_paths_of_the_sister_system_are(made: dict[str, Any]) -> None:
    says = made["Resources"]["Api"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]
    for kind in ("MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "RESOURCE_NOT_FOUND"):
        envelope = json.loads(says[kind]["responseTemplates"]["application/json"])
        for sentence in (envelope["Message"], envelope["Error"]["message"]):
            assert "ImmunizationHistory" in sentence
            assert "MOPH Immunization Center" in sentence


def test_the_gateway_speaks_in_the_contracts_envelope(made: dict[str, Any]) -> None:
    says = made["Resources"]["Api"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]
    statuses = {}
    for kind, answer in says.items():
        envelope = json.loads(answer["responseTemplates"]["application/json"])
        assert set(envelope) == {"MessageCode", "Message", "Error", "RequestTime", "processing_ms"}, kind
        assert envelope["MessageCode"] == answer["statusCode"]
        assert set(envelope["Error"]) == {"code", "message", "fields", "request_id"}
        statuses[kind] = (answer["statusCode"], envelope["Error"]["code"])
    assert statuses["MISSING_AUTHENTICATION_TOKEN"] == (404, "PathNotFound")
    assert statuses["INVALID_SIGNATURE"] == (404, "PathNotFound")
    assert statuses["REQUEST_TOO_LARGE"] == (413, "InvalidRequest")
    assert statuses["THROTTLED"] == (429, "TooManyRequests")
    assert statuses["DEFAULT_5XX"] == (500, "InternalError")
    for kind, (status, _) in statuses.items():
        waits = "gatewayresponse.header.Retry-After" in says[kind]["responseParameters"]
        assert waits == (status in (429, 503)), kind


def test_the_gateways_log_holds_no_query_string_and_no_value_of_a_path(made: dict[str, Any]) -> None:
    stage = made["Resources"]["ApiStage"]["Properties"]
    assert not {"$context.path", "$context.requestOverride", "$context.identity.userAgent"} & set(
        json.loads(stage["AccessLogSetting"]["Format"]).values()
    )
    (settings,) = stage["MethodSettings"]
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)


def test_a_change_of_the_api_makes_a_new_deployment_of_it() -> None:
    one = gateway.resources({"/health": ["GET"]}, {"his": ["/health"]})
    other = gateway.resources({"/health": ["GET", "POST"]}, {"his": ["/health"]})
    assert {k for k in one if k.startswith("ApiDeployment")}.isdisjoint(other)


def test_the_comparison_of_calls_with_policies_finds_what_is_missing_and_what_is_too_much(
    made: dict[str, Any],
) -> None:
    body = json.dumps({"TableName": "moph-rehearsal-accounts"}).encode()
    scan = set(calls("his", "POST", "/", {"X-Amz-Target": "DynamoDB_20120810.Scan"}, body))
    assert least_privilege.missing(scan, set(), made) == [
        "His calls dynamodb:Scan on table/accounts, which its policy does not allow"
    ]
    assert "Token may kms:Sign on key, and never does" in least_privilege.excess(set(), made)
    sign = set(calls("token", "POST", "/", {"X-Amz-Target": "TrentService.Sign"}, b"{}"))
    assert "Token may kms:Sign on key, and never does" not in least_privilege.excess(sign, made)


def test_what_a_function_asks_of_the_tables_is_recorded_under_its_name(local_stack: LocalStack) -> None:
    look = "from chalicelib.schedules import actions; actions.check_storage()"
    with Recorder(local_stack.endpoint) as recorder:
        env = {**local_stack.env, "AWS_ENDPOINT_URL": recorder.url, "AWS_SDK_UA_APP_ID": "his"}
        subprocess.run([sys.executable, "-c", look], env=env, cwd=ROOT, check=True)
    assert recorder.calls == {("his", "dynamodb:Query", f"table/moph-{local_stack.env['STAGE']}-hospitals")}


def test_a_transaction_is_compared_as_the_writes_that_it_holds() -> None:
    body = json.dumps({"TransactItems": [{"Put": {"TableName": "a"}}, {"Update": {"TableName": "b"}}]}).encode()
    found = set(calls("his", "POST", "/", {"X-Amz-Target": "DynamoDB_20120810.TransactWriteItems"}, body))
    assert found == {("his", "dynamodb:PutItem", "table/a"), ("his", "dynamodb:UpdateItem", "table/b")}


def test_every_alarm_leads_to_a_page_that_says_what_to_do(made: dict[str, Any]) -> None:
    pages = (template.CHALICE.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    headings = {line.removeprefix("## ") for line in pages.splitlines() if line.startswith("## ")}
    alarms = of_type(made, "AWS::CloudWatch::Alarm")
    assert len(alarms) > 5
    for name, alarm in alarms.items():
        assert alarm["AlarmDescription"].split("docs/operations.md#")[1] in headings, name
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]


def test_every_dead_letter_queue_raises_an_alarm(made: dict[str, Any]) -> None:
    for queue in of_type(made, "AWS::SQS::Queue"):
        assert f"{queue}Alarm" in made["Resources"]

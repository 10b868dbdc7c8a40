"""The API Gateway part of the deployed template: which function answers which path, and what the gateway itself says.

The gateway answers some requests before any function sees them (no such path, too large, too many). It does so in the
envelope of docs/wire-contract.md, in the words of `chalicelib/errors.py`.
"""

import hashlib
import json
from typing import Any

from chalicelib import errors, wire

STAGE_NAME = "live"
OUTPUTS = {
    "ApiId": {"Value": {"Ref": "Api"}},
    "ApiStage": {"Value": STAGE_NAME},
    "ApiDomain": {"Value": {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}},
}

_TIMED_OUT = errors.TryAgain(
    "The centre did not answer in time. Send the same request again: booking, cancelling and postponing the same again"
    " does no harm.",
    "ระบบตอบไม่ทันเวลา กรุณาส่งคำขอเดิมอีกครั้ง การจอง ยกเลิก หรือเลื่อนซ้ำรายการเดิมจะไม่เกิดรายการซ้ำ",
)
_TOO_LARGE = errors.Invalid(fields={"body": "larger than the 10 MB that one request may hold"})
_FAULT = errors.ApiError(
    "Something is broken on our side. Report it with the request_id.",
    "ระบบขัดข้อง กรุณาลองใหม่ หากยังพบปัญหาให้แจ้งผู้ดูแลระบบพร้อมรหัสคำขอ (request_id)",
)
_FAULT.code = "InternalError"
# API Gateway's response type -> what the centre says instead, and a status where it is not the family's own.
# A path that does not exist is "missing authentication token" to the gateway, or, with our Authorization header on it,
# an "invalid signature" whose own text would repeat the token.
SAYS: dict[str, tuple[errors.ApiError, int | None]] = {
    "ACCESS_DENIED": (errors.PathNotFound(), None),
    "BAD_REQUEST_BODY": (errors.Invalid(), None),
    "BAD_REQUEST_PARAMETERS": (errors.Invalid(), None),
    "DEFAULT_4XX": (errors.Invalid(), None),
    "EXPIRED_TOKEN": (errors.PathNotFound(), None),
    "INVALID_SIGNATURE": (errors.PathNotFound(), None),
    "MISSING_AUTHENTICATION_TOKEN": (errors.PathNotFound(), None),
    "RESOURCE_NOT_FOUND": (errors.PathNotFound(), None),
    "UNSUPPORTED_MEDIA_TYPE": (errors.Invalid(), None),
    "REQUEST_TOO_LARGE": (_TOO_LARGE, 413),
    "QUOTA_EXCEEDED": (errors.TooMany(), None),
    "THROTTLED": (errors.TooMany(), None),
    "WAF_FILTERED": (errors.TooMany(), None),
    # The function could not be started (its concurrency is used up), so nothing was done.
    "API_CONFIGURATION_ERROR": (errors.TryAgain(), None),
    "INTEGRATION_TIMEOUT": (_TIMED_OUT, None),
    "INTEGRATION_FAILURE": (_FAULT, wire.FAULT),
    "DEFAULT_5XX": (_FAULT, wire.FAULT),
}
# No query string, no path with values in it, no header: nothing of a person.
ACCESS_LOG = {
    "at": "$context.requestTime",
    "request_id": "$context.requestId",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "ms": "$context.responseLatency",
    "function_ms": "$context.integrationLatency",
    "bytes": "$context.responseLength",
    "refused_by_gateway": "$context.error.responseType",
    "source_ip": "$context.identity.sourceIp",
}


def resources(paths: dict[str, list[str]], doors: dict[str, list[str]]) -> dict[str, Any]:
    """The API's resources. paths: path -> methods. doors: function name -> the path prefixes it answers; the
    longest prefix decides. Raises ValueError for a path that no function answers."""
    body = _body(paths, doors)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
    # A deployment is a snapshot of the API; only a new one, under a new name, carries a change to the stage.
    deployment = f"ApiDeployment{digest}"
    made: dict[str, Any] = {
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "Name": {"Fn::Sub": "moph-${Stage}"},
                "EndpointConfiguration": {"Types": ["REGIONAL"]},
                # Bytes from which an answer is compressed, for whoever accepts it: a month is a tenth as large.
                "MinimumCompressionSize": 1024,
                "Body": body,
            },
        },
        deployment: {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
        "ApiStage": {"Type": "AWS::ApiGateway::Stage", "DependsOn": ["ApiAccount"], "Properties": _stage(deployment)},
        "ApiLogs": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/moph/${Stage}/api-access"},
                "RetentionInDays": {"Ref": "LogDays"},
            },
        },
        # API Gateway may write logs only with a role that is set once for the whole region of an account.
        "ApiLogsRole": {
            "Type": "AWS::IAM::Role",
            "Condition": "SetsApiAccount",
            # Kept: another API of the region may write its logs with it by then.
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "apigateway.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                },
                "ManagedPolicyArns": [
                    {
                        "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/"
                        "AmazonAPIGatewayPushToCloudWatchLogs"
                    }
                ],
            },
        },
        "ApiAccount": {
            "Type": "AWS::ApiGateway::Account",
            "Condition": "SetsApiAccount",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": ["ApiLogsRole", "Arn"]}},
        },
    }
    for name in doors:
        made[f"{_function(name)}Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": _function(name)},
                "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"},
            },
        }
    return made


def logical(name: str) -> str:
    """The logical id of a function: count_days -> CountDays."""
    return "".join(part.capitalize() for part in name.split("_"))


def _function(name: str) -> str:
    return f"{logical(name)}Function"


def door_of(path: str, doors: dict[str, list[str]]) -> str:
    """The function that answers a path: the one with the longest prefix of it."""
    found = [(len(prefix), name) for name, prefixes in doors.items() for prefix in prefixes if path.startswith(prefix)]
    if not found:
        raise ValueError(f"no function in .chalice/config.json answers {path}")
    return max(found)[1]


def _body(paths: dict[str, list[str]], doors: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "swagger": "2.0",
        "info": {"title": "MOPH Appointment Center", "version": "1.0"},
        "schemes": ["https"],
        "paths": {path: _operations(path, methods, door_of(path, doors)) for path, methods in sorted(paths.items())},
        "x-amazon-apigateway-gateway-responses": {kind: _says(*SAYS[kind]) for kind in sorted(SAYS)},
    }


def _operations(path: str, methods: list[str], door: str) -> dict[str, Any]:
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{_function(door)}.Arn}}/invocations"
    )
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": {"Fn::Sub": uri},
        "passthroughBehavior": "when_no_match",
    }
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    captured = [{"name": name, "in": "path", "required": True, "type": "string"} for name in names]
    one: dict[str, Any] = {"responses": {}, "x-amazon-apigateway-integration": integration}
    if captured:
        one["parameters"] = captured
    return {method.lower(): one for method in sorted(methods)}


def _says(refusal: errors.ApiError, status: int | None) -> dict[str, Any]:
    code = status or wire.status_of(type(refusal))
    error = {
        "code": refusal.code,
        "message": refusal.english,
        "fields": refusal.fields,
        "request_id": "$context.requestId",
    }
    envelope = {
        "MessageCode": code,
        "Message": refusal.thai,
        "Error": error,
        "RequestTime": "$context.requestTime",
        "processing_ms": 0,
    }
    headers = {"Cache-Control": "no-store", "Content-Type": "application/json; charset=utf-8"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return {
        "statusCode": code,
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
        "responseTemplates": {"application/json": json.dumps(envelope, ensure_ascii=False)},
    }


def _stage(deployment: str) -> dict[str, Any]:
    return {
        "RestApiId": {"Ref": "Api"},
        "DeploymentId": {"Ref": deployment},
        "StageName": STAGE_NAME,
        "TracingEnabled": {"Fn::If": ["Traces", True, False]},
        "AccessLogSetting": {
            "DestinationArn": {"Fn::GetAtt": ["ApiLogs", "Arn"]},
            "Format": json.dumps(ACCESS_LOG),
        },
        "MethodSettings": [
            {
                "ResourcePath": "/*",
                "HttpMethod": "*",
                "MetricsEnabled": True,
                # Execution logs would hold queries and bodies.
                "LoggingLevel": "OFF",
                "DataTraceEnabled": False,
                "ThrottlingRateLimit": {"Ref": "StageRate"},
                "ThrottlingBurstLimit": {"Ref": "StageBurst"},
            }
        ],
    }

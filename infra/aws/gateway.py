"""API Gateway part of the template: paths, functions and error responses.

It says which function handles which path. The gateway itself refuses some requests (no such path, too large, too many).
Its responses have the envelope of docs/wire-contract.md and the texts of `chalicelib/errors.py`.
"""

import hashlib
import json
from typing import Any

from chalicelib import errors, http_adapter

STAGE_NAME = "live"
OUTPUTS = {
    "ApiId": {"Value": {"Ref": "Api"}},
    "ApiStage": {"Value": STAGE_NAME},
    "ApiDomain": {"Value": {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}},
}

_TIMED_OUT = errors.TryAgain(
    "The system did not answer in time. Send the same request again: booking, cancelling and postponing the same again"
    " does no harm.",
    "ระบบตอบไม่ทันเวลา กรุณาส่งคำขอเดิมอีกครั้ง การจอง ยกเลิก หรือเลื่อนซ้ำรายการเดิมจะไม่เกิดรายการซ้ำ",
)
_TOO_LARGE = errors.Invalid(fields={"body": "larger than the 10 MB that one request may hold"})
_FAULT = errors.ApiError(
    "Something is broken on our side. Report it with the request_id.",
    "ระบบขัดข้อง กรุณาลองใหม่ หากยังพบปัญหาให้แจ้งผู้ดูแลระบบพร้อมรหัสคำขอ (request_id)",
)
_FAULT.code = "InternalError"
# API Gateway's response type -> our error, and a status if it is not the error's own.
# For a path that does not exist, the gateway's type is "missing authentication token"; with our Authorization header it
# is "invalid signature", and the gateway's own text would contain the token.
ERROR_RESPONSES: dict[str, tuple[errors.ApiError, int | None]] = {
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
    # The function did not start because its concurrency is used up, so nothing was done.
    "API_CONFIGURATION_ERROR": (errors.TryAgain(), None),
    "INTEGRATION_TIMEOUT": (_TIMED_OUT, None),
    "INTEGRATION_FAILURE": (_FAULT, http_adapter.FAULT),
    "DEFAULT_5XX": (_FAULT, http_adapter.FAULT),
}
# No query string, path values or headers, because they may contain personal data.
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


def resources(paths: dict[str, list[str]], prefixes: dict[str, list[str]]) -> dict[str, Any]:
    """The resources of the API.

    paths: path -> methods. prefixes: function name -> the path prefixes that it handles; the longest match decides.
    Raises ValueError for a path that no function handles.
    """
    body = _body(paths, prefixes)
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
    # A deployment is a snapshot of the API. Only a new deployment with a new name brings a change to the stage.
    deployment = f"ApiDeployment{digest}"
    api_resources: dict[str, Any] = {
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "Name": {"Fn::Sub": "moph-${Stage}"},
                "EndpointConfiguration": {"Types": ["REGIONAL"]},
                # In bytes. Larger responses are compressed if the client accepts it: a month is a tenth as large.
                "MinimumCompressionSize": 1024,
                "Body": body,
            },
        },
        deployment: {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
        "ApiStage": {"Type": "AWS::ApiGateway::Stage", "Properties": _stage(deployment)},
        "ApiLogs": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "LogGroupName": {"Fn::Sub": "/moph/${Stage}/api-access"},
                "RetentionInDays": {"Ref": "LogDays"},
            },
        },
        # API Gateway can write logs only with a role, which is set once for each region of an account.
        "ApiLogsRole": {
            "Type": "AWS::IAM::Role",
            "Condition": "SetsApiAccount",
            # Retained, because another API of the region may use it for its logs.
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
    for name in prefixes:
        api_resources[f"{_alias_id(name)}Permission"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": _alias_id(name)},
                "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*"},
            },
        }
    return api_resources


def logical(name: str) -> str:
    """The CamelCase name of a function, with which its logical ids start.

    For example count_days -> CountDays.
    """
    return "".join(part.capitalize() for part in name.split("_"))


def _alias_id(name: str) -> str:
    """The logical id of the alias of a function's live version (releases.py).

    The function itself has what is not released yet.
    """
    return f"{logical(name)}Alias"


def function_of(path: str, prefixes: dict[str, list[str]]) -> str:
    """The name of the function that handles a path: the longest matching prefix.

    Raises ValueError if no function handles it.
    """
    matches = [(len(prefix), name) for name, its in prefixes.items() for prefix in its if path.startswith(prefix)]
    if not matches:
        raise ValueError(f"no function in .chalice/config.json handles {path}")
    return max(matches)[1]


def _body(paths: dict[str, list[str]], prefixes: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "swagger": "2.0",
        "info": {"title": "MOPH Appointment Center", "version": "1.0"},
        "schemes": ["https"],
        "paths": {
            path: _operations(path, methods, function_of(path, prefixes)) for path, methods in sorted(paths.items())
        },
        "x-amazon-apigateway-gateway-responses": {
            kind: _error_response(*response) for kind, response in sorted(ERROR_RESPONSES.items())
        },
    }


def _operations(path: str, methods: list[str], function: str) -> dict[str, Any]:
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{_alias_id(function)}}}/invocations"
    )
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": {"Fn::Sub": uri},
        "passthroughBehavior": "when_no_match",
    }
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    operation: dict[str, Any] = {"responses": {}, "x-amazon-apigateway-integration": integration}
    if names:
        operation["parameters"] = [{"name": name, "in": "path", "required": True, "type": "string"} for name in names]
    return {method.lower(): operation for method in sorted(methods)}


def _error_response(error: errors.ApiError, status: int | None) -> dict[str, Any]:
    code = status or http_adapter.status_of(type(error))
    envelope = {
        "MessageCode": code,
        "Message": error.thai,
        "Error": {
            "code": error.code,
            "message": error.english,
            "fields": error.fields,
            "request_id": "$context.requestId",
        },
        "RequestTime": "$context.requestTime",
        "processing_ms": 0,
    }
    headers = {"Cache-Control": "no-store", "Content-Type": "application/json; charset=utf-8"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
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
        # A stage writes logs only after the region has its role; this reference makes it wait.
        "Description": {"Fn::If": ["SetsApiAccount", {"Fn::Sub": "logs by ${ApiAccount}"}, {"Ref": "AWS::NoValue"}]},
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
                # Execution logs would contain queries and bodies.
                "LoggingLevel": "OFF",
                "DataTraceEnabled": False,
                "ThrottlingRateLimit": {"Ref": "StageRate"},
                "ThrottlingBurstLimit": {"Ref": "StageBurst"},
            }
        ],
    }

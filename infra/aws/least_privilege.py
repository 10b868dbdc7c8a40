"""Compares what the functions did with what their policies allow, both ways."""

import fnmatch
import re
from typing import Any

from infra.aws.gateway import logical
from infra.local.aws_call_recorder import Call

# Done by Lambda with the function's role, not by its code: logging, reading its queue or stream, setting records aside.
_LAMBDAS_OWN = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
}

# Needed, and not reached by the rehearsal's tests: (function, action, resource, why).
_SELDOM = [
    ("CountDays", "dynamodb:DeleteItem", "table/days", "a day whose last schedule is gone"),
    ("*", "dynamodb:BatchGetItem", "table/accounts", "an account that has roles from a group"),
    ("Dashboard", "dynamodb:GetItem", "table/people", "a person whom somebody else registers in the same moment"),
    ("Dashboard", "s3:ListBucket", "bucket/files", "S3 says 404 of a missing file to whoever may list, to others 403"),
    ("*People", "dynamodb:GetItem", "table/messages", "a reminder of what has been given up"),
    ("*People", "dynamodb:BatchGetItem", "table/messages", "a notice that was made before"),
    ("*People", "dynamodb:BatchGetItem", "table/batches", "a notice that was made before"),
    ("Line", "sqs:*", "queue/message-confirm", "a message with a message_confirm_url that is read in LINE"),
    ("MessagePrepare", "sqs:*", "queue/message-prepare", "a target file that is longer than one run"),
    ("Message*", "sqs:*", "queue/message-*", "a channel or the storage that asks for a pause"),
]


def missing(seen: set[Call], refused: set[Call], template: dict[str, Any]) -> list[str]:
    """One sentence for every call that was refused, or that no statement of its function's policy allows."""
    allowed = _allowances(template)
    found = [f"{function} was refused {action} on {resource}" for function, action, resource in sorted(refused)]
    for function, action, resource in sorted(_called(seen)):
        if not any(f == function and _matches(action, resource, a, r) for f, a, r in allowed):
            found.append(f"{function} calls {action} on {resource}, which its policy does not allow")
    return found


def excess(seen: set[Call], template: dict[str, Any]) -> list[str]:
    """One sentence for everything that a policy allows and nothing used."""
    called = _called(seen)
    return [
        f"{function} may {action} on {resource}, and never does"
        for function, action, resource in sorted(_allowances(template))
        if not any(f == function and _matches(a, r, action, resource) for f, a, r in called)
        and not (action in _LAMBDAS_OWN or resource.endswith("-failed"))
        and not any(fnmatch.fnmatchcase(function, f) and _matches(action, resource, a, r) for f, a, r, _ in _SELDOM)
    ]


def _called(seen: set[Call]) -> set[Call]:
    return {(logical(function), action, _of_stage(resource)) for function, action, resource in seen}


def _allowances(template: dict[str, Any]) -> set[Call]:
    resources = template["Resources"]
    names = _names(resources)
    functions = [one.removesuffix("Function") for one, r in resources.items() if r["Type"] == "AWS::Lambda::Function"]
    return {(one, *right) for one in functions for right in _allowed(resources[f"{one}Role"], names)}


def _matches(action: str, resource: str, allowed_action: str, allowed_resource: str) -> bool:
    return fnmatch.fnmatchcase(action, allowed_action) and fnmatch.fnmatchcase(resource, allowed_resource)


def _of_stage(resource: str) -> str:
    """`table/moph-rehearsal-days` -> `table/days`; the bucket's account number goes too."""
    return re.sub(r"-\d{12}$", "", re.sub(r"(moph[-/])[^-/]+[-/]", "", resource))


_KINDS = {
    "AWS::DynamoDB::Table": ("table", "TableName"),
    "AWS::SQS::Queue": ("queue", "QueueName"),
    "AWS::S3::Bucket": ("bucket", "BucketName"),
    "AWS::KMS::Key": ("key", ""),
}


def _names(resources: dict[str, Any]) -> dict[str, str]:
    """`DaysTable` -> `table/days`, as a recorded call names it."""
    found = {}
    for logical_id, resource in resources.items():
        kind, key = _KINDS.get(resource["Type"], ("", ""))
        if kind == "bucket":
            found[logical_id] = f"bucket/{resource['Properties'][key]['Fn::If'][1]['Fn::Sub'].split('-', 2)[-1]}"
        elif kind == "key":
            found[logical_id] = "key"
        elif kind:
            found[logical_id] = f"{kind}/{resource['Properties'][key]['Fn::Sub'].split('-', 2)[-1]}"
    return found


def _allowed(role: dict[str, Any], names: dict[str, str]) -> set[tuple[str, str]]:
    found = set()
    for policy in role["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            for one in statement["Resource"]:
                arn = one["Fn::Sub"] if isinstance(one, dict) else one
                found |= {(action, _resource(arn, names)) for action in statement["Action"]}
    return found


def _resource(arn: str, names: dict[str, str]) -> str:
    if match := re.fullmatch(r"\$\{(\w+)\.(?:Arn|StreamArn)\}(.*)", arn):
        name, rest = names[match[1]], match[2]
        return name if name.startswith("bucket/") else name + rest
    return _of_stage(arn.rsplit(":", 1)[-1].replace("${Stage}", "stage"))

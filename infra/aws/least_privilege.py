"""Compare the recorded AWS calls of the functions with their policies.

Finds denied calls, and rights that are never used.
"""

import fnmatch
import re
from typing import Any

from infra.aws.gateway import logical
from infra.local.aws_call_recorder import Call

# Rights that Lambda itself uses with the function's role: logging, and reading the function's queue or stream.
_USED_BY_LAMBDA = {
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

# Rights that are needed, but that the rehearsal's tests do not use: (function, action, resource, when it is used).
_NOT_REHEARSED = [
    ("CountDays", "dynamodb:DeleteItem", "table/days", "a day whose last schedule is gone"),
    ("CountDays", "dynamodb:UpdateItem", "table/*", "a schedule that is opened while its room gets another name"),
    ("CountDays", "dynamodb:Query", "table/appointments/*", "a schedule that is booked before its day is counted"),
    ("*", "dynamodb:BatchGetItem", "table/accounts", "an account that has roles from a group"),
    ("Dashboard", "dynamodb:GetItem", "table/people", "a person who is registered by another request at the same time"),
    ("*", "dynamodb:PutItem", "table/keys", "the first cursor of a stage: one function makes the key"),
    ("Dashboard", "s3:ListBucket", "bucket/files", "without it, S3 replies 403 instead of 404 for a missing file"),
    ("ArchiveAudit", "s3:PutObject", "bucket/audit", "a batch of the audit's stream, which waits up to a minute"),
    ("SealAudit", "s3:*", "bucket/audit", "a day of the audit's archive that is over"),
    ("RemindPeople", "dynamodb:BatchGetItem", "table/schedules", "a hospital that asks people to confirm"),
    ("RemindPeople", "dynamodb:UpdateItem", "table/schedules", "a department that releases unconfirmed places"),
    *(
        (function, *right)
        for function in ("AppointmentsStream", "QueuesStream", "RemindPeople")
        for right in (
            ("dynamodb:UpdateItem", "table/messages", "a notice that is withdrawn before it is delivered"),
            ("dynamodb:BatchGetItem", "table/messages", "a notice that was made before, or is withdrawn"),
            ("dynamodb:PutItem", "table/recipients", "a notice that is made alone"),
            ("dynamodb:BatchWriteItem", "table/recipients", "notices that are made together"),
        )
    ),
    *(
        (function, *right, "a hospital that has boards")
        for function in ("QueuesStream", "ShowPresentNames")
        for right in (("s3:*", "bucket/files"), ("dynamodb:Query", "table/queues"))
    ),
    ("Canary", "ssm:GetParameter", "parameter/canary_account", "a stage that has a canary"),
    ("Token", "ssm:GetParameter", "parameter/origin_secret", "a request that came through CloudFront"),
    ("Dashboard", "ssm:GetParameter", "parameter/origin_secret", "a request that came through CloudFront"),
    ("RecordAccesses", "sqs:SendMessage", "queue/record-accesses-failed", "an event on which the function fails"),
    ("RecordAccesses", "dynamodb:UpdateItem", "table/accounts", "an account that looks up too many people"),
    ("RecordAccesses", "dynamodb:PutItem", "table/audit", "an account that looks up too many people"),
    ("Line", "sqs:*", "queue/message-confirm", "a message with a message_confirm_url that is read in LINE"),
    ("MessagePrepare", "dynamodb:PutItem", "table/messages", "an announcement whose time has come"),
    ("MessagePrepare", "dynamodb:DeleteItem", "table/messages", "an announcement whose time has come"),
    ("RemindPeople", "sqs:*", "queue/message-prepare", "an announcement that is due within 15 minutes"),
    ("MessagePrepare", "sqs:*", "queue/message-prepare", "a target file that is longer than one run"),
    ("Message*", "sqs:*", "queue/message-*", "a channel or the storage that asks for a pause"),
]


def missing(calls: set[Call], denied: set[Call], template: dict[str, Any]) -> list[str]:
    """One sentence for each call that was denied or is not in its function's policy.

    IAM denied it, or no statement of the policy allows it.
    """
    allowed = _allowances(template)
    problems = [f"{function} was denied {action} on {resource}" for function, action, resource in sorted(denied)]
    for function, action, resource in sorted(_normalised(calls)):
        if not any(f == function and _matches(action, resource, a, r) for f, a, r in allowed):
            problems.append(f"{function} calls {action} on {resource}, which its policy does not allow")
    return problems


def excess(calls: set[Call], template: dict[str, Any]) -> list[str]:
    """One sentence for each right that a policy allows and no call used."""
    called = _normalised(calls)
    return [
        f"{function} may {action} on {resource}, and never does"
        for function, action, resource in sorted(_allowances(template))
        if not any(f == function and _matches(a, r, action, resource) for f, a, r in called)
        and not (action in _USED_BY_LAMBDA or resource.startswith("bucket/stream-failures"))
        and not any(
            fnmatch.fnmatchcase(function, f) and _matches(action, resource, a, r) for f, a, r, _ in _NOT_REHEARSED
        )
    ]


def _normalised(calls: set[Call]) -> set[Call]:
    return {(logical(function), action, _without_stage(resource)) for function, action, resource in calls}


def _allowances(template: dict[str, Any]) -> set[Call]:
    resources = template["Resources"]
    names = _names(resources)
    ids = [name for name, resource in resources.items() if resource["Type"] == "AWS::Lambda::Function"]
    functions = [name.removesuffix("Function") for name in ids]
    return {(function, *right) for function in functions for right in _rights(resources[f"{function}Role"], names)}


def _matches(action: str, resource: str, allowed_action: str, allowed_resource: str) -> bool:
    return fnmatch.fnmatchcase(action, allowed_action) and fnmatch.fnmatchcase(resource, allowed_resource)


def _without_stage(resource: str) -> str:
    """Remove the stage and a bucket's account number from a resource.

    For example `table/moph-rehearsal-days` -> `table/days`.
    """
    return re.sub(r"-\d{12}$", "", re.sub(r"(moph[-/])[^-/]+[-/]", "", resource))


_KINDS = {
    "AWS::DynamoDB::Table": ("table", "TableName"),
    "AWS::SQS::Queue": ("queue", "QueueName"),
    "AWS::S3::Bucket": ("bucket", "BucketName"),
    "AWS::KMS::Key": ("key", ""),
}


def _names(resources: dict[str, Any]) -> dict[str, str]:
    """Logical id -> the resource's name in a recorded call.

    For example `DaysTable` -> `table/days`.
    """
    names = {}
    for logical_id, resource in resources.items():
        kind, key = _KINDS.get(resource["Type"], ("", ""))
        if kind == "bucket":
            names[logical_id] = f"bucket/{resource['Properties'][key]['Fn::If'][1]['Fn::Sub'].split('-', 2)[-1]}"
        elif kind == "key":
            names[logical_id] = "key"
        elif kind:
            names[logical_id] = f"{kind}/{resource['Properties'][key]['Fn::Sub'].split('-', 2)[-1]}"
    return names


def _rights(role: dict[str, Any], names: dict[str, str]) -> set[tuple[str, str]]:
    """(action, resource) of everything that a role's policies allow."""
    rights = set()
    for policy in role["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            for resource in statement["Resource"]:
                arn = resource["Fn::Sub"] if isinstance(resource, dict) else resource
                rights |= {(action, _resource(arn, names)) for action in statement["Action"]}
    return rights


def _resource(arn: str, names: dict[str, str]) -> str:
    if match := re.fullmatch(r"\$\{(\w+)\.(?:Arn|StreamArn)\}(.*)", arn):
        name, rest = names[match[1]], match[2]
        return name if name.startswith("bucket/") else name + rest
    return _without_stage(arn.rsplit(":", 1)[-1].replace("${Stage}", "stage"))

"""Build the CloudFormation template.

It has one Lambda function for each API part and worker. All functions run from one zip. Each has its own role, memory,
time-out and concurrency. The parts come from:

- the app: its routes and event sources
- `.chalice/config.json`: the settings of each function, and the path prefixes that an API function handles
- `.chalice/policy-*.json`: the rights of each function
- `resources.yaml`, and the other hand-written templates (WRITTEN): all other resources

Chalice's own template is not used: it has one function for the whole API, roles guessed from the code, and no partial
failures of a batch (docs/adr/0005). The result is plain CloudFormation, without a transform.
"""

import json
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from app import app
from chalicelib.settings import settings
from infra.aws import alarms, gateway, releases, scan_exceptions
from infra.aws.gateway import logical

Template = dict[str, Any]
CHALICE = Path(__file__).resolve().parents[2] / ".chalice"
# Part of the deployed template only; the local stack has resources.yaml too.
WRITTEN = ("alarms", "backups", "firewall")
RUNTIME_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
# A stream keeps its records for a day. A failing batch is tried again for this long; then it is set aside.
STREAM_SECONDS = 6 * 3600
# The lines of chalicelib/access_log/log_lines.py among those of a function's log.
ACCESS_LINES = "access_record"
# Lambda's Python, whatever Python does the packaging (docs/adr/0016). It is written here only.
RUNTIME = "python3.13"
PARAMETERS = {
    "CodeBucket": {"Type": "String", "Description": "The bucket that holds the zip"},
    "CodeKey": {"Type": "String", "Description": "The zip's key; it changes with its content"},
    "CallsPerSecond": {"Type": "Number", "Default": 30, "Description": "What one API account may call, on average"},
    "AnnouncementsPerPerson": {
        "Type": "Number",
        "Default": 10,
        "Description": "How many announcements of one hospital a person gets a day; 0: no limit",
    },
    "AnnouncementsPerHour": {
        "Type": "Number",
        "Default": 20000,
        "Description": "How many announcements one hospital may send in an hour; 0: no limit",
    },
    "StaffCallsPerSecond": {
        "Type": "Number",
        "Default": 20,
        "Description": "What one account of the dashboard may call, on average",
    },
    "PeoplePerHour": {
        "Type": "Number",
        "Default": 2000,
        "Description": "How many different people one account may look up by national id within a clock hour",
    },
    "AccessesKeptDays": {"Type": "Number", "Default": 730, "Description": "Days that the records of readings are kept"},
    "QueuesKeptDays": {"Type": "Number", "Default": 30, "Description": "Days that the queues of a day are kept"},
    "WakingHours": {
        "Type": "String",
        "Default": "7-21",
        "AllowedPattern": "[0-9]{1,2}-[0-9]{1,2}",
        "Description": "The hours of the day in Bangkok, from-until, between which people are reminded",
    },
    "AppointmentsKeptDays": {
        "Type": "Number",
        "Default": 1827,
        "MinValue": 1,
        "Description": "Days that an appointment is kept after its day",
    },
    "PeopleKeptDays": {
        "Type": "Number",
        "Default": 3653,
        "MinValue": 1,
        "Description": "Days that an entry of the registry is kept after it was added",
    },
    "WhiteListKeptDays": {
        "Type": "Number",
        "Default": 1827,
        "MinValue": 1,
        "Description": "Days that an entry of a white list is kept after a hospital sent it last",
    },
    "MessagesKeptDays": {
        "Type": "Number",
        "Default": 730,
        "MinValue": 1,
        "Description": "Days that announcements and notices are kept",
    },
    "AppGatewayUrl": {"Type": "String", "Default": "", "Description": "URL of the Mor Prom app's gateway"},
    "LineApiUrl": {"Type": "String", "Default": "https://api.line.me", "Description": "URL of LINE's Messaging API"},
    "LineChannel": {
        "Type": "String",
        "Default": "off",
        "AllowedValues": ["on", "off"],
        "Description": "on if the stage has a LINE channel: its access token is in SSM. The deployment sets it",
    },
    "CanaryUrl": {
        "Type": "String",
        "Default": "",
        "Description": "Public URL that the canary tries, or empty. The deployment sets it if SSM has its account",
    },
    "StageRate": {"Type": "Number", "Default": 2000, "Description": "Requests a second that the whole API takes"},
    "StageBurst": {"Type": "Number", "Default": 1000, "Description": "Requests at once above that rate"},
    "LogDays": {"Type": "Number", "Default": 90, "Description": "Days that logs are kept"},
    "ReserveConcurrency": {
        "Type": "String",
        "Default": "in-prod",
        "AllowedValues": ["in-prod", "yes", "no"],
        "Description": "Whether functions reserve concurrency; an account keeps 100 of its quota unreserved",
    },
    "ApiGatewayLogsRole": {
        "Type": "String",
        "Default": "set",
        "AllowedValues": ["set", "keep"],
        "Description": "set: this stack sets API Gateway's role for logs in the region; keep: another stack has set it",
    },
    "Tracing": {
        "Type": "String",
        "Default": "PassThrough",
        "AllowedValues": ["PassThrough", "Active"],
        "Description": "Active records traces of the API and the functions in X-Ray",
    },
}
CONDITIONS = {
    "Reserves": {
        "Fn::Or": [
            {"Fn::Equals": [{"Ref": "ReserveConcurrency"}, "yes"]},
            {"Fn::And": [{"Fn::Equals": [{"Ref": "ReserveConcurrency"}, "in-prod"]}, {"Condition": "IsProduction"}]},
        ]
    },
    "SetsApiAccount": {"Fn::Equals": [{"Ref": "ApiGatewayLogsRole"}, "set"]},
    "DeliversToApp": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AppGatewayUrl"}, ""]}]},
    "DeliversToLine": {"Fn::Equals": [{"Ref": "LineChannel"}, "on"]},
    "CanaryRuns": {"Fn::Not": [{"Fn::Equals": [{"Ref": "CanaryUrl"}, ""]}]},
    "Traces": {"Fn::Equals": [{"Ref": "Tracing"}, "Active"]},
}


def build(runtime: str = RUNTIME) -> Template:
    """Build the template of the app.

    runtime: the Lambda run time of every function; the rehearsal uses that of its own Python.
    Raises ValueError for a path or a worker that .chalice/config.json does not know.
    """
    config = json.loads((CHALICE / "config.json").read_text(encoding="utf-8"))
    functions: dict[str, Template] = config["lambda_functions"]
    base = read_yaml("resources.yaml")
    written = [read_yaml(f"{name}.yaml") for name in WRITTEN]
    workers = {source.name: source for source in app.event_sources}
    if unknown := set(workers) - set(functions):
        raise ValueError(f"not in lambda_functions of .chalice/config.json: {', '.join(sorted(unknown))}")
    resources: Template = {}
    for name, options in functions.items():
        policy = json.loads((CHALICE / f"policy-{name}.json").read_text(encoding="utf-8"))
        handler = "app.app" if "paths" in options else f"app.{name}"
        resources |= _function(name, handler, options, policy, runtime)
        if name in workers:
            resources |= _event_source(name, workers[name], options, base["Resources"])
        for source in options.get("reads_lines_of", []):
            resources |= _subscription(logical(name), logical(source))
        if "reads_lines_of" in options:
            resources |= _set_aside(name)
    prefixes = {name: options["paths"] for name, options in functions.items() if "paths" in options}
    resources |= gateway.resources({path: list(methods) for path, methods in app.routes.items()}, prefixes)
    resources |= releases.resources(list(prefixes))
    resources = base["Resources"] | resources
    for part in written:
        resources |= part["Resources"]
    tables = [name for name, resource in resources.items() if resource["Type"] == "AWS::DynamoDB::Table"]
    resources["BackupSelection"]["Properties"]["BackupSelection"]["Resources"] = [_arn(name) for name in tables]
    resources |= alarms.resources([logical(name) for name in functions], resources)
    scan_exceptions.add(resources)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "MOPH Appointment Center",
        "Parameters": _joined("Parameters", base, *written) | PARAMETERS | releases.PARAMETERS,
        "Conditions": _joined("Conditions", base, *written) | CONDITIONS | releases.CONDITIONS,
        "Resources": resources,
        "Outputs": gateway.OUTPUTS,
    }


def _joined(section: str, *parts: Template) -> Template:
    return {name: value for part in parts for name, value in part.get(section, {}).items()}


def _arn(name: str) -> Template:
    return {"Fn::GetAtt": [name, "Arn"]}


def text(runtime: str = RUNTIME) -> str:
    """The template as JSON, in a fixed order."""
    return json.dumps(build(runtime), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_yaml(name: str) -> Template:
    """Read a YAML template of this folder; short forms such as !Ref become long ones."""
    path = Path(__file__).with_name(name)
    template: Template = YAMLTemplateSerializer().load_template(path.read_text(encoding="utf-8"), name)
    return template


def _function(name: str, handler: str, options: Template, policy: Template, runtime: str) -> Template:
    """A function with its role and log group.

    options: its entry in .chalice/config.json.
    """
    prefix = logical(name)
    full_name = f"moph-${{Stage}}-{name.replace('_', '-')}"
    return {
        f"{prefix}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/{full_name}"},
                "RetentionInDays": {"Ref": "LogDays"},
            },
        },
        f"{prefix}Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": RUNTIME_TRUST,
                "Policies": [{"PolicyName": "own", "PolicyDocument": substituted(policy)}],
                "ManagedPolicyArns": {
                    "Fn::If": [
                        "Traces",
                        [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"}],
                        {"Ref": "AWS::NoValue"},
                    ]
                },
            },
        },
        f"{prefix}Function": {
            "Type": "AWS::Lambda::Function",
            "DependsOn": [f"{prefix}Logs"],
            "Properties": {
                "FunctionName": {"Fn::Sub": full_name},
                "Description": {"Fn::Sub": f"{handler} of the MOPH Appointment Center, release ${{Release}}"},
                "Runtime": runtime,
                "Handler": handler,
                "Architectures": ["x86_64"],
                "Code": {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}},
                "MemorySize": options["lambda_memory_size"],
                "Timeout": options["lambda_timeout"],
                "ReservedConcurrentExecutions": {
                    "Fn::If": ["Reserves", options["reserved_concurrency"], {"Ref": "AWS::NoValue"}]
                },
                "TracingConfig": {"Mode": {"Ref": "Tracing"}},
                "Role": {"Fn::GetAtt": [f"{prefix}Role", "Arn"]},
                "Environment": {"Variables": _environment(name, options)},
                # Lambda stops a function that posts to its own queue after about 16 rounds, unless this is allowed.
                **({"RecursiveLoop": "Allow"} if options.get("posts_to_its_own_queue") else {}),
            },
        },
    }


def _environment(name: str, options: Template) -> Template:
    by_key = [{"Fn::Sub": "${TokenKeyB},${TokenKey}"}, {"Fn::Sub": "${TokenKey},${TokenKeyB}"}]
    own = options.get("variables", {}) | {"SECRETS": ",".join(options.get("secrets", []))}
    return {
        "STAGE": {"Ref": "Stage"},
        "BUCKET": {"Ref": "FilesBucket"},
        "AUDIT_BUCKET": {"Ref": "AuditBucket"},
        "STREAM_FAILURES_BUCKET": {"Ref": "StreamFailuresBucket"},
        "TOKEN_KEYS": {"Fn::If": ["SignsWithB", *by_key]},
        "METRICS_NAMESPACE": {"Fn::Sub": "moph/${Stage}"},
        "CALLS_PER_SECOND": {"Ref": "CallsPerSecond"},
        "ANNOUNCEMENTS_PER_PERSON": {"Ref": "AnnouncementsPerPerson"},
        "ANNOUNCEMENTS_PER_HOUR": {"Ref": "AnnouncementsPerHour"},
        "STAFF_CALLS_PER_SECOND": {"Ref": "StaffCallsPerSecond"},
        "PEOPLE_PER_HOUR": {"Ref": "PeoplePerHour"},
        "ACCESSES_KEPT_DAYS": {"Ref": "AccessesKeptDays"},
        "QUEUES_KEPT_DAYS": {"Ref": "QueuesKeptDays"},
        "WAKING_HOURS": {"Ref": "WakingHours"},
        "APPOINTMENTS_KEPT_DAYS": {"Ref": "AppointmentsKeptDays"},
        "PEOPLE_KEPT_DAYS": {"Ref": "PeopleKeptDays"},
        "WHITE_LIST_KEPT_DAYS": {"Ref": "WhiteListKeptDays"},
        "MESSAGES_KEPT_DAYS": {"Ref": "MessagesKeptDays"},
        # Becomes part of the user agent of every AWS call: CloudTrail and the rehearsal see which function called.
        "AWS_SDK_UA_APP_ID": name,
        **{key: substituted(value) for key, value in own.items() if value},
    }


def _event_source(name: str, source: Any, options: Template, resources: Template) -> Template:
    kind, function = type(source).__name__, logical(name)
    if kind == "ScheduledEventConfig":
        return _schedule(function, source, options)
    mapping: Template = {
        "FunctionName": {"Ref": f"{function}Function"},
        "BatchSize": source.batch_size,
        "MaximumBatchingWindowInSeconds": source.maximum_batching_window_in_seconds,
    }
    if kind == "SQSEventConfig":
        queue = _named(resources, "AWS::SQS::Queue", "QueueName", source.queue)
        mapping["EventSourceArn"] = {"Fn::GetAtt": [queue, "Arn"]}
        # Without it, Lambda ignores the failed messages that a worker reports, and deletes them.
        mapping["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
        # Without it, Lambda would receive more messages than the function may handle, and use up their attempts.
        mapping["ScalingConfig"] = {"MaximumConcurrency": options["reserved_concurrency"]}
        # A channel without a URL or a secret would fail for every job, with an alarm for each.
        if condition := options.get("enabled_if"):
            mapping["Enabled"] = {"Fn::If": [condition, True, False]}
        return {f"{function}From{queue}": _mapping(mapping)}
    if kind != "DynamoDBEventConfig":
        raise ValueError(f"{name}: an event source of the kind {kind} is not supported")
    table = _named(resources, "AWS::DynamoDB::Table", "TableName", source.stream_arn)
    mapping |= {
        "EventSourceArn": {"Fn::GetAtt": [table, "StreamArn"]},
        "StartingPosition": "TRIM_HORIZON",
        "MaximumRecordAgeInSeconds": STREAM_SECONDS,
        "BisectBatchOnFunctionError": True,
        # Only S3 gets the records themselves; a queue would get their numbers in the stream, which is gone after a day.
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["StreamFailuresBucket", "Arn"]}}},
        "MetricsConfig": {"Metrics": ["EventCount"]},
    }
    return {f"{function}From{table}": _mapping(mapping)}


def _failed_queue(name: str) -> Template:
    """The queue of the events that a function failed on in every attempt."""
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "QueueName": {"Fn::Sub": f"moph-${{Stage}}-{name.replace('_', '-')}-failed"},
            "MessageRetentionPeriod": 1209600,
            "SqsManagedSseEnabled": True,
        },
    }


def _subscription(function: str, source: str) -> Template:
    """Call a function with the access lines of another function's log.

    function, source: logical ids.
    """
    permission = f"{function}From{source}Permission"
    return {
        f"{function}From{source}": {
            "Type": "AWS::Logs::SubscriptionFilter",
            "DependsOn": [permission],  # CloudWatch checks at the creation whether it may call the function
            "Properties": {
                "LogGroupName": {"Ref": f"{source}Logs"},
                "FilterPattern": ACCESS_LINES,
                "DestinationArn": {"Fn::GetAtt": [f"{function}Function", "Arn"]},
            },
        },
        permission: {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Fn::GetAtt": [f"{function}Function", "Arn"]},
                "Action": "lambda:InvokeFunction",
                "Principal": "logs.amazonaws.com",
                "SourceAccount": {"Ref": "AWS::AccountId"},
                "SourceArn": {"Fn::GetAtt": [f"{source}Logs", "Arn"]},
            },
        },
    }


def _set_aside(name: str) -> Template:
    """Retry an event of an asynchronous function, and then keep it in a queue."""
    function = logical(name)
    return {
        f"{function}Failed": _failed_queue(name),
        f"{function}Retries": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": f"{function}Function"},
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 2,
                "MaximumEventAgeInSeconds": 21600,
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": [f"{function}Failed", "Arn"]}}},
            },
        },
    }


def _mapping(properties: Template) -> Template:
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}


def _schedule(function: str, source: Any, options: Template) -> Template:
    rule = f"{function}Schedule"
    function_arn = {"Fn::GetAtt": [f"{function}Function", "Arn"]}
    return {
        rule: {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "ScheduleExpression": _expression(source.schedule_expression),
                "Targets": [{"Id": "function", "Arn": function_arn}],
                **_state(options),
            },
        },
        f"{rule}Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": function_arn,
                "Action": "lambda:InvokeFunction",
                "Principal": "events.amazonaws.com",
                "SourceArn": {"Fn::GetAtt": [rule, "Arn"]},
            },
        },
    }


def _state(options: Template) -> Template:
    condition = options.get("enabled_if")
    return {"State": {"Fn::If": [condition, "ENABLED", "DISABLED"]}} if condition else {}


def _expression(schedule: Any) -> str:
    return schedule if isinstance(schedule, str) else str(schedule.to_string())


def _named(resources: Template, kind: str, key: str, full_name: str) -> str:
    """The logical id of a table or queue.

    full_name: with or without the stage's prefix. Raises ValueError if there is none.
    """
    name = full_name.removeprefix(f"{settings().prefix}-")
    for logical_id, resource in resources.items():
        if resource["Type"] == kind and resource["Properties"][key] == {"Fn::Sub": f"moph-${{Stage}}-{name}"}:
            return str(logical_id)
    raise ValueError(f"no {kind} in resources.yaml is named {name}")


def substituted(document: Any) -> Any:
    """A copy of the document in which every string with ${...} is wrapped in Fn::Sub."""
    if isinstance(document, dict):
        return {key: substituted(value) for key, value in document.items()}
    if isinstance(document, list):
        return [substituted(value) for value in document]
    if isinstance(document, str) and "${" in document:
        return {"Fn::Sub": document}
    return document


if __name__ == "__main__":
    print(text(), end="")

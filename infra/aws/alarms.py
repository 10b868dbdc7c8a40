"""Generated alarms of each queue, function and stream, and the dashboard.

They are generated because there is one for each queue or function of the template. The alarms on the whole system, and
the topic that all alarms notify, are in alarms.yaml.
"""

import json
from typing import Any

Resources = dict[str, Any]
OLDEST_SECONDS = 900
_STREAM_FUNCTIONS = ("count_days", "appointments_stream", "queues_stream", "archive_audit")


def resources(functions: list[str], base: Resources) -> Resources:
    """Alarms of each queue, function and stream, and the dashboard.

    functions: the functions' logical ids. base: the template's other resources, with the queues.
    """
    queues = [name for name, resource in base.items() if resource["Type"] == "AWS::SQS::Queue"]
    work_queues = [name for name in queues if not name.endswith(("DeadQueue", "Failed"))]
    alarms = {f"{name}Alarm": _waiting(name) if name in work_queues else _set_aside(name) for name in queues}
    alarms |= {f"{name}ErrorsAlarm": _function_errors(f"{name}Function") for name in functions}
    for name, mapping in base.items():
        if mapping["Type"] == "AWS::Lambda::EventSourceMapping" and "StartingPosition" in mapping["Properties"]:
            function = mapping["Properties"]["FunctionName"]["Ref"]
            alarms[f"{function}LateAlarm"] = _stream_late(function)
            alarms[f"{name}SetAsideAlarm"] = _records_given_up(
                function,
                name,
                "set-aside",
                "Records of a stream were given up after six hours.",
                "OnFailureDestinationDeliveredEventCount",
            )
            alarms[f"{name}LostAlarm"] = _records_given_up(
                function, name, "lost", "Records of a stream were given up, and not kept either.", "DroppedEventCount"
            )
    dashboard = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "moph-${Stage}"},
            "DashboardBody": {"Fn::Sub": json.dumps({"widgets": _widgets(functions, work_queues)})},
        },
    }
    return {**alarms, "Dashboard": dashboard}


def _function_errors(function: str) -> Any:
    # Lambda counts time-outs, lack of memory, failed starts and failed stream batches as errors; an error that the
    # function catches and answers does not count.
    return _function_alarm(
        function,
        "errors",
        "function-errors",
        "A function fails, runs out of time or memory, or does not start.",
        MetricName="Errors",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=2,
        Threshold=1,
    )


def _stream_late(function: str) -> Any:
    return _function_alarm(
        function,
        "late",
        "stream-late",
        "A stream function is more than five minutes behind the changes.",
        MetricName="IteratorAge",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=5,
        Threshold=300_000,
    )


def _records_given_up(function: str, mapping: str, suffix: str, description: str, metric: str) -> Any:
    """Alarm on records that Lambda sent to the bucket, or dropped if that failed too."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{{function}}}-{suffix}"},
            "AlarmDescription": f"{description} docs/operations.md#set-aside",
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": [{"Name": "EventSourceMappingUUID", "Value": {"Ref": mapping}}],
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
        },
    }


def _function_alarm(function: str, suffix: str, section: str, description: str, **metric: Any) -> Any:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{{function}}}-{suffix}"},
            "AlarmDescription": f"{description} docs/operations.md#{section}",
            "Namespace": "AWS/Lambda",
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": function}}],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
            **metric,
        },
    }


def _queue_alarm(queue: str, section: str, description: str, **properties: Any) -> Any:
    """Alarm on a queue.

    section: its heading in docs/operations.md, and the end of the alarm's name.
    """
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{{queue}.QueueName}}-{section}"},
            "AlarmDescription": f"{description} docs/operations.md#{section}",
            "Namespace": "AWS/SQS",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}],
            "Statistic": "Maximum",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
            **properties,
        },
    }


def _set_aside(queue: str) -> Any:
    description = "A job failed in every attempt and waits for an operator."
    metric = {"MetricName": "ApproximateNumberOfMessagesVisible", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1}
    return _queue_alarm(queue, "set-aside", description, **metric)


def _waiting(queue: str) -> Any:
    description = "Announcements wait longer than a quarter of an hour."
    metric = {"MetricName": "ApproximateAgeOfOldestMessage", "Period": 60, "EvaluationPeriods": 5}
    return _queue_alarm(queue, "waiting", description, **metric, Threshold=OLDEST_SECONDS)


def _widgets(functions: list[str], queues: list[str]) -> list[Any]:
    own, api = "moph/${Stage}", ["AWS/ApiGateway"]
    api_dimensions = ["ApiName", "moph-${Stage}", "Stage", "live"]
    by_outcome = "SEARCH('{moph/${Stage},outcome} MetricName=\"Done\"', 'Sum')"
    charts: list[tuple[str, str, list[Any]]] = [
        ("Requests", "Sum", [[*api, name, *api_dimensions] for name in ("Count", "4XXError", "5XXError")]),
        ("Answer time, ms", "p99", [[*api, name, *api_dimensions] for name in ("Latency", "IntegrationLatency")]),
        ("Answers by outcome", "Sum", [[{"expression": by_outcome, "id": "outcomes"}]]),
        (
            "Bookings, and storage calls that had to be repeated",
            "Sum",
            [[own, "Bookings"], [own, "Repeated"]],
        ),
        (
            "Streams behind, ms",
            "Maximum",
            [[own, f"{name}_lag_ms"] for name in _STREAM_FUNCTIONS],
        ),
        ("Deliveries", "Sum", [[own, "Delivered"], [own, "Undeliverable"]]),
        (
            "Oldest job of a queue, s",
            "Maximum",
            [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", f"${{{name}.QueueName}}"] for name in queues],
        ),
        (
            "Functions at once",
            "Maximum",
            [["AWS/Lambda", "ConcurrentExecutions", "FunctionName", f"${{{name}Function}}"] for name in functions],
        ),
        (
            "Functions that failed or were turned away",
            "Sum",
            [
                ["AWS/Lambda", metric, "FunctionName", f"${{{name}Function}}"]
                for name in functions
                for metric in ("Errors", "Throttles")
            ],
        ),
    ]
    return [
        {
            "type": "metric",
            "x": 8 * (n % 3),
            "y": 6 * (n // 3),
            "width": 8,
            "height": 6,
            "properties": {
                "title": title,
                "stat": stat,
                "period": 60,
                "region": "${AWS::Region}",
                "view": "timeSeries",
                "metrics": metrics,
            },
        }
        for n, (title, stat, metrics) in enumerate(charts)
    ]

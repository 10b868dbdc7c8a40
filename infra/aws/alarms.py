"""The alarms that follow from the functions and queues themselves, and the dashboard. The others are in alarms.yaml."""

import json
from typing import Any

Resources = dict[str, Any]
OLDEST_SECONDS = 900


def resources(functions: list[str], base: Resources) -> Resources:
    """functions: logical names of the functions. base: the resources, queues among them, of the template so far."""
    queues = {name: one for name, one in base.items() if one["Type"] == "AWS::SQS::Queue"}
    made: Resources = {}
    for name in queues:
        set_aside = name.endswith(("DeadQueue", "Failed"))
        made[f"{name}Alarm"] = _set_aside(name) if set_aside else _waiting(name)
    for name in functions:
        made[f"{name}ErrorsAlarm"] = _function_errors(name)
    for mapping in base.values():
        if mapping["Type"] == "AWS::Lambda::EventSourceMapping" and "StartingPosition" in mapping["Properties"]:
            function = mapping["Properties"]["FunctionName"]["Ref"]
            made[f"{function}LateAlarm"] = _stream_late(function)
    working = [name for name in queues if not name.endswith(("DeadQueue", "Failed"))]
    made["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "moph-${Stage}"},
            "DashboardBody": {"Fn::Sub": json.dumps({"widgets": _widgets(functions, working)})},
        },
    }
    return made


def _function_errors(name: str) -> Any:
    # An error that a function catches and answers is no error to Lambda: this one counts time-outs, lack of memory,
    # functions that do not start, and stream batches that failed.
    return _function_alarm(
        f"{name}Function",
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


def _function_alarm(function: str, suffix: str, page: str, says: str, **metric: Any) -> Any:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{{function}}}-{suffix}"},
            "AlarmDescription": f"{says} docs/operations.md#{page}",
            "Namespace": "AWS/Lambda",
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": function}}],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
            **metric,
        },
    }


def _queue_alarm(queue: str, page: str, says: str, **given: Any) -> Any:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{{queue}.QueueName}}-{page}"},
            "AlarmDescription": f"{says} docs/operations.md#{page}",
            "Namespace": "AWS/SQS",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}],
            "Statistic": "Maximum",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
            **given,
        },
    }


def _set_aside(queue: str) -> Any:
    says = "Work was given up after its attempts and waits for somebody."
    metric = {"MetricName": "ApproximateNumberOfMessagesVisible", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1}
    return _queue_alarm(queue, "set-aside", says, **metric)


def _waiting(queue: str) -> Any:
    says = "Announcements wait longer than a quarter of an hour."
    metric = {"MetricName": "ApproximateAgeOfOldestMessage", "Period": 60, "EvaluationPeriods": 5}
    return _queue_alarm(queue, "waiting", says, **metric, Threshold=OLDEST_SECONDS)


def _widgets(functions: list[str], queues: list[str]) -> list[Any]:
    own, api = "moph/${Stage}", ["AWS/ApiGateway"]
    of_api = ["ApiName", "moph-${Stage}", "Stage", "live"]
    by_outcome = "SEARCH('{moph/${Stage},outcome} MetricName=\"Done\"', 'Sum')"
    charts: list[tuple[str, str, list[Any]]] = [
        ("Requests", "Sum", [[*api, name, *of_api] for name in ("Count", "4XXError", "5XXError")]),
        ("Answer time, ms", "p99", [[*api, name, *of_api] for name in ("Latency", "IntegrationLatency")]),
        ("Answers by outcome", "Sum", [[{"expression": by_outcome, "id": "outcomes"}]]),
        ("Bookings, and storage calls that had to be repeated", "Sum", [[own, "Bookings"], [own, "Repeated"]]),
        ("Streams behind, ms", "Maximum", [[own, "count_days_lag_ms"], [own, "record_appointments_lag_ms"]]),
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

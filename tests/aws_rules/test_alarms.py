"""Alarms ring: they can reach their topic, and silence is not taken for health."""

import json

from chalicelib.access_log.log_lines import UNRECORDED
from tests.aws_rules.conftest import Resources, of_type


def test_cloudwatch_may_publish_to_the_encrypted_topic(resources: Resources) -> None:
    # Amazon CloudWatch, alarm actions: with alias/aws/sns an alarm cannot publish, and nothing says so.
    (topic,) = of_type(resources, "AWS::SNS::Topic").values()
    key = resources[topic["KmsMasterKeyId"]["Ref"]]
    assert key["Type"] == "AWS::KMS::Key"
    statements = key["Properties"]["KeyPolicy"]["Statement"]
    for_alarms = [s for s in statements if s["Principal"].get("Service") == "cloudwatch.amazonaws.com"]
    assert [s["Action"] for s in for_alarms] == [["kms:Decrypt", "kms:GenerateDataKey*"]]
    assert for_alarms[0]["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_every_function_has_an_alarm_on_its_errors(resources: Resources) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    watched = {a["Dimensions"][0]["Value"]["Ref"] for a in alarms if a.get("MetricName") == "Errors"}
    assert watched == set(of_type(resources, "AWS::Lambda::Function"))


def test_every_stream_function_has_an_alarm_on_its_lag(resources: Resources) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    readers = {m["FunctionName"]["Ref"] for m in mappings if "StartingPosition" in m}
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    watched = {a["Dimensions"][0]["Value"]["Ref"] for a in alarms if a.get("MetricName") == "IteratorAge"}
    assert len(readers) >= 3
    assert watched == readers


def test_no_figure_of_a_function_that_must_run_is_an_alarm(resources: Resources) -> None:
    # Amazon CloudWatch, missing data: an alarm on a figure that is only written on success must breach without it.
    for alarm in ("UnsentRemindersAlarm", "LateAnnouncementsAlarm", "AuditUnsealedAlarm"):
        assert resources[alarm]["Properties"]["TreatMissingData"] == "breaching", alarm


def test_contention_alone_does_not_page_for_faults(resources: Resources) -> None:
    # Amazon API Gateway, metrics: 5XXError counts 503, which is how the API says that it is busy.
    counted = resources["FaultsMetric"]["Properties"]
    assert counted["FilterPattern"] == '{ ($.status = "5*") && ($.status != "503") }'
    assert json.loads(resources["ApiStage"]["Properties"]["AccessLogSetting"]["Format"])["status"] == "$context.status"
    alarm = resources["FaultsAlarm"]["Properties"]
    (transformation,) = counted["MetricTransformations"]
    assert alarm["Namespace"] == transformation["MetricNamespace"]
    assert alarm["MetricName"] == transformation["MetricName"]


def test_a_channel_that_takes_nothing_has_an_alarm_that_does_not_depend_on_the_oldest_message(
    resources: Resources,
) -> None:
    # Amazon SQS, ApproximateAgeOfOldestMessage: leaves out messages that were received three times or more.
    alarm = resources["ChannelUnavailableAlarm"]["Properties"]
    assert alarm["Dimensions"] == [{"Name": "outcome", "Value": "ChannelUnavailable"}]
    assert "SQS" not in json.dumps(alarm["Namespace"])


def test_records_that_lambda_gives_up_or_loses_have_an_alarm(resources: Resources) -> None:
    # AWS Lambda, event source mapping metrics: written only if MetricsConfig asks for EventCount.
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping")
    streams = {name for name, mapping in mappings.items() if "StartingPosition" in mapping}
    assert {name for name in streams if mappings[name]["MetricsConfig"] == {"Metrics": ["EventCount"]}} == streams
    watched: dict[str, set[str]] = {}
    for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values():
        for dimension in alarm.get("Dimensions", []):
            if dimension["Name"] == "EventSourceMappingUUID":
                watched.setdefault(dimension["Value"]["Ref"], set()).add(alarm["MetricName"])
    assert watched == {name: {"OnFailureDestinationDeliveredEventCount", "DroppedEventCount"} for name in streams}


def test_records_that_a_consumer_sets_aside_itself_have_an_alarm(resources: Resources) -> None:
    alarm = resources["StreamRecordsAlarm"]["Properties"]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("stream_records_set_aside", 1)


def test_a_reading_of_a_person_that_is_not_recorded_has_an_alarm(resources: Resources) -> None:
    # The sum is above 0 as long as lines are missing. The newest period alone may have lines that are on their way.
    alarm = resources["UnrecordedAccessesAlarm"]["Properties"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == (UNRECORDED, "Sum", 1)
    assert alarm["DatapointsToAlarm"] > 1

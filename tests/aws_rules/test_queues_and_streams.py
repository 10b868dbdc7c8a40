"""Queues and streams as Lambda reads them."""

from collections import Counter
from typing import Any

from chalicelib.messages.rules import CHUNK_LINES
from chalicelib.messages.target_files import MAX_FILE_LINES
from chalicelib.settings import Settings
from infra.aws import template
from tests.aws_rules.conftest import Resources, of_type


def mappings(resources: Resources) -> dict[str, Any]:
    """Function's logical id -> its event source mapping."""
    found = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    return {m["FunctionName"]["Ref"]: m for m in found}


def test_one_function_reads_a_stream_so_that_there_is_room_for_a_second_reader(resources: Resources) -> None:
    # Amazon DynamoDB Streams: no more than two readers a shard, or they are throttled. The second place is kept free
    # for a mapping that an operator makes, or for an export.
    readers = Counter(
        m["EventSourceArn"]["Fn::GetAtt"][0] for m in mappings(resources).values() if "StartingPosition" in m
    )
    assert readers
    assert max(readers.values()) == 1


def test_a_stream_batch_is_tried_for_hours_and_then_kept_whole(resources: Resources) -> None:
    # AWS Lambda, Retain discarded records for a DynamoDB event source: a retry count ends after seconds; a queue or a
    # topic gets only the numbers of the records, which the stream deletes after 24 hours.
    streams = [m for m in mappings(resources).values() if "StartingPosition" in m]
    assert len(streams) >= 3
    for mapping in streams:
        assert 3600 <= mapping["MaximumRecordAgeInSeconds"] <= 12 * 3600
        assert "MaximumRetryAttempts" not in mapping
        assert mapping["BisectBatchOnFunctionError"] is True
        bucket, _ = mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"]
        properties = resources[bucket]["Properties"]
        assert properties["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 30
        assert all(properties["PublicAccessBlockConfiguration"].values())


def test_a_stream_function_may_write_what_lambda_gives_up_for_it(resources: Resources) -> None:
    # AWS Lambda, destinations of event source mappings: S3 needs s3:PutObject and s3:ListBucket in the function's role.
    for function, mapping in mappings(resources).items():
        if "StartingPosition" in mapping:
            role = resources[function.removesuffix("Function") + "Role"]["Properties"]["Policies"][0]
            allowed = {
                action: statement["Resource"]
                for statement in role["PolicyDocument"]["Statement"]
                for action in statement["Action"]
            }
            assert allowed["s3:PutObject"] == [{"Fn::Sub": "${StreamFailuresBucket.Arn}/*"}]
            assert allowed["s3:ListBucket"] == [{"Fn::Sub": "${StreamFailuresBucket.Arn}"}]


def test_a_provider_may_be_away_for_a_day(resources: Resources) -> None:
    first, longest = Settings("x", "y").channel_retry_seconds, 900.0
    for queue in ("MessageAppQueue", "MessageLineQueue", "MessageConfirmQueue"):
        _, on_one_machine, attempts = resources[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"]["Fn::If"]
        pauses = [min(longest, first * 2.0**n) * 0.75 for n in range(attempts)]  # on average: half to whole
        assert 20 * 3600 < sum(pauses) < 30 * 3600, queue
        assert resources[queue]["Properties"]["MessageRetentionPeriod"] > 2 * 86_400
        assert on_one_machine == 5


def test_only_the_function_that_posts_to_its_own_queue_may_do_so_without_end(resources: Resources) -> None:
    # AWS Lambda, recursive loop detection: after about 16 rounds Lambda stops it, unless RecursiveLoop is Allow.
    functions = of_type(resources, "AWS::Lambda::Function")
    assert {n for n, f in functions.items() if f.get("RecursiveLoop") == "Allow"} == {"MessagePrepareFunction"}
    # Its own bound: each run matches at least one chunk of a file (tests/messages/test_recipient_import.py).
    assert MAX_FILE_LINES / CHUNK_LINES <= 200


def test_a_channel_without_an_address_or_a_secret_is_off(resources: Resources) -> None:
    found = mappings(resources)
    assert found["MessageAppFunction"]["Enabled"] == {"Fn::If": ["DeliversToApp", True, False]}
    assert found["MessageLineFunction"]["Enabled"] == {"Fn::If": ["DeliversToLine", True, False]}
    assert template.CONDITIONS["DeliversToApp"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AppGatewayUrl"}, ""]}]}


def test_a_message_is_hidden_for_six_times_as_long_as_its_function_may_run(resources: Resources) -> None:
    # AWS Lambda, Using Lambda with Amazon SQS: at least six times the function's time-out.
    functions, checked = of_type(resources, "AWS::Lambda::Function"), 0
    for function, mapping in mappings(resources).items():
        queue = resources[mapping["EventSourceArn"]["Fn::GetAtt"][0]]
        if queue["Type"] == "AWS::SQS::Queue":
            assert queue["Properties"]["VisibilityTimeout"] >= 6 * functions[function]["Timeout"], function
            checked += 1
    assert checked == 4


def test_no_batch_is_larger_than_its_source_allows(resources: Resources) -> None:
    # AWS Lambda, event source mappings: 10 from a queue without a batching window, 10,000 from a stream.
    for mapping in mappings(resources).values():
        assert mapping["BatchSize"] <= (10_000 if "StartingPosition" in mapping else 10)


def test_boards_are_written_once_a_second_at_most(resources: Resources) -> None:
    mapping = mappings(resources)["QueuesStreamFunction"]
    assert mapping["MaximumBatchingWindowInSeconds"] == 1
    assert mapping["BatchSize"] == 1000
    assert "ParallelizationFactor" not in mapping  # one run at a time of a hospital's day

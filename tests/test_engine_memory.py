"""What the embedded engine drops of a stream, and what a new reader still gets."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.local import engine
from infra.local.engine_memory import KEPT_RECORDS

pytestmark = pytest.mark.system  # an engine of its own

CHANGES = 3 * KEPT_RECORDS


class Stream:
    """A table with a stream, its writer and its reader."""

    def __init__(self, env: dict[str, str]) -> None:
        session = boto3.Session(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], region_name=env["AWS_REGION"])
        self._dynamodb = session.client("dynamodb", endpoint_url=env["AWS_ENDPOINT_URL"])
        self._streams = session.client("dynamodbstreams", endpoint_url=env["AWS_ENDPOINT_URL"])
        self.make()

    def make(self) -> None:
        self._dynamodb.create_table(
            TableName="numbers",
            AttributeDefinitions=[{"AttributeName": "n", "AttributeType": "N"}],
            KeySchema=[{"AttributeName": "n", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self._arn = self._dynamodb.describe_table(TableName="numbers")["Table"]["LatestStreamArn"]

    def make_anew(self) -> None:
        self._dynamodb.delete_table(TableName="numbers")
        self.make()

    def write(self, first: int, count: int) -> None:
        for start in range(first, first + count, 25):
            rows = [{"n": {"N": str(n)}} for n in range(start, min(start + 25, first + count))]
            self._dynamodb.batch_write_item(RequestItems={"numbers": [{"PutRequest": {"Item": row}} for row in rows]})

    def read(self, **where: str) -> list[Any]:
        """The records from a place on, in pages of a hundred, as the feeder reads them."""
        (shard,) = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        place = {"ShardIteratorType": "TRIM_HORIZON", **where}
        page = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard["ShardId"], **place)
        self._iterator, records = page["ShardIterator"], []
        while (page := self.following())["Records"]:
            records += page["Records"]
            self._iterator = page["NextShardIterator"]
        return records

    def following(self) -> Any:
        """What comes after the last record that was read."""
        return self._streams.get_records(ShardIterator=self._iterator, Limit=100)


@pytest.fixture
def stream() -> Iterator[Stream]:
    with engine.temporary() as running:
        yield Stream(running.env)


def numbers(records: list[Any]) -> list[int]:
    return [int(record["dynamodb"]["Keys"]["n"]["N"]) for record in records]


def test_the_reader_gets_every_record_and_the_engine_keeps_only_the_newest_of_those(stream: Stream) -> None:
    stream.write(0, CHANGES)
    assert numbers(stream.read()) == list(range(CHANGES))

    kept = numbers(stream.read())

    assert kept == list(range(CHANGES - len(kept), CHANGES))
    assert KEPT_RECORDS <= len(kept) < 2 * KEPT_RECORDS


def test_a_reader_that_starts_anew_goes_on_where_it_was(stream: Stream) -> None:
    stream.write(0, CHANGES)
    last = stream.read()[-1]["dynamodb"]["SequenceNumber"]
    stream.write(CHANGES, 5)

    following = stream.read(ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=last)

    assert numbers(following) == list(range(CHANGES, CHANGES + 5))


def test_nothing_is_forgotten_that_was_not_read(stream: Stream) -> None:
    stream.write(0, CHANGES)
    stream.write(CHANGES, CHANGES)
    assert numbers(stream.read()) == list(range(2 * CHANGES))


def test_a_position_in_an_earlier_stream_makes_the_engine_forget_nothing(stream: Stream) -> None:
    stream.write(0, CHANGES)
    stream.read()
    stream.make_anew()
    stream.write(0, KEPT_RECORDS)
    assert stream.following()["Records"] == []
    assert numbers(stream.read()) == list(range(KEPT_RECORDS))

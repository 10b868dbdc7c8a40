"""What the embedded engine drops of a stream, and which values its rows share."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

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

    def update(self, n: int, expression: str, values: dict[str, Any]) -> None:
        self._dynamodb.update_item(
            TableName="numbers",
            Key={"n": {"N": str(n)}},
            UpdateExpression=expression,
            **({"ExpressionAttributeValues": values} if values else {}),
        )

    def put(self, row: dict[str, Any]) -> None:
        self._dynamodb.put_item(TableName="numbers", Item=row)

    def add_together(self, n: int, by: int, token: str) -> None:
        """Add to a number in a transaction with a client token."""
        values = {":v": {"N": str(by)}}
        key = {"n": {"N": str(n)}}
        change = {"TableName": "numbers", "Key": key, "UpdateExpression": "ADD seen :v"}
        self._dynamodb.transact_write_items(
            TransactItems=[{"Update": {**change, "ExpressionAttributeValues": values}}], ClientRequestToken=token
        )

    def row(self, n: int) -> Any:
        return self._dynamodb.get_item(TableName="numbers", Key={"n": {"N": str(n)}})["Item"]

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


def test_a_reader_that_starts_again_goes_on_where_it_was(stream: Stream) -> None:
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


@pytest.mark.parametrize(
    ("expression", "values", "column", "after"),
    [
        ("SET label = :v", {":v": {"S": "b"}}, "label", {"S": "b"}),
        ("ADD seen :v", {":v": {"N": "1"}}, "seen", {"N": "2"}),
        ("ADD places :v", {":v": {"NS": ["3"]}}, "places", {"NS": ["1", "2", "3"]}),
        ("DELETE places :v", {":v": {"NS": ["1"]}}, "places", {"NS": ["2"]}),
        ("SET titles.th = :v", {":v": {"S": "b"}}, "titles", {"M": {"th": {"S": "b"}}}),
        ("SET hours[0] = :v", {":v": {"S": "b"}}, "hours", {"L": [{"S": "b"}]}),
        ("REMOVE titles.th", {}, "titles", {"M": {}}),
    ],
)
def test_rows_and_images_with_equal_values_do_not_change_with_each_other(
    stream: Stream, expression: str, values: dict[str, Any], column: str, after: dict[str, Any]
) -> None:
    same = {
        "label": {"S": "a"},
        "seen": {"N": "1"},
        "places": {"NS": ["1", "2"]},
        "titles": {"M": {"th": {"S": "a"}}},
        "hours": {"L": [{"S": "a"}]},
    }
    rows = [{"n": {"N": str(n)}, **same} for n in range(2)]
    for row in rows:
        stream.put(row)
    stream.update(0, expression, values)
    assert (stream.row(0), stream.row(1)) == ({**rows[0], column: after}, rows[1])
    change = stream.read()[-1]["dynamodb"]
    assert (change["OldImage"], change["NewImage"]) == (rows[0], {**rows[0], column: after})


def test_a_transaction_that_is_sent_again_is_applied_once_and_its_token_is_for_no_other(stream: Stream) -> None:
    for _ in range(2):
        stream.add_together(0, 1, "first")
    stream.add_together(0, 1, "second")
    assert stream.row(0)["seen"] == {"N": "2"}
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        stream.add_together(0, 5, "first")
    assert stream.row(0)["seen"] == {"N": "2"}

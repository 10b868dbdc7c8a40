"""Size limits of one request.

The engine refuses what AWS refuses, so every test that uses the engine also checks these limits.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local import child_processes, engine

TABLE = "moph-trial-days"
# Amazon DynamoDB, service quotas: 100 writes a transaction, 25 a batch write, 100 keys a batch read, 400 KB an item.
# Amazon SQS, SendMessageBatch: 10 messages.
TOO_MANY = {
    "TransactWriteItems": 101,
    "BatchWriteItem": 26,
    "BatchGetItem": 101,
    "SendMessageBatch": 11,
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Service -> client, of an engine with one table and one queue."""
    port = child_processes.free_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in child_processes.local_environment(f"http://127.0.0.1:{port}").items():
            patch.setenv(name, value)
        process = engine.start(tmp_path_factory.mktemp("requests"), port, **engine.NOTHING_SAVED)
        try:
            made = {name: boto3.client(name) for name in ("dynamodb", "sqs")}
            made["dynamodb"].create_table(
                TableName=TABLE,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "day", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "day", "KeyType": "HASH"}],
            )
            made["sqs"].create_queue(QueueName=TABLE)
            yield made
        finally:
            child_processes.stop(process)


def send(clients: dict[str, Any], operation: str, number: int) -> dict[str, Any]:
    items = [{"day": {"S": str(n)}} for n in range(number)]
    dynamodb, sqs = clients["dynamodb"], clients["sqs"]
    answer: dict[str, Any]
    if operation == "TransactWriteItems":
        answer = dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": i}} for i in items])
    elif operation == "BatchWriteItem":
        answer = dynamodb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item}} for item in items]})
    elif operation == "BatchGetItem":
        answer = dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": items}})
    else:
        url = sqs.get_queue_url(QueueName=TABLE)["QueueUrl"]
        entries = [{"Id": str(n), "MessageBody": "{}"} for n in range(number)]
        answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    return answer


@pytest.mark.parametrize(("operation", "number"), list(TOO_MANY.items()))
def test_one_more_than_aws_takes_in_a_request_is_refused(clients: dict[str, Any], operation: str, number: int) -> None:
    assert send(clients, operation, number - 1)
    with pytest.raises(ClientError):
        send(clients, operation, number)


def test_an_item_that_is_larger_than_aws_stores_is_refused(clients: dict[str, Any]) -> None:
    clients["dynamodb"].put_item(TableName=TABLE, Item={"day": {"S": "large"}, "names": {"S": "x" * 400_000}})
    with pytest.raises(ClientError, match="size"):
        clients["dynamodb"].put_item(TableName=TABLE, Item={"day": {"S": "large"}, "names": {"S": "x" * 410_000}})

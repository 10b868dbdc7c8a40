"""Reverse proxy to the engine that records the AWS calls of each function.

The user agent of a call names the function (AWS_SDK_UA_APP_ID in the template). The IAM action and the resource are
recorded, never a body.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import urllib3

from infra.local.http_server import LocalServer, QuietHandler

Call = tuple[str, str, str]  # function, IAM action, resource: table/x, table/x/index/y, queue/x, bucket/x, key, ...

_TABLE_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
LARGEST_BODY = 128 * 1024 * 1024  # files in S3
_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


def calls(function: str, method: str, path: str, headers: Any, body: bytes) -> Iterator[Call]:
    """The IAM actions of one AWS request.

    As in IAM, a transaction counts as the writes in it.
    """
    target = headers.get("X-Amz-Target", "")
    service, _, operation = target.partition(".")
    if not target:
        yield from _s3_calls(function, method, path)
        return
    sent = json.loads(body or b"{}")
    if service.startswith("DynamoDB"):
        for action, resource in _dynamodb(operation, sent):
            yield function, f"dynamodb:{action}", resource
    elif service == "AmazonSQS":
        queue = sent.get("QueueName") or sent.get("QueueUrl", "").rsplit("/", 1)[-1]
        # One permission covers the single and the batch form.
        yield function, f"sqs:{operation.removesuffix('Batch')}", f"queue/{queue}"
    elif service == "TrentService":
        yield function, f"kms:{operation}", "key"
    elif service == "AmazonSSM":
        yield function, f"ssm:{operation}", f"parameter{sent['Name']}"
    else:
        yield function, f"{service}:{operation}", "*"


def _dynamodb(operation: str, sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for item in sent["TransactItems"]:
            for kind, write in item.items():
                yield _TABLE_ACTIONS[kind], f"table/{write['TableName']}"
    elif operation == "TransactGetItems":
        for item in sent["TransactItems"]:
            yield "GetItem", f"table/{item['Get']['TableName']}"
    elif "RequestItems" in sent:
        for table in sent["RequestItems"]:
            yield operation, f"table/{table}"
    else:
        index = f"/index/{sent['IndexName']}" if "IndexName" in sent else ""
        yield operation, f"table/{sent['TableName']}{index}"


_S3_ACTIONS = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}


def _s3_calls(function: str, method: str, path: str) -> Iterator[Call]:
    bucket, _, key = urlsplit(path).path.lstrip("/").partition("/")
    action = _S3_ACTIONS.get(method, method) if key else "ListBucket"
    yield function, f"s3:{action}", f"bucket/{bucket}"


class Recorder(LocalServer):
    """The proxy, as a context manager.

    calls: every call so far. denied: those that the engine's IAM denied.
    """

    def __init__(self, engine: str) -> None:
        self.calls: set[Call] = set()
        self.denied: set[Call] = set()
        super().__init__(_Handler, engine=engine, recorder=self, pool=urllib3.PoolManager(maxsize=64))


class _Handler(QuietHandler):
    engine: str
    recorder: Recorder
    pool: urllib3.PoolManager

    def _forward(self) -> None:
        try:
            body = self.read_body(LARGEST_BODY)
        except ValueError:
            return self.send(400, b"", {})
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        try:
            response = self.pool.request(
                self.command, self.engine + self.path, body=body, headers=headers, retries=False, redirect=False
            )
        except urllib3.exceptions.HTTPError:
            self.close_connection = True  # the engine has ended before its functions
            return
        if function := re.search(r"\bapp/(\w+)", self.headers.get("User-Agent", "")):
            recorded = set(calls(function[1], self.command, self.path, self.headers, body))
            self.recorder.calls |= recorded
            if response.status in (400, 403) and b"AccessDenied" in response.data:
                self.recorder.denied |= recorded
        reply = {name: value for name, value in response.headers.items() if name.lower() not in _HOP_BY_HOP}
        if self.command == "HEAD":
            reply["Content-Length"] = response.headers.get("Content-Length", "0")
        self.send(response.status, response.data, reply)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _forward

"""Stands between the rehearsed functions and the engine, and writes down which function called what.

Each function's user agent names it (AWS_SDK_UA_APP_ID in the template). What is kept of a call is the IAM action and
the thing it was done to; never a body.
"""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import urllib3

Call = tuple[str, str, str]  # function, IAM action, resource: table/x, table/x/index/y, queue/x, bucket/x, key, ...

_TABLE_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


def calls(function: str, method: str, path: str, headers: Any, body: bytes) -> Iterator[Call]:
    """The IAM actions of one AWS request, as IAM sees them: a transaction is the writes that it holds."""
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
        # One permission stands for the single and the batch form.
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
            for kind, one in item.items():
                yield _TABLE_ACTIONS[kind], f"table/{one['TableName']}"
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


class Recorder:
    """A reverse proxy to the engine, as a context manager. `seen` holds every call so far, `refused` those that the
    engine's access rules turned down."""

    def __init__(self, engine: str) -> None:
        self.seen: set[Call] = set()
        self.refused: set[Call] = set()
        handler = type(
            "Bound", (_Handler,), {"engine": engine, "recorder": self, "pool": urllib3.PoolManager(maxsize=64)}
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Recorder":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    engine: str
    recorder: Recorder
    pool: urllib3.PoolManager

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _forward(self) -> None:
        body = self._body()
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        try:
            answer = self.pool.request(
                self.command, self.engine + self.path, body=body, headers=headers, retries=False, redirect=False
            )
        except urllib3.exceptions.HTTPError:
            self.close_connection = True  # the engine has ended before its functions
            return
        if named := re.search(r"\bapp/(\w+)", self.headers.get("User-Agent", "")):
            found = set(calls(named[1], self.command, self.path, self.headers, body))
            self.recorder.seen |= found
            if answer.status in (400, 403) and b"AccessDenied" in answer.data:
                self.recorder.refused |= found
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        told = answer.headers.get("Content-Length", "0") if self.command == "HEAD" else len(answer.data)
        self.send_header("Content-Length", str(told))
        self.end_headers()
        self.wfile.write(answer.data)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _forward

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the calls are kept, their lines are not."""

"""API process whose storage fails if a request orders it.

    python -m tests.faults.api PORT

A request's header `X-Fault: <operation> <kind> <times>` makes its first <times> calls of that storage operation fail.
With the kind `overtaken`, the call succeeds after other requests were executed: those of the header `X-Meanwhile`, a
JSON list of [method, path with query, body]. The response's header `X-Storage-Calls` lists the operations that the
request made. Everything else is the product.
"""

import contextlib
import json
import sys
import threading
import urllib.error
import urllib.request
from functools import partial
from typing import Any

import urllib3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from chalicelib import retry, storage
from chalicelib.auth import tokens
from chalicelib.messages import file_store, job_queues
from infra.local import api

# Retry budgets; the product has 2 s. If the storage keeps failing, the budget is short, because the tests wait for its
# end many times. If the storage fails once, the budget is long, so that it does not end on a slow machine.
SHORT_BUDGET_SECONDS, LONG_BUDGET_SECONDS = 0.3, 20.0

_ordered = threading.local()


class Faults:
    """Fault injection into the requests of one botocore client of an AWS service."""

    def __init__(self, client: Any) -> None:
        self._session = client._endpoint.http_session
        client.meta.events.register("before-send", self._before_send)

    def _before_send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        operation = event_name.rsplit(".", 1)[-1]
        if not hasattr(_ordered, "calls"):
            return None
        _ordered.calls.append(operation)
        wanted, kind, times = _ordered.fault
        if operation != wanted or times == 0:
            return None
        _ordered.fault = (wanted, kind, times - 1)
        if kind == "overtaken":
            for one in _ordered.meanwhile:
                one()
            return None
        return self._fail(kind, operation, request)

    def _fail(self, kind: str, operation: str, request: Any) -> AWSResponse | None:
        url = request.url
        match kind:
            case "throttled":
                return _answer(url, 400, "ProvisionedThroughputExceededException")
            case "asked-for-patience":
                return _answer(url, 400, "ThrottlingException")
            case "in-conflict" if operation == "TransactWriteItems":
                items = len(json.loads(request.body)["TransactItems"])
                reasons = [{"Code": "TransactionConflict"}, *[{"Code": "None"}] * (items - 1)]
                return _answer(url, 400, "TransactionCanceledException", CancellationReasons=reasons)
            case "in-conflict":
                return _answer(url, 400, "TransactionConflictException")
            case "unconnected":
                raise EndpointConnectionError(endpoint_url=url)
            case "unsent":  # a time-out; the storage never saw the request
                raise ReadTimeoutError(endpoint_url=url)
            case "unheard":  # a time-out; the storage has executed the request
                self._session.send(request)
                raise ReadTimeoutError(endpoint_url=url)
            case "cut-off":
                self._session.send(request)
                raise ConnectionClosedError(endpoint_url=url)
            case "broken-off":  # the response arrives, but reading its body times out
                answer = self._session.send(request)
                answer.raw = _BrokenOff()
                return answer
            case "failed-before":
                return _answer(url, 500, "InternalServerError")
            case "failed-after":
                self._session.send(request)
                return _answer(url, 500, "InternalServerError")
        raise ValueError(f"no such fault: {kind}")


EVER = 1_000_000
KINDS_WITHOUT_EFFECT = ("throttled", "in-conflict", "unconnected", "unsent", "failed-before")
KINDS_AFTER_THE_EFFECT = ("unheard", "cut-off", "failed-after")


class _BrokenOff:
    def read(self, *_: Any) -> bytes:
        raise urllib3.exceptions.ReadTimeoutError(urllib3.HTTPConnectionPool("s3"), "/", "too slow")


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self._body


def _answer(url: str, status: int, code: str, **more: Any) -> AWSResponse:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **more}
    return AWSResponse(url, status, {}, _Raw(json.dumps(body).encode()))


class Handler(api.Handler):
    def _with_faults(self) -> None:
        operation, kind, times = (self.headers.get("X-Fault") or "- - 0").split()
        _ordered.fault, _ordered.calls = (operation, kind, int(times)), []
        budget = SHORT_BUDGET_SECONDS if int(times) > 1 else LONG_BUDGET_SECONDS
        retry.set_budget(budget)
        _ordered.meanwhile = [partial(self._ask, *one) for one in json.loads(self.headers.get("X-Meanwhile") or "[]")]
        self._generic_handle()

    def _ask(self, method: str, path: str, body: Any) -> None:
        """Send another request to this process as the same caller, and wait for it."""
        host, port = self.server.server_address
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": self.headers["Authorization"]}
        request = urllib.request.Request(f"http://{host}:{port}{path}", data, headers, method=method)
        with contextlib.suppress(urllib.error.HTTPError):  # an error response is a response too
            urllib.request.urlopen(request, timeout=180).close()

    def _send_http_response(self, code: int, headers: Any, body: Any) -> None:
        super()._send_http_response(code, {**headers, "X-Storage-Calls": " ".join(_ordered.calls)}, body)

    do_GET = do_POST = do_PUT = _with_faults


def main() -> None:
    server = api.make(int(sys.argv[1]), Handler)
    for client in (storage.connection().client, tokens._kms(), job_queues._sqs(), file_store._s3()):
        Faults(client)
    api.serve(server)


if __name__ == "__main__":
    main()

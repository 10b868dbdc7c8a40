"""Clients of AWS services other than DynamoDB (storage.py).

Temporary failures (a time-out, a busy service, 5xx) are raised as TryAgain. All other errors are raised unchanged.
"""

import threading
from typing import Any

from botocore.config import Config
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.exceptions import HTTPClientError, IncompleteReadError

from chalicelib.errors import TryAgain
from chalicelib.settings import settings

_BUSY = {"RequestLimitExceeded", "RequestThrottled", "SlowDown", "Throttling", "ThrottlingException"}
# The local server has threads, and making a boto3 client is not thread-safe.
_lock = threading.Lock()


def client(service: str, read_timeout: float, attempts: int, **more: Any) -> Any:
    """Make a boto3 client.

    read_timeout: seconds to wait for an answer; a connection gets one second. attempts: of each call, in total.
    more: other parameters of botocore's Config.
    """
    retries: Any = {"total_max_attempts": attempts, "mode": "standard"}
    config = Config(connect_timeout=1, read_timeout=read_timeout, retries=retries, **more)
    with _lock:
        import boto3  # takes a tenth of a cold start, and many functions need no client at all

        new_client = boto3.client(service, region_name=settings().region, config=config)
    new_client.meta.events.register("after-call-error", _check_exception)
    new_client.meta.events.register("after-call", _check_response)
    return new_client


def body_of(answer: dict[str, Any]) -> bytes:
    """Read the whole streamed body of an answer. Raises TryAgain if it was cut off."""
    try:
        body: bytes = answer["Body"].read()
    except (HTTPClientError, IncompleteReadError) as error:
        raise TryAgain() from error
    return body


def _check_exception(exception: Exception, **_: Any) -> None:
    if isinstance(exception, HTTPClientError | BotoConnectionError):
        raise TryAgain() from exception


def _check_response(http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
    if http_response.status_code >= 500 or parsed.get("Error", {}).get("Code") in _BUSY:
        raise TryAgain()

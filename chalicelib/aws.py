"""Clients of the AWS services beside DynamoDB, which has storage.py. What passes by itself, a time-out or a service
that asks for patience, is TryAgain to whoever called; anything else stays what it is."""

import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.exceptions import HTTPClientError, IncompleteReadError

from chalicelib.errors import TryAgain
from chalicelib.settings import settings

_BUSY = {"RequestLimitExceeded", "RequestThrottled", "SlowDown", "Throttling", "ThrottlingException"}
# Making a client is not safe among the threads of the local server.
_making = threading.Lock()


def client(service: str, read_timeout: float, attempts: int, **more: Any) -> Any:
    """A boto3 client that gives a connection one second and an answer `read_timeout`, and asks `attempts` times.
    more: what else botocore's Config is to say."""
    retries: Any = {"total_max_attempts": attempts, "mode": "standard"}
    config = Config(connect_timeout=1, read_timeout=read_timeout, retries=retries, **more)
    with _making:
        made = boto3.client(service, region_name=settings().region, config=config)
    made.meta.events.register("after-call-error", _unanswered)
    made.meta.events.register("after-call", _answered)
    return made


def body_of(answer: dict[str, Any]) -> bytes:
    """The body of an answer whose body comes after it, whole. Raises TryAgain where it was cut off."""
    try:
        body: bytes = answer["Body"].read()
    except (HTTPClientError, IncompleteReadError) as error:
        raise TryAgain() from error
    return body


def _unanswered(exception: Exception, **_: Any) -> None:
    if isinstance(exception, HTTPClientError | BotoConnectionError):
        raise TryAgain() from exception


def _answered(http_response: Any, parsed: dict[str, Any], **_: Any) -> None:
    if http_response.status_code >= 500 or parsed.get("Error", {}).get("Code") in _BUSY:
        raise TryAgain()

"""Prepare `chalice local --stage local` to use the running `make run`.

It also keeps what the wire contract promises. Chalice makes its server itself and takes no handler of ours, so methods
of its handler are replaced.
"""

import os
import sys
import uuid
from http.server import BaseHTTPRequestHandler
from typing import Any

from chalice.local import ChaliceRequestHandler, LocalGatewayException

from chalicelib import errors, http_adapter
from infra.local import origin_guard, state_folder


def prepare() -> None:
    """Set the environment of the running system, and replace Chalice's methods.

    The environment is not changed if AWS_ENDPOINT_URL is set. Ends the process if nothing runs.
    """
    if not os.environ.get("AWS_ENDPOINT_URL"):
        try:
            os.environ.update(state_folder.running_environment(state_folder.state_dir()))
        except state_folder.NotRunning as problem:
            print(problem, file=sys.stderr, flush=True)
            os._exit(1)  # the app is imported in a thread, where SystemExit ends only the thread
    ChaliceRequestHandler.parse_request = _parse_request
    ChaliceRequestHandler.log_request = _log_request
    ChaliceRequestHandler.log_message = _log_nothing
    ChaliceRequestHandler._send_error_response = _send_path_not_found


def _parse_request(handler: Any) -> bool:
    return BaseHTTPRequestHandler.parse_request(handler) and not origin_guard.refuses(handler)


def _log_request(handler: Any, code: Any = "-", size: Any = "-") -> None:
    """Write a line of the access log without the query string.

    The query string contains national ids.
    """
    request = handler.requestline.split("?")[0]
    sys.stderr.write(f"{handler.log_date_time_string()} {request} {int(code)}\n")


def _log_nothing(handler: Any, format: str, *arguments: Any) -> None:
    """Write no other line: those of http.server repeat the request line."""


def _send_path_not_found(handler: Any, error: LocalGatewayException) -> None:
    """Reply to an unknown path in the envelope.

    Chalice's own reply is 403 and repeats the token.
    """
    response = http_adapter.ResponseBuilder(str(uuid.uuid4())).error(errors.PathNotFound())
    handler._send_http_response(response.status_code, dict(response.headers), response.body)

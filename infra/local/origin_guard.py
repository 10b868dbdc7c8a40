"""Refuse requests from pages of other web sites to the servers on this machine.

Every page in a browser can send requests to 127.0.0.1. If its own name points to 127.0.0.1 (DNS rebinding), it can also
read the answers. A browser says in `Origin` which page sends, and in `Host` which name was used. Programs send no
`Origin`.
"""

import json
from collections.abc import Collection
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

REFUSED = json.dumps({"message": "Only programs of this machine, and pages of this server, may call it."}).encode()


def is_foreign(host: str | None, origin: str | None, also_allowed: Collection[str] = ()) -> bool:
    """Whether a page of another site sent the request.

    also_allowed: origins besides the server's own.
    """
    if host is not None and not _is_local(host):
        return True
    return origin is not None and origin != f"http://{host}" and origin not in also_allowed


def _is_local(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    # No DNS server is asked for names below localhost (RFC 6761).
    return name in ("127.0.0.1", "::1", "localhost") or name.endswith(".localhost")


def refuses(handler: BaseHTTPRequestHandler) -> bool:
    """Answer 403 if a page of another site sent the request; True if so."""
    if not is_foreign(_values(handler, "Host"), _values(handler, "Origin")):
        return False
    handler.close_connection = True
    handler.send_response(HTTPStatus.FORBIDDEN)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(REFUSED)))
    handler.end_headers()
    handler.wfile.write(REFUSED)
    handler.wfile.flush()
    return True


def _values(handler: BaseHTTPRequestHandler, name: str) -> str | None:
    """A header with all its values, so that a second Host or Origin is not overlooked."""
    values = handler.headers.get_all(name)
    return None if values is None else ",".join(values)


class LocalOnlyHandler(BaseHTTPRequestHandler):
    """A request handler that answers 403 to pages of other sites."""

    def parse_request(self) -> bool:
        return super().parse_request() and not refuses(self)

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


class LocalOnlyHandler(BaseHTTPRequestHandler):
    """A request handler that answers 403 to pages of other sites."""

    def _values(self, name: str) -> str | None:
        """All values of a header, so that a second Host or Origin is not overlooked."""
        values = self.headers.get_all(name)
        return None if values is None else ",".join(values)

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        if not is_foreign(self._values("Host"), self._values("Origin")):
            return True
        self.close_connection = True
        self.send_response(HTTPStatus.FORBIDDEN)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(REFUSED)))
        self.end_headers()
        self.wfile.write(REFUSED)
        self.wfile.flush()
        return False

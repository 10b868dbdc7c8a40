"""The local server: Chalice's local gateway with the static site beside it, and the envelope for whatever the gateway
itself would answer in another shape.

    python -m infra.local.api PORT
"""

import json
import mimetypes
import os
import re
import signal
import socket
import sys
import threading
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any

import urllib3
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    CustomLocalChalice,
    LocalChalice,
    LocalDevServer,
    LocalGatewayException,
    ThreadedHTTPServer,
)

from chalicelib import errors, wire
from chalicelib.settings import settings
from infra.local import docs_page
from infra.local.processes import ROOT

MAX_BODY = 10 * 1024 * 1024  # API Gateway's own limit
_LONGEST_LINE = 65_536
SITE = ROOT / "dashboard" / "dist"
PHONE_API = "/phone/api/"
OPENAPI = ROOT / "docs" / "openapi.json"


def security(files: str) -> dict[str, str]:
    """The headers of the site. files: the bucket's address, where the browser puts large target files."""
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:;"
            f" connect-src 'self' {files}; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none';"
            " frame-ancestors 'none'"
        ),
    }


def _security() -> dict[str, str]:
    return security(f"{os.environ['AWS_ENDPOINT_URL']}/{settings().bucket}/")


_http = urllib3.PoolManager(maxsize=16, retries=False, timeout=30)


class Handler(ChaliceRequestHandler):  # type: ignore[misc]
    # Without these two, every keep-alive answer waits 40 ms for the client's acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75

    def _generic_handle(self) -> None:
        path = self.path.split("?")[0]
        try:
            body = self._read_body()
        except ValueError as problem:
            self.close_connection = True
            self._refuse(errors.Invalid(fields={"body": str(problem)}))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        if path.startswith(PHONE_API):
            self._pass_on(body)
            return
        try:
            answer = self.local_gateway.handle_request(self.command, self.path, headers, body)
        except (LocalGatewayException, ValueError, KeyError):
            self._outside_the_gateway(path)
            return
        answer_headers = {**answer["headers"], **answer["multiValueHeaders"]}
        self._send_http_response(answer["statusCode"], answer_headers, answer["body"] or "")

    def _read_body(self) -> bytes | None:
        """The body, whole. Raises ValueError where it is too large or nobody can tell where it ends."""
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("content-length") or "0"
        if not (length.isascii() and length.isdigit() and int(length) <= MAX_BODY):
            raise ValueError("Content-Length must be a number up to 10 MB")
        return self.rfile.read(int(length)) if int(length) else None

    def _read_chunks(self) -> bytes:
        """A body sent in pieces, as .NET's HttpClient does: each after a line with its size in hexadecimal."""
        body = bytearray()
        while size := self._chunk_size():
            if len(body) + size > MAX_BODY:
                raise ValueError("larger than 10 MB")
            body += self.rfile.read(size)
            self.rfile.readline(_LONGEST_LINE)
        while self.rfile.readline(_LONGEST_LINE).strip():
            pass  # trailers, of which nothing is needed
        return bytes(body)

    def _chunk_size(self) -> int:
        size = self.rfile.readline(_LONGEST_LINE).split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            raise ValueError("the chunked body is broken")
        return int(size, 16)

    def _pass_on(self, body: bytes | None) -> None:
        """Hands a phone's request to the app's back end, so that page and back end are one origin."""
        kept = {name: value for name in ("Cookie", "Content-Type") if (value := self.headers.get(name))}
        back_end = os.environ.get("PHONE_BACK_END")
        if back_end is None:
            self._refuse(errors.PathNotFound())
            return
        try:
            answer = _http.request(self.command, back_end + self.path, body=body, headers=kept, redirect=False)
        except urllib3.exceptions.HTTPError:
            self._refuse(errors.TryAgain())
            return
        told = ("Content-Type", "Content-Disposition", "Cache-Control", "Set-Cookie")
        headers = {name: value for name in told if (value := answer.headers.get(name))}
        self._send_http_response(answer.status, {**headers, "X-Content-Type-Options": "nosniff"}, answer.data)

    def _outside_the_gateway(self, path: str) -> None:
        """A path that no route has: a file of the site, or the envelope's 404."""
        if self.command in ("GET", "HEAD") and path in ("/docs", "/docs.css"):
            body, kind = (docs_page.page(OPENAPI), "text/html") if path == "/docs" else (docs_page.CSS, "text/css")
            self._send_http_response(200, {"Content-Type": f"{kind}; charset=utf-8", **_security()}, body)
            return
        file = OPENAPI if path == "/openapi.json" else _site_file(path)
        if path.startswith(("/api", "/token")) or self.command not in ("GET", "HEAD") or file is None:
            self._refuse(errors.PathNotFound())
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind == "application/json":
            kind += "; charset=utf-8"
        immutable = "assets" in file.parts
        cache = "public, max-age=31536000, immutable" if immutable else "no-cache"
        self._send_http_response(200, {"Content-Type": kind, "Cache-Control": cache, **_security()}, file.read_bytes())

    def _refuse(self, refusal: errors.ApiError) -> None:
        answer = wire.ResponseBuilder(str(uuid.uuid4())).refusal(refusal)
        self._send_http_response(answer.status_code, dict(answer.headers), answer.body)

    def _send_http_response_with_body(self, code: int, headers: Any, body: Any) -> None:
        if self.command != "HEAD":
            super()._send_http_response_with_body(code, headers, body)
            return
        self.send_response(code)
        headers["Content-Length"] = str(len(body if isinstance(body, bytes) else body.encode()))
        self._send_headers(headers)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses (a method it does not know, a request line it cannot read)."""
        self.close_connection = True
        self._refuse(errors.WrongMethod() if code == HTTPStatus.NOT_IMPLEMENTED else errors.Invalid())

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: its lines would hold the query string, and so national ids. `wire` logs each request."""


class Server(ThreadedHTTPServer):  # type: ignore[misc]
    request_queue_size = 1024  # a burst of clients waits in line instead of being turned away
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news; anything else is named by its type alone."""
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, ConnectionError | TimeoutError | socket.timeout):
            print(json.dumps({"fault": kind.__name__, "where": "local server"}), flush=True)


def _site_file(path: str) -> Path | None:
    found = (SITE / path.lstrip("/")).resolve()
    if found.is_dir():
        found = found / "index.html"
    return found if found.is_relative_to(SITE) and found.is_file() else None


def make(port: int, handler: type[Handler] = Handler) -> LocalDevServer:
    """The server, bound to the port on 127.0.0.1."""
    from app import app

    # What chalice.local.create_local_server does, with our handler: each thread gets its own current_request.
    CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
    app.__class__ = CustomLocalChalice
    config = Config.create(lambda_timeout=29)
    return LocalDevServer(app, config, "127.0.0.1", port, handler, Server)


def main() -> None:
    serve(make(int(sys.argv[1])))


def serve(server: LocalDevServer) -> None:
    """Serves until SIGTERM or SIGINT."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    server.server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()

"""Local HTTP server: the API, the static site, and the phone's requests.

    python -m infra.local.api PORT

It serves the API through Chalice's local gateway. Errors of the gateway and of http.server have the envelope of
docs/wire-contract.md too.
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

from chalicelib import errors, http_adapter
from chalicelib.settings import settings
from chalicelib.visits import board_store
from infra.local import docs_page
from infra.local.child_processes import ROOT
from infra.local.http_server import QuietHandler

SITE = ROOT / "dashboard" / "dist"
PHONE_API = "/phone/api/"
BOARDS = "/boards/"
# The program on a kiosk's own computer that reads smart cards.
CARD_READER = "http://localhost:8189 https://localhost:8189"
OPENAPI = ROOT / "docs" / "openapi.json"


def security_headers(files: str) -> dict[str, str]:
    """The security headers of the site.

    files: the bucket's URL, where the browser uploads large target files.
    """
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:;"
            f" connect-src 'self' {CARD_READER} {files}; manifest-src 'self'; worker-src 'self';"
            " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    }


def _local_security_headers() -> dict[str, str]:
    return security_headers(f"{os.environ['AWS_ENDPOINT_URL']}/{settings().bucket}/")


_http = urllib3.PoolManager(maxsize=16, retries=False, timeout=30)


class Handler(QuietHandler, ChaliceRequestHandler):  # type: ignore[misc]
    timeout = 75

    def _generic_handle(self) -> None:
        path = self.path.split("?")[0]
        try:
            body = self.read_body()
        except ValueError as problem:
            self._send_api_error(errors.Invalid(fields={"body": str(problem)}))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        if path.startswith(PHONE_API):
            self._forward_to_back_end(body)
            return
        if path.startswith(BOARDS):
            self._send_board(path)
            return
        self.local_gateway.event_converter.LOCAL_SOURCE_IP = self.client_address[0]
        try:
            response = self.local_gateway.handle_request(self.command, self.path, headers, body)
        except (LocalGatewayException, ValueError, KeyError):
            self._send_site_file(path)
            return
        response_headers = {**response["headers"], **response["multiValueHeaders"]}
        self._send_http_response(response["statusCode"], response_headers, response["body"] or "")

    def _forward_to_back_end(self, body: bytes) -> None:
        """Forward a phone's request to the app's back end.

        So the page and the back end have one origin.
        """
        forwarded = {name: value for name in ("Cookie", "Content-Type") if (value := self.headers.get(name))}
        back_end = os.environ.get("PHONE_BACK_END")
        if back_end is None:
            self._send_api_error(errors.PathNotFound())
            return
        try:
            response = _http.request(self.command, back_end + self.path, body=body, headers=forwarded, redirect=False)
        except urllib3.exceptions.HTTPError:
            self._send_api_error(errors.TryAgain())
            return
        returned = ("Content-Type", "Content-Disposition", "Cache-Control", "Set-Cookie", "X-Session-Until")
        headers = {name: value for name in returned if (value := response.headers.get(name))}
        self._send_http_response(response.status, {**headers, "X-Content-Type-Options": "nosniff"}, response.data)

    def _send_board(self, path: str) -> None:
        """Reply with a board's document from the files bucket, as CloudFront does on AWS."""
        if self.command not in ("GET", "HEAD") or not re.fullmatch(r"/boards/[A-Za-z0-9_-]{1,64}\.json", path):
            self._send_api_error(errors.PathNotFound())
            return
        try:
            stored = board_store.stored_bytes(path.removeprefix(BOARDS).removesuffix(".json"))
        except errors.TryAgain as error:
            self._send_api_error(error)
            return
        if stored is None:
            self._send_api_error(errors.PathNotFound())
            return
        content, etag = stored
        headers = {"Content-Type": "application/json", "Cache-Control": "max-age=1", "ETag": etag}
        unchanged = self.headers.get("If-None-Match") == etag
        self._send_http_response(304 if unchanged else 200, headers, b"" if unchanged else content)

    def _send_site_file(self, path: str) -> None:
        """Reply to a path without a route: a file of the site, or 404 in the envelope."""
        if self.command in ("GET", "HEAD") and path in ("/docs", "/docs.css"):
            body, kind = (docs_page.page(OPENAPI), "text/html") if path == "/docs" else (docs_page.CSS, "text/css")
            self._send_http_response(200, {"Content-Type": f"{kind}; charset=utf-8", **_local_security_headers()}, body)
            return
        file = OPENAPI if path == "/openapi.json" else _site_file(path)
        if path.startswith(("/api", "/token")) or self.command not in ("GET", "HEAD") or file is None:
            self._send_api_error(errors.PathNotFound())
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind == "application/json":
            kind += "; charset=utf-8"
        cache = "public, max-age=31536000, immutable" if "assets" in file.parts else "no-cache"
        headers = {"Content-Type": kind, "Cache-Control": cache, **_local_security_headers()}
        self._send_http_response(200, headers, file.read_bytes())

    def _send_api_error(self, error: errors.ApiError) -> None:
        response = http_adapter.ResponseBuilder(str(uuid.uuid4())).error(error)
        self._send_http_response(response.status_code, dict(response.headers), response.body)

    def _send_http_response_with_body(self, code: int, headers: Any, body: Any) -> None:
        if self.command != "HEAD":
            super()._send_http_response_with_body(code, headers, body)
            return
        self.send_response(code)
        headers["Content-Length"] = str(len(body if isinstance(body, bytes) else body.encode()))
        self._send_headers(headers)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Reply to a request that http.server cannot handle.

        It has an unknown method or an unreadable request line.
        """
        self.close_connection = True
        self._send_api_error(errors.WrongMethod() if code == HTTPStatus.NOT_IMPLEMENTED else errors.Invalid())


class Server(ThreadedHTTPServer):  # type: ignore[misc]
    request_queue_size = 1024  # so that many clients at once wait instead of being refused
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a fault by its type only.

        If the client closed its connection, that is not a fault.
        """
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, ConnectionError | TimeoutError | socket.timeout):
            print(json.dumps({"fault": kind.__name__, "where": "local server"}), flush=True)


def _site_file(path: str) -> Path | None:
    file = (SITE / path.lstrip("/")).resolve()
    if file.is_dir():
        file = file / "index.html"
    return file if file.is_relative_to(SITE) and file.is_file() else None


def make(port: int, handler: type[Handler] = Handler) -> LocalDevServer:
    """Make the server, bound to the port on 127.0.0.1.

    handler: tests give one that injects faults.
    """
    from app import app

    # As chalice.local.create_local_server, but with our handler: each thread gets its own current_request.
    CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
    app.__class__ = CustomLocalChalice
    config = Config.create(lambda_timeout=29)
    return LocalDevServer(app, config, "127.0.0.1", port, handler, Server)


def main() -> None:
    serve(make(int(sys.argv[1])))


def serve(server: LocalDevServer) -> None:
    """Serve until SIGTERM or SIGINT."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    server.server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()

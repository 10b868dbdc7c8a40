"""Base of the local HTTP servers beside Chalice's own: the handler's socket settings, its replies, and the thread."""

import threading
from http.server import ThreadingHTTPServer
from typing import Any, Self

from infra.local.local_only import LocalOnlyHandler


class QuietHandler(LocalOnlyHandler):
    """A request handler that keeps connections open, replies without delay and writes no access log."""

    protocol_version = "HTTP/1.1"
    # Without these two, a reply on a kept connection waits 40 ms for the client's acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1

    def send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        """Send a whole reply. Content-Length is added, unless the headers have it."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no access log: request lines hold national ids."""


class LocalServer:
    """An HTTP server on 127.0.0.1; as a context manager it serves in a thread of this process.

    attributes: set on the handler's class, so that its methods can read them. port: 0 takes a free one.
    """

    def __init__(self, handler: type[QuietHandler], port: int = 0, **attributes: Any) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", port), type("BoundHandler", (handler,), attributes))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

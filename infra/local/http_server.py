"""Base of the local HTTP servers: requests, replies and the thread.

Connections and request bodies follow RFC 9110 and 9112.
"""

import re
import threading
from http.server import ThreadingHTTPServer
from typing import Any, Self

from infra.local.origin_guard import LocalOnlyHandler

MAX_BODY = 10 * 1024 * 1024  # API Gateway's own limit
_LONGEST_LINE = 65_536


class QuietHandler(LocalOnlyHandler):
    """Request handler that keeps connections open and writes no access log.

    It replies without delay.
    """

    protocol_version = "HTTP/1.1"
    # Without these two, a reply on a kept connection waits 40 ms for the client's acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_expect_100(self) -> bool:
        """Send `100 Continue` at once.

        In the buffer it would wait for the body, and the client waits for it.
        """
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()
        return True

    def end_headers(self) -> None:
        """Send a header that says whether the connection stays open.

        Otherwise an HTTP/1.0 client that asked for it would wait for the end.
        """
        if self.close_connection:
            self.send_header("Connection", "close")
        elif self.request_version == "HTTP/1.0":
            self.send_header("Connection", "keep-alive")
        super().end_headers()

    def read_body(self, longest: int = MAX_BODY) -> bytes:
        """Read the whole body.

        Raises ValueError if it is larger than `longest` bytes or its length is not known. The connection then closes
        after the reply, because the rest of the body is still in it.
        """
        try:
            if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
                return self._read_chunks(longest)
            length = self.headers.get("Content-Length") or "0"
            if not (length.isascii() and length.isdigit() and int(length) <= longest):
                raise ValueError(f"Content-Length must be a number up to {longest}")
            return self.rfile.read(int(length))
        except ValueError:
            self.close_connection = True
            raise

    def _read_chunks(self, longest: int) -> bytes:
        """Read a chunked body.

        .NET's HttpClient sends such bodies. Before each chunk there is a line with its size in hexadecimal.
        """
        body = bytearray()
        while size := self._chunk_size():
            if len(body) + size > longest:
                raise ValueError(f"larger than {longest} bytes")
            body += self.rfile.read(size)
            self.rfile.readline(_LONGEST_LINE)
        while self.rfile.readline(_LONGEST_LINE).strip():
            pass  # trailers are not used
        return bytes(body)

    def _chunk_size(self) -> int:
        size = self.rfile.readline(_LONGEST_LINE).split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            raise ValueError("the chunked body is broken")
        return int(size, 16)

    def send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        """Send a whole reply.

        Content-Length is added, unless the headers have it.
        """
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Reply without a body to an unreadable request, and close the connection."""
        self.close_connection = True
        self.send(code, b"", {})

    def log_message(self, format: str, *args: Any) -> None:
        """Write no access log: request lines hold national ids."""


class LocalServer:
    """An HTTP server on 127.0.0.1.

    As a context manager it serves in a thread of this process. attributes: set on the handler's class, so that its
    methods can read them. port: 0 takes a free one.
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

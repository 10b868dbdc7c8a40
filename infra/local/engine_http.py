"""HTTP/1.1 server of the engine, instead of hypercorn.

Hypercorn takes more CPU time for a request than the engine's own work. This server reads a whole request, calls the
ASGI app in one task, and writes the whole reply at once. No service that is switched on streams a reply.
"""

import asyncio
import logging
import re
import signal
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from infra.local.engine_guard import Message

ENDING_SECONDS = 3.0  # how long requests may go on after the signal to end
_LONGEST_HEAD = 65_536
_BODILESS = (204, 304)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
log = logging.getLogger("moph")


class _Request:
    """The head of a request, and the bytes of its body that have come."""

    def __init__(self, head: bytes) -> None:
        first, *lines = head.split(b"\r\n")
        self.method, self.target, version = first.decode("latin-1").split(" ")
        if not re.fullmatch(r"HTTP/1\.[01]", version) or not self.target.startswith("/"):
            raise ValueError("not a request of HTTP/1.1")
        self.version = version[5:]
        self.headers: list[tuple[bytes, bytes]] = []
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not name or name != name.strip():
                raise ValueError("not a header")
            self.headers.append((name.lower(), value.strip()))
        named = dict(self.headers)
        self.expects_continue = self.version == "1.1" and named.get(b"expect", b"").lower() == b"100-continue"
        wanted = named.get(b"connection", b"").lower()
        if self.version == "1.1":
            self.connection = b"close" if wanted == b"close" else b""
        else:
            self.connection = b"keep-alive" if wanted == b"keep-alive" else b"close"
        self.is_chunked = named.get(b"transfer-encoding", b"").lower() == b"chunked"
        length = named.get(b"content-length", b"0")
        if not re.fullmatch(rb"[0-9]{1,12}", length) or (b"transfer-encoding" in named and not self.is_chunked):
            raise ValueError("a body without a readable length")
        self.length = int(length)

    def take_body(self, received: bytearray) -> bytes | None:
        """Remove the whole body from the received bytes; None if it is not complete.

        Raises ValueError if its chunks cannot be read.
        """
        if not self.is_chunked:
            if len(received) < self.length:
                return None
            body = bytes(received[: self.length])
            del received[: self.length]
            return body
        chunked, position = bytearray(), 0
        while (end := received.find(b"\r\n", position)) >= 0:
            digits = bytes(received[position:end].split(b";")[0].strip())
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
                raise ValueError("the chunked body is broken")
            start, size = end + 2, int(digits, 16)
            if len(received) < start + size + 2:
                return None
            chunked += received[start : start + size]
            position = start + size + 2
            if size == 0:
                del received[:position]
                return bytes(chunked)
        return None

    def scope(self, client: Any, server: Any) -> Message:
        raw_path, _, query = self.target.encode("latin-1").partition(b"?")
        return {
            "type": "http",
            "asgi": {"spec_version": "2.1", "version": "3.0"},
            "http_version": self.version,
            "method": self.method,
            "scheme": "http",
            "path": unquote(raw_path.decode("latin-1")),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": self.headers,
            "client": client,
            "server": server,
            "state": {},
            "extensions": {},
        }


class Connection(asyncio.Protocol):
    """One connection of a client: its requests are answered one after the other."""

    def __init__(self, app: Any, open_connections: "set[Connection]") -> None:
        self._app, self._open = app, open_connections
        self._received = bytearray()
        self._request: _Request | None = None
        self.task: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._client, self._server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self)
        self._gone.set()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self.task is None:
            self._begin_next()

    def close(self) -> None:
        self._transport.close()

    def _begin_next(self) -> None:
        """Start the app if a whole request is there."""
        try:
            if self._request is None and not self._read_head():
                return
            assert self._request
            if (body := self._request.take_body(self._received)) is None:
                return
        except ValueError:
            self._write(400, [], b"", b"close")
            return
        request, self._request = self._request, None
        if request.method not in _METHODS:
            self._write(501, [], b"", b"close")
            return
        self.task = asyncio.get_running_loop().create_task(self._answer(request, body))

    def _read_head(self) -> bool:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            if len(self._received) > _LONGEST_HEAD:
                raise ValueError("the head is too long")
            return False
        self._request = _Request(bytes(self._received[:end]))
        del self._received[: end + 4]
        if self._request.expects_continue:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    async def _answer(self, request: _Request, body: bytes) -> None:
        pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        status, headers, content = 0, [], bytearray()

        async def receive() -> Message:
            if pending:
                return pending.pop()
            await self._gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status, headers, content
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", []))
            else:
                content += message.get("body", b"")

        try:
            await self._app(request.scope(self._client, self._server), receive, send)
        except Exception:
            log.exception("The engine failed")
            status, headers, content = 500, [], bytearray()
        is_bodiless = request.method == "HEAD" or status in _BODILESS
        self._write(status, headers, None if is_bodiless else bytes(content), request.connection)
        self.task = None
        if self._received and not self._transport.is_closing():
            self._begin_next()

    def _write(self, status: int, headers: list[tuple[bytes, bytes]], content: bytes | None, connection: bytes) -> None:
        """Write a reply.

        content: None if a reply to this request has no body. connection: the value of this header; `close` ends the
        connection, as the header of the app does.
        """
        if self._transport.is_closing():
            return
        named = {name.lower(): value.lower() for name, value in headers}
        if named.get(b"connection") == b"close":
            connection = b"close"
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
        lines += [name + b": " + value for name, value in headers if name.lower() != b"connection"]
        if content is not None and b"content-length" not in named:
            lines.append(b"content-length: %d" % len(content))
        if connection:
            lines.append(b"connection: " + connection)
        self._transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + (content or b""))
        if connection == b"close":
            self._transport.close()


async def serve(app: Any, config: Any) -> None:
    """Serve until SIGTERM or SIGINT, with the parameters of `hypercorn.asyncio.serve`.

    Only the first address of `config.bind` is used.
    """
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    lifespan = _Lifespan(app)
    await lifespan.tell("startup")
    host, port = config.bind[0].rsplit(":", 1)
    open_connections: set[Connection] = set()
    server = await loop.create_server(lambda: Connection(app, open_connections), host, int(port), backlog=1024)
    await ending.wait()
    server.close()
    if running := [connection.task for connection in open_connections if connection.task]:
        await asyncio.wait(running, timeout=ENDING_SECONDS)
    for connection in list(open_connections):
        connection.close()
    await lifespan.tell("shutdown")


class _Lifespan:
    """The app's task for its start and its end."""

    def __init__(self, app: Any) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._done: asyncio.Queue[str] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"spec_version": "2.1", "version": "3.0"}, "state": {}}
        self._task = asyncio.get_running_loop().create_task(app(scope, self._messages.get, self._send))

    async def _send(self, message: Message) -> None:
        await self._done.put(message["type"])

    async def tell(self, what: str) -> None:
        """Tell the app of "startup" or "shutdown", and wait until it has done it.

        Raises RuntimeError if it failed.
        """
        await self._messages.put({"type": f"lifespan.{what}"})
        done = asyncio.ensure_future(self._done.get())
        await asyncio.wait((done, self._task), return_when=asyncio.FIRST_COMPLETED)
        if not done.done() or done.result() != f"lifespan.{what}.complete":
            raise RuntimeError(f"the engine's {what} failed")

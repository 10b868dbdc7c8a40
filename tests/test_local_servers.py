"""The local HTTP servers follow RFC 9110 and 9112, tested through a plain socket."""

import socket
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest

from infra.local.aws_call_recorder import Recorder
from infra.local.local_stack import LocalStack

Connect = Callable[[], socket.socket]

OURS = ["api", "mor_prom", "simulator", "recorder"]
# What uvicorn, which serves the engine, does otherwise. No client of the engine sends HTTP/1.0.
only_ours = pytest.mark.parametrize("server", OURS, indirect=True)


@pytest.fixture(params=[*OURS, "engine"])
def server(request: pytest.FixtureRequest, local_stack: LocalStack) -> Iterator[tuple[Connect, str]]:
    """A function that connects to the server, and a path that takes GET and POST."""
    with Recorder(local_stack.endpoint) as recorder:
        address, path = {
            "api": (local_stack.url, "/token?Action=get_public_key"),
            "mor_prom": (local_stack.env["PHONE_BACK_END"], "/phone/api/session"),
            "simulator": (local_stack.simulator, "/control/inbox"),
            "recorder": (recorder.url, "/"),
            "engine": (local_stack.endpoint, "/_ministack/health"),
        }[request.param]
        url = urlsplit(address)
        connections: list[socket.socket] = []

        def connect() -> socket.socket:
            # The time-out is what fails a test; no server needs as long.
            connection = socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=180)
            connections.append(connection)
            return connection

        yield connect, path
        for connection in connections:
            connection.close()


def read_reply(connection: socket.socket) -> HTTPResponse:
    reply = HTTPResponse(connection)
    reply.begin()
    reply.read()
    return reply


def is_closed(connection: socket.socket) -> bool:
    return connection.recv(1) == b""


@only_ours
def test_a_client_that_expects_100_continue_gets_it_before_it_sends_the_body(server: tuple[Connect, str]) -> None:
    connect, path = server
    connection = connect()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    for length, body in (("Content-Length: 2", b"{}"), ("Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n")):
        connection.sendall(f"{head}{length}\r\n\r\n".encode())
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_reply(connection).status >= 200


@pytest.mark.parametrize(
    ("length", "body"), [("Content-Length: 2", b"{}"), ("Transfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n")]
)
def test_the_engine_sends_100_continue_before_it_reads_a_body(
    local_stack: LocalStack, length: str, body: bytes
) -> None:
    """An upload of botocore waits for it up to a second."""
    url = urlsplit(local_stack.endpoint)
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=180) as connection:
        connection.sendall(
            f"PUT /bucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\n{length}\r\n\r\n".encode()
        )
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_reply(connection).status == 403  # it is not signed
        assert is_closed(connection)


@only_ours
def test_an_http_1_0_client_never_gets_100_continue(server: tuple[Connect, str]) -> None:
    connect, path = server
    connection = connect()
    connection.sendall(f"POST {path} HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    reply = read_reply(connection)  # HTTPResponse skips 100 and reads on
    assert reply.getheader("Connection") == "close"
    assert is_closed(connection)


def test_an_http_1_0_connection_is_closed(server: tuple[Connect, str]) -> None:
    connect, path = server
    connection = connect()
    connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    assert read_reply(connection).getheader("Connection") == "close"
    assert is_closed(connection)


@only_ours
def test_an_http_1_0_connection_stays_open_if_the_client_asks_and_the_reply_says_so(
    server: tuple[Connect, str],
) -> None:
    connect, path = server
    connection = connect()
    for _ in range(2):
        connection.sendall(f"GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".encode())
        assert read_reply(connection).getheader("Connection") == "keep-alive"
    connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
    read_reply(connection)
    assert is_closed(connection)


def test_an_http_1_1_connection_stays_open_until_the_client_asks_for_its_end(server: tuple[Connect, str]) -> None:
    connect, path = server
    connection = connect()
    for _ in range(2):
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert read_reply(connection).getheader("Connection") is None
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert read_reply(connection).getheader("Connection") == "close"
    assert is_closed(connection)


@pytest.mark.parametrize(
    "length", ["Content-Length: -1", "Content-Length: ten", "Transfer-Encoding: chunked\r\n\r\nlots\r\n"]
)
def test_a_body_without_a_readable_length_is_400_and_ends_the_connection(
    server: tuple[Connect, str], length: str
) -> None:
    connect, path = server
    connection = connect()
    connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}\r\n\r\n".encode())
    reply = read_reply(connection)
    assert (reply.status, reply.getheader("Connection")) == (400, "close")
    assert is_closed(connection)


def test_an_unknown_method_is_refused_and_ends_the_connection(server: tuple[Connect, str]) -> None:
    connect, path = server
    connection = connect()
    connection.sendall(f"BREW {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    reply = read_reply(connection)
    assert reply.status in (400, 405, 501)  # 400: the parser of the engine's server does not know the method
    assert reply.getheader("Connection") == "close"
    assert is_closed(connection)

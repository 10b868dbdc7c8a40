"""The lean sender sends and answers what botocore would, over real HTTP."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, HTTPClientError, NoCredentialsError
from botocore.session import Session
from pynamodb.exceptions import VerboseClientError

from chalicelib.dynamodb_sender import LeanSender

ITEM = {"TableName": "people", "Key": {"cid": {"S": "ก"}, "record": {"S": "#"}}}


class Storage(http.server.ThreadingHTTPServer):
    """Answers each request with `answer`, and keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: tuple[int, bytes] = (200, b"{}")
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Storage
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status, content = self.server.answer
        if status == 0:  # the connection ends without an answer
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Storage]:
    with Storage() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def client_of(url: str, key: str | None = "AKIDEXAMPLE", token: str | None = None) -> Any:
    session = Session()
    if key:
        session.set_credentials(key, "secret", token)
    return session.create_client("dynamodb", "ap-southeast-1", endpoint_url=url, config=Config(user_agent="moph"))


def error_of(
    server: Storage, status: int, body: dict[str, Any] | bytes, operation: str = "GetItem"
) -> VerboseClientError:
    server.answer = status, body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(VerboseClientError) as raised:
        LeanSender(client_of(server.url)).call(operation, ITEM)
    return raised.value


def signature_of(client: Any, server: Storage, got: tuple[dict[str, str], bytes]) -> str:
    """The signature that botocore makes for a request.

    With the client's present credentials.
    """
    headers, body = got
    signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest("POST", server.url + "/", {name: headers[name] for name in signed}, body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(client._request_signer._credentials, "dynamodb", "ap-southeast-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return f"Credential={signer.scope(request)}, SignedHeaders={';'.join(signed)}, Signature={signature}"


@pytest.mark.parametrize("token", [None, "a-session-token"])
def test_the_signature_is_the_one_that_botocore_calculates(server: Storage, token: str | None) -> None:
    client = client_of(server.url, token=token)
    LeanSender(client).call("GetItem", ITEM)
    [got] = server.got
    authorization = got[0]["authorization"]
    assert authorization == f"AWS4-HMAC-SHA256 {signature_of(client, server, got)}"
    assert "host;x-amz-date" in authorization
    assert ("x-amz-security-token" in authorization) == (token is not None)


def test_the_request_is_the_one_that_botocore_sends(server: Storage) -> None:
    client = client_of(server.url)
    LeanSender(client).call("GetItem", ITEM)
    client.get_item(**ITEM)
    (headers, body), (botocore_headers, botocore_body) = server.got
    assert json.loads(body) == json.loads(botocore_body)
    for name in ("content-type", "host", "x-amz-target", "user-agent", "accept-encoding"):
        assert headers[name] == botocore_headers[name], name


def test_credentials_that_change_are_used_at_once(server: Storage) -> None:
    client = client_of(server.url)
    sender = LeanSender(client)
    sender.call("GetItem", ITEM)
    client._request_signer._credentials.access_key = "AKIDSECOND"
    client._request_signer._credentials.secret_key = "another"
    sender.call("GetItem", ITEM)
    authorization = server.got[1][0]["authorization"]
    assert "Credential=AKIDSECOND/" in authorization
    assert authorization.endswith(signature_of(client, server, server.got[1]))


def test_an_answer_is_the_json_of_the_storage(server: Storage) -> None:
    server.answer = 200, json.dumps({"Item": {"name": {"S": "ก"}, "free": {"NS": ["1", "2"]}}}).encode()
    assert LeanSender(client_of(server.url)).call("GetItem", ITEM)["Item"]["free"] == {"NS": ["1", "2"]}


def test_an_error_has_the_code_without_its_name_space(server: Storage) -> None:
    body = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"}
    error = error_of(server, 400, body)
    assert error.response["Error"] == {"Code": "ConditionalCheckFailedException", "Message": "no"}


def test_a_cancelled_transaction_says_which_write_failed_and_what_was_stored(server: Storage) -> None:
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "no", "Item": {"cid": {"S": "ก"}}}]
    body = {"__type": "x#TransactionCanceledException", "Message": "cancelled", "CancellationReasons": reasons}
    error = error_of(server, 400, body, "TransactWriteItems")
    assert error.cancellation_reasons[0] is None
    reason = error.cancellation_reasons[1]
    assert reason is not None
    assert (reason.code, reason.raw_item) == ("ConditionalCheckFailed", {"cid": {"S": "ก"}})


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>"])
def test_an_error_that_is_no_json_has_its_status_as_code(server: Storage, body: bytes) -> None:
    assert error_of(server, 503, body).response["Error"]["Code"] == "503"


def test_no_answer_and_no_connection_are_told_apart(server: Storage) -> None:
    server.answer = 0, b""
    with pytest.raises(HTTPClientError):
        LeanSender(client_of(server.url)).call("GetItem", ITEM)
    with pytest.raises(EndpointConnectionError):
        LeanSender(client_of("http://127.0.0.1:1")).call("GetItem", ITEM)


def test_without_credentials_nothing_is_sent(server: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises(NoCredentialsError):
        LeanSender(client_of(server.url, None)).call("GetItem", ITEM)
    assert not server.got

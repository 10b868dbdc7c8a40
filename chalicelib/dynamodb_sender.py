"""DynamoDB requests without botocore's serialisers, signers and parsers.

These cost more CPU time than all our code (docs/adr/0025). botocore still provides the credentials, the endpoint, the
region, the connection pool with its time-outs and TLS, and every operation that is not in `OPERATIONS`. For a caller
nothing changes: it passes PynamoDB's keyword arguments, and gets the response or an exception of PynamoDB or botocore.
`BOTOCORE_ONLY=1` in the environment turns this sender off.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import msgspec
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import NoCredentialsError
from pynamodb.exceptions import CancellationReason, VerboseClientError

# Arguments and responses are sent as DynamoDB's JSON without conversion, because no table has binary values.
OPERATIONS = frozenset(
    {"BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
)
_SIGNED = "content-type;host;x-amz-date;x-amz-target"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class LeanSender:
    """Sender for the requests of one botocore client of DynamoDB."""

    def __init__(self, client: Any) -> None:
        self._events = client.meta.events
        self._credentials = client._request_signer._credentials
        self._region = client.meta.region_name
        self._url = client.meta.endpoint_url.rstrip("/") + "/"
        self._host = self._url.split("://", 1)[1].rstrip("/")
        self._send = client._endpoint.http_session.send
        self._user_agent = client.meta.config.user_agent
        self._key: tuple[tuple[str, str], bytes] = (("", ""), b"")

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Send one request and return the response as botocore's client returns it.

        Raises VerboseClientError if DynamoDB returns an error, and botocore's exceptions if there is no response.
        """
        body = _encode(arguments)
        request = AWSPreparedRequest("POST", self._url, self._headers(operation, body), body, stream_output=False)
        # An event of botocore. Tools and tests handle it, and may return a response in place of DynamoDB's.
        answers = self._events.emit_until_response(f"before-send.dynamodb.{operation}", request=request)
        answer = answers[1] if answers[1] is not None else self._send(request)
        if answer.status_code != 200:
            raise _error(operation, answer)
        decoded: dict[str, Any] = _decode(answer.content)
        return decoded

    def _headers(self, operation: str, body: bytes) -> dict[str, str]:
        """Headers of a request, signed with AWS Signature Version 4."""
        if self._credentials is None:
            raise NoCredentialsError()
        credentials = self._credentials.get_frozen_credentials()
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        target = f"DynamoDB_20120810.{operation}"
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "Host": self._host,
            "X-Amz-Date": now,
            "X-Amz-Target": target,
            "User-Agent": self._user_agent,
            "Accept-Encoding": "identity",
        }
        signed, canonical = _SIGNED, f"content-type:application/x-amz-json-1.0\nhost:{self._host}\nx-amz-date:{now}\n"
        if credentials.token:
            headers["X-Amz-Security-Token"] = credentials.token
            signed = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
            canonical += f"x-amz-security-token:{credentials.token}\n"
        canonical += f"x-amz-target:{target}\n"
        scope = f"{now[:8]}/{self._region}/dynamodb/aws4_request"
        content = f"POST\n/\n\n{canonical}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
        to_sign = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(content.encode()).hexdigest()}"
        signature = hmac.digest(self._signing_key(credentials.secret_key, now[:8]), to_sign.encode(), "sha256").hex()
        credential = f"{credentials.access_key}/{scope}"
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={signature}"
        )
        return headers

    def _signing_key(self, secret: str, day: str) -> bytes:
        """The signing key of a day, which is derived with four HMACs and kept.

        day: UTC, YYYYMMDD.
        """
        known_for, key = self._key
        if known_for != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, "dynamodb", "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key = (secret, day), key
        return key


def _error(operation: str, answer: Any) -> VerboseClientError:
    """The exception that PynamoDB raises for an error response.

    The body is JSON, except if a proxy between us and DynamoDB has sent the response.
    """
    try:
        body = _decode(answer.content)
    except msgspec.DecodeError:
        body = {}
    code = body.get("__type", str(answer.status_code)).rsplit("#", 1)[-1]
    reasons = [
        None
        if reason["Code"] == "None"
        else CancellationReason(reason["Code"], reason.get("Message"), reason.get("Item"))
        for reason in body.get("CancellationReasons", ())
    ]
    error = {"Code": code, "Message": body.get("message") or body.get("Message") or ""}
    request_id = {"request_id": answer.headers.get("x-amzn-requestid", "")}
    return VerboseClientError({"Error": error}, operation, request_id, cancellation_reasons=reasons)

"""Guard of the engine's process: refuses requests before the engine reads them.

The engine itself answers pages of every web site, and does not check the credentials of an account's owner.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core import sigv4

from infra.local.origin_guard import REFUSED, is_foreign

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEALTH = "/_ministack/health"
STREAMS = "/_streams"  # `stream_poll`: how many records each stream has had


def guarded(app: Any) -> Any:
    """Wrap the engine's ASGI app so that it refuses requests that are not ours.

    Refused are pages of other sites, the engine's own commands, and unsigned requests. Environment variables:
    UPLOAD_ORIGINS has the origins of pages that may upload with a presigned URL, separated by commas.
    CHECK_SIGNATURES=0 leaves the signatures to the engine, which then knows further credentials (AUTH).
    """
    uploading = tuple(filter(None, os.environ.get("UPLOAD_ORIGINS", "").split(",")))
    checks_signatures = os.environ.get("CHECK_SIGNATURES") != "0"

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = headers_of(scope)
            if _is_refused(scope, headers, uploading):
                await _refuse(send)
                return
            if checks_signatures and scope["method"] != "OPTIONS" and scope["path"] not in (HEALTH, STREAMS):
                body = await _body(receive)
                if not is_signed(scope, headers, body):
                    await _refuse(send)
                    return
                receive = _again(body, receive)
        await app(scope, receive, send)

    return wrapped


def headers_of(scope: Message) -> dict[str, str]:
    """Headers of a request by name in lower case.

    The values of a repeated header are joined with commas; no host name or origin contains a comma.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _is_refused(scope: Message, headers: dict[str, str], uploading: tuple[str, ...]) -> bool:
    is_command = scope["path"].startswith("/_ministack/") and scope["path"] != HEALTH
    also_allowed = uploading if scope["method"] in ("PUT", "OPTIONS") else ()
    return is_command or is_foreign(headers.get("host"), headers.get("origin"), also_allowed)


def is_signed(scope: Message, headers: dict[str, str], body: bytes) -> bool:
    """Whether the request is signed with the keys of this process.

    The signature is in a header or, for a file, in the URL.
    """
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    presigned = "authorization" not in headers
    signature = sigv4.parse_query_signature(query) if presigned else sigv4.parse_header_signature(headers)
    if not isinstance(signature, sigv4.HeaderSignature) or signature.region_set is not None:
        return False
    if presigned and (signature.service != "s3" or "x-amz-target" in headers):
        return False
    if signature.access_key_id != os.environ["AWS_ACCESS_KEY_ID"]:
        return False
    secret, path = os.environ["AWS_SECRET_ACCESS_KEY"], scope["raw_path"].decode("latin-1")
    arguments = (signature, secret, scope["method"], path, query, headers, body)
    return sigv4.header_signature_failure(*arguments, presigned=presigned) is None


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns the whole body first, then what `receive` returns."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(REFUSED)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSED})

"""The Mor Prom app's gateway.

POST with a bearer token or client keys, up to 1,000 national ids a call.

Request   POST {base}/v1/messages, `Idempotency-Key: <uuid>`,
          {"message_id", "sender", "title", "content_html", "content_text", "to": ["<national id>", ...]}
Answer    200 {"accepted": n, "unknown": ["<national id>", ...]}; the same answer again for the same key.
"""

import json

import urllib3

from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, OutboundBatch, is_temporary, unavailable

_TIMEOUT = urllib3.Timeout(connect=3, read=10)


def credentials(token: str, client_key: str, secret_key: str) -> dict[str, str]:
    """The headers that authenticate us at the gateway.

    They have the token, or if there is none, the pair of keys.
    """
    if token:
        return {"Authorization": f"Bearer {token}"}
    return {"client-key": client_key, "secret-key": secret_key}


class AppGateway:
    """The channel of the app.

    base_url: of the gateway. credentials: its headers (`Authorization`, or `client-key` and `secret-key`).
    """

    def __init__(self, base_url: str, credentials: dict[str, str], timeout: urllib3.Timeout = _TIMEOUT) -> None:
        self._url = f"{base_url}/v1/messages"
        self._headers = {"Content-Type": "application/json", **credentials}
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout)

    def send(self, outbound_batch: OutboundBatch) -> frozenset[str]:
        body = {
            "message_id": outbound_batch.message_ref,
            "sender": outbound_batch.sender,
            "title": outbound_batch.title,
            "content_html": outbound_batch.content_html,
            "content_text": outbound_batch.text,
            "to": list(outbound_batch.to),
        }
        headers = {**self._headers, "Idempotency-Key": str(outbound_batch.key)}
        try:
            answer = self._pool.request("POST", self._url, body=json.dumps(body), headers=headers, redirect=False)
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as cause:
            raise ChannelUnavailable("no connection", in_doubt=False) from cause
        except urllib3.exceptions.HTTPError as cause:
            raise ChannelUnavailable("no answer", in_doubt=True) from cause
        if is_temporary(answer.status):
            raise unavailable(answer.status, answer.headers.get("Retry-After"))
        if answer.status != 200:
            raise ChannelRefused(f"HTTP {answer.status}")
        try:
            return frozenset(answer.json().get("unknown", ()))
        except (ValueError, AttributeError) as cause:
            raise ChannelUnavailable("unreadable answer", in_doubt=True) from cause

"""LINE's Messaging API through the official SDK.

A multicast goes to at most 500 users, with a retry key. Only the LINE function imports this: the SDK and its pydantic
cost half a second and 65 MiB at start (docs/adr/0009). LINE does not report users who blocked the account: a multicast
is accepted or not.
"""

from typing import Any

import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ButtonsTemplate,
    Configuration,
    MessagingApi,
    MulticastRequest,
    PostbackAction,
    TemplateMessage,
    TextMessage,
)
from linebot.v3.messaging.exceptions import ApiException

from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, OutboundBatch, is_temporary, unavailable
from chalicelib.messages.plain_text import line_texts

_TIMEOUT_SECONDS = (3.0, 10.0)
_ALREADY_ACCEPTED = 409


class LineChannel:
    """The channel of LINE.

    base_url: of LINE's API or a simulator. timeout: seconds to connect and to read.
    """

    def __init__(
        self, base_url: str, channel_access_token: str, timeout: tuple[float, float] = _TIMEOUT_SECONDS
    ) -> None:
        configuration = Configuration(host=base_url, access_token=channel_access_token)
        configuration.retries = False
        self._api = MessagingApi(ApiClient(configuration))
        self._timeout = timeout

    def send(self, outbound_batch: OutboundBatch) -> frozenset[str]:
        try:
            request = _request(outbound_batch)
        except ValueError as cause:
            raise ChannelRefused("the SDK will not build this request") from cause
        try:
            self._api.multicast(request, x_line_retry_key=str(outbound_batch.key), _request_timeout=self._timeout)
        except ApiException as cause:
            if cause.status == _ALREADY_ACCEPTED:
                return frozenset()
            if is_temporary(cause.status):
                raise unavailable(cause.status, (cause.headers or {}).get("Retry-After")) from cause
            raise ChannelRefused(f"HTTP {cause.status}") from cause
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as cause:
            raise ChannelUnavailable("no connection", in_doubt=False) from cause
        except urllib3.exceptions.HTTPError as cause:
            raise ChannelUnavailable("no answer", in_doubt=True) from cause
        return frozenset()


def _request(outbound_batch: OutboundBatch) -> MulticastRequest:
    texts: list[Any] = [
        TextMessage(text=text) for text in line_texts(outbound_batch.sender, outbound_batch.title, outbound_batch.text)
    ]
    if not outbound_batch.has_button:
        return MulticastRequest(to=list(outbound_batch.to), messages=texts)
    button = PostbackAction(label="ยืนยันการรับ", data=outbound_batch.message_ref, displayText="ยืนยันการรับ")
    confirm = TemplateMessage(
        altText=f"{outbound_batch.sender}: {outbound_batch.title}"[:400],
        template=ButtonsTemplate(text="กรุณากดยืนยันเมื่ออ่านแล้ว / Please confirm you have read this", actions=[button]),
    )
    return MulticastRequest(to=list(outbound_batch.to), messages=[*texts, confirm])

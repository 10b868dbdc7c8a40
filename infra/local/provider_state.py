"""Simulated providers: what the app gateway and LINE accept, store and deliver.

The app gateway is that of Mor Prom. All state is in memory. What each person received is counted, so that a test can
assert "exactly once".
"""

import random
import re
import threading
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from typing import Any

LINE_MULTICAST_LIMIT = 500
APP_LIMIT = 1000
LINE_USER_ID = re.compile(r"U[0-9a-f]{32}")


@dataclass(frozen=True)
class Faults:
    """Faults of one channel.

    A float without a unit is a probability per call, from a seeded generator.
    """

    seed: int = 0
    slow_seconds: float = 0.0
    too_many: float = 0.0  # 429 with Retry-After, nothing accepted
    retry_after: int = 1
    error_before: float = 0.0  # 500, nothing accepted
    error_after: float = 0.0  # 500, although the call was accepted
    silent_after: float = 0.0  # accepted, and the connection closes without a response
    silent_seconds: float = 0.0  # how long it stays open before that
    down: bool = False  # 503 to every call
    unauthorised: bool = False  # 401 to every call, as if our credentials were revoked
    unknown: frozenset[str] = frozenset()  # ids that the provider does not know


@dataclass
class Provider:
    """One provider: its faults, and what it accepted and delivered."""

    faults: Faults = field(default_factory=Faults)
    generator: random.Random = field(default_factory=lambda: random.Random(0))
    accepted: dict[str, Any] = field(default_factory=dict)  # idempotency or retry key -> the first response
    # message -> person -> how many times
    received: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    texts: dict[str, Any] = field(default_factory=dict)  # message -> its content
    calls: int = 0

    def draws(self, probability: float) -> bool:
        """True with this probability."""
        return probability > 0 and self.generator.random() < probability


class ProviderResponse(Exception):
    """Response of a provider; raised to end the handling of a request early."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}


class Providers:
    """The state of both providers. The caller of every method holds `lock`."""

    def __init__(self, *, app_token: str, client_key: str, secret_key: str, line_token: str, line_secret: str) -> None:
        self.app_token, self.client_key, self.secret_key = app_token, client_key, secret_key
        self.line_token, self.line_secret = line_token, line_secret
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.channels = {"app": Provider(), "line": Provider()}

    def set_faults(self, faults: dict[str, dict[str, Any]]) -> None:
        """Replace the faults of both channels.

        Raises ProviderResponse 400 for a name that Faults does not have.
        """
        known = {f.name for f in fields(Faults)}
        for name, channel in self.channels.items():
            values = faults.get(name, {})
            if unknown := set(values) - known:
                raise ProviderResponse(400, {"message": f"no such fault: {sorted(unknown)}"})
            channel.faults = Faults(**{**values, "unknown": frozenset(values.get("unknown", ()))})
            channel.generator = random.Random(channel.faults.seed)

    def accept_app(self, headers: Any, body: dict[str, Any]) -> ProviderResponse:
        keys = (headers.get("client-key"), headers.get("secret-key"))
        if headers.get("Authorization") != f"Bearer {self.app_token}" and keys != (self.client_key, self.secret_key):
            return ProviderResponse(401, {"message": "unknown credentials"})
        to, key = body.get("to"), headers.get("Idempotency-Key")
        if not isinstance(to, list) or not 1 <= len(to) <= APP_LIMIT or not key or not body.get("message_id"):
            return ProviderResponse(
                400, {"message": f"to: 1-{APP_LIMIT} ids; message_id and Idempotency-Key are required"}
            )
        channel = self.channels["app"]
        if key in channel.accepted:
            return ProviderResponse(200, channel.accepted[key], {"Idempotent-Replayed": "true"})
        unknown = [cid for cid in to if cid in channel.faults.unknown]
        result = {"accepted": len(to) - len(unknown), "unknown": unknown}
        channel.accepted[key] = result
        channel.texts[body["message_id"]] = {
            "sender": body.get("sender"),
            "title": body.get("title"),
            "content": body.get("content_html"),
        }
        channel.received[body["message_id"]].update(set(to) - set(unknown))
        return ProviderResponse(200, result)

    def accept_line(self, headers: Any, body: dict[str, Any]) -> ProviderResponse:
        if headers.get("Authorization") != f"Bearer {self.line_token}":
            return ProviderResponse(401, {"message": "Authentication failed. Confirm that the access token is valid."})
        to, messages, key = body.get("to"), body.get("messages"), headers.get("X-Line-Retry-Key")
        if not isinstance(to, list) or not 1 <= len(to) <= LINE_MULTICAST_LIMIT:
            return ProviderResponse(400, {"message": f"Size must be between 1 and {LINE_MULTICAST_LIMIT}"})
        if bad := [user for user in to if not LINE_USER_ID.fullmatch(user)]:
            return ProviderResponse(
                400,
                {"message": "The request body has 1 error(s)", "details": [{"property": f"to[{to.index(bad[0])}]"}]},
            )
        if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
            return ProviderResponse(400, {"message": "Size must be between 1 and 5"})
        for message in messages:
            if message.get("type") == "text" and len(message["text"].encode("utf-16-le")) // 2 > 5000:
                return ProviderResponse(400, {"message": "Length must be between 0 and 5000"})
        channel = self.channels["line"]
        if key:
            uuid.UUID(key)
            if key in channel.accepted:
                already = {"x-line-accepted-request-id": channel.accepted[key]}
                return ProviderResponse(409, {"message": "The retry key is already accepted"}, already)
            channel.accepted[key] = str(uuid.uuid4())
        name = next((m["template"]["actions"][0]["data"] for m in messages if m.get("type") == "template"), key or "?")
        channel.texts[name] = messages
        # LINE accepts user ids that it does not know or that have blocked the account, and stays silent about them.
        channel.received[name].update(set(to) - channel.faults.unknown)
        return ProviderResponse(200, {}, {"x-line-request-id": str(uuid.uuid4())})

    def counts(self) -> dict[str, Any]:
        return {
            "calls": {name: channel.calls for name, channel in self.channels.items()},
            "messages": {
                f"{name} {message}": {
                    "people": len(times),
                    "deliveries": times.total(),
                    "most": max(times.values(), default=0),
                }
                for name, channel in self.channels.items()
                for message, times in channel.received.items()
            },
        }

    def line_messages(self) -> dict[str, list[tuple[str, Any]]]:
        """The messages of the first fifty LINE users, newest first.

        LINE user id -> [(the button's data, LINE message objects)].
        """
        channel = self.channels["line"]
        users = list(dict.fromkeys(user for times in channel.received.values() for user in times))[:50]
        newest = list(reversed(channel.received.items()))
        return {user: [(ref, channel.texts[ref]) for ref, times in newest if user in times] for user in users}

    def inbox(self, name: str, to: str) -> list[dict[str, Any]]:
        channel = self.channels[name]
        return [
            {"message": message, "times": times[to], "content": channel.texts[message]}
            for message, times in reversed(channel.received.items())
            if to in times
        ]

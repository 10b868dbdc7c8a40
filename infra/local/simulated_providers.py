"""What the Mor Prom app gateway and the LINE platform accept, refuse, remember and deliver, played.

Everything is in memory, and what each person *received* is counted, so a test can assert "exactly once".
"""

from __future__ import annotations

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
    """What goes wrong on one channel. Shares are probabilities per call, drawn from a seeded generator."""

    seed: int = 0
    slow_seconds: float = 0.0
    too_many: float = 0.0  # 429 with Retry-After, nothing accepted
    retry_after: int = 1
    error_before: float = 0.0  # 500, nothing accepted
    error_after: float = 0.0  # 500, although the call was accepted
    silent_after: float = 0.0  # accepted, and the connection dies without an answer
    silent_seconds: float = 0.0  # how long the silence lasts before the connection dies
    down: bool = False  # every call is answered 503
    unauthorised: bool = False  # as if our credentials had been revoked
    unknown: frozenset[str] = frozenset()  # ids the provider does not know


@dataclass
class Provider:
    """One of the two, and what has become of what it was given."""

    faults: Faults = field(default_factory=Faults)
    random: random.Random = field(default_factory=lambda: random.Random(0))
    accepted: dict[str, Any] = field(default_factory=dict)  # idempotency or retry key -> the first answer
    received: dict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )  # message -> person -> times
    texts: dict[str, Any] = field(default_factory=dict)
    calls: int = 0

    def strikes(self, share: float) -> bool:
        return share > 0 and self.random.random() < share


class Answer(Exception):
    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}


class Providers:
    """The state of both; every method is called under `lock`."""

    def __init__(self, *, app_token: str, client_key: str, secret_key: str, line_token: str, line_secret: str) -> None:
        self.app_token, self.client_key, self.secret_key = app_token, client_key, secret_key
        self.line_token, self.line_secret = line_token, line_secret
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.channels = {"app": Provider(), "line": Provider()}

    def set_faults(self, wanted: dict[str, dict[str, Any]]) -> None:
        known = {f.name for f in fields(Faults)}
        for name, channel in self.channels.items():
            given = wanted.get(name, {})
            if unknown := set(given) - known:
                raise Answer(400, {"message": f"no such fault: {sorted(unknown)}"})
            channel.faults = Faults(**{**given, "unknown": frozenset(given.get("unknown", ()))})
            channel.random = random.Random(channel.faults.seed)

    def accept_app(self, headers: Any, body: dict[str, Any]) -> Answer:
        keys = (headers.get("client-key"), headers.get("secret-key"))
        if headers.get("Authorization") != f"Bearer {self.app_token}" and keys != (self.client_key, self.secret_key):
            return Answer(401, {"message": "unknown credentials"})
        to, key = body.get("to"), headers.get("Idempotency-Key")
        if not isinstance(to, list) or not 1 <= len(to) <= APP_LIMIT or not key or not body.get("message_id"):
            return Answer(400, {"message": f"to: 1-{APP_LIMIT} ids; message_id and Idempotency-Key are required"})
        channel = self.channels["app"]
        if key in channel.accepted:
            return Answer(200, channel.accepted[key], {"Idempotent-Replayed": "true"})
        unknown = [cid for cid in to if cid in channel.faults.unknown]
        result = {"accepted": len(to) - len(unknown), "unknown": unknown}
        channel.accepted[key] = result
        channel.texts[body["message_id"]] = {"title": body.get("title"), "content": body.get("content_html")}
        channel.received[body["message_id"]].update(set(to) - set(unknown))
        return Answer(200, result)

    def accept_line(self, headers: Any, body: dict[str, Any]) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.line_token}":
            return Answer(401, {"message": "Authentication failed. Confirm that the access token is valid."})
        to, messages, key = body.get("to"), body.get("messages"), headers.get("X-Line-Retry-Key")
        if not isinstance(to, list) or not 1 <= len(to) <= LINE_MULTICAST_LIMIT:
            return Answer(400, {"message": f"Size must be between 1 and {LINE_MULTICAST_LIMIT}"})
        if bad := [user for user in to if not LINE_USER_ID.fullmatch(user)]:
            return Answer(
                400,
                {"message": "The request body has 1 error(s)", "details": [{"property": f"to[{to.index(bad[0])}]"}]},
            )
        if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
            return Answer(400, {"message": "Size must be between 1 and 5"})
        for message in messages:
            if message.get("type") == "text" and len(message["text"].encode("utf-16-le")) // 2 > 5000:
                return Answer(400, {"message": "Length must be between 0 and 5000"})
        channel = self.channels["line"]
        if key:
            uuid.UUID(key)
            if key in channel.accepted:
                already = {"x-line-accepted-request-id": channel.accepted[key]}
                return Answer(409, {"message": "The retry key is already accepted"}, already)
            channel.accepted[key] = str(uuid.uuid4())
        name = next((m["template"]["actions"][0]["data"] for m in messages if m.get("type") == "template"), "?")
        channel.texts[name] = messages
        # LINE accepts user ids that it does not know or that have blocked the account, and stays silent about them.
        channel.received[name].update(set(to) - channel.faults.unknown)
        return Answer(200, {}, {"x-line-request-id": str(uuid.uuid4())})

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

    def seen_in_line(self) -> dict[str, list[tuple[str, Any]]]:
        """LINE user -> messages, newest first, of the first fifty users."""
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

"""The outside world on one machine: the Mor Prom app gateway and the LINE platform, over real HTTP.

Standard library only. `make run` starts it beside the engine; tests start it with `Simulator(port=0)`.

    POST /app/v1/messages                 the app gateway: up to 1,000 ids a call, Idempotency-Key
    POST /line/v2/bot/message/multicast   LINE: up to 500 user ids, X-Line-Retry-Key, 409 on a repetition
    GET  /control/counts                  {"<channel> <message>": {"people": n, "deliveries": n, "most": n}}
    GET  /control/inbox?channel=&to=      what one person's phone shows, newest first
    POST /control/faults                  {"app": {...}, "line": {...}}: see Faults; replaces what was set before
    POST /control/reset                   forgets deliveries and faults
    POST /control/read                    plays a person: opens the message in the app, or taps the button in LINE
    GET  /                                a page with what LINE users see; its buttons confirm (POST /press)

It holds everything in memory and counts what each person *received*, so a test can assert "exactly once".
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.line_page import page

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
class Channel:
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


class World:
    """The state of both providers; every method is called under one lock."""

    def __init__(self, *, app_token: str, client_key: str, secret_key: str, line_token: str, line_secret: str) -> None:
        self.app_token, self.client_key, self.secret_key = app_token, client_key, secret_key
        self.line_token, self.line_secret = line_token, line_secret
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.channels = {"app": Channel(), "line": Channel()}

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


def play_reading(world: World, order: dict[str, Any]) -> tuple[int, Any]:
    """Does what the person's phone does, against `order["api"]`, and returns the centre's answer.

    app:  {"channel": "app", "api", "token", "cid", "hospital_code", "message_id"}: the app's back end reports it opened
    line: {"channel": "line", "api", "user_id", "data"}: LINE posts the button's data to our webhook, signed
          {"channel": "line", "api", "user_id", "nonce"}: LINE reports that the user linked his account
    """
    if order["channel"] == "app":
        body = {name: order[name] for name in ("cid", "hospital_code", "message_id")}
        return post(f"{order['api']}/api/message/Read", body, {"Authorization": f"Bearer {order['token']}"})
    event = {
        "source": {"type": "user", "userId": order["user_id"]},
        "timestamp": int(time.time() * 1000),
        "mode": "active",
        "webhookEventId": uuid.uuid4().hex,
        "deliveryContext": {"isRedelivery": False},
    }
    if "nonce" in order:
        event |= {"type": "accountLink", "link": {"result": "ok", "nonce": order["nonce"]}}
    else:
        event |= {"type": "postback", "postback": {"data": order["data"]}}
    raw = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
    signature = base64.b64encode(hmac.new(world.line_secret.encode(), raw, hashlib.sha256).digest()).decode()
    return post(f"{order['api']}/line/webhook", raw, {"X-Line-Signature": signature})


def post(url: str, body: dict[str, Any] | bytes, headers: dict[str, str]) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    world: World
    api: str

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        with self.world.lock:
            if url.path == "/":
                self.send(200, page(self.world.seen_in_line()).encode(), {"Content-Type": "text/html; charset=utf-8"})
            elif url.path == "/control/counts":
                self.reply(200, self.world.counts())
            elif url.path == "/control/inbox" and query.get("channel") in self.world.channels and "to" in query:
                self.reply(200, {"messages": self.world.inbox(query["channel"], query["to"])})
            else:
                self.reply(200 if url.path == "/health" else 404, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/press":
            pressed = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            order = {"channel": "line", "api": self.api, "user_id": pressed["user"], "data": pressed["data"]}
            play_reading(self.world, order)
            return self.send(303, b"", {"Location": "/"})
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            return self.reply(400, {"message": "unreadable JSON"})
        if self.path == "/app/v1/messages":
            self.provide("app", body)
        elif self.path == "/line/v2/bot/message/multicast":
            self.provide("line", body)
        elif self.path == "/control/read":
            status, answer = play_reading(self.world, body)
            self.reply(200, {"status": status, "answer": answer})
        else:
            self.control(body)

    def control(self, body: dict[str, Any]) -> None:
        with self.world.lock:
            try:
                if self.path == "/control/reset":
                    self.world.reset()
                elif self.path == "/control/faults":
                    self.world.set_faults(body)
                else:
                    raise Answer(404, {"message": "no such path"})
            except Answer as answer:
                return self.reply(answer.status, answer.body)
        self.reply(200, {})

    def provide(self, name: str, body: dict[str, Any]) -> None:
        world = self.world
        with world.lock:
            channel = world.channels[name]
            channel.calls += 1
            faults = channel.faults
            fate = self.fate(channel)
            accept = world.accept_app if name == "app" else world.accept_line
            answer = accept(self.headers, body) if fate in ("answer", "error_after", "silent_after") else None
        time.sleep(faults.slow_seconds)
        if fate == "silent_after":
            time.sleep(faults.silent_seconds)
            self.close_connection = True
        elif fate == "too_many":
            self.reply(429, {"message": "too many requests"}, {"Retry-After": str(faults.retry_after)})
        elif fate == "down":
            self.reply(503, {"message": "down"})
        elif fate == "unauthorised":
            self.reply(401, {"message": "unknown credentials"})
        elif answer is None or fate == "error_after":
            self.reply(500, {"message": "internal error"})
        else:
            self.reply(answer.status, answer.body, answer.headers)

    @staticmethod
    def fate(channel: Channel) -> str:
        if channel.faults.down:
            return "down"
        if channel.faults.unauthorised:
            return "unauthorised"
        for name in ("too_many", "error_before", "error_after", "silent_after"):
            if channel.strikes(getattr(channel.faults, name)):
                return name
        return "answer"

    def reply(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        kind = {"Content-Type": "application/json; charset=utf-8"}
        self.send(status, json.dumps(body, ensure_ascii=False).encode(), kind | (headers or {}))

    def send(self, status: int, raw: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: its request bodies and control URLs hold national ids."""


class Simulator:
    """The process as an object, for tests: `with Simulator() as simulator: simulator.url`."""

    def __init__(
        self,
        port: int = 0,
        *,
        api: str = "",
        app_token: str = "local-app-token",
        client_key: str = "local-client-key",
        secret_key: str = "local-secret-key",
        line_token: str = "local-line-token",
        line_secret: str = "local-line-secret",
    ) -> None:
        self.world = World(
            app_token=app_token,
            client_key=client_key,
            secret_key=secret_key,
            line_token=line_token,
            line_secret=line_secret,
        )
        handler = type("BoundHandler", (Handler,), {"world": self.world, "api": api})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Simulator:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def main() -> None:
    parser = argparse.ArgumentParser(description="plays the Mor Prom app gateway and the LINE platform")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", default="", help="where the centre is, for the buttons of the page")
    given = parser.parse_args()
    simulator = Simulator(given.port, api=given.api)
    try:
        simulator.server.serve_forever()
    except KeyboardInterrupt:
        simulator.server.server_close()


if __name__ == "__main__":
    main()

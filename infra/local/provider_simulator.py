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

What the two accept and remember is in `simulated_providers.py`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.line_page import page
from infra.local.simulated_providers import Answer, Provider, Providers


def play_reading(providers: Providers, order: dict[str, Any]) -> tuple[int, Any]:
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
    signature = base64.b64encode(hmac.new(providers.line_secret.encode(), raw, hashlib.sha256).digest()).decode()
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
    providers: Providers
    api: str

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        with self.providers.lock:
            if url.path == "/":
                self.send(
                    200, page(self.providers.seen_in_line()).encode(), {"Content-Type": "text/html; charset=utf-8"}
                )
            elif url.path == "/control/counts":
                self.reply(200, self.providers.counts())
            elif url.path == "/control/inbox" and query.get("channel") in self.providers.channels and "to" in query:
                self.reply(200, {"messages": self.providers.inbox(query["channel"], query["to"])})
            else:
                self.reply(200 if url.path == "/health" else 404, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/press":
            pressed = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            order = {"channel": "line", "api": self.api, "user_id": pressed["user"], "data": pressed["data"]}
            play_reading(self.providers, order)
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
            status, answer = play_reading(self.providers, body)
            self.reply(200, {"status": status, "answer": answer})
        else:
            self.control(body)

    def control(self, body: dict[str, Any]) -> None:
        with self.providers.lock:
            try:
                if self.path == "/control/reset":
                    self.providers.reset()
                elif self.path == "/control/faults":
                    self.providers.set_faults(body)
                else:
                    raise Answer(404, {"message": "no such path"})
            except Answer as answer:
                return self.reply(answer.status, answer.body)
        self.reply(200, {})

    def provide(self, name: str, body: dict[str, Any]) -> None:
        providers = self.providers
        with providers.lock:
            channel = providers.channels[name]
            channel.calls += 1
            faults = channel.faults
            fate = self.fate(channel)
            accept = providers.accept_app if name == "app" else providers.accept_line
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
    def fate(channel: Provider) -> str:
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
        self.providers = Providers(
            app_token=app_token,
            client_key=client_key,
            secret_key=secret_key,
            line_token=line_token,
            line_secret=line_secret,
        )
        handler = type("BoundHandler", (Handler,), {"providers": self.providers, "api": api})
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

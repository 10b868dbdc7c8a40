"""Simulator of the two providers: the Mor Prom app gateway and LINE.

`make run` starts this HTTP server as a process; tests use `with Simulator() as simulator`. What the providers accept
and remember is in `provider_state.py`.

    POST /app/v1/messages                 the app gateway: up to 1,000 national ids a call, Idempotency-Key
    POST /line/v2/bot/message/multicast   LINE: up to 500 user ids, X-Line-Retry-Key, 409 on a repetition
    GET  /control/counts                  calls a channel; people and deliveries a channel and message
    GET  /control/inbox?channel=&to=      the messages of one person on one channel, newest first
    POST /control/faults                  {"app": {...}, "line": {...}}: see Faults; replaces the faults set before
    POST /control/reset                   deletes deliveries and faults
    POST /control/read                    acts as a person: see `act_as_person`
    GET  /                                a page with the messages of LINE users; its buttons confirm (POST /press)
"""

import argparse
import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.http_server import LocalServer, QuietHandler
from infra.local.line_page import page
from infra.local.provider_state import Provider, ProviderResponse, Providers


def act_as_person(providers: Providers, order: dict[str, Any]) -> tuple[int, Any]:
    """Call the API as a person's phone would cause it; return its status and body.

    `order["api"]` is the address of the API. One of:

    {"channel": "app", "api", "token", "cid", "hospital_code", "message_id"}: the app's back end reports a message read
    {"channel": "line", "api", "user_id", "data"}: LINE posts the button's data to our webhook, signed
    {"channel": "line", "api", "user_id", "nonce"}: LINE reports that the user linked the account
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
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


class Handler(QuietHandler):
    """Request handler of the simulator.

    providers: the simulated state. api: the address of the API, for the buttons of the LINE page.
    """

    providers: Providers
    api: str

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        with self.providers.lock:
            if url.path == "/":
                html = page(self.providers.line_messages()).encode()
                self.send(200, html, {"Content-Type": "text/html; charset=utf-8"})
            elif url.path == "/control/counts":
                self.reply(200, self.providers.counts())
            elif url.path == "/control/inbox" and query.get("channel") in self.providers.channels and "to" in query:
                self.reply(200, {"messages": self.providers.inbox(query["channel"], query["to"])})
            else:
                self.reply(200 if url.path == "/health" else 404, {})

    def do_POST(self) -> None:
        try:
            raw = self.read_body()
        except ValueError as problem:
            return self.reply(400, {"message": str(problem)})
        if self.path == "/press":
            pressed = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            order = {"channel": "line", "api": self.api, "user_id": pressed["user"], "data": pressed["data"]}
            act_as_person(self.providers, order)
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
            status, answer = act_as_person(self.providers, body)
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
                    raise ProviderResponse(404, {"message": "no such path"})
            except ProviderResponse as response:
                return self.reply(response.status, response.body)
        self.reply(200, {})

    def provide(self, name: str, body: dict[str, Any]) -> None:
        providers = self.providers
        with providers.lock:
            channel = providers.channels[name]
            channel.calls += 1
            faults = channel.faults
            fault = self.choose_fault(channel)
            accept = providers.accept_app if name == "app" else providers.accept_line
            response = accept(self.headers, body) if fault in ("", "error_after", "silent_after") else None
        time.sleep(faults.slow_seconds)
        if fault == "silent_after":
            time.sleep(faults.silent_seconds)
            self.close_connection = True
        elif fault == "too_many":
            self.reply(429, {"message": "too many requests"}, {"Retry-After": str(faults.retry_after)})
        elif fault == "down":
            self.reply(503, {"message": "down"})
        elif fault == "unauthorised":
            self.reply(401, {"message": "unknown credentials"})
        elif response is None or fault == "error_after":
            self.reply(500, {"message": "internal error"})
        else:
            self.reply(response.status, response.body, response.headers)

    @staticmethod
    def choose_fault(channel: Provider) -> str:
        """The fault of this call, a field name of Faults; "" for none."""
        if channel.faults.down:
            return "down"
        if channel.faults.unauthorised:
            return "unauthorised"
        for name in ("too_many", "error_before", "error_after", "silent_after"):
            if channel.draws(getattr(channel.faults, name)):
                return name
        return ""

    def reply(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        kind = {"Content-Type": "application/json; charset=utf-8"}
        self.send(status, json.dumps(body, ensure_ascii=False).encode(), kind | (headers or {}))


class Simulator(LocalServer):
    """The server with its simulated providers.

    The keyword arguments are the credentials that it accepts. api: the address of the API, for the buttons of the LINE
    page.
    """

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
        super().__init__(Handler, port, providers=self.providers, api=api)


def main() -> None:
    parser = argparse.ArgumentParser(description="simulates the Mor Prom app gateway and the LINE platform")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", default="", help="address of the API, for the buttons of the LINE page")
    arguments = parser.parse_args()
    simulator = Simulator(arguments.port, api=arguments.api)
    try:
        simulator.server.serve_forever()
    except KeyboardInterrupt:
        simulator.server.server_close()


if __name__ == "__main__":
    main()

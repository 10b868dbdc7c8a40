"""What an action asks of DynamoDB, counted at the storage connection.

The engine counts capacity units as DynamoDB does: they follow from the items' sizes, not from the machine.
"""

import json
import re
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

_READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


@dataclass
class Cost:
    """What one action asked of DynamoDB. read, write: capacity units. items: read (before any filter) or written."""

    requests: int = 0
    items: int = 0
    read: float = 0
    write: float = 0


class Meter:
    """Counts what the process's one DynamoDB connection asks for."""

    def __init__(self) -> None:
        from chalicelib import storage

        self.cost = Cost()
        self._counting, self._asked = threading.Lock(), threading.local()  # a function may ask from several threads
        events = storage.connection().client.meta.events
        events.register("provide-client-params.dynamodb.*", self._ask_for_capacity)
        events.register("after-call.dynamodb.*", self._count)

    def _ask_for_capacity(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        self._asked.params = params
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def _count(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        with self._counting:
            self.cost.requests += 1
            consumed = parsed.get("ConsumedCapacity", [])
            units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
            if model.name in _READS:
                found = sum(len(items) for items in parsed.get("Responses", {}).values())
                self.cost.items += found + parsed.get("ScannedCount", 0) + ("Item" in parsed)
                if model.name == "BatchGetItem":
                    # The engine reports none: a consistent read of an item of up to 4 KB, or of none, is one unit.
                    units = sum(len(one["Keys"]) for one in self._asked.params["RequestItems"].values())
                self.cost.read += units
            else:
                batch = sum(len(items) for items in self._asked.params.get("RequestItems", {}).values())
                self.cost.items += len(self._asked.params.get("TransactItems", ())) or batch or 1
                self.cost.write += units

    def take(self) -> Cost:
        """What was counted since the last time."""
        taken, self.cost = self.cost, Cost()
        return taken


class Caller:
    """Calls the app in this process, as its gateway would, and remembers which actions it has called."""

    def __init__(self) -> None:
        from chalice.test import Client

        from app import app
        from chalicelib.endpoint import declared

        self._http = Client(app).http
        self._known = [
            (one, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(one.path)) + "$")) for one in declared()
        ]
        self.called: set[str] = set()
        self.token = ""

    def call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        """The `result` of one call, or its plain text. Raises RuntimeError where it was refused."""
        action = (query or {}).get("Action")
        called = [
            one for one, known in self._known if (one.method, one.action) == (method, action) and known.match(path)
        ]
        self.called |= {one.name for one in called}
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = path + (f"?{urlencode(query)}" if query else "")
        sent = json.dumps(body) if body is not None else b""
        answer = self._http.request(method, url, headers=headers, body=sent)
        if answer.status_code != 200:
            raise RuntimeError(f"{method} {path}: {answer.body.decode()}")
        return answer.body.decode() if any(one.plain for one in called) else answer.json_body["result"]

    def sign_in(self, login: str, password: str) -> None:
        from chalicelib.auth.passwords import password_hash

        fields = {"user": login, "hospital_code": "00000", "password_hash": password_hash(password)}
        self.token = ""
        self.token = self.call("POST", "/token", {"Action": "get_moph_access_token"}, fields)

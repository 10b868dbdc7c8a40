"""Count the DynamoDB requests, items and capacity units of an action.

It calls the app in this process. The engine counts capacity units as DynamoDB does: they depend on the items' sizes,
not on the machine.
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
    """The DynamoDB usage of one action.

    read, write: capacity units. items: read (before a filter) or written.
    """

    requests: int = 0
    items: int = 0
    read: float = 0
    write: float = 0


class RequestMeter:
    """Counter of the requests of the process's DynamoDB connection."""

    def __init__(self) -> None:
        from chalicelib import storage

        self.cost = Cost()
        self._lock = threading.Lock()  # a function can have several threads
        client = storage.connection().client
        self._session = client._endpoint.http_session
        client.meta.events.register("before-send.dynamodb", self._send)

    def _send(self, request: Any, event_name: str, **_: Any) -> Any:
        """Send the request and count it.

        PynamoDB asks for the capacity units of each.
        """
        answer = self._session.send(request)
        self._count(event_name.rsplit(".", 1)[-1], json.loads(request.body), json.loads(answer.content))
        return answer

    def _count(self, operation: str, params: dict[str, Any], answer: dict[str, Any]) -> None:
        with self._lock:
            self.cost.requests += 1
            consumed = answer.get("ConsumedCapacity", [])
            tables = consumed if isinstance(consumed, list) else [consumed]
            units = sum(table["CapacityUnits"] for table in tables)
            if operation in _READS:
                fetched = sum(len(items) for items in answer.get("Responses", {}).values())
                self.cost.items += fetched + answer.get("ScannedCount", 0) + ("Item" in answer)
                if operation == "BatchGetItem":
                    # The engine reports no units here. One consistent read of up to 4 KB is one unit, also if there
                    # is no item.
                    units = sum(len(table["Keys"]) for table in params["RequestItems"].values())
                self.cost.read += units
            else:
                batch = sum(len(items) for items in params.get("RequestItems", {}).values())
                self.cost.items += len(params.get("TransactItems", ())) or batch or 1
                self.cost.write += units

    def take(self) -> Cost:
        """Return the cost since the last call of this method, and start at zero again."""
        taken, self.cost = self.cost, Cost()
        return taken


class Caller:
    """Client of the app in this process; calls it as its gateway does.

    called: the names of the endpoints that it has called.
    """

    def __init__(self) -> None:
        from chalice.test import Client

        from app import app
        from chalicelib.endpoint import declared

        self._http = Client(app).http
        self._endpoints = [
            (endpoint, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(endpoint.path)) + "$"))
            for endpoint in declared()
        ]
        self.called: set[str] = set()
        self.token = ""

    def call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        """The `result` of one call, or its plain text.

        Raises RuntimeError if the response is an error.
        """
        action = (query or {}).get("Action")
        called = [
            endpoint
            for endpoint, pattern in self._endpoints
            if (endpoint.method, endpoint.action) == (method, action) and pattern.match(path)
        ]
        self.called |= {endpoint.name for endpoint in called}
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = path + (f"?{urlencode(query)}" if query else "")
        content = json.dumps(body).encode() if body is not None else b""
        response = self._http.request(method, url, headers=headers, body=content)
        if response.status_code != 200:
            raise RuntimeError(f"{method} {path}: {response.body.decode()}")
        return response.body.decode() if any(endpoint.plain for endpoint in called) else response.json_body["result"]

    def sign_in(self, login: str, password: str, hospital_code: str = "00000") -> None:
        from chalicelib.auth.passwords import password_hash

        fields = {"user": login, "hospital_code": hospital_code, "password_hash": password_hash(password)}
        self.token = ""
        self.token = self.call("POST", "/token", {"Action": "get_moph_access_token"}, fields)

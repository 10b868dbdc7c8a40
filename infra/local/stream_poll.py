"""Long poll that tells which table's stream has new records.

DynamoDB has no such request: a reader asks each stream again and again. In an idle system on one machine that costs
more CPU than the work itself. So the engine's process answers one more path, `GET /_streams?after=N`. It answers as
soon as the number of records of all streams together is not N, at the latest after HELD_SECONDS. `StreamPoll` is the
client.
"""

import asyncio
import json
import threading
from typing import Any
from urllib.parse import parse_qs

import urllib3

from infra.local.engine_auth import STREAMS, Message, Receive, Send

# The longest wait of one request. A record that no request has written (a row that expired) is seen after it.
HELD_SECONDS = 20.0
# The pause between the first new record and the reading: records in it make one batch. Lambda reads once a second.
PAUSE_SECONDS = 0.15
# A stream without new records is read after this time too: a shard iterator expires after 15 minutes.
LONGEST_SECONDS = 300.0


def with_positions(app: Any) -> Any:
    """Wrap the engine's ASGI app so that it answers STREAMS.

    It looks at the streams after every other request.
    """
    waiting: set[asyncio.Event] = set()

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != STREAMS:
            await app(scope, receive, send)
            for event in waiting:
                event.set()
            return
        event = asyncio.Event()
        client = asyncio.ensure_future(_until_gone(receive))
        client.add_done_callback(lambda _: event.set())
        waiting.add(event)
        try:
            after = int(parse_qs(scope["query_string"].decode("latin-1"))["after"][0])
            end = asyncio.get_running_loop().time() + HELD_SECONDS
            while sum((positions := _positions()).values()) == after and not client.done():
                event.clear()
                try:
                    await asyncio.wait_for(event.wait(), end - asyncio.get_running_loop().time())
                except TimeoutError:
                    break
        finally:
            waiting.remove(event)
            client.cancel()
        body = json.dumps(positions).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return wrapped


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _positions() -> dict[str, int]:
    """Table -> how many records its stream has had."""
    from ministack.services import dynamodb

    return {
        table: dynamodb._stream_trimmed.get_scoped(account, region, table, 0) + len(records)
        for (account, region, table), records in dynamodb._stream_records.all_items()
    }


class StreamPoll:
    """One long poll of the engine for all streams that a process reads.

    engine: its URL. tables: reader -> the table whose stream it reads.
    """

    def __init__(self, engine: str, tables: dict[str, str]) -> None:
        self._engine, self._tables = engine, tables
        self._events = {reader: threading.Event() for reader in tables}
        self._http = urllib3.PoolManager(retries=False, timeout=2 * HELD_SECONDS)

    def run(self, ending: threading.Event) -> None:
        """Poll until `ending` is set.

        Raises urllib3's HTTPError if the engine does not answer.
        """
        known: dict[str, int] = {}
        after = -1
        while not ending.is_set():
            if sum(self.positions(after).values()) == after:
                continue
            ending.wait(PAUSE_SECONDS)
            positions = self.positions(after)
            for reader, table in self._tables.items():
                if positions.get(table) != known.get(table):
                    self._events[reader].set()
            known, after = positions, sum(positions.values())

    def positions(self, after: int) -> dict[str, int]:
        """Table -> number of records of its stream, when all together are not `after`.

        Waits until then, at most HELD_SECONDS.
        """
        positions: dict[str, int] = self._http.request("GET", f"{self._engine}{STREAMS}?after={after}").json()
        return positions

    def wait(self, reader: str) -> None:
        """Wait until the reader's stream may have records that it has not read."""
        event = self._events[reader]
        event.wait(LONGEST_SECONDS)
        event.clear()

    def stop_waiting(self) -> None:
        """End every `wait`."""
        for event in self._events.values():
            event.set()

"""The engine's process, which saves its state while it runs.

    python -m infra.local.engine_process

It serves behind `engine_auth`. Every `SAVE_SECONDS` (default 3), if there were writes, the process forks. The child
has a consistent copy of every table, writes it to the folder and ends; the parent continues to serve. So a SIGKILL
loses at most the last few seconds (docs/concurrency.md says how many).
"""

import asyncio
import copy
import gc
import json
import os
import signal
import time
from typing import Any

import hypercorn.asyncio
from ministack import app as engine
from ministack.core import persistence
from ministack.services import dynamodb

from infra.local import engine_http
from infra.local.engine_auth import Message, Receive, Send, guarded, headers_of
from infra.local.engine_memory import forget_read_records, keep_digests_of_transactions, share_equal_values
from infra.local.engine_speed import (
    copy_rows_quickly,
    encode_answers_quickly,
    measure_rows_quickly,
    remember_parsed_expressions,
)
from infra.local.stream_poll import with_positions

SAVE_SECONDS = float(os.environ.get("SAVE_SECONDS", "3"))
# Number of new objects before the collector runs, and of runs before it examines older objects too. Nearly all objects
# are rows and stream records, which stay. With Python's default of 700 it would examine them again and again.
COLLECTOR_THRESHOLDS = (50_000, 20, 20)
READS = ("Get", "BatchGet", "Query", "Scan", "List", "Describe", "Receive", "TransactGet", "Sign")


class Saver:
    """Background task that saves the engine's state.

    It runs in the engine's event loop between requests, so no request is half done when it forks.
    """

    def __init__(self) -> None:
        self.has_changes = False
        self._child = 0  # the process id of the child that saves now, or 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if SAVE_SECONDS > 0:
            self._task = asyncio.get_running_loop().create_task(self._keep_saving())

    async def _keep_saving(self) -> None:
        pause = SAVE_SECONDS
        while True:
            await asyncio.sleep(pause)
            if not self.has_changes:
                continue
            self.has_changes = False
            started = time.monotonic()
            self._fork()
            while not self._is_saved():
                await asyncio.sleep(0.05)
            # A large state is saved less often, so that saving takes at most a fifth of one processor.
            pause = max(SAVE_SECONDS, 4 * (time.monotonic() - started))

    def _fork(self) -> None:
        # The collector leaves the rows alone from now on, so the two processes go on sharing their memory. What
        # requests have left behind since the last time goes first: what is frozen is never collected.
        gc.collect()
        gc.freeze()
        self._child = os.fork()
        if self._child == 0:
            try:
                for name in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(name, signal.SIG_DFL)
                gc.disable()
                # The engine copies tables before it writes them. Nothing changes the tables of this process meanwhile.
                copy.deepcopy = dynamodb.copy.deepcopy = _same  # type: ignore[assignment]
                persistence.save_all(engine._build_persistence_save_dict())
            except Exception:
                persistence.logger.exception("The state is not saved")
            finally:
                os._exit(0)

    def _is_saved(self) -> bool:
        if self._child and os.waitpid(self._child, os.WNOHANG)[0]:
            self._child = 0
        return self._child == 0

    def stop(self) -> None:
        """Stop the task and kill its child, before the engine saves at its clean end.

        So a slow child cannot overwrite the saved state with an older one.
        """
        if self._task:
            self._task.cancel()
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = 0


def _same(value: Any, memo: dict[int, Any] | None = None) -> Any:
    return value


def save_state(service: str, state: dict[str, Any]) -> None:
    """Write one service's state to its file.

    The content is that of the engine's own function. This one is faster: `json.dumps` encodes in C what `json.dump`
    encodes in Python. The file is replaced when it is complete. If it cannot be written, the error is logged, and the
    other services are still saved.
    """
    if not persistence.PERSIST_STATE:
        return
    path = os.path.join(persistence.STATE_DIR, f"{service}.json")
    versioned = {"__ministack_format__": persistence._state_format_version(service), "payload": state}
    try:
        with open(f"{path}.tmp", "w") as file:
            file.write(json.dumps(versioned, default=persistence._json_default))
        os.replace(f"{path}.tmp", path)
    except OSError:
        persistence.logger.exception("%s is not saved", path)


def with_saving(app: Any, saver: Saver) -> Any:
    """Wrap the engine's ASGI app: run the saver with it, and note each write."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":

            async def receive_lifespan() -> Message:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    saver.start()
                elif message["type"] == "lifespan.shutdown":
                    saver.stop()
                return message

            await app(scope, receive_lifespan, send)
            return
        await app(scope, receive, send)
        if scope["type"] == "http" and not _only_reads(scope):
            saver.has_changes = True

    return wrapped


def _only_reads(scope: Message) -> bool:
    target = headers_of(scope).get("x-amz-target", "")
    return target.rsplit(".", 1)[-1].startswith(READS) if target else scope["method"] in ("GET", "HEAD")


def main() -> None:
    # The collector must stay on: requests leave reference cycles behind, which grew to twelve gigabytes under load.
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    remember_parsed_expressions()
    copy_rows_quickly()
    measure_rows_quickly()
    encode_answers_quickly()
    forget_read_records()
    share_equal_values()
    keep_digests_of_transactions()
    persistence.save_state = save_state  # what `save_all` calls, also at the clean end
    hypercorn.asyncio.serve = engine_http.serve  # type: ignore[assignment]  # what the engine serves with
    engine.app = guarded(with_positions(with_saving(engine.app, Saver())))
    engine.main()


if __name__ == "__main__":
    main()

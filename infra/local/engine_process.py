"""The engine as a process that saves its state while it runs, not only at a clean end.

Every `SAVE_SECONDS` (default 3) in which something was written, the process forks; the copy, which sees one moment of
every table, writes the state to the folder and ends, while the engine goes on. So a SIGKILL of the engine costs at most
the last few seconds (docs/concurrency.md says how many).

    python -m infra.local.engine_process
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ministack import app as engine
from ministack.core.persistence import save_all

SAVE_SECONDS = float(os.environ.get("SAVE_SECONDS", "3"))
READS = ("Get", "BatchGet", "Query", "Scan", "List", "Describe", "Receive", "TransactGet", "Sign")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Saver:
    """Runs in the engine's event loop, between requests: there no request is half done."""

    def __init__(self) -> None:
        self.written = False
        self._copy = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if SAVE_SECONDS > 0:
            self._task = asyncio.get_running_loop().create_task(self._keep_saving())

    async def _keep_saving(self) -> None:
        pause = SAVE_SECONDS
        while True:
            await asyncio.sleep(pause)
            if not self.written:
                continue
            self.written = False
            started = time.monotonic()
            self._fork()
            while not self._ended():
                await asyncio.sleep(0.05)
            # A large state is saved less often, so that saving never takes more than a fifth of one processor.
            pause = max(SAVE_SECONDS, 4 * (time.monotonic() - started))

    def _fork(self) -> None:
        self._copy = os.fork()
        if self._copy == 0:
            try:
                for name in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(name, signal.SIG_DFL)
                save_all(engine._build_persistence_save_dict())
            finally:
                os._exit(0)

    def _ended(self) -> bool:
        if self._copy and os.waitpid(self._copy, os.WNOHANG)[0]:
            self._copy = 0
        return self._copy == 0

    def stop(self) -> None:
        """Before the engine saves at a clean end: a copy still at work must not overwrite that with older state."""
        if self._task:
            self._task.cancel()
        if self._copy:
            os.kill(self._copy, signal.SIGKILL)
            os.waitpid(self._copy, 0)
            self._copy = 0


def saving(app: Any, saver: Saver) -> Any:
    """The engine's ASGI app, watched for its start, its end and its writes."""

    async def watched(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":

            async def receive_and_tell() -> Message:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    saver.start()
                elif message["type"] == "lifespan.shutdown":
                    saver.stop()
                return message

            await app(scope, receive_and_tell, send)
            return
        await app(scope, receive, send)
        if scope["type"] == "http" and not _only_reads(scope):
            saver.written = True

    return watched


def _only_reads(scope: Message) -> bool:
    target = next((value.decode() for name, value in scope["headers"] if name.lower() == b"x-amz-target"), "")
    return target.rsplit(".", 1)[-1].startswith(READS) if target else scope["method"] in ("GET", "HEAD")


def main() -> None:
    engine.app = saving(engine.app, Saver())
    engine.main()


if __name__ == "__main__":
    main()

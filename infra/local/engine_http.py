"""HTTP server of the engine: uvicorn with httptools, instead of hypercorn.

Hypercorn parses HTTP in Python, which takes more CPU time than the engine's own work. httptools parses it in C.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

BACKLOG = 1024
ENDING_SECONDS = 3  # how long requests may go on after the signal to end


class _Server(uvicorn.Server):
    """Ends in the same way at SIGTERM and SIGINT, also if they come again.

    With uvicorn's own handlers a second SIGINT ends the process before it saves its state.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._end)
        yield

    def _end(self) -> None:
        self.should_exit = True


async def serve(app: Any, config: Any) -> None:
    """Serve until SIGTERM or SIGINT, instead of `hypercorn.asyncio.serve`.

    config: hypercorn's. Only the first address of its `bind` and its `keep_alive_timeout` are used.
    """
    host, port = config.bind[0].rsplit(":", 1)
    settings = uvicorn.Config(
        app,
        host,
        int(port),
        http="httptools",
        ws="none",  # the guard examines HTTP requests only
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,  # the engine adds one
        backlog=BACKLOG,
        timeout_keep_alive=config.keep_alive_timeout,
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    await _Server(settings).serve()

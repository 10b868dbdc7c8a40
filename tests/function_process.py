"""One of the app's functions in a process of its own.

The test sets its clock, and may set the request before which it kills itself.
"""

import os
import signal
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import botocore.handlers

from chalicelib import clock
from chalicelib.settings import settings
from infra.bench.message_environment import Workers
from tests import forks

# Parts of requests that look for what is to be done: to an index, or for scheduled announcements.
LOOKS = (b'"IndexName"', b'"#scheduled"')


def start(env: dict[str, str], log: Path, function: str, at: datetime, death: str = "") -> ForkServerProcess:
    """Start a function of the app in a process of its own.

    function: `remind_people`, or the function of a queue (`message-app`) or of a stream (`appointments_stream`). The
    function of a queue or stream is fed until the process is killed. death: the process kills itself with SIGKILL
    before its n-th request to the engine ("7"), without counting requests that look for what is to be done; or before
    the first request of an operation ("DeleteMessageBatch": the jobs are done, and are received again).
    """
    process = forks.context.Process(target=_run, args=(env, log, function, at, death), daemon=True)
    process.start()
    return process


class ForkedWorkers(Workers):
    """Workers of the queues that do not import the app.

    Each is a fork of a process that has imported it.
    """

    def _start(self, queue: str) -> ForkServerProcess:
        return start(self._environment.env, self._environment.folder / "workers.log", queue, clock.now())

    def _end(self, process: ForkServerProcess) -> None:
        process.kill()
        process.join()


def die(death: str) -> None:
    """Make this process kill itself before it sends a certain request.

    death: as for `start`.
    """
    sent = count(1)

    def before(event_name: str, request: Any, **_: Any) -> None:
        if any(part in (request.body or b"") for part in LOOKS):
            return
        if death in (str(next(sent)), event_name.rsplit(".", 1)[-1]):
            os.kill(os.getpid(), signal.SIGKILL)

    botocore.handlers.BUILTIN_HANDLERS.append(("before-send", before))


def _run(env: dict[str, str], log: Path, function: str, at: datetime, death: str) -> None:
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    os.environ |= env
    settings.cache_clear()
    if death:
        die(death)
    started = time.monotonic()
    clock.run_on(lambda: at + timedelta(seconds=time.monotonic() - started))
    from app import app
    from infra.local.event_sources import Checkpoints, feed_queue, feed_stream, invoke
    from infra.local.stream_poll import StreamPoll

    for source in app.event_sources:
        if getattr(source, "queue", None) == function:
            feed_queue(partial(invoke, app, source.name), source, threading.Event())
        if source.name == function and hasattr(source, "stream_arn"):
            stream_poll, never = StreamPoll(env["AWS_ENDPOINT_URL"], {function: source.stream_arn}), threading.Event()
            threading.Thread(target=stream_poll.run, args=(never,), daemon=True).start()
            with tempfile.TemporaryDirectory() as folder:
                feed_stream(app, source, Checkpoints(Path(folder, "checkpoints")), stream_poll, never)
    invoke(app, function, {name: "" for name in ("version", "account", "region", "detail", "source", "time", "id",
                                                 "detail-type", "resources")})  # fmt: skip

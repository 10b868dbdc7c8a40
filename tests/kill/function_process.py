"""One of the app's functions in a process of its own, on a clock that the test has set, and with a death of its own."""

import multiprocessing
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

# Forks of a process that has imported the app and done nothing: that takes longer than what a test wants of the app.
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["app", "infra.local.event_sources", "chalicelib.messages.channels.line"])


def start(env: dict[str, str], log: Path, function: str, at: datetime, death: str = "") -> ForkServerProcess:
    """Starts `remind_people`, or feeds the function of a queue (`message-app`) or of a stream (`appointments_stream`),
    until the process is killed. death: it kills itself with SIGKILL before its n-th request to the engine ("7"), those
    to indexes apart, which look for what there is to do; or before the first of an operation ("DeleteMessageBatch": the
    jobs are done, and come again)."""
    process = _forks.Process(target=_run, args=(env, log, function, at, death), daemon=True)
    process.start()
    return process


def die(death: str) -> None:
    """From here on this process is one that does not live to send that request."""
    sent = count(1)

    def before(event_name: str, request: Any, **_: Any) -> None:
        if b'"IndexName"' in (request.body or b""):
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

    for source in app.event_sources:
        if getattr(source, "queue", None) == function:
            feed_queue(partial(invoke, app, source.name), source, threading.Event())
        if source.name == function and hasattr(source, "stream_arn"):
            with tempfile.TemporaryDirectory() as folder:
                feed_stream(app, source, Checkpoints(Path(folder, "checkpoints")), threading.Event())
    invoke(app, function, {name: "" for name in ("version", "account", "region", "detail", "source", "time", "id",
                                                 "detail-type", "resources")})  # fmt: skip

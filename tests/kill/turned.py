"""One of the app's functions in a process of its own, on a clock that the test has set, and with a death of its own.

    python -m tests.kill.turned remind_people 2026-11-30T18:00:00+07:00 [DEATH]
    python -m tests.kill.turned message-app 2026-11-30T18:00:00+07:00 [DEATH]
    python -m tests.kill.turned tell_people 2026-11-30T18:00:00+07:00 [DEATH]

A queue or a stream is fed until the process is killed. DEATH: the process kills itself with SIGKILL before its n-th
request to the engine ("7"), those to indexes apart, which look for what there is to do; or before the first of an
operation ("DeleteMessageBatch": the jobs are done, and come again).
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
from pathlib import Path
from typing import Any

import botocore.handlers

from chalicelib import clock


def die(death: str) -> None:
    """From here on this process is one that does not live to send that request."""
    sent = count(1)

    def before(event_name: str, request: Any, **_: Any) -> None:
        if b'"IndexName"' in (request.body or b""):
            return
        if death in (str(next(sent)), event_name.rsplit(".", 1)[-1]):
            os.kill(os.getpid(), signal.SIGKILL)

    botocore.handlers.BUILTIN_HANDLERS.append(("before-send", before))


def main() -> None:
    function, at, *death = sys.argv[1:]
    if death:
        die(death[0])
    set_to, started = datetime.fromisoformat(at), time.monotonic()
    clock.run_on(lambda: set_to + timedelta(seconds=time.monotonic() - started))
    from app import app
    from infra.local.feed import Checkpoints, feed_queue, feed_stream, invoke

    for source in app.event_sources:
        if getattr(source, "queue", None) == function:
            feed_queue(partial(invoke, app, source.name), source, threading.Event())
        if source.name == function and hasattr(source, "stream_arn"):
            with tempfile.TemporaryDirectory() as folder:
                feed_stream(app, source, Checkpoints(Path(folder, "checkpoints")), threading.Event())
    invoke(app, function, {name: "" for name in ("version", "account", "region", "detail", "source", "time", "id",
                                                 "detail-type", "resources")})  # fmt: skip


if __name__ == "__main__":
    main()

"""One Lambda's worth of one message queue: receives, runs the app's function, deletes what did not fail, until killed.

    python -m infra.bench.queue_worker message-app [FILE]

With FILE, every request to the engine adds a line to it, the operation's name, so that the count survives a kill.
"""

import os
import sys
import threading
from functools import partial
from typing import Any

import botocore.handlers


def count_requests(path: str) -> None:
    """Every AWS request of this process appends its operation to the file, one line each."""
    counted = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def one_more(event_name: str, **_: Any) -> None:
        os.write(counted, event_name.removeprefix("before-send.").encode() + b"\n")

    botocore.handlers.BUILTIN_HANDLERS.append(("before-send", one_more))


def main() -> None:
    if len(sys.argv) > 2:
        count_requests(sys.argv[2])
    from app import app
    from infra.local.event_sources import feed_queue, invoke, keep_feeding

    queue = sys.argv[1]
    source: Any = next(one for one in app.event_sources if getattr(one, "queue", None) == queue)
    keep_feeding(feed_queue, partial(invoke, app, source.name), source, ending=threading.Event())


if __name__ == "__main__":
    main()

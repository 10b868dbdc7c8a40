"""Worker process of one message queue.

    python -m infra.bench.queue_worker message-app [FILE]

It receives jobs, calls the app's function and deletes the jobs that did not fail, until it is killed. FILE: each AWS
request appends a line with its operation, so that the count survives a kill.
"""

import os
import sys
import threading
from functools import partial
from typing import Any

import botocore.handlers


def count_requests(path: str) -> None:
    """Append the operation of each AWS request of this process to the file."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def append(event_name: str, **_: Any) -> None:
        os.write(file, event_name.removeprefix("before-send.").encode() + b"\n")

    botocore.handlers.BUILTIN_HANDLERS.append(("before-send", append))


def main() -> None:
    if len(sys.argv) > 2:
        count_requests(sys.argv[2])
    from app import app
    from infra.local.event_sources import feed_queue, invoke, keep_feeding

    queue = sys.argv[1]
    source: Any = next(source for source in app.event_sources if getattr(source, "queue", None) == queue)
    keep_feeding(feed_queue, partial(invoke, app, source.name), source, ending=threading.Event())


if __name__ == "__main__":
    main()

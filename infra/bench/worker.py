"""One Lambda's worth of one message queue: receives, runs the app's function, deletes what did not fail, until killed.

python -m infra.bench.worker message-app
"""

import sys
import threading
from typing import Any

from infra.local.feed import feed_queue, keep_feeding


def main() -> None:
    from app import app

    queue = sys.argv[1]
    source: Any = next(one for one in app.event_sources if getattr(one, "queue", None) == queue)
    keep_feeding(feed_queue, app, source, ending=threading.Event())


if __name__ == "__main__":
    main()

"""Worker process of the queue function that calls hospitals back.

    python -m tests.messages.confirm_worker '{"port", "ca_certs", "names": {host: [address]}}' [DEATH]

In this process, 127.0.0.1 counts as a public address, and host names resolve as the test sets them, so that the test's
server can be the hospital. The rest is the product. DEATH: see tests.function_process.
"""

import json
import sys
import threading

from app import app
from chalicelib.messages import workers
from chalicelib.messages.channels.confirm import ConfirmCaller
from chalicelib.messages.confirm_urls import is_public
from infra.local.event_sources import feed_queue
from tests.function_process import die


def main() -> None:
    given, *death = sys.argv[1:]
    if death:
        die(death[0])
    there = json.loads(given)
    caller = ConfirmCaller(
        addresses_of=lambda host, port: there["names"][host],
        allowed=lambda address: address == "127.0.0.1" or is_public(address),
        port=there["port"],
        ca_certs=there["ca_certs"],
    )
    source = next(one for one in app.event_sources if getattr(one, "queue", None) == "message-confirm")
    feed_queue(lambda event: workers.confirm(event["Records"], caller.call), source, threading.Event())


if __name__ == "__main__":
    main()

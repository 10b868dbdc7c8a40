"""Processes that begin with the app imported.

They are forks of a server that has imported the app and done nothing else. Importing takes longer than what most tests
want of a process of their own. There is one server for each pytest process.
"""

import multiprocessing

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(
    [
        "app",
        "infra.local.event_sources",
        "chalicelib.messages.channels.line",
        "tests.concurrency.booking_clients",
        "tests.concurrency.desk_clients",
        "tests.concurrency.naive",
        "tests.service_descriptions",
    ]
)

"""Client functions of counters that call people, and of kiosks that give tickets.

Each client runs in a process of its own.
"""

import contextlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import urllib3

from tests.client import Client, Reply, until_answered
from tests.concurrency.client_pool import ClientTask

QUEUES = "/api/dashboard/queues"
# A counter that is killed has sent its request and does not get the response.
_UNHEARD = urllib3.Timeout(connect=60, read=0.001)


@dataclass(frozen=True)
class HeardCall:
    """A call with its response. sent, answered: seconds of the machine's clock."""

    call_id: str
    number: str
    sent: float
    answered: float


@dataclass
class CounterLog:
    calls: list[HeardCall] = field(default_factory=list)
    kills: int = 0
    problems: list[str] = field(default_factory=list)


def serve_all(task: ClientTask) -> CounterLog:
    """Run a counter that calls and serves people until the queue stays empty.

    It ends when four calls in a row find nobody waiting. It sends some people on to the next point, and its page is
    killed at times. The new page reads from the queue whom the counter serves, and continues with them. given: (urls,
    token, point, counter, point to send on to or None).
    """
    urls, token, point, counter, next_point = task.given
    chance, log = task.random(), CounterLog()
    clients = [Client(url, token) for url in urls]
    path, idle, current = f"{QUEUES}/{point}/counters/{counter}", 0, ""
    while idle < 4:
        client = chance.choice(clients)
        if not current:
            call_id = str(uuid.uuid4())
            if chance.random() < 0.06:
                _send_and_die(client, f"{path}/call", {"call_id": call_id})
                log.kills += 1
                current = _served_at(client, point, counter)
                continue
            sent = time.monotonic()
            body = {"call_id": call_id}
            answer = _persistently(lambda: client.call("POST", f"{path}/call", body=body))  # noqa: B023 called at once
            if answer.code == "NobodyWaiting":
                idle += 1
                continue
            if answer.code == "CounterBusy":  # the killed page's call was executed after all
                current = _served_at(client, point, counter)
                continue
            if answer.status != 200:
                log.problems.append(answer.text)
                return log
            log.calls.append(HeardCall(call_id, answer.result["queue_no"], sent, time.monotonic()))
            idle, current = 0, call_id
        event, body = "serve", {"call_id": current}
        if next_point and chance.random() < 0.2:
            event, body = "send-on", {**body, "to_point": next_point}
        if chance.random() < 0.06:
            _send_and_die(client, f"{path}/{event}", body)
            log.kills += 1
            current = _served_at(client, point, counter)
            continue
        answer = _persistently(lambda: client.call("POST", f"{path}/{event}", body=body))  # noqa: B023 called at once
        if answer.code not in ("OK", "CallEnded"):
            log.problems.append(answer.text)
            return log
        current = ""
    return log


def draw(task: ClientTask) -> list[str]:
    """Draw tickets, some of them twice, and return the numbers.

    given: (urls, token, point, how many).
    """
    urls, token, point, count = task.given
    chance, numbers = task.random(), []
    for _ in range(count):
        body = {"point_id": point, "ticket_id": str(uuid.uuid4())}
        for _ in range(chance.choice((1, 2))):
            client = Client(chance.choice(urls), token)
            answer = _persistently(lambda: client.call("POST", "/api/dashboard/tickets", body=body))  # noqa: B023
            numbers.append(answer.result["queue_no"])
    return sorted(set(numbers))


def _persistently(call: Callable[[], Reply]) -> Reply:
    """Send a request, and send it again on 503, longer than a single client would.

    The reason is that sixteen clients call at the same time.
    """
    for _ in range(10):
        answer = until_answered(call)
        if answer.status != 503:
            break
    return answer


def _send_and_die(client: Client, path: str, body: Any) -> None:
    with contextlib.suppress(urllib3.exceptions.HTTPError):
        urllib3.PoolManager(retries=False, timeout=_UNHEARD).request(
            "POST", client.url + path, json=body, headers={"Authorization": f"Bearer {client.token}"}
        )


def _served_at(client: Client, point: int, counter: int) -> str:
    """Id of the call that the counter serves, as a new page reads it; "" if none."""
    answer = _persistently(lambda: client.call("GET", f"{QUEUES}/{point}"))
    shown = [one for one in answer.result["counters"] if one["counter"] == counter and not one["outcome"]]
    return str(shown[0]["call_id"]) if shown else ""

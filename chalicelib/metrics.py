"""Numbers that are counted during a request or job, for its log line.

Each log line is one JSON object (docs/operations.md). If deployed, it also has CloudWatch's embedded metric format, so
CloudWatch makes metrics of it without a request of ours. There are few metrics with few dimensions, because each
combination costs money every month; the details stay in the log. A line has nothing about a person.
"""

import contextvars
import json
import os
import threading
import time
import traceback
from datetime import datetime
from typing import Any

# Each request or job counts in a context of its own: a thread has one, and `shared_context` gives it to a pool.
_counted: contextvars.ContextVar[dict[str, float]] = contextvars.ContextVar("counted")
_lock = threading.Lock()


def _numbers() -> dict[str, float]:
    numbers = _counted.get(None)
    if numbers is None:
        numbers = {}
        _counted.set(numbers)
    return numbers


def count(name: str, times: float = 1) -> None:
    """Add to a number of the current request or job; `line` writes it out."""
    numbers = _numbers()
    with _lock:
        numbers[name] = numbers.get(name, 0) + times


def shared_context() -> contextvars.Context:
    """A context for one piece of work in another thread.

    What the work counts belongs to the caller's request or job.

        pool.submit(metrics.shared_context().run, function, argument)
    """
    _numbers()
    return contextvars.copy_context()


def line(facts: dict[str, Any], at: datetime | None = None) -> str:
    """The log line at the end of a request or job.

    It has the facts (with `outcome`) and what was counted since the last line. Metrics: `Done` by outcome; what was
    counted, and `ms`, for the whole stage. at: the time of the metrics; None means now.
    """
    counted = dict(_numbers())
    _numbers().clear()
    facts = {**facts, **counted}
    if namespace := os.environ.get("METRICS_NAMESPACE"):
        whole = [{"Name": name} for name in ("ms", *counted) if name in facts]
        directives = [{"Namespace": namespace, "Dimensions": [["outcome"]], "Metrics": [{"Name": "Done"}]}]
        if whole:
            directives.append({"Namespace": namespace, "Dimensions": [[]], "Metrics": whole})
        seconds = at.timestamp() if at else time.time()
        facts |= {"Done": 1, "_aws": {"Timestamp": int(seconds * 1000), "CloudWatchMetrics": directives}}
    return json.dumps(facts, ensure_ascii=False)


def number(name: str, value: float, at: datetime) -> dict[str, Any]:
    """The fields that one metric of the whole stage adds to a log line.

    For a line that is not the end of a request. at: the time of the metric.
    """
    namespace = os.environ.get("METRICS_NAMESPACE")
    if not namespace:
        return {name: value}
    directive = {"Namespace": namespace, "Dimensions": [[]], "Metrics": [{"Name": name}]}
    return {name: value, "_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]}}


def fault_line(fault: Exception, facts: dict[str, Any]) -> str:
    """The log line of an unexpected exception.

    It has the type, the last frames (file, line, function) and the facts. It does not have the exception's message,
    which may quote what somebody sent.
    """
    frames = traceback.extract_tb(fault.__traceback__)[-6:]
    where = [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}" for frame in frames]
    kind = f"{type(fault).__module__}.{type(fault).__qualname__}"
    return json.dumps({"fault": kind, "where": where, **facts}, ensure_ascii=False)

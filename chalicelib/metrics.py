"""What is counted of the centre's work, beside its log lines (docs/operations.md).

Each line that the centre logs is one JSON object. Deployed, it also carries CloudWatch's embedded metric format, so
that CloudWatch makes metrics of it without a request of ours. Few metrics with few dimensions, since each combination
is paid for by the month: who asked for what stays in the log. Never anything of a person.
"""

import json
import os
import threading
import time
from typing import Any

_counted = threading.local()


def count(name: str, times: float = 1) -> None:
    """Adds to a number of the request or job that this thread is at; `line` writes it out."""
    numbers = vars(_counted)
    numbers[name] = numbers.get(name, 0) + times


def line(facts: dict[str, Any]) -> str:
    """The log line at the end of a request or job: the facts, `outcome` among them, and what was counted since the last
    line. Metrics: `Done` by outcome; what was counted, and `ms`, for the whole stage."""
    counted = dict(vars(_counted))
    vars(_counted).clear()
    facts = {**facts, **counted}
    if namespace := os.environ.get("METRICS_NAMESPACE"):
        whole = [{"Name": name} for name in ("ms", *counted) if name in facts]
        directives = [{"Namespace": namespace, "Dimensions": [["outcome"]], "Metrics": [{"Name": "Done"}]}]
        if whole:
            directives.append({"Namespace": namespace, "Dimensions": [[]], "Metrics": whole})
        facts |= {"Done": 1, "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": directives}}
    return json.dumps(facts, ensure_ascii=False)

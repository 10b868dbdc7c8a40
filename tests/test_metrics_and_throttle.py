"""The log line that CloudWatch makes metrics of, and the limit on calls."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib import metrics
from chalicelib.throttle import Buckets


def test_what_a_pool_counts_is_in_the_line_of_the_job_and_not_what_other_threads_count() -> None:
    metrics.line({})
    with ThreadPoolExecutor(4) as pool:
        for _ in range(100):
            pool.submit(metrics.shared_context().run, metrics.count, "Repeated").result()
        pool.submit(metrics.count, "Bookings").result()
    assert json.loads(metrics.line({"outcome": "done"})) == {"outcome": "done", "Repeated": 100}


@pytest.fixture
def deployed() -> Iterator[None]:
    os.environ["METRICS_NAMESPACE"] = "moph/test"
    yield
    del os.environ["METRICS_NAMESPACE"]


def test_a_line_tells_what_was_counted_since_the_last_one() -> None:
    metrics.line({})  # what other tests have counted in this process
    metrics.count("Bookings")
    metrics.count("Repeated")
    metrics.count("Repeated")
    assert json.loads(metrics.line({"outcome": "OK"})) == {"outcome": "OK", "Bookings": 1, "Repeated": 2}
    assert json.loads(metrics.line({"outcome": "OK"})) == {"outcome": "OK"}


def test_a_deployed_line_is_in_cloudwatchs_embedded_format(deployed: None) -> None:
    metrics.line({})
    metrics.count("Bookings")
    line = json.loads(metrics.line({"outcome": "OK", "ms": 12, "hospital": "00000"}))
    by_outcome, whole = line["_aws"]["CloudWatchMetrics"]
    assert (by_outcome["Dimensions"], by_outcome["Metrics"]) == ([["outcome"]], [{"Name": "Done"}])
    assert (whole["Dimensions"], whole["Metrics"]) == ([[]], [{"Name": "ms"}, {"Name": "Bookings"}])
    # Every metric and dimension that is named is a field of the line, as the format wants it.
    for directive in (by_outcome, whole):
        assert directive["Namespace"] == "moph/test"
        assert {m["Name"] for m in directive["Metrics"]} | set(directive["Dimensions"][0]) <= set(line)


def test_an_account_may_call_thirty_times_at_once_and_then_thirty_times_a_second() -> None:
    buckets = Buckets(rate=30, burst=30)
    assert [buckets.take("his@00000", 100.0) for _ in range(31)] == [True] * 30 + [False]
    assert [buckets.take("his@00000", 100.125) for _ in range(4)] == [True] * 3 + [False]
    assert sum(buckets.take("his@00000", 200.0) for _ in range(50)) == 30


def test_one_accounts_calls_are_no_other_ones_business() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("his@00000", 1.0)
    assert not buckets.take("his@00000", 1.0)
    assert buckets.take("his@00001", 1.0)

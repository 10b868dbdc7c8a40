"""The canary against the whole system: a round leaves no data, a failure is seen."""

import json
import subprocess
import sys
from typing import Any

from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack
from tests.client import Client

_CID = "1111111111119"
_RUN = """
from chalice.local import LambdaContext
import app
names = ("version", "account", "region", "detail", "source", "time", "id", "detail-type", "resources")
app.canary(dict.fromkeys(names, ""), LambdaContext("canary", 512, max_runtime_ms=60_000))
"""


def round_of_canary(local_stack: LocalStack, password: str = "His-demo-1", **settings: str) -> tuple[int, list[Any]]:
    """Exit code and log lines of one round."""
    account = {"hospital_code": "00000", "user": "his.demo", "password": password, "cid": _CID}
    env = {**local_stack.env, "PUBLIC_URL": local_stack.url, "CANARY_ACCOUNT": json.dumps(account), **settings}
    done = subprocess.run([sys.executable, "-c", _RUN], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_round_books_and_cancels(local_stack: LocalStack, demo_his: Client) -> None:
    before = demo_his.call("GET", "/api/appointment/Appointment", {"cid": _CID}).result["appointments"]
    code, lines = round_of_canary(local_stack)
    assert (code, lines) == (0, [{"function": "canary", "outcome": "done", "canary_rounds": 1}])
    assert demo_his.call("GET", "/api/appointment/Appointment", {"cid": _CID}).result["appointments"] == before


def test_a_round_that_fails_counts_no_round_and_names_the_step(local_stack: LocalStack) -> None:
    code, lines = round_of_canary(local_stack, password="another")
    assert (code, lines) == (1, [{"function": "canary", "outcome": "failed"}])


def test_a_stage_without_a_canary_does_nothing(local_stack: LocalStack) -> None:
    assert round_of_canary(local_stack, PUBLIC_URL="") == (0, [])

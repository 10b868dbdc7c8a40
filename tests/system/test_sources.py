"""What the dashboard is made of: its own unit tests, its types, its weight."""

import re
import subprocess
from pathlib import Path

import pytest

from infra.local.mor_prom import APPOINTMENTS, LOOK_UPS, PERSONAL
from tests.large import large

DASHBOARD = Path(__file__).parents[2] / "dashboard"


@pytest.mark.parametrize(
    ("command", "promise"),
    [
        large(["npx", "tsc", "--noEmit"], "the sources are of the types they claim"),
        # In one process, one file after the other: a process and a DOM for each file cost four times as much.
        (
            ["npx", "vitest", "run", "--no-isolate", "--no-file-parallelism"],
            "dates, national ids, passwords, CSV and the API client do what their tests say",
        ),
        (["node", "scripts/types.mjs", "--check"], "the types and the limits of fields are those of docs/openapi.json"),
        (["node", "scripts/size.mjs"], "JS and CSS of each page are within its budget"),
    ],
    ids=["types", "unit", "api-types", "size"],
)
@pytest.mark.usefixtures("site")
def test_the_dashboards_own_checks_pass(command: list[str], promise: str) -> None:
    done = subprocess.run(command, cwd=DASHBOARD, capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"{promise}:\n{done.stdout}\n{done.stderr}"


def test_the_phone_page_types_every_call_that_its_back_end_passes_on() -> None:
    source = (DASHBOARD / "src" / "phone" / "calls.ts").read_text(encoding="utf-8")
    typed = {
        f"{method} {name}"
        for method, interface in (("GET", "Gets"), ("POST", "Posts"))
        for block in re.findall(rf"interface {interface} {{\n(.*?)\n}}", source, re.DOTALL)
        for name in re.findall(r"^  (\w+): \[", block, re.MULTILINE)
    }

    # the calendar file is a link, not a call
    assert {*LOOK_UPS, *APPOINTMENTS, *PERSONAL} - {"GET calendar"} <= typed

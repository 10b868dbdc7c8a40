"""What the dashboard is made of: its own unit tests, its types, its weight."""

import subprocess
from pathlib import Path

import pytest

DASHBOARD = Path(__file__).parents[2] / "dashboard"


@pytest.mark.parametrize(
    ("command", "promise"),
    [
        (["npx", "tsc", "--noEmit"], "the sources are of the types they claim"),
        (["npx", "vitest", "run"], "dates, national ids, passwords, CSV and the API client do what their tests say"),
        (["node", "scripts/types.mjs", "--check"], "the types and the limits of fields are those of docs/openapi.json"),
        (["node", "scripts/size.mjs"], "JS is at most 80 kB and CSS 15 kB, gzipped"),
    ],
    ids=["types", "unit", "api-types", "size"],
)
@pytest.mark.usefixtures("site")
def test_the_dashboards_own_checks_pass(command: list[str], promise: str) -> None:
    done = subprocess.run(command, cwd=DASHBOARD, capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"{promise}:\n{done.stdout}\n{done.stderr}"

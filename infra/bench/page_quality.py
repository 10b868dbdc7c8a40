"""Bench: Lighthouse of the dashboard's sign-in and of the phone page.

    python -m infra.bench.page_quality

Lighthouse plays a phone with a slow processor on a slow mobile network. The pages come from the local stack with the
demo data. Needs Node.js 20, and Chromium (set its path with CHROMIUM=path). Fails if performance is below 95 or the
layout shifts by more than 0.02.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.local.local_stack import LocalStack
from infra.local.run import build_dashboard

FOLDER = Path(__file__).parents[2] / "lighthouse"


def main() -> int:
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), "")
    missing = build_dashboard() or ("" if chromium else "Chromium is missing: name one with CHROMIUM=path")
    if missing:
        print(missing, file=sys.stderr)
        return 1
    if not (FOLDER / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent", "--no-fund", "--no-audit"], cwd=FOLDER, check=True)
    with tempfile.TemporaryDirectory() as state, LocalStack(Path(state), kept=False) as stack:
        return subprocess.run(["node", "measure.mjs", stack.url, chromium], cwd=FOLDER, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: run every bench of this folder, one after another.

    python -m infra.bench [--full] [name ...]

With FULL=1 at full size. A bench is a module with a `main`; `before_after` runs only by its name. Prints tables in
Markdown. The exit code is the number of benches that failed.
"""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

QUICK = {"memory": ["--lines", "10000"], "messages": ["--targets", "2000", "--lines", "20000"]}
FULL = {
    "availability": ["--bookings", "1000,100000,1000000"],
    "booking": ["--requests", "999"],
    "growth": ["--white-list", "100000"],
    "hot_schedule": ["--places", "999", "--people", "5000"],
    "notices": ["--appointments", "2000"],
}


def main() -> int:
    os.environ.setdefault("STAFF_CALLS_PER_SECOND", "10000")  # a bench calls as one clerk oftener than a person clicks
    folder = Path(__file__).parent
    benches = [file.stem for file in folder.glob("*.py") if "\ndef main(" in file.read_text()]
    sizes = FULL if "--full" in sys.argv else QUICK
    names = [name for name in sys.argv[1:] if name != "--full"] or sorted(
        set(benches) - {"__main__", "queue_worker", "before_after"}
    )
    print(f"Python {platform.python_version()}, {platform.machine()}, {_processors()}, {time.strftime('%Y-%m-%d')}")
    failed = []
    for name in names:
        print(f"\n## {name}", flush=True)
        # Each in a process of its own, because a bench points its process at its own engine.
        if subprocess.run([sys.executable, "-m", f"infra.bench.{name}", *sizes.get(name, [])], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


def _processors() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} x {models[0]}" if models else "unknown processor"


if __name__ == "__main__":
    sys.exit(main())

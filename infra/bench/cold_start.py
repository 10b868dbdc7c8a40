"""Bench: cold start of the API function, with and without zip_optimizer.

    python -m infra.bench.cold_start

A process has only the unzipped package on its path. The bench measures its CPU time from the start to the first
response (/health), and its largest resident memory. It prints medians of 15 runs, which alternate between the two
packages. Exit code 1 if the optimised zip needs more than MAX_SHARE of the unprocessed one's CPU time, or more than
MAX_MIB.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from infra.aws import package

RUNS = 15
MAX_SHARE, MAX_MIB = 0.40, 70
_PROGRAM = """
import json, resource, sys
sys.path.insert(0, ".")
from app import app
event = {
    "httpMethod": "GET", "path": "/health", "headers": {}, "multiValueHeaders": {}, "body": None,
    "queryStringParameters": None, "multiValueQueryStringParameters": None, "pathParameters": {},
    "stageVariables": None, "isBase64Encoded": False,
    "requestContext": {"resourcePath": "/health", "httpMethod": "GET", "requestId": "cold", "path": "/health",
                       "identity": {"sourceIp": "127.0.0.1"}},
}
response = app(event, None)
assert response["statusCode"] == 200, response
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: a process inherits it from its parent.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([(used.ru_utime + used.ru_stime) * 1000, int(peak.split()[1]) / 1024]))
"""


def start(unzipped: Path) -> tuple[float, float]:
    """Start a process from an unzipped package and return (CPU milliseconds, MiB)."""
    environment = {"STAGE": "bench", "AWS_DEFAULT_REGION": "ap-southeast-1", "PATH": "/usr/bin:/bin"}
    # No site-packages and no byte code written: Lambda's disk is read-only, so each start is like the first.
    command = [sys.executable, "-SPB", "-c", _PROGRAM]
    done = subprocess.run(command, cwd=unzipped, env=environment, capture_output=True, text=True, check=True)
    cpu, memory = json.loads(done.stdout.splitlines()[-1])
    return cpu, memory


def measure(folder: Path) -> dict[str, tuple[float, float]]:
    """Measure both zips of the folder: name -> medians of (CPU milliseconds, MiB)."""
    names = ("unprocessed.zip", "deployment.zip")
    starts: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            with zipfile.ZipFile(folder / name) as zipped:
                zipped.extractall(Path(scratch) / name)
        for _ in range(RUNS):
            for name in names:
                starts[name].append(start(Path(scratch) / name))
    return {
        name: (statistics.median(cpu for cpu, _ in runs), statistics.median(memory for _, memory in runs))
        for name, runs in starts.items()
    }


def main() -> int:
    folder = package.package("bench", package.OWN_RUNTIME)
    medians = measure(folder)
    for name, (cpu, memory) in medians.items():
        size = (folder / name).stat().st_size / 1e6
        print(f"{name:<16} {cpu:6.0f} ms CPU  {memory:5.1f} MiB  {size:5.1f} MB zipped")
    share = medians["deployment.zip"][0] / medians["unprocessed.zip"][0]
    print(f"{share:.2f} of the unprocessed zip's CPU time; allowed are {MAX_SHARE} and {MAX_MIB} MiB")
    return int(share > MAX_SHARE or medians["deployment.zip"][1] > MAX_MIB)


if __name__ == "__main__":
    sys.exit(main())

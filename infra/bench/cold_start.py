"""What a cold start of the API function costs: the package against the same before zip_optimizer, in the same run.

    python -m infra.bench.cold_start

CPU time, not wall time: of a process that has nothing but the unzipped package on its path, from its start until the
app has answered its first request (/health). Memory is the process's largest resident size. Medians of 15, the two
packages turn about.
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
MOST_OF_UNPROCESSED, MOST_MIB = 0.45, 70
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
answer = app(event, None)
assert answer["statusCode"] == 200, answer
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss, which a process takes over from whoever started it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([(used.ru_utime + used.ru_stime) * 1000, int(peak.split()[1]) / 1024]))
"""


def start(unzipped: Path) -> tuple[float, float]:
    """(CPU milliseconds, MiB) of one start from an unzipped package."""
    environment = {"STAGE": "bench", "AWS_DEFAULT_REGION": "ap-southeast-1", "PATH": "/usr/bin:/bin"}
    # No site-packages, no byte code written: Lambda's disk is read-only, so each start is like the first.
    command = [sys.executable, "-SPB", "-c", _PROGRAM]
    done = subprocess.run(command, cwd=unzipped, env=environment, capture_output=True, text=True, check=True)
    cpu, memory = json.loads(done.stdout.splitlines()[-1])
    return cpu, memory


def measure(folder: Path) -> dict[str, tuple[float, float]]:
    """The medians of deployment.zip and unprocessed.zip in the folder."""
    names = ("unprocessed.zip", "deployment.zip")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            with zipfile.ZipFile(folder / name) as zipped:
                zipped.extractall(Path(scratch) / name)
        for _ in range(RUNS):
            for name in names:
                found[name].append(start(Path(scratch) / name))
    return {
        name: (statistics.median(cpu for cpu, _ in runs), statistics.median(memory for _, memory in runs))
        for name, runs in found.items()
    }


def main() -> int:
    folder = package.package("bench", package.OWN_RUNTIME)
    found = measure(folder)
    for name, (cpu, memory) in found.items():
        size = (folder / name).stat().st_size / 1e6
        print(f"{name:<16} {cpu:6.0f} ms CPU  {memory:5.1f} MiB  {size:5.1f} MB zipped")
    share = found["deployment.zip"][0] / found["unprocessed.zip"][0]
    print(f"{share:.2f} of unprocessed.zip; at most {MOST_OF_UNPROCESSED} and {MOST_MIB} MiB are wanted")
    return int(share > MOST_OF_UNPROCESSED or found["deployment.zip"][1] > MOST_MIB)


if __name__ == "__main__":
    sys.exit(main())

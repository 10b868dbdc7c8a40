"""Bench: memory that message_prepare needs for the recipient import.

    python -m infra.bench.memory [--lines 20000]

It is calculated from the CPU time of a chunk of a target file. Lambda gives a function CPU in proportion to its memory,
and a whole one at 1,769 MB (AWS Lambda, Configure memory). So the CPU seconds of a chunk on this machine give its
duration for each memory size, without the time of waiting for the storage, which is the same for all sizes. Half of the
lines are on the white list. Prints a table in Markdown.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from chalicelib.messages import rules
from chalicelib.messages.recipient_import import RUN_SECONDS
from infra.aws import template
from infra.bench.message_environment import MessageEnvironment, message_environment, seed_people
from infra.bench.messages import upload
from infra.local import child_processes

WHOLE_CPU_MB = 1_769
SIZES = (256, 512, 768, 1_024, 1_769)
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU seconds that a process has used until now."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def peak_mib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024


def measure(environment: MessageEnvironment, lines: int) -> tuple[float, int]:
    """Measure CPU seconds of a chunk, and the process's peak resident memory in MiB."""
    with (environment.folder / "worker.log").open("ab") as output:
        worker = child_processes.start(
            "infra.bench.queue_worker", "message-prepare", env=environment.env, output=output
        )
        try:
            upload(environment, rules.CHUNK_LINES, 10)  # imports and connections
            before = cpu_seconds(worker.pid)
            upload(environment, lines, lines // 2)
            return (cpu_seconds(worker.pid) - before) / (lines / rules.CHUNK_LINES), peak_mib(worker.pid)
        finally:
            child_processes.stop(worker)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=4 * rules.CHUNK_LINES)
    lines = parser.parse_args().lines
    with message_environment() as environment:
        environment.sign_in("staff.demo", "Staff-demo-1")
        seed_people(environment, lines // 2, linked=False)
        chunk, peak = measure(environment, lines)
    config = json.loads((template.CHALICE / "config.json").read_text(encoding="utf-8"))["lambda_functions"]
    print(f"A chunk of {rules.CHUNK_LINES:,} lines takes {chunk:.2f} s of CPU; the process has at most {peak} MiB.")
    print(f"message_prepare has {config['message_prepare']['lambda_memory_size']} MB.\n")
    print("| memory, MB | share of a CPU | CPU a chunk, s | lines in a run | GB-seconds, 100,000 lines |")
    print("|---:|---:|---:|---:|---:|")
    for size in SIZES:
        seconds = chunk * WHOLE_CPU_MB / size
        in_a_run = (int(RUN_SECONDS / seconds) + 1) * rules.CHUNK_LINES
        gigabytes = seconds * 100_000 / rules.CHUNK_LINES * size / 1024
        print(f"| {size:,} | {size / WHOLE_CPU_MB:.2f} | {seconds:.1f} | {in_a_run:,} | {gigabytes:.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

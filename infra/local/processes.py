"""Child processes that never outlive the supervisor, and the ports they use."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_reserved: list[socket.socket] = []


def start(
    module: str, *arguments: str, env: dict[str, str], output: IO[bytes] | None = None
) -> "subprocess.Popen[bytes]":
    """Runs a Python module in a session of its own: Ctrl-C reaches the supervisor alone, which then ends its children
    in order. Should the supervisor be killed outright, the kernel ends them."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(process: "subprocess.Popen[bytes]", seconds: float = 30) -> bool:
    """SIGTERM, and SIGKILL after `seconds`. Whether the process was still there and has ended in time."""
    if process.poll() is not None:
        return False
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def free_port(wanted: int = 0) -> int:
    """The wanted port where it is free, else any free one; on Linux nobody else is given it while this process lives.

    A socket stays bound to it: that keeps the kernel from giving it away, and is in no server's way, since nobody
    listens on that socket and a server reuses addresses.
    """
    for port in (wanted, 0):
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.close()
            continue
        found = int(probe.getsockname()[1])
        if sys.platform == "linux":
            _reserved.append(probe)
        else:
            probe.close()
        return found
    raise OSError("no free port")


def is_free(port: int) -> bool:
    """Whether the port can be bound."""
    return free_port(port) == port


def wait_for(url: str, process: "subprocess.Popen[bytes]", seconds: float = 180) -> None:
    """Waits until the URL answers 200. Raises RuntimeError where the process ends or time runs out first."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"it ended with exit code {process.returncode} before it was ready")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"no answer from {url} within {seconds:.0f} s")


def local_environment(endpoint: str) -> dict[str, str]:
    """The environment of everything that talks to the engine. The keys are placeholders: the engine checks none."""
    return {
        **os.environ,
        "STAGE": "local",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "ap-southeast-1",
        "AWS_DEFAULT_REGION": "ap-southeast-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
        "APP_GATEWAY_TOKEN": "local-app-token",
        "LINE_CHANNEL_ACCESS_TOKEN": "local-line-token",
        "LINE_CHANNEL_SECRET": "local-line-secret",
        "CHANNEL_RETRY_SECONDS": "1",
    }

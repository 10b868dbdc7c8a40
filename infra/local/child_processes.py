"""Child processes that end with their parent, and the free ports they use."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_reserved: list[socket.socket] = []


def start(
    module: str, *arguments: str, env: dict[str, str], output: IO[bytes] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a Python module in a session of its own.

    Ctrl-C reaches only the parent, which then ends its children in order. If the parent is killed, the kernel ends
    them (Linux only). output: takes stdout and stderr.
    """
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        umask=0o077,  # state and logs are for the owner only
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stop(process: "subprocess.Popen[bytes]", seconds: float = 30) -> bool:
    """Send SIGTERM, and SIGKILL after `seconds`.

    True if the process was running and ended in time.
    """
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
    """The wanted port if it is free, else any free port.

    Raises OSError if there is none. On Linux a socket stays bound to the port, so the kernel gives it to no other
    process while this one lives. A server can still bind it: this socket does not listen, and the server reuses
    addresses.
    """
    for port in (wanted, 0):
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.close()
            continue
        bound = int(probe.getsockname()[1])
        if sys.platform == "linux":
            _reserved.append(probe)
        else:
            probe.close()
        return bound
    raise OSError("no free port")


def is_free(port: int) -> bool:
    """Whether the port can be bound."""
    return free_port(port) == port


def wait_for(url: str, process: "subprocess.Popen[bytes]", seconds: float = 180) -> None:
    """Wait until the URL answers 200.

    Raises RuntimeError if the process ends or the time is over first.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"it ended with exit code {process.returncode} before it was ready")
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"no answer from {url} within {seconds:.0f} s")


@contextmanager
def simulator(env: dict[str, str], output: IO[bytes] | None = None) -> Iterator[str]:
    """Run the simulator of the providers (app gateway and LINE); yields its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start("infra.local.provider_server", "--port", str(port), env=env, output=output)
    try:
        wait_for(f"{url}/health", process)
        yield url
    finally:
        stop(process)


def provider_settings(simulator_url: str) -> dict[str, str]:
    """The environment variables that send deliveries to the simulator."""
    return {"APP_GATEWAY_URL": f"{simulator_url}/app", "LINE_API_URL": f"{simulator_url}/line"}


@cache
def credentials() -> dict[str, str]:
    """The keys of the engines that this process starts.

    They are random, and the engine checks them.
    """
    return {
        "AWS_ACCESS_KEY_ID": f"LOCAL{secrets.token_hex(8).upper()}",
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20),
    }


def local_environment(endpoint: str) -> dict[str, str]:
    """The environment of every process that calls an engine of this process."""
    return {
        **os.environ,
        "STAGE": "local",
        "AWS_ENDPOINT_URL": endpoint,
        **credentials(),
        "AWS_REGION": "ap-southeast-1",
        "AWS_DEFAULT_REGION": "ap-southeast-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
        "APP_GATEWAY_TOKEN": "local-app-token",
        "LINE_CHANNEL_ACCESS_TOKEN": "local-line-token",
        "LINE_CHANNEL_SECRET": "local-line-secret",
        "ORIGIN_SECRET": "local-origin-secret",
        "ACCESS_KEY": "local-access-key",
        "CHANNEL_RETRY_SECONDS": "1",
    }

"""Install programs from Debian's packages, for tests that need more than Python."""

import os
import shutil
import subprocess

APT_SECONDS = 600


def apt_get(*packages: str) -> None:
    """Install Debian packages, if that needs no password.

    The caller looks for what it needs afterwards.
    """
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (sudo and not runs([*sudo, "true"])):
        return
    print(f"Installing {' '.join(packages)} ...", flush=True)
    apt = [*sudo, "timeout", str(APT_SECONDS), "apt-get", "-qq"]
    runs([*apt, "update"])
    runs([*apt, "install", "--yes", "--no-install-recommends", *packages])


def runs(command: list[str], seconds: float | None = None) -> bool:
    """Return whether the command can be started and ends with exit code 0, in time."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

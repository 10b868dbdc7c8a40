"""The folder of all state of `make run`, and the running system that uses it.

The folder is outside the project, because `chalice local` restarts whenever a file is written in the project.
"""

import fcntl
import os
import shlex
from pathlib import Path


class NotRunning(Exception):
    """No `make run` uses the folder."""


def state_dir() -> Path:
    """The path of the state folder.

    `STATE_DIR`, else moph-appointment-center in `XDG_STATE_HOME` or ~/.local/state. The Makefile has the same rule.
    """
    if chosen := os.environ.get("STATE_DIR"):
        return Path(chosen)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "moph-appointment-center"


def running_environment(folder: Path) -> dict[str, str]:
    """The environment variables of processes that use the running system.

    They are the engine's address and its credentials. Raises NotRunning.
    """
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        exports = [shlex.split(line) for line in (folder / "env").read_text(encoding="utf-8").splitlines()]
        return dict(word.split("=", 1) for _, word in exports)
    except FileNotFoundError:
        pass
    raise NotRunning(f"Start `make run` first: nothing runs on {folder}")

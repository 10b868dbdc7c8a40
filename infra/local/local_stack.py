"""All processes of the system on one machine.

They are started and ended in order. `make run` runs one local stack; the tests run their own on other ports and
folders.
"""

import fcntl
import subprocess
from pathlib import Path
from types import TracebackType
from typing import IO

from infra.local import child_processes, demo, engine

# The engine saves its state. `feed` and `counts` process what the streams still hold: the engine does not save streams.
ENDING_SECONDS = {"engine": 120, "feed": 60, "counts": 60}


class CannotStart(Exception):
    """The local stack cannot start; the text is one line that says why."""


def _restrict_to_owner(state_dir: Path) -> None:
    """Make the files of a state folder readable for their owner only.

    Earlier versions made files that everybody on the machine could read.
    """
    for path in (state_dir, *state_dir.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


class LocalStack:
    """The engine, the tables with the demo data, the API and the other processes.

    Use it as a context manager, or call `start` and `stop`. state_dir: the folder of all state. port: the API's; 0
    takes a free one. demo: load the demo data. kept: False if the folder is thrown away: the engine saves nothing, and
    records left in streams and queues are not processed. showcase: make the showcase hospital too, which takes seconds.
    """

    def __init__(
        self, state_dir: Path, port: int = 0, demo: bool = True, kept: bool = True, showcase: bool = False
    ) -> None:
        self.state_dir = state_dir.resolve()
        self._wanted_port, self._demo, self._kept, self._showcase = port, demo, kept, showcase
        self._lock: IO[bytes] | None = None
        self._running_mark: Path | None = None
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []
        self.url = self.endpoint = ""
        self.env: dict[str, str] = {}

    def start(self) -> None:
        """Start everything; returns when the API answers.

        Raises CannotStart after ending what was started.
        """
        self._take_folder()
        if self._wanted_port and not child_processes.is_free(self._wanted_port):
            raise CannotStart(f"port {self._wanted_port} is taken: stop what uses it, or choose another with PORT=")
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def _start_all(self) -> None:
        port = self._wanted_port or child_processes.free_port()
        engine_port = child_processes.free_port()
        self.endpoint = f"http://127.0.0.1:{engine_port}"
        self.env = child_processes.local_environment(self.endpoint)
        try:
            settings = {} if self._kept else dict(engine.NOTHING_SAVED)
            settings["UPLOAD_ORIGINS"] = f"http://127.0.0.1:{port},http://localhost:{port}"
            self._processes.append(("engine", engine.start(self.state_dir, engine_port, **settings)))
        except RuntimeError as problem:
            raise CannotStart(f"the engine did not start: {problem}; see {self.state_dir / 'engine.log'}") from problem
        (self.state_dir / "env").write_text(self._exports())
        # If this file exists, the last run ended without saving or counting, and stream records are lost: count again.
        self._running_mark = self.state_dir / "running"
        was_unclean = self._running_mark.exists()
        self._running_mark.touch()
        checkpoints = str(self.state_dir / "checkpoints.json")
        self._prepare(
            *[] if self._demo else ["--empty"],
            *["--recount"] if was_unclean else [],
            *["--showcase", checkpoints] if self._showcase else [],
        )
        simulator_port = str(child_processes.free_port())
        self.url, self.simulator = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{simulator_port}"
        self.env |= child_processes.provider_settings(self.simulator)
        self._start("simulator", "infra.local.provider_server", "--port", simulator_port, "--api", self.url)
        self._start("feed", "infra.local.event_sources", checkpoints, "--api-log", str(self.log_of("api")))
        self._start("counts", "infra.local.event_sources", str(self.state_dir / "checkpoints-counts.json"), "--counts")
        if self._demo:
            phone = str(child_processes.free_port())
            self.env["PHONE_BACK_END"] = f"http://127.0.0.1:{phone}"
            names = ("MOR_PROM_LOGIN", "MOR_PROM_HOSPITAL", "MOR_PROM_PASSWORD")
            settings = {"API_URL": self.url, **dict(zip(names, demo.APP_CREDENTIALS, strict=True))}
            self._start("mor_prom", "infra.local.mor_prom_server", phone, "--demo", settings=settings)
        api = self._start("api", "infra.local.api", str(port))
        try:
            child_processes.wait_for(f"{self.url}/health", api)
        except RuntimeError as problem:
            raise CannotStart(f"the API did not start: {problem}; see {self.state_dir / 'api.log'}") from problem
        (self.state_dir / "env").write_text(self._exports() + self._servers())

    def stop(self) -> None:
        """End everything in order.

        The engine is the last, so that it saves every acknowledged write.
        """
        ended_in_time = {}
        for name, process in reversed(self._processes):
            if not self._kept:
                process.kill()
            ended_in_time[name] = child_processes.stop(process, ENDING_SECONDS.get(name, 15))
        if self._running_mark and ended_in_time.get("engine") and ended_in_time.get("counts"):
            self._running_mark.unlink(missing_ok=True)
        self._processes.clear()
        if self._lock:
            self._lock.close()
            self._lock = None

    def ended(self) -> str | None:
        """The name of a process that ended without being asked, or None."""
        return next((name for name, process in self._processes if process.poll() is not None), None)

    def log_of(self, name: str) -> Path:
        """The log file of a process.

        name: engine, prepare, simulator, feed, counts, mor_prom or api.
        """
        return self.state_dir / f"{name}.log"

    def __enter__(self) -> "LocalStack":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _take_folder(self) -> None:
        try:
            self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (self.state_dir / "lock").exists():
                _restrict_to_owner(self.state_dir)
            self._lock = (self.state_dir / "lock").open("wb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"{self.state_dir} is in use by another `make run`; STATE_DIR= takes another") from None
        except OSError as problem:
            raise CannotStart(
                f"cannot write to {self.state_dir} ({problem.strerror}); STATE_DIR= takes another"
            ) from None

    def _start(
        self, name: str, module: str, *arguments: str, settings: dict[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a Python module as a process of the stack.

        settings: environment variables of this process only.
        """
        with self.log_of(name).open("ab") as output:
            process = child_processes.start(module, *arguments, env=self.env | (settings or {}), output=output)
        self._processes.append((name, process))
        return process

    def _prepare(self, *arguments: str) -> None:
        if self._start("prepare", "infra.local.prepare_tables", *arguments).wait() != 0:
            last = self.log_of("prepare").read_text(encoding="utf-8").strip().splitlines()[-1:]
            raise CannotStart(f"the tables could not be prepared: {' '.join(last)}")
        self._processes.pop()

    def _exports(self) -> str:
        aws = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION")
        names = ("STAGE", *aws, "AWS_EC2_METADATA_DISABLED", "LINE_CHANNEL_SECRET", "ORIGIN_SECRET", "ACCESS_KEY")
        return "".join(f"export {name}={self.env[name]}\n" for name in names)

    def _servers(self) -> str:
        """The addresses of the servers, for commands that call the running system."""
        servers = {
            "API_URL": self.url,
            "SIMULATOR_URL": self.simulator,
            "PHONE_BACK_END": self.env.get("PHONE_BACK_END"),
        }
        return "".join(f"export {name}={url}\n" for name, url in servers.items() if url)

"""The processes of the whole centre on one machine, started in order and ended in order.

`make run` keeps one of these; the tests start their own on other ports and folders.
"""

import fcntl
import subprocess
from pathlib import Path
from types import TracebackType
from typing import IO

from infra.local import demo, engine, processes

# The engine saves; the feeds do what the streams still hold, since the engine forgets its streams.
ENDING_SECONDS = {"engine": 120, "feed": 60, "counts": 60}


class CannotStart(Exception):
    """Says in one line what is in the way."""


class LocalStack:
    """engine -> stack and demo data -> API, feeder. Use as a context manager, or `start` and `stop`.

    state_dir: where everything is kept. port: the API's; 0 takes a free one. demo: whether the demo data is loaded.
    kept: False for whoever throws the folder away: the engine saves nothing, and what the streams and queues still hold
    at the end is left undone.
    """

    def __init__(
        self, state_dir: Path, port: int = 0, engine_port: int = 0, demo: bool = True, kept: bool = True
    ) -> None:
        self.state_dir = state_dir.resolve()
        self._wanted_port, self._wanted_engine_port, self._demo, self._kept = port, engine_port, demo, kept
        self._lock: IO[bytes] | None = None
        self._running: Path | None = None
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []
        self.url = self.endpoint = ""
        self.env: dict[str, str] = {}

    def start(self) -> None:
        """Returns when the API answers. Raises CannotStart; what was started until then is ended."""
        self._take_folder()
        if self._wanted_port and not processes.is_free(self._wanted_port):
            raise CannotStart(f"port {self._wanted_port} is taken: stop what uses it, or choose another with PORT=")
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def _start_all(self) -> None:
        engine_port = processes.free_port(self._wanted_engine_port)
        self.endpoint = f"http://127.0.0.1:{engine_port}"
        self.env = processes.local_environment(self.endpoint)
        try:
            more = {} if self._kept else engine.NOTHING_SAVED
            self._processes.append(("engine", engine.start(self.state_dir, engine_port, **more)))
        except RuntimeError as problem:
            raise CannotStart(f"the engine did not start: {problem}; see {self.state_dir / 'engine.log'}") from problem
        (self.state_dir / "env").write_text(self._exports())
        # Left behind by an end without saving or counting: what the streams held is gone, so the days are counted anew.
        unclean, self._running = (self.state_dir / "running").exists(), self.state_dir / "running"
        self._running.touch()
        self._run("infra.local.prepare_tables", *[] if self._demo else ["--empty"], *["--recount"] if unclean else [])
        port = self._wanted_port or processes.free_port()
        self.url = f"http://127.0.0.1:{port}"
        simulator = f"http://127.0.0.1:{processes.free_port()}"
        self.env |= {"APP_GATEWAY_URL": f"{simulator}/app", "LINE_API_URL": f"{simulator}/line"}
        self._start(
            "simulator", "infra.local.provider_simulator", "--port", simulator.rsplit(":", 1)[1], "--api", self.url
        )
        self.simulator = simulator
        self._start("feed", "infra.local.event_sources", str(self.state_dir / "checkpoints.json"))
        self._start("counts", "infra.local.event_sources", str(self.state_dir / "checkpoints-counts.json"), "--counts")
        if self._demo:
            phone = str(processes.free_port())
            self.env["PHONE_BACK_END"] = f"http://127.0.0.1:{phone}"
            app = dict(zip(("LOGIN", "HOSPITAL", "PASSWORD"), demo.APP_CREDENTIALS, strict=True))
            own = {"API_URL": self.url, **{f"MOR_PROM_{name}": value for name, value in app.items()}}
            self._start("mor_prom", "infra.local.mor_prom_server", phone, "--demo", more=own)
        api = self._start("api", "infra.local.api", str(port))
        try:
            processes.wait_for(f"{self.url}/health", api)
        except RuntimeError as problem:
            raise CannotStart(f"the API did not start: {problem}; see {self.state_dir / 'api.log'}") from problem

    def stop(self) -> None:
        """Ends everything in order, the engine last, so that it saves what was acknowledged."""
        clean = {}
        for name, process in reversed(self._processes):
            if not self._kept:
                process.kill()
            clean[name] = processes.stop(process, ENDING_SECONDS.get(name, 15))
        if self._running and clean.get("engine") and clean.get("counts"):
            self._running.unlink(missing_ok=True)
        self._processes.clear()
        if self._lock:
            self._lock.close()
            self._lock = None

    def ended(self) -> str | None:
        """The name of a process that has ended by itself, if one has."""
        return next((name for name, process in self._processes if process.poll() is not None), None)

    def log_of(self, name: str) -> Path:
        """Where a process writes: engine, api, feed or counts."""
        return self.state_dir / f"{name}.log"

    def __enter__(self) -> "LocalStack":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _take_folder(self) -> None:
        try:
            self.state_dir.mkdir(parents=True, exist_ok=True)
            self._lock = (self.state_dir / "lock").open("wb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"{self.state_dir} is in use by another `make run`; STATE_DIR= takes another") from None
        except OSError as problem:
            raise CannotStart(
                f"cannot write to {self.state_dir} ({problem.strerror}); STATE_DIR= takes another"
            ) from None

    def _start(
        self, name: str, module: str, *arguments: str, more: dict[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """`more`: environment for this process alone."""
        with self.log_of(name).open("ab") as output:
            process = processes.start(module, *arguments, env=self.env | (more or {}), output=output)
        self._processes.append((name, process))
        return process

    def _run(self, module: str, *arguments: str) -> None:
        with self.log_of("prepare").open("ab") as output:
            process = processes.start(module, *arguments, env=self.env, output=output)
        self._processes.append(("prepare", process))
        if process.wait() != 0:
            last = self.log_of("prepare").read_text(encoding="utf-8").strip().splitlines()[-1:]
            raise CannotStart(f"the tables could not be prepared: {' '.join(last)}")
        self._processes.pop()

    def _exports(self) -> str:
        names = ("STAGE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
        return "".join(f"export {name}={self.env[name]}\n" for name in (*names, "AWS_DEFAULT_REGION"))

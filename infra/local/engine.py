"""Embedded engine: DynamoDB with streams, SQS, S3, KMS and CloudFormation.

It is one process, with its state in a folder.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local import child_processes

# Settings of an engine whose state is thrown away at the end.
NOTHING_SAVED = {"SAVE_SECONDS": "0", "PERSIST_STATE": "0", "S3_PERSIST": "0"}


@dataclass(frozen=True)
class TemporaryEngine:
    """A running engine whose state is not kept.

    folder: deleted at the end. endpoint: its URL. env: the environment of processes that call it.
    """

    folder: Path
    endpoint: str
    env: dict[str, str]
    process: "subprocess.Popen[bytes]"


def start(state_dir: Path, port: int, **settings: str) -> "subprocess.Popen[bytes]":
    """Start the engine and wait until it answers.

    It saves its state to the folder every few seconds and when SIGTERM ends it (`engine_process`). It answers only
    requests that are signed with the credentials of this process. settings: further environment variables of the
    engine. Raises RuntimeError if it does not start.
    """
    folder = state_dir / "engine"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    env = {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(folder),
        "MINISTACK_REGION": "ap-southeast-1",
        "LOG_LEVEL": "WARNING",
        **child_processes.credentials(),
        # No other service, so no Lambda: it would run uploaded code.
        "SERVICES": "cloudformation,dynamodb,dynamodbstreams,kms,s3,sqs",
        # Protocols that are not used.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    env.pop("AWS_ENDPOINT_URL", None)
    env |= settings
    with (state_dir / "engine.log").open("ab") as output:
        process = child_processes.start("infra.local.engine_process", env=env, output=output)
    child_processes.wait_for(f"http://127.0.0.1:{port}/_ministack/health", process)
    return process


@contextmanager
def temporary() -> Iterator[TemporaryEngine]:
    """Run an engine in a temporary folder.

    The AWS calls of this process go to it until then.
    """
    with tempfile.TemporaryDirectory(prefix="moph-engine-") as name:
        port = child_processes.free_port()
        endpoint = f"http://127.0.0.1:{port}"
        env = child_processes.local_environment(endpoint)
        before = dict(os.environ)
        process = start(Path(name), port, **NOTHING_SAVED)
        os.environ.update(env)
        try:
            yield TemporaryEngine(Path(name), endpoint, env, process)
        finally:
            for variable in env:
                os.environ.pop(variable, None)
            os.environ.update(before)
            child_processes.stop(process)

"""The embedded engine: DynamoDB with streams, SQS, S3, KMS and CloudFormation in one process, state in a folder."""

import os
import subprocess
from pathlib import Path

from infra.local import processes

# Settings of an engine whose state nobody wants back.
NOTHING_SAVED = {"SAVE_SECONDS": "0", "PERSIST_STATE": "0", "S3_PERSIST": "0"}


def start(state_dir: Path, port: int, **more: str) -> "subprocess.Popen[bytes]":
    """Starts the engine and waits until it answers. It saves its state to the folder every few seconds
    and when it is ended with SIGTERM (`engine_process`).
    more: further settings of the engine."""
    folder = state_dir / "engine"
    folder.mkdir(parents=True, exist_ok=True)
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
        # It checks the signature of presigned URLs, so it must know the keys that everybody here uses.
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        # Doors that nobody here knocks at.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    env.pop("AWS_ENDPOINT_URL", None)
    env |= more
    with (state_dir / "engine.log").open("ab") as output:
        process = processes.start("infra.local.engine_process", env=env, output=output)
    processes.wait_for(f"http://127.0.0.1:{port}/_ministack/health", process)
    return process

"""The engine's process saves its state at a clean end."""

import os
import signal
import socket
from pathlib import Path

import boto3

from infra.local import child_processes, engine
from tests.waiting import eventually


def accepts(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_the_engine_saves_its_state_also_if_it_is_told_twice_to_end(tmp_path: Path) -> None:
    port = child_processes.free_port()
    process = engine.start(tmp_path, port, SAVE_SECONDS="0")
    try:
        env = child_processes.credentials()
        client = boto3.client(
            "sqs",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_queue(QueueName="kept")
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            # A long poll, so that the end takes a while.
            waiting.sendall(b"GET /_streams?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            os.kill(process.pid, signal.SIGINT)
            eventually(lambda: not accepts(port))
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(60) == 0
    finally:
        child_processes.stop(process)
    assert "kept" in (tmp_path / "engine" / "sqs.json").read_text()

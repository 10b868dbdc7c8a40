"""`make attack`: what it attacks, and how it says what was broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack


def attack(*attacks: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.security.attack", *attacks]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, check=False, timeout=180
    )


@pytest.mark.parametrize(
    "base_url",
    ["http://moph.example", "https://127.0.0.1", "http://127.0.0.1@moph.example", "http://127.0.0.1.moph.example", "x"],
)
def test_only_this_machine_is_attacked(base_url: str, tmp_path: Path) -> None:
    ended = attack(BASE_URL=base_url, STATE_DIR=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "only an http server on this machine" in ended.stderr


def test_without_a_running_system_it_says_what_to_start(tmp_path: Path) -> None:
    ended = attack(STATE_DIR=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Start `make run` first" in ended.stderr


def test_a_line_for_each_attack_says_what_was_answered_and_one_that_is_not_held_off_ends_with_1(
    local_stack: LocalStack, tmp_path: Path
) -> None:
    (tmp_path / "test_wrong.py").write_text("def test_a_wrong_claim(): assert 1 == 2")
    held = "tests/security/test_foreign_pages.py::test_the_engines_own_commands_are_off"

    ended = attack(held, str(tmp_path / "test_wrong.py"), STATE_DIR=str(local_stack.state_dir), BASE_URL="")

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "held    the engines own commands are off (2 ways): 2 × 403\n" in ended.stdout
    assert "BROKEN  a wrong claim: no request" in ended.stdout
    assert "assert 1 == 2" in ended.stdout

"""`make admin`: the first country-level administrator of a fresh deployment."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack
from infra.ops import admin
from tests.client import Client

pytestmark = pytest.mark.system  # an engine of its own


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A deployment with nothing in it."""
    with LocalStack(Path(tmp_path_factory.mktemp("fresh")), demo=False, kept=False) as running:
        yield running


def make(local_stack: LocalStack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "infra.ops.admin", *arguments]
    return subprocess.run(command, env=local_stack.env, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_makes_one_shows_the_password_once_and_makes_no_second(fresh: LocalStack) -> None:
    login = ("ministry.admin", "ผู้ดูแลระบบ", "00001")
    hospital = ("--hospital-name", "สำนักงานปลัดกระทรวงสาธารณสุข", "--province", "นนทบุรี")

    assert "--hospital-name" in make(fresh, *login, "--generate").stderr
    assert "--generate makes one up" in make(fresh, *login, *hospital).stderr
    made = make(fresh, *login, *hospital, "--generate")
    assert made.returncode == 0, made.stderr
    password = made.stdout.split()[-1]
    client = Client(fresh.url).sign_in("ministry.admin", "00001", password)
    assert client.call("GET", "/api/accounts/hospitals").code == "PasswordMustChange"

    second = make(fresh, "another.admin", "คนที่สอง", "00001", "--generate")
    assert (second.returncode, "already" in second.stderr) == (1, True)
    assert make(fresh, "another.admin", "คนที่สอง", "00001", "--generate", "--force").returncode == 0
    assert password not in fresh.log_of("api").read_text(encoding="utf-8")


def test_a_login_that_could_not_sign_in_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for login, code, reason in (("Capital", "00001", "small letters"), ("small", "1", "5 digits")):
        assert admin.main([login, "ชื่อ", code, "--generate", "--force"]) == 1
        assert reason in capsys.readouterr().err

"""`make test` without a browser ends with one line, or counts skipped tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.child_processes import ROOT
from tests import browser


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without browser or package manager.

    Its downloads are refused at once.
    """
    return os.environ | {
        "PATH": str(tmp_path),
        "CHROMIUM": "",
        "BROWSER": "",
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path),
        "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9",
    }


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def program(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_without_a_browser_one_line_says_what_to_do(bare: dict[str, str]) -> None:
    done = run(bare, "tests.browser")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Chromium is missing: ")
    assert "CHROMIUM=path" in line
    assert "BROWSER=skip" in line


def test_a_browser_that_is_named_and_does_not_start_is_not_replaced(bare: dict[str, str], tmp_path: Path) -> None:
    broken = program(tmp_path, "chromium", "exit 127")
    done = run(bare | {"CHROMIUM": str(broken), "PATH": os.environ["PATH"]}, "tests.browser")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"CHROMIUM={broken} does not start: ")


def test_a_browser_on_the_path_is_found_if_it_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    path = program(tmp_path, "chromium", "exit 0")
    assert browser.find() == str(path)
    program(tmp_path, "chromium", "exit 127")
    assert browser.find() is None


def test_the_headless_shell_is_taken_before_the_whole_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    program(tmp_path, "chromium", "exit 0")
    shell = program(tmp_path, browser.SHELL, "exit 0")
    assert browser.find() == str(shell)


def test_a_browser_that_is_named_is_taken_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = program(tmp_path, "chromium", "exit 0")
    monkeypatch.setenv("CHROMIUM", str(path))
    assert browser.find() == str(path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux may have no Thai fonts")
def test_without_thai_fonts_one_line_says_what_to_do(bare: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path, "chromium", "exit 0")
    done = run(bare, "tests.browser")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Thai fonts are missing: ")


def test_a_machine_with_apt_get_installs_its_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    for name in ("sudo", "timeout"):
        program(tmp_path, name, 'shift; "$@"')
    chromium = tmp_path / "chromium"
    install = f"echo '#!/bin/sh' >{chromium}; /bin/chmod +x {chromium}"
    program(tmp_path, "apt-get", f'case "$*" in *install*chromium*) {install};; esac')
    assert browser.find() is None
    assert browser.get() == str(chromium)


def test_nothing_is_needed_if_the_browser_is_left_out(bare: dict[str, str]) -> None:
    done = run(bare | {"BROWSER": "skip"}, "tests.browser")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_end_of_the_run_counts_what_was_left_out(bare: dict[str, str]) -> None:
    done = run(bare | {"BROWSER": "skip"}, "pytest", "-q", "-p", "no:cacheprovider", "tests/system/test_sources.py")
    assert done.returncode == 0
    assert "4 skipped" in done.stdout
    assert "4 tests of the dashboard left out by BROWSER=skip" in done.stdout.splitlines()[-2:]


def test_a_browser_test_fails_if_there_is_no_browser(bare: dict[str, str]) -> None:
    test = "tests/system/test_accessibility_and_size.py::test_the_policy_forbids_everything_that_is_not_the_sites_own"
    done = run(bare, "pytest", "-q", "-p", "no:cacheprovider", test)
    assert done.returncode == 1
    assert "Chromium is missing: " in done.stdout

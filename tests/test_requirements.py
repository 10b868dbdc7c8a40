"""The locks: what the .in files say is installed, with hashes, for every Python."""

import re
from pathlib import Path

import pytest

from infra.local.child_processes import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-scan.txt")
PIN = re.compile(r"^(?P<name>[\w.-]+)(\[.+\])?==(?P<version>\S+)( ; (?P<marker>.+))?$")


def entries(lock: Path) -> list[tuple[re.Match[str], set[str]]]:
    """(pin, hashes) of every package in a lock."""
    text = re.sub(r"^ *#.*\n|  #.*$", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    packages = []
    for line in re.sub(r" *\\\n *", " ", text).splitlines():
        pin, *hashes = line.split(" --hash=")
        matched = PIN.match(pin)
        assert matched, f"{lock.name}: not a pinned package: {pin}"
        packages.append((matched, set(hashes)))
    return packages


def versions(lock: str) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin, _ in entries(ROOT / lock)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_with_hashes_and_once(lock: str) -> None:
    packages = entries(ROOT / lock)
    assert len({pin["name"] for pin, _ in packages}) == len(packages) > 20
    for pin, hashes in packages:
        assert hashes, pin["name"]
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), pin["name"]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_package_depends_on_which_python_reads_the_lock(lock: str) -> None:
    """pip evaluates such a condition with its own Python.

    That is wrong if pip collects wheels for Lambda's Python.
    """
    versioned = re.compile("python_(full_)?version")
    assert [pin[0] for pin, _ in entries(ROOT / lock) if versioned.search(pin["marker"] or "")] == []


def test_what_is_packaged_is_what_is_tested() -> None:
    tested, packaged = versions("requirements-dev.txt"), versions("requirements.txt")
    assert packaged.items() <= tested.items()
    hashes = {pin["name"]: listed for pin, listed in entries(ROOT / "requirements-dev.txt")}
    assert all(listed == hashes[pin["name"]] for pin, listed in entries(ROOT / "requirements.txt"))


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_newer_than_what_was_asked_for(lock: str) -> None:
    requested = (ROOT / lock).with_suffix(".in").read_text(encoding="utf-8").splitlines()
    pins = [PIN.match(line) for line in requested if line and not line.startswith(("#", "-r "))]
    wanted = {pin["name"].lower(): pin["version"] for pin in pins if pin}
    assert len(wanted) == len(pins) > 0
    assert wanted.items() <= versions(lock).items(), "run `make lock`"


def test_no_address_of_an_index_is_in_a_lock() -> None:
    for lock in LOCKS:
        assert not re.search(r"://|--(index|extra-index|find-links)", (ROOT / lock).read_text(encoding="utf-8"))

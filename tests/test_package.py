"""The package for Lambda: one place chooses its Python, also for the byte code."""

import gc
import hashlib
import importlib.util
import sys
import zipfile
from pathlib import Path

import pytest

from infra.aws import package, template, zip_optimizer


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder with what a package has at least: a module and botocore's data."""
    (tmp_path / "botocore" / "data").mkdir(parents=True)
    (tmp_path / "module.py").write_text("ANSWER = 42\n", encoding="utf-8")
    return tmp_path


def fake_python(folder: Path, exit_code: int) -> Path:
    path = folder / "python3.99"
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_every_function_runs_on_the_chosen_python_whatever_python_packages() -> None:
    for chosen, built in ((template.RUNTIME, template.build()), ("python3.99", template.build("python3.99"))):
        functions = [one["Properties"] for one in built["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
        assert {one["Runtime"] for one in functions} == {chosen}


def fake_wheel(folder: Path, python: str) -> str:
    """Make a wheel of the package `native` for one Python, and return its hash.

    Its module says which Python.
    """
    path = folder / f"native-1.0-{python}-{python}-{package.PLATFORM}.whl"
    info = "native-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("native.py", f"PYTHON = {python!r}\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: native\nVersion: 1.0\n")
        tag = f"Tag: {python}-{python}-{package.PLATFORM}\n"
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n{tag}")
        wheel.writestr(f"{info}/RECORD", f"native.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("runtime", [template.RUNTIME, "python3.12"])
def test_the_wheels_are_those_of_the_run_time_whatever_python_packages(
    runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = [fake_wheel(tmp_path, python) for python in ("cp311", "cp312", "cp313")]
    lock = tmp_path / "requirements.txt"
    lock.write_text("native==1.0 " + " ".join(f"--hash=sha256:{each}" for each in hashes) + "\n", encoding="utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    package.install(tmp_path / "package", runtime, lock)
    installed = (tmp_path / "package" / "native.py").read_text(encoding="utf-8")
    assert installed == f"PYTHON = 'cp{runtime.removeprefix('python').replace('.', '')}'\n"


def test_this_python_compiles_for_its_own_run_time() -> None:
    assert package.interpreter(package.OWN_RUNTIME) == sys.executable


def test_a_python_on_the_path_compiles_for_its_run_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert package.interpreter("python3.99") is None
    path = fake_python(tmp_path, 0)
    assert package.interpreter("python3.99") == str(path)


def test_a_python_that_does_not_run_does_not_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fake_python(tmp_path, 127)
    assert package.interpreter("python3.99") is None


def test_byte_code_is_of_the_python_that_compiles_and_does_not_look_at_the_source(sources: Path) -> None:
    zip_optimizer.optimize(sources, sys.executable)
    (compiled,) = sources.rglob("*.pyc")
    unchecked_hash = (1).to_bytes(4, "little")
    assert compiled.read_bytes()[:8] == importlib.util.MAGIC_NUMBER + unchecked_hash


def test_without_a_python_of_the_run_time_the_package_has_sources_only(sources: Path) -> None:
    zip_optimizer.optimize(sources, None)
    assert [path.name for path in sources.rglob("*.py*")] == ["module.py"]


def test_the_code_hash_is_of_the_sources_and_says_nothing_of_where_they_were_packaged(tmp_path: Path) -> None:
    hashes = []
    for name, source in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name / "chalicelib").mkdir(parents=True)
        (tmp_path / name / "app.py").write_text(source, encoding="utf-8")
        release = tmp_path / name / "chalicelib" / "release.py"
        release.write_bytes((package.ROOT / "chalicelib" / "release.py").read_bytes())
        package.write_code_hash(tmp_path / name)
        hashes.append(release.read_text(encoding="utf-8").splitlines()[-1])
    assert hashes[0] == hashes[1] != hashes[2]
    assert 'CODE = "dev"' not in hashes


def test_the_garbage_collector_is_off_only_while_the_app_is_imported() -> None:
    importlib.import_module("app")
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000

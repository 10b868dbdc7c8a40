"""`make package STAGE=...`: make the zip and template for CloudFormation.

    python -m infra.aws.package STAGE

It writes build/<stage>/deployment.zip and template.json. pip collects the packages of requirements.txt for Lambda's
Python and platform, whatever Python runs this, and checks their hashes (docs/adr/0016). The app and Chalice's runtime
are added, as `chalice package` does. `zip_optimizer` removes what is not run. `template` makes a function, a role and a
log group of every API function and worker. unprocessed.zip is the package before `zip_optimizer`, for comparison.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# The app is imported to see what it serves; nothing of this environment is packaged.
os.environ.setdefault("STAGE", "local")
os.environ.setdefault("AWS_DEFAULT_REGION", "ap-southeast-1")

import chalice

from infra.aws import template, zip_optimizer

ROOT = Path(__file__).resolve().parents[2]
OWN_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
PLATFORM = "manylinux2014_x86_64"


def package(stage: str, runtime: str = template.RUNTIME) -> Path:
    """Make the zips and the template for a stage, and return their folder.

    runtime: the Lambda run time. OWN_RUNTIME makes a package that the Python of this process can run.
    Raises CalledProcessError if pip fails, ValueError if a function lacks its entry in .chalice/config.json.
    """
    folder = ROOT / "build" / stage
    folder.mkdir(parents=True, exist_ok=True)
    python = interpreter(runtime)
    if not python:
        print(f"{runtime} is not on the PATH: the zip gets no byte code, and a cold start takes 3 times as long.")
    with tempfile.TemporaryDirectory() as scratch:
        collect(Path(scratch), runtime)
        write_code_hash(Path(scratch))
        zip_optimizer.write_zip(Path(scratch), folder / "unprocessed.zip")
        zip_optimizer.optimize(Path(scratch), python)
        zip_optimizer.write_zip(Path(scratch), folder / "deployment.zip")
    (folder / "template.json").write_text(template.text(runtime), encoding="utf-8")
    return folder


def collect(folder: Path, runtime: str) -> None:
    """Put the packages, Chalice's runtime and the app into the folder.

    Raises CalledProcessError if pip fails, for example because a file does not have the hash of the lock.
    """
    install(folder, runtime, ROOT / "requirements.txt")
    (folder / "chalice").mkdir()
    for name in ("__init__.py", "app.py"):  # `chalice package` ships these two only
        shutil.copy(Path(chalice.__file__).with_name(name), folder / "chalice" / name)
    shutil.copy(ROOT / "app.py", folder)
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))


def install(folder: Path, runtime: str, lock: Path) -> None:
    """Put the packages of a lock file into the folder.

    They are wheels for this run time and Lambda's platform, whatever Python runs this. Raises CalledProcessError if pip
    fails.
    """
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    wheels = ["--only-binary=:all:", "--implementation=cp", f"--platform={PLATFORM}"]
    wheels.append(f"--python-version={runtime.removeprefix('python')}")
    locked = ["--no-deps", "--require-hashes", "-r", str(lock), "--target", str(folder)]
    subprocess.run([*pip, *wheels, *locked], check=True)


def write_code_hash(folder: Path) -> None:
    """Write the hash of the code into the folder's chalicelib/release.py.

    The hash is that of the app's files and of the locked packages.
    """
    sources = [folder / "app.py", *sorted((folder / "chalicelib").rglob("*.py")), ROOT / "requirements.txt"]
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in sources))
    release = folder / "chalicelib" / "release.py"
    text = release.read_text(encoding="utf-8").replace('CODE = "dev"', f'CODE = "{digest.hexdigest()[:12]}"')
    release.write_text(text, encoding="utf-8")


def interpreter(runtime: str) -> str | None:
    """Find the Python of a Lambda run time on this machine; None if there is none.

    It is the Python of this process, or one on the PATH.
    """
    python = sys.executable if runtime == OWN_RUNTIME else shutil.which(runtime)
    # A version manager puts scripts on the PATH that fail for a version that is not chosen.
    if python and subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
        return None
    return python


def read_template(folder: Path) -> dict[str, Any]:
    """The template that `package` made in the folder."""
    made: dict[str, Any] = json.loads((folder / "template.json").read_text(encoding="utf-8"))
    return made


def main() -> None:
    folder = package(sys.argv[1])
    for name in ("unprocessed.zip", "deployment.zip", "template.json"):
        path = folder / name
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

"""Make the package smaller and quicker to start, without changing what runs.

    python zip_optimizer.py FOLDER    # only compiles the sources in the folder, for the Python that runs this

docs/adr/0005. A cold start spends most of its time compiling sources and reading service descriptions that nobody uses.
So the zip gets byte code that is trusted without a look at the source (unchecked-hash: Lambda's files never change),
the service descriptions of the AWS services that the policies name and no others, and no files that only a build or a
person reads. Sources stay beside the byte code, so that a traceback still shows its line.
"""

import json
import os
import py_compile
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

_POLICIES = Path(__file__).resolve().parents[2] / ".chalice"
# botocore needs these whatever the service.
_SHARED_DATA = {"_retry.json.gz", "endpoints.json.gz", "partitions.json.gz", "sdk-default-configuration.json.gz"}
_SHARED_DATA |= {name.removesuffix(".gz") for name in _SHARED_DATA}
# Top-level packages that are installed and never imported: cryptography is built with them.
_NEVER_IMPORTED = ("cffi", "pycparser")
_NOT_RUN = (".pyi", ".pyx", ".pxd", ".c", ".h", ".md", ".rst")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content makes the same zip


def optimize(root: Path, python: str | None) -> None:
    """Optimize the package in the folder.

    python: the interpreter that compiles its sources; None adds no byte code.
    """
    drop_what_is_not_run(root, services())
    if python:
        # -W ignore: the warnings are about the sources of other packages.
        subprocess.run([python, "-I", "-W", "ignore", __file__, str(root)], check=True)


def services() -> set[str]:
    """AWS services that the functions' own code calls, by the policies.

    Logging and tracing are not included, because Lambda does them for the function.
    """
    named = set()
    for path in _POLICIES.glob("policy-*.json"):
        for statement in json.loads(path.read_text(encoding="utf-8"))["Statement"]:
            named |= {action.split(":")[0] for action in statement["Action"]}
    return named - {"logs", "xray"}


def drop_what_is_not_run(root: Path, services: set[str]) -> None:
    """Remove files that the functions do not use.

    Package metadata, scripts, type stubs, tests, examples, and the descriptions of AWS services not used.
    """
    unused = [*root.glob("*.dist-info"), *root.rglob("tests"), *root.rglob("examples")]
    for folder in [*unused, root / "bin", root / "boto3" / "data"]:
        shutil.rmtree(folder, ignore_errors=True)
    for name in _NEVER_IMPORTED:
        shutil.rmtree(root / name, ignore_errors=True)
    for path in root.rglob("*"):
        if path.suffix in _NOT_RUN:
            path.unlink()
    data = root / "botocore" / "data"
    for path in data.iterdir():
        if path.is_dir() and path.name not in services:
            shutil.rmtree(path)
        elif path.is_file() and path.name not in _SHARED_DATA:
            path.unlink()
    for path in data.rglob("examples-1.json*"):
        path.unlink()


def compile_sources(root: Path) -> None:
    """Put byte code beside every source.

    Sources that this Python cannot read are removed (some packages have a branch for an older one). The byte code names
    the source's place in Lambda, not that of this machine.
    """
    for path in sorted(root.rglob("*.py")):
        shown = f"/var/task/{path.relative_to(root)}"
        try:
            py_compile.compile(
                str(path), dfile=shown, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
            )
        except py_compile.PyCompileError:
            path.unlink()


def write_zip(root: Path, target: Path) -> None:
    """Zip the folder in a fixed order with fixed dates and modes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(root)).replace(os.sep, "/"), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            zipped.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    compile_sources(Path(sys.argv[1]))

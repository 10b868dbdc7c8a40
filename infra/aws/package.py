"""`make package STAGE=...`: build/<stage>/deployment.zip and template.json, ready for CloudFormation.

    python -m infra.aws.package [STAGE]

`chalice package` collects the code and its packages; `slim` takes out of the zip what is not run; `template` makes a
function, a role and a log group of every door and worker. unprocessed.zip is Chalice's own, to measure against.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# The app is imported to see what it serves; nothing of this environment is packaged.
os.environ.setdefault("STAGE", "local")
os.environ.setdefault("AWS_DEFAULT_REGION", "ap-southeast-1")

from infra.aws import template, zip_optimizer

ROOT = Path(__file__).resolve().parents[2]


def package(stage: str) -> Path:
    """Makes the zips and the template for a stage; returns the folder that holds them. Raises CalledProcessError where
    Chalice fails, ValueError where a function lacks its entry in .chalice/config.json."""
    folder = ROOT / "build" / stage
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "chalice"
        chalice = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", "local", str(raw)]
        subprocess.run(chalice, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        zip_optimizer.slim(raw / "deployment.zip", folder / "deployment.zip")
        (folder / "unprocessed.zip").write_bytes((raw / "deployment.zip").read_bytes())
    (folder / "template.json").write_text(template.text(), encoding="utf-8")
    return folder


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

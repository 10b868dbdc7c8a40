"""Write a generated file that is checked in, or compare it."""

import sys
from pathlib import Path


def write_or_check(file: Path, content: str, remedy: str) -> int:
    """Write the content to the file; with --check on the command line only compare.

    Returns the exit code: 1 if the file differs, after printing its name and the remedy.
    """
    if "--check" not in sys.argv[1:]:
        file.write_text(content, encoding="utf-8")
        return 0
    if file.read_text(encoding="utf-8") == content:
        return 0
    print(f"{file.name} is out of date: {remedy}")
    return 1

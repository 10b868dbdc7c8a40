"""Reads the commands of docs/operations.md and docs/deployment.md, and runs those of a section on the local engine.

A command stands in a code block of the language `sh`. The first line `# AWS only: <step>` says that only AWS can run the
block, and which step of `make first-deployment` proves it. Every other block is run by a test (tests/runbook/). Queries
of CloudWatch Logs Insights stand in blocks of the language `insights`.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("operations.md", "deployment.md")
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"# AWS only: (\S+)\n")


@dataclass(frozen=True)
class Block:
    """A code block. section: the heading above it. step: the step that its mark names, or ""."""

    page: str
    section: str
    language: str
    text: str
    step: str


def blocks() -> list[Block]:
    """All code blocks of the pages, in their order."""
    return [block for page in PAGES for block in blocks_of(page, (ROOT / "docs" / page).read_text(encoding="utf-8"))]


def blocks_of(page: str, markdown: str) -> list[Block]:
    """The code blocks of one page."""
    found = []
    for match in _FENCE.finditer(markdown):
        headings = re.findall(r"^##? (.+)$", markdown[: match.start()], re.MULTILINE)
        text = "".join(line.removeprefix(match[1]) for line in match[3].splitlines(keepends=True))
        mark = _MARK.match(text)
        found.append(Block(page, headings[-1], match[2], text, mark[1] if mark else ""))
    return found


def script(page: str, section: str) -> str:
    """The commands of a section that the engine can run, one after the other."""
    return "".join(
        block.text
        for block in blocks()
        if (block.page, block.section, block.language, block.step) == (page, section, "sh", "")
    )


def run(page: str, section: str, tools: Path, environment: dict[str, str], folder: Path = ROOT) -> str:
    """Run the commands of a section with bash, as an operator would; returns what they print.

    tools: an empty folder, which gets the programs `aws` and `make` for the engine. environment: what the section asks
    the operator to set, and the engine's address. Raises CalledProcessError with the output if a command fails.
    """
    write_tools(tools)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script(page, section)],
        env={**os.environ, **environment, "PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{page}, {section}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def write_tools(folder: Path) -> None:
    """Put `aws`, which calls the engine, and `make`, which installs nothing, into a folder."""
    python = ROOT / ".venv" / "bin" / "python"
    programs = {
        "aws": f'exec "{python}" -m infra.local.aws_command "$@"',
        "make": 'exec /usr/bin/make --old-file=.venv/installed --no-print-directory "$@"',
    }
    for name, line in programs.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        path.chmod(0o755)

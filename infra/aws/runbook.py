"""Read the commands of the operators' pages, and run those of a section.

The pages are docs/operations.md and docs/deployment.md; the commands run on the local engine. A command stands in a
code block of the language `sh`. The first line `# AWS only: <step>` says that only AWS can run the block, and which
step of `make first-deployment` proves it. Every other block is run by a test (tests/runbook/). Queries of CloudWatch
Logs Insights stand in blocks of the language `insights`.
"""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.local import aws_command

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("operations.md", "deployment.md")
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_MAKE = shutil.which("make")
_MARK = re.compile(r"# AWS only: (\S+)\n")


@dataclass(frozen=True)
class CodeBlock:
    """A code block.

    section: the heading above it. step: the step that its mark names, or "".
    """

    page: str
    section: str
    language: str
    text: str
    step: str


def blocks() -> list[CodeBlock]:
    """All code blocks of the pages, in their order."""
    return [block for page in PAGES for block in blocks_of(page, (ROOT / "docs" / page).read_text(encoding="utf-8"))]


def blocks_of(page: str, markdown: str) -> list[CodeBlock]:
    """The code blocks of one page."""
    code_blocks = []
    for match in _FENCE.finditer(markdown):
        headings = re.findall(r"^##? (.+)$", _FENCE.sub("", markdown[: match.start()]), re.MULTILINE)
        text = "".join(line.removeprefix(match[1]) for line in match[3].splitlines(keepends=True))
        mark = _MARK.match(text)
        code_blocks.append(CodeBlock(page, headings[-1], match[2], text, mark[1] if mark else ""))
    return code_blocks


def steps(page: str, section: str) -> list[str]:
    """The blocks of commands of a section that the engine can run."""
    return [
        block.text
        for block in blocks()
        if (block.page, block.section, block.language, block.step) == (page, section, "sh", "")
    ]


def run(commands: str, variables: dict[str, str], folder: Path = ROOT) -> str:
    """Run commands of a page with bash, as an operator would; return what they print.

    variables: what the page asks the operator to set. The environment names the engine and STAGE. folder: where the
    commands run. Raises RuntimeError with the output if a command fails.
    """
    assignments = "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
    with tempfile.TemporaryDirectory(prefix="runbook-") as tools, aws_command.program(Path(tools)):
        # The operator's `make` may renew the virtual environment; here it stays as it is.
        make = Path(tools) / "make"
        make.write_text(f'#!/bin/sh\nexec {_MAKE} --old-file=.venv/installed --no-print-directory "$@"\n', "utf-8")
        make.chmod(0o700)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", assignments + commands],
            env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}:\n{commands}\n{done.stdout}{done.stderr}")
    return done.stdout

"""Checklist that runs by command: numbered steps, and a file with the results.

Each step says what it proves. A file has the results of one stage.
"""

import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib import clock
from infra.aws import operator_prompts

PROVED, FAILED, NOT_DONE = "proved", "FAILED", "not done"


class StepFailed(Exception):
    """The step shows a fault of the deployment.

    The text says what was seen and what to do.
    """


class StepNotDone(Exception):
    """The step proves nothing in this run; the text says why.

    For example, nobody could answer its question.
    """


@dataclass(frozen=True)
class Deployment:
    """The deployed system that the steps check.

    outputs: of both stacks. url: the public address, without a slash at the end. ask: asks the operator a question.
    tester: returns a national id that gets a test message, or "". arrived: whether that person got the message with
    this title; None if nobody can say.
    """

    stage: str
    outputs: dict[str, str]
    template: dict[str, Any]
    url: str
    ask: operator_prompts.Ask
    tester: Callable[[], str]
    arrived: Callable[[str, str], bool | None]


@dataclass(frozen=True)
class Step:
    """One step of a checklist.

    name: docs/operations.md and docs/deployment.md refer to it. check: returns what it saw; raises StepFailed or
    StepNotDone. aws_only: why the embedded engine cannot run it. asks: True if a person answers; a step that is proved
    is then not asked again.
    """

    name: str
    proves: str
    check: Callable[[Deployment], str]
    aws_only: str = ""
    asks: bool = False


def run(steps: list[Step], deployment: Deployment, results_file: Path, only: str = "") -> dict[str, Any]:
    """Run the steps in order and write the results after each step.

    Prints a line for each. only: the name of the one step to run. Returns all results of the file: name -> {result,
    saw, at}.
    """
    results = read(results_file)
    for number, step in enumerate(steps, start=1):
        if only and step.name != only:
            continue
        print(f"{number:2}. {step.name}: {step.proves}", flush=True)
        if step.asks and not only and results.get(step.name, {}).get("result") == PROVED:
            print(f"    {PROVED} on {results[step.name]['at'][:10]}; STEP={step.name} runs it again", flush=True)
            continue
        result, saw = _outcome(step, deployment)
        print(f"    {result}: {saw}", flush=True)
        results[step.name] = {"result": result, "saw": saw, "at": clock.now().isoformat(timespec="seconds")}
        results_file.parent.mkdir(parents=True, exist_ok=True)
        results_file.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return results


def read(results_file: Path) -> dict[str, Any]:
    """The results of earlier runs."""
    if not results_file.exists():
        return {}
    results: dict[str, Any] = json.loads(results_file.read_text(encoding="utf-8"))
    return results


def _outcome(step: Step, deployment: Deployment) -> tuple[str, str]:
    try:
        return PROVED, step.check(deployment)
    except StepFailed as problem:
        return FAILED, str(problem)
    except StepNotDone as reason:
        return NOT_DONE, str(reason)
    except Exception as fault:  # one step that cannot be carried out does not stop the others
        traceback.print_exc()
        return FAILED, f"{type(fault).__name__}: {fault}"

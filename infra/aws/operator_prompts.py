"""Questions to the operator on the terminal.

A run without a terminal gets no answer.
"""

import sys
from collections.abc import Callable

# Yes, no, or None if nobody can answer.
Ask = Callable[[str], bool | None]


def ask(question: str) -> bool | None:
    """Ask until the answer is yes or no.

    None if there is no terminal, or the operator ends the input.
    """
    if not sys.stdin.isatty():
        return None
    try:
        while (answer := input(f"{question} [yes/no] ").strip().lower()) not in ("yes", "no"):
            print("Please answer yes or no.")
    except (EOFError, KeyboardInterrupt):
        return None
    return answer == "yes"


def no_answer(question: str) -> None:
    """The answer of a run that must not wait for anybody."""

"""Wait for an event with a deadline, never for a fixed time."""

import os
import time
from collections.abc import Callable
from typing import Any

# Only a fault reaches the deadline. A CI machine may be busy with other work, and so may a system that runs already; a
# developer wants to see the fault soon.
SECONDS = 600.0 if os.environ.get("CI") or "DEPLOYED_URL" in os.environ else 300.0


def eventually(look: Callable[[], Any], what: str = "", seconds: float = SECONDS, every: float | None = None) -> Any:
    """Call `look` until its answer is true in Python's sense; return the answer.

    every: seconds between two calls. None means twenty calls a second at first, and two a second later: calling costs
    more CPU time than the awaited work. Raises AssertionError at the deadline, naming `what` was awaited.
    """
    deadline = time.monotonic() + seconds
    pause = every or 0.05
    while not (answer := look()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what or look}"
        time.sleep(pause)
        if every is None:
            pause = min(1.3 * pause, 0.5)
    return answer

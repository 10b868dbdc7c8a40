"""Wait for an event with a deadline, never for a time."""

import os
import time
from collections.abc import Callable
from typing import Any

# A deadline is met only by a fault. A CI machine may be busy with other work, and so may a system that runs already; a
# developer wants to see the fault soon.
SECONDS = 600.0 if os.environ.get("CI") or "DEPLOYED_URL" in os.environ else 300.0


def eventually(look: Callable[[], Any], what: str = "", seconds: float = SECONDS, every: float | None = None) -> Any:
    """Return the first truthy answer of `look`, which is asked every so many seconds.

    every: None asks twenty times a second at first, and down to twice later: asking costs more CPU time than what is
    awaited. Raises AssertionError at the deadline, naming `what` was awaited.
    """
    deadline = time.monotonic() + seconds
    pause = every or 0.05
    while not (answer := look()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what or look}"
        time.sleep(pause)
        if every is None:
            pause = min(1.3 * pause, 0.5)
    return answer

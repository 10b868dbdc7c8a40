"""Screenshots for reviewers: SCREENSHOTS=1 writes them to ci-output/."""

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).parents[2] / "ci-output"


def keep(page: Page, name: str) -> None:
    """Write a screenshot to FOLDER if SCREENSHOTS is set.

    They are off by default, because a screenshot takes as long as many a step of a test.
    """
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=FOLDER / f"{name}.png")

"""Pictures of the screens, for whoever reviews them: SCREENSHOTS=1 keeps them in ci-output/."""

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).parents[2] / "ci-output"


def keep(page: Page, name: str) -> None:
    """Write what is on the screen to FOLDER, if they are wanted: a picture costs as much as many a step of a test."""
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=FOLDER / f"{name}.png")

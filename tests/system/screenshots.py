"""Screenshots for reviewers: SCREENSHOTS=1 writes them to ci-output/."""

import os
from pathlib import Path

from playwright.sync_api import Page, TimeoutError

FOLDER = Path(__file__).parents[2] / "ci-output"


def keep(page: Page, name: str) -> None:
    """Write a screenshot to FOLDER if SCREENSHOTS is set.

    They are off by default, because a screenshot takes as long as many a step of a test.
    """
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=FOLDER / f"{name}.png")


def keep_whole(page: Page, name: str, tallest: int) -> None:
    """Write a screenshot of the whole page, down to `tallest` pixels."""
    if os.environ.get("SCREENSHOTS"):
        size = page.evaluate("[innerWidth, Math.max(innerHeight, document.scrollingElement.scrollHeight)]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], tallest)}
        path = FOLDER / f"{name}.png"
        try:
            page.screenshot(path=path, full_page=True, clip=clip, timeout=20_000)  # type: ignore[arg-type]
        except TimeoutError:  # on a busy machine Chromium may draw nothing beyond its window
            page.screenshot(path=path)

"""What the browser tests need: a browser, Thai fonts and the built dashboard.

    python -m tests.browser    # finds them or gets them; `make test` runs it first

Exit code 1 and one line on stderr if one of them is missing. BROWSER=skip leaves the browser tests out, and then
nothing is looked for.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import sync_playwright

from infra.local.run import build_dashboard
from tests.debian_packages import apt_get, runs

# The headless shell is the same browser without its windows, which take a third of the CPU time of the browser tests.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LEFT_OUT = "left out by BROWSER=skip"
REMEDY = "or leave the browser tests out with BROWSER=skip"
DOWNLOAD_SECONDS, START_SECONDS = 180, 60


def is_skipped() -> bool:
    return os.environ.get("BROWSER") == "skip"


def find() -> str | None:
    """Find a browser that starts; None if there is none.

    If CHROMIUM=path is set, only that one; else one on the PATH, else Playwright's own.
    """
    if named := os.environ.get("CHROMIUM"):
        return named if _starts(named) else None
    for name in NAMES:
        if (path := shutil.which(name)) and _starts(path):
            return path
    with ThreadPoolExecutor(1) as thread:  # a browser test may have a Playwright running in the present thread
        own = thread.submit(_playwrights_own).result()
    return own if _starts(own) else None


def _playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def get() -> str | None:
    """Get a browser by Debian's packages or Playwright's download; None if it fails.

    Debian's packages are used if that needs no password. A browser that CHROMIUM names is not replaced by another one.
    """
    if os.environ.get("CHROMIUM"):
        return None
    for package in (SHELL, "chromium"):
        apt_get(package)
        if found := find():
            return found
    _download()
    return find()


def missing() -> str:
    """The line to show if there is no browser."""
    if named := os.environ.get("CHROMIUM"):
        return f"CHROMIUM={named} does not start: name a Chromium or Chrome that does, {REMEDY}"
    return f"Chromium is missing: install it, name one with CHROMIUM=path, {REMEDY}"


def _download() -> None:
    """Let Playwright download its own Chromium into the home folder.

    The caller looks for it afterwards.
    """
    print("Downloading Chromium ...", flush=True)
    runs([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"], DOWNLOAD_SECONDS)


def _starts(browser: str) -> bool:
    return runs([browser, "--version"], START_SECONDS)


def _has_thai_fonts() -> bool:
    """Return whether this machine can draw Thai text.

    Without a font its boxes are wider, and the phone page does not fit.
    """
    if sys.platform != "linux":
        return True  # macOS brings them
    lister = shutil.which("fc-list")
    return bool(lister and subprocess.run([lister, ":lang=th"], capture_output=True, check=False).stdout)


def main() -> int:
    if is_skipped():
        return 0
    if not (find() or get()):
        print(missing(), file=sys.stderr)
        return 1
    if not _has_thai_fonts():
        apt_get("fontconfig", "fonts-thai-tlwg")
    if not _has_thai_fonts():
        print(f"Thai fonts are missing: install fontconfig and fonts-thai-tlwg, {REMEDY}", file=sys.stderr)
        return 1
    if problem := build_dashboard():
        print(f"{problem}, {REMEDY}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

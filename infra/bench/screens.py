"""Bench: script time of one key press on the dashboard's long screens.

    python -m infra.bench.screens

The hospital has 60 rooms, and 5,000 bookings today. The bench needs Chromium (set its path with CHROMIUM=path) and the
built dashboard. Chromium itself counts the times: of script, and of the whole task with layout and paint. Fails if the
script of a key takes longer than 100 ms.
"""

import os
import shutil
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page, Response, sync_playwright

from chalicelib.auth.passwords import password_hash
from infra.bench import large_hospital
from infra.bench.bench_environment import bench_environment
from infra.local.run import build_dashboard

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu"]
REPEATS, MOST_MS = 9, 100
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SEARCH, NEXT_PAGE, PAGE_BEFORE = "main input[type=search]", ".pager button:last-child", ".pager button:first-child"
# Screen, CSS selector of the control with the focus, the key that is measured, and the control and key that take it
# back, so that each press does as much as the first.
KEYS = [
    ("", "main select", "ArrowDown", None),
    ("day?date={day}", "main input[type=checkbox]", "Space", None),
    ("day?date={day}", SEARCH, "5", (SEARCH, "Backspace")),
    ("day?date={day}&room=7", "main input[type=checkbox]", "Space", None),
    ("schedules?date={day}", SEARCH, "5", (SEARCH, "Backspace")),
    ("schedules?date={day}", NEXT_PAGE, "Enter", (PAGE_BEFORE, "Enter")),
    ("schedules?date={day}&view=grid", SEARCH, "5", (SEARCH, "Backspace")),
    ("schedules?date={day}&view=grid", ".grid button[tabindex='0']", "ArrowDown", None),
    ("calendar?date={day}", SEARCH, "5", (SEARCH, "Backspace")),
    ("calendar?date={day}", "[aria-pressed=true]", "ArrowRight", None),
]


@dataclass
class Loaded:
    """Counts of the API responses that a screen has loaded."""

    requests: int = 0
    megabytes: float = 0.0

    def note(self, response: Response) -> None:
        if "/api/" in response.url:
            self.requests += 1
            self.megabytes += int(response.headers.get("content-length", 0)) / 1_000_000


def main() -> int:
    browser_path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "google-chrome"))), ""
    )
    missing = build_dashboard() or ("" if browser_path else "Chromium is missing: name one with CHROMIUM=path")
    if missing:
        print(missing, file=sys.stderr)
        return 1
    with bench_environment() as running, sync_playwright() as playwright:
        day = large_hospital.make()
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="th-TH")
        page.set_default_timeout(180_000)
        page.add_init_script(f"sessionStorage.setItem('token', '{_token(running.api_url)}');"
                             "sessionStorage.setItem('stirred', String(Date.now()))")  # fmt: skip
        print("| screen | key | requests | MB | script ms, median | task ms, median | rows in the page |")
        print("|---|---|---:|---:|---:|---:|---:|")
        slow = []
        for screen, control, key, back in KEYS:
            line, script_ms = _line(page, f"{running.api_url}/#/{screen.format(day=day)}", control, key, back)
            print(line, flush=True)
            slow += [screen] if script_ms > MOST_MS else []
        browser.close()
    return len(slow)


def _line(page: Page, address: str, control: str, key: str, back: tuple[str, str] | None) -> tuple[str, float]:
    """The line of the table, and the median of the script's milliseconds."""
    loaded = Loaded()
    page.goto("about:blank")
    page.on("response", loaded.note)
    page.goto(address)
    page.locator(control).first.wait_for()
    page.locator("tbody tr:not(.empty) td").first.wait_for()
    page.remove_listener("response", loaded.note)
    rows = page.locator("tbody tr").count()
    scripts, tasks = zip(*_times(page, control, key, back), strict=True)
    median = [1000 * sorted(values)[REPEATS // 2] for values in (scripts, tasks)]
    cells = [address.partition("#/")[2] or "today", key, loaded.requests, f"{loaded.megabytes:.1f}"]
    cells += [*(f"{each:.0f}" for each in median), rows]
    return f"| {' | '.join(map(str, cells))} |", median[0]


def _times(page: Page, control: str, key: str, back: tuple[str, str] | None) -> Iterator[tuple[float, float]]:
    """Yield (script, whole task) of each key press, in seconds."""
    session = page.context.new_cdp_session(page)
    # CPU time of the thread, so other processes of the machine do not count.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.locator(control).first.focus()
    for _ in range(REPEATS):
        before = _metrics(session)
        page.keyboard.press(key)
        page.evaluate(DRAWN)
        after = _metrics(session)
        if back:
            page.locator(back[0]).first.press(back[1])
            page.evaluate(DRAWN)
            page.locator(control).first.focus()
        yield after["ScriptDuration"] - before["ScriptDuration"], after["TaskDuration"] - before["TaskDuration"]
    session.detach()


def _metrics(session: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def _token(url: str) -> str:
    query = {"Action": "get_moph_access_token", "user": large_hospital.LOGIN, "hospital_code": large_hospital.CODE}
    query["password_hash"] = password_hash(large_hospital.PASSWORD)
    with urllib.request.urlopen(f"{url}/token?{urllib.parse.urlencode(query)}", timeout=30) as response:
        return str(response.read().decode())


if __name__ == "__main__":
    sys.exit(main())

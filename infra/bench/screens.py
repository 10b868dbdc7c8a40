"""Bench: script time of one key press on the dashboard's long screens.

    python -m infra.bench.screens

The hospital has 60 rooms, and 5,000 bookings on the day. The bench needs Chromium (set its path with CHROMIUM=path) and
the built dashboard. Chromium itself counts the times: of script, and of the whole task with layout and paint.
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
REPEATS = 9
# Screen, CSS selector of the control that gets the focus, and the key that is pressed.
KEYS = [
    ("day?date={day}", "main input[type=checkbox]", "Space"),
    ("day?date={day}", "main input[type=search]", "5"),
    ("day?date={day}&room=7", "main input[type=checkbox]", "Space"),
    ("schedules?date={day}", "main input[type=search]", "5"),
    ("schedules?date={day}", ".pager button:last-child", "Enter"),
    ("calendar?date={day}", "main input[type=search]", "5"),
    ("calendar?date={day}", "[aria-pressed=true]", "ArrowLeft"),
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
        for screen, control, key in KEYS:
            print(_line(page, f"{running.api_url}/#/{screen.format(day=day)}", control, key), flush=True)
        browser.close()
    return 0


def _line(page: Page, address: str, control: str, key: str) -> str:
    loaded = Loaded()
    page.goto("about:blank")
    page.on("response", loaded.note)
    page.goto(address)
    page.locator(control).first.wait_for()
    page.locator("tbody tr:not(.empty) td").first.wait_for()
    page.remove_listener("response", loaded.note)
    page.locator(control).first.focus()
    scripts, tasks = zip(*_times(page, key), strict=True)
    median = [1000 * sorted(values)[REPEATS // 2] for values in (scripts, tasks)]
    cells = [address.partition("#/")[2], key, loaded.requests, f"{loaded.megabytes:.1f}"]
    cells += [*(f"{each:.0f}" for each in median), page.locator("tbody tr").count()]
    return f"| {' | '.join(map(str, cells))} |"


def _times(page: Page, key: str) -> Iterator[tuple[float, float]]:
    """Yield (script, whole task) of each key press, in seconds."""
    session = page.context.new_cdp_session(page)
    # CPU time of the thread, so other processes of the machine do not count.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    for _ in range(REPEATS):
        before = _metrics(session)
        page.keyboard.press(key)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        after = _metrics(session)
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

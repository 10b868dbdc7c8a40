"""A nurse at a counter: what is done on the queue desk's page, by keys."""

import re

from playwright.sync_api import Locator, expect

from tests.system.dashboard_page import DashboardPage


class QueuePage:
    """A window on the queue desk. keys: how many were pressed."""

    def __init__(self, desk: DashboardPage) -> None:
        self.desk, self.page, self.keys = desk, desk.page, 0
        self.number: Locator = self.page.locator(".queue-number")
        self.said: Locator = self.page.locator(".answer")

    def opened(self) -> "QueuePage":
        """Follow the dashboard's link, in the same tab."""
        self.page.get_by_role("link", name="คิวหน้าห้อง").click()
        expect(self.page.get_by_role("navigation", name="เมนู").get_by_role("link", name="เรียกคิว")).to_be_visible()
        return self

    def at(self, point: str, counter: int = 1) -> "QueuePage":
        """Choose where to call."""
        self.page.get_by_label("จุดบริการ").select_option(label=point)
        self.page.get_by_label("ช่อง").select_option(str(counter))
        self.page.get_by_role("button", name="เริ่มเรียกคิว").click()
        expect(self.page.get_by_role("heading", name=f"{point} · ช่อง {counter}")).to_be_visible()
        return self

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def call(self, key: str = "n") -> str:
        """Call the next by a key; the number that the page shows then."""
        self.press(key)
        expect(self.number).to_have_text(re.compile(r"\w"))
        return self.number.inner_text()

    def end(self, *keys: str) -> None:
        """Press the keys that end the call, and wait until the counter is free."""
        for key in keys:
            self.press(key)
        self.is_free()

    def call_and_serve(self) -> str:
        number = self.call()
        self.end("Enter")
        return number

    def is_free(self) -> None:
        expect(self.number).to_have_text("–")

    def waits(self, number: str) -> Locator:
        """The row of who waits."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=number, exact=True))

    def screen(self, name: str) -> None:
        self.page.get_by_role("navigation", name="เมนู").get_by_role("link", name=name).click()

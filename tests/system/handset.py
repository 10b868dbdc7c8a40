"""Page object of the phone page, which stands for the Mor Prom app."""

import re
from datetime import date

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.hospitals import PROVINCE_NAME, Hospital
from tests.system import screenshots
from tests.waiting import eventually

MONTHS = 24  # how far ahead a day is searched


class Handset:
    """One phone on the page.

    complaints: errors of the page and messages of the browser's console, without those that the browser writes by
    itself for each response 4xx and for a broken connection.
    """

    def __init__(self, browser: Browser, url: str, hospital: Hospital, width: int = 390, height: int = 800) -> None:
        self.url, self.hospital = f"{url}/phone/", hospital
        size: ViewportSize = {"width": width, "height": height}
        self.context = browser.new_context(viewport=size, locale="th-TH", has_touch=True)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(90_000)
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._note(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.url)

    def _note(self, text: str) -> None:
        if not re.search(r"status of 4\d\d|net::ERR_", text):
            self.complaints.append(text)

    def close(self) -> None:
        self.context.close()

    def shot(self, name: str) -> None:
        screenshots.keep(self.page, f"phone-{name}")

    def heading(self, title: str) -> None:
        """Wait for the screen with this heading."""
        expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def more(self) -> None:
        """Open the further actions of the only appointment on the screen."""
        self.page.get_by_role("article").locator("summary").click()

    def tab(self, name: str) -> None:
        self.page.get_by_role("navigation", name="เมนูหลัก").get_by_role("link", name=name).click()

    def enter(self, cid: str) -> "Handset":
        """Sign in with the national id of a person who is in the registry."""
        self.page.get_by_label("เลขบัตรประชาชน 13 หลัก").fill(cid)
        self.press("เข้าใช้งาน")
        self.heading("นัดของฉัน")
        return self

    def find_department(self, department: str = "อายุรกรรม") -> None:
        """Choose province, hospital and department, up to the choice of a day."""
        self.tab("จองนัด")
        self.page.get_by_label("จังหวัด").select_option(label=PROVINCE_NAME)
        self.page.get_by_role("link", name=self.hospital.name).click()
        self.page.get_by_role("link", name=department).click()
        self.heading("เลือกวัน")

    def choose(self, day: date, period: str) -> None:
        """Choose a day and a period, up to the confirmation of the booking."""
        wanted = self.page.locator(f"[data-date='{day.isoformat()}'].open")
        for _ in range(MONTHS):
            if self.page.locator(f"[data-date='{day.isoformat()}']").count():
                break
            self.page.get_by_role("button", name="เดือนถัดไป").click()
        wanted.click()
        self.page.get_by_role("button", name=period).click()

    def expect_notice(self, title: str) -> None:
        """Wait until a notice with this title has arrived, and open it."""
        self.tab("ข่าวสาร")
        notice = self.page.get_by_role("link", name=title)

        def has_come() -> int:
            self.page.reload()
            self.page.wait_for_load_state("networkidle")
            return notice.count()

        eventually(has_come, f"the notice {title}")
        notice.first.click()
        self.heading(title)
        expect(self.page.get_by_text("อ่านเมื่อ")).to_be_visible()

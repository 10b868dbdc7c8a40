"""Page object of the dashboard: what a clerk does on its screens."""

import re
from datetime import date

from playwright.sync_api import BrowserContext, Dialog, Locator, Page, Request, expect

from tests.hospitals import Hospital
from tests.large import large
from tests.maker import PASSWORD
from tests.system import screenshots

# A path through the screens in Thai, and in a `large` run in English: the functions below are the same.
LANGUAGES = ["ไทย", large("English")]


class DashboardPage:
    """One browser window on the dashboard.

    complaints: errors of the page and messages of the browser's console, without those that the browser writes by
    itself for each response 4xx and for a broken connection.
    """

    def __init__(
        self, context: BrowserContext, url: str, hospital: Hospital, width: int = 1366, height: int = 768
    ) -> None:
        self.url, self.hospital, self.context = url, hospital, context
        self.page: Page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.set_default_timeout(90_000)
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._note(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._accept)
        self._waits_for: set[Request] = set()
        self.page.on("request", lambda request: self._waits_for.add(request))
        self.page.on("requestfinished", lambda request: self._waits_for.discard(request))
        self.page.on("requestfailed", lambda request: self._waits_for.discard(request))

    def _note(self, text: str) -> None:
        if not re.search(r"status of 4\d\d|net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION)", text):
            self.complaints.append(text)

    def _accept(self, dialog: Dialog) -> None:
        dialog.accept()

    def until_drawn(self) -> None:
        """Wait until the page is drawn and waits for no response.

        `networkidle` waits half a second more, at each screen.
        """
        drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.page.evaluate(drawn)
        while self._waits_for:
            self.page.evaluate(drawn)

    def shot(self, name: str) -> None:
        screenshots.keep(self.page, name)

    def sign_in(self, login: str = "staff.demo", password: str = PASSWORD) -> "DashboardPage":
        """Sign in through the form, as a person does. The account must exist."""
        self.page.goto(self.url)
        self.page.get_by_label("รหัสหน่วยบริการ").fill(self.hospital.code)
        self.page.get_by_label("ชื่อผู้ใช้").fill(login)
        self.page.get_by_label("รหัสผ่าน", exact=True).fill(password)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("button", name="ออกจากระบบ")).to_be_visible()
        return self

    def signed_in(self, login: str = "staff.demo") -> "DashboardPage":
        """Open the page as it is after `sign_in` and a reload, without using the form."""
        return self.with_token(self.hospital.client(login).token)

    def with_token(self, token: str | None) -> "DashboardPage":
        """Open the page signed in with an existing token."""
        self.page.add_init_script(
            f"""if (!localStorage.getItem("began")) {{
                localStorage.setItem("began", "yes");
                sessionStorage.setItem("token", "{token}");
                sessionStorage.setItem("stirred", String(Date.now()));
            }}"""
        )
        self.page.goto(self.url)
        expect(self.page.get_by_role("button", name="ออกจากระบบ")).to_be_visible()
        return self

    def menu(self, title: str) -> None:
        self.page.get_by_role("navigation", name="เมนู").get_by_role("link", name=title).click()
        expect(self.heading(title)).to_be_visible()

    def go(self, address: str) -> None:
        """Open a screen by its address, for example `calendar?date=2026-12-01`."""
        self.page.goto(f"{self.url}/#/{address}")

    def heading(self, title: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=title)

    def window(self, title: str) -> Locator:
        return self.page.get_by_role("dialog", name=title)

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text)

    def press(self, name: str, exact: bool = True) -> None:
        self.page.get_by_role("button", name=name, exact=exact).click()

    def open_bookings(self, day: date, schedule_id: int) -> None:
        """Open the bookings of one schedule, and wait until “จอง” has the focus."""
        self.go(f"day?date={day.isoformat()}&schedule={schedule_id}")
        expect(self.page.get_by_role("button", name="จอง", exact=True)).to_be_focused()

    def book(self, cid: str) -> None:
        """Book by keyboard in the open window: type the id, press Enter twice.

        Waits until the field is empty and has the focus again.
        """
        field = self.window("ระบุเลขที่บัตรประชาชน").get_by_label("เลขที่บัตรประชาชน")
        expect(field).to_be_focused()
        self.page.keyboard.type(cid)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("button", name="บันทึก", exact=True)).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(field).to_have_value("")
        expect(field).to_be_focused()


def thai_date(day: date) -> str:
    """A date as it is typed and shown: 23/11/2569."""
    return f"{day:%d/%m}/{day.year + 543}"

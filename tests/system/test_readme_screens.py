"""The screens that the README shows, of the showcase hospital.

After a change of the look: run this with SCREENSHOTS=1, and copy ci-output/readme-*.png to docs/screens/, without
"readme-".
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from infra.local import demo
from infra.local.local_stack import LocalStack
from tests.client import Client
from tests.system.dashboard_page import DashboardPage

CODE = demo.SHOWCASE[0]
PASSWORDS = {login: password for login, _, _, _, password in demo.SHOWCASE_ACCOUNTS}


@pytest.fixture(scope="module")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """A system of its own: other tests count the hospitals of theirs."""
    with LocalStack(tmp_path_factory.mktemp("showcase"), kept=False, showcase=True) as running:
        yield running


@pytest.mark.large
def test_the_screens_of_the_readme(new_desk: Callable[..., DashboardPage], showcase: LocalStack) -> None:
    def signed_in(login: str) -> tuple[Client, DashboardPage]:
        client = Client(showcase.url, None, CODE).sign_in(login, CODE, PASSWORDS[login])
        desk = new_desk()
        desk.url = showcase.url
        return client, desk.with_token(client.token)

    clerk, desk = signed_in("clerk.demo")
    board = clerk.call("GET", "/api/dashboard/today").result
    day = next(day["date"] for day in board["days"] if day["date"] > board["date"] and day["booked"] > 20)
    expect(desk.page.get_by_role("region", name="14 วันข้างหน้า").get_by_role("listitem")).to_have_count(14)
    desk.shot("readme-today")
    desk.go(f"calendar?date={day}")
    expect(desk.page.locator(f"[data-date='{day}']")).to_contain_text("ว่าง")
    expect(desk.page.get_by_role("link", name="เลือก").first).to_be_visible()
    desk.shot("readme-calendar")
    desk.go(f"day?date={day}")
    expect(desk.page.get_by_role("table").get_by_role("row").nth(12)).to_be_visible()
    desk.shot("readme-bookings")
    desk.go(f"schedules?date={day}&view=grid")
    expect(desk.page.get_by_role("region", name="ผังห้องตรวจและช่วงเวลา").get_by_role("row").nth(5)).to_be_visible()
    desk.shot("readme-schedules")
    _, head = signed_in("head.demo")
    head.go(f"account?code={CODE}&login=clerk.demo")
    expect(head.page.get_by_role("region", name="Role ที่กำหนดให้").get_by_role("row")).to_have_count(5)
    head.shot("readme-account")

"""The screens that the README shows. A new look: run this with SCREENSHOTS=1, and copy ci-output/readme-*.png.

The copies belong in docs/screens/.
"""

from collections.abc import Callable

from playwright.sync_api import expect

from infra.local import demo
from tests.client import Client, in_days
from tests.hospitals import Hospitals
from tests.system.dashboard_page import DashboardPage


def test_the_screens_of_the_readme(
    new_desk: Callable[..., DashboardPage], demo_staff: Client, hospitals: Hospitals
) -> None:
    staff, desk = demo_staff, new_desk().with_token(demo_staff.token)
    day = in_days(20).isoformat()
    lines = staff.call("GET", "/api/dashboard/schedules", {"date": day}).result
    schedule_id = next(one["schedule_id"] for one in lines if one["room_id"] == 1)
    for number, person in enumerate(demo.PEOPLE[:9]):
        body = {"cid": person.cid, "schedule_id": schedule_id}
        row = staff.call("POST", "/api/dashboard/appointments", body=body).result
        if number < 5:
            place = f"/api/dashboard/appointments/{schedule_id}/{row['place']}"
            assert staff.call("POST", f"{place}/accept", body={"version": row["version"]}).status == 200
    where = f"date={day}&department=1&room=1"

    desk.go(f"calendar?{where}")
    expect(desk.page.locator(f"[data-date='{day}']")).to_contain_text("/160")
    expect(desk.row("15:00–15:59")).to_be_visible()
    desk.shot("readme-calendar")
    desk.go(f"day?{where}&schedule={schedule_id}")
    expect(desk.page.locator("td .tick")).to_have_count(5)
    desk.shot("readme-bookings")
    desk.go(f"schedules?date={day}")
    expect(desk.row("15:00–15:59").first).to_be_visible()
    desk.shot("readme-schedules")
    admin = new_desk().with_token(hospitals.token("00000", "admin.demo"))
    admin.go("account?code=00000&login=staff.demo")
    expect(admin.page.get_by_role("region", name="Role ที่กำหนดให้").get_by_role("row")).to_have_count(5)
    admin.shot("readme-account")

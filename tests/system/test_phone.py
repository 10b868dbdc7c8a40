"""The phone page itself: for everybody, on an old phone, with and without a line."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from chalicelib import clock
from infra.local import demo
from tests import maker
from tests.client import Client, in_days, new_cid
from tests.hospitals import Hospitals
from tests.system.handset import Handset
from tests.system.test_accessibility_and_size import violations
from tests.waiting import eventually

OPEN_DAYS = (20,)
NewHandset = Callable[..., Handset]


def violations_of(handset: Handset) -> list[str]:
    """What axe-core finds on the screen once it has everything."""
    handset.page.wait_for_load_state("networkidle")
    return violations(handset)


@pytest.fixture
def visitor(new_handset: NewHandset, app_client: Client, known_person: Callable[[], str]) -> Handset:
    """A phone of somebody with one appointment."""
    cid = known_person()
    schedule = app_client.schedules(in_days(20))[0]["schedule_id"]
    assert app_client.book(schedule, cid).status == 200
    return new_handset().enter(cid)


def test_every_screen_is_free_of_axe_violations_and_never_wider_than_the_phone(visitor: Handset) -> None:
    """In Thai and light colours; test_gallery.py sees the others."""
    page = visitor.page
    place = f"#/find?hospital={visitor.hospital.code}"
    day = in_days(20).isoformat()
    screens = [
        "#/",
        "#/find",
        place,
        f"{place}&department=1",
        f"{place}&department=1&date={day}",
        "#/messages",
        "#/accesses",
    ]
    for screen in screens:
        page.evaluate("address => (location.hash = address)", screen)
        assert violations_of(visitor) == [], screen
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390, screen
    visitor.press("ออก")
    expect(page.get_by_role("button", name=demo.PEOPLE[0].name)).to_be_visible()
    assert violations_of(visitor) == []


def test_a_person_sees_which_hospital_saw_their_data_in_both_languages(
    new_handset: NewHandset, his: Client, known_person: Callable[[], str]
) -> None:
    cid = known_person()
    assert his.call("GET", "/api/ImmunizationTarget", {"cid": cid}).status == 200
    handset = new_handset().enter(cid)
    page = handset.page
    page.get_by_role("link", name="ใครดูข้อมูลของฉัน").click()
    handset.heading("ใครดูข้อมูลของฉัน")
    row = page.get_by_role("listitem").filter(has_text=handset.hospital.name)

    def has_come() -> int:
        page.reload()
        page.wait_for_load_state("networkidle")
        return row.filter(has_text="ตรวจสอบข้อมูลบุคคลและการนัดหมายปัจจุบัน").count()

    eventually(has_come, "the look-up is shown")
    handset.shot("accesses")
    handset.press("English")
    handset.heading("Who saw my data")
    expect(row.filter(has_text="A person and the places they hold")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("his.demo")


def test_the_windows_are_free_of_axe_violations(visitor: Handset) -> None:
    visitor.more()
    for button in ("คิวอาร์โค้ด", "ยกเลิกนัด"):
        visitor.press(button)
        assert violations_of(visitor) == []
        visitor.shot(f"window-{button}")
        visitor.press("ปิด")


def test_a_small_phone_shows_every_screen_in_its_width(
    new_handset: NewHandset, app_client: Client, known_person: Callable[[], str]
) -> None:
    width = 320
    cid = known_person()
    assert app_client.book(app_client.schedules(in_days(20))[0]["schedule_id"], cid).status == 200
    handset = new_handset(width=width, height=640)
    find = f"#/find?hospital={handset.hospital.code}"
    handset.page.get_by_role("button", name=demo.PEOPLE[0].name).wait_for()
    wide = {}
    for language in ("English", "ไทย"):
        handset.press(language)
        wide[f"choose {language}"] = width_of(handset)
    handset.shot(f"choose-{width}")
    spilled = "buttons => buttons.filter((b) => b.scrollWidth > b.clientWidth).map((b) => b.textContent)"
    assert handset.page.locator(".people button").evaluate_all(spilled) == []
    handset.enter(cid).more()
    for language in ("English", "ไทย"):
        handset.press(language)
        for screen in ("#/", "#/find", find, f"{find}&department=1", "#/messages"):
            handset.page.evaluate("address => (location.hash = address)", screen)
            handset.page.wait_for_load_state("networkidle")
            wide[f"{screen} {language}"] = width_of(handset)
    handset.shot(f"news-{width}")

    assert {screen: found for screen, found in wide.items() if found > width} == {}


def width_of(handset: Handset) -> int:
    width: int = handset.page.evaluate("document.scrollingElement.scrollWidth")
    return width


SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) {
            const moved = shift.sources.map(({ node }) => node?.outerHTML?.slice(0, 80));
            window.shifts.push([shift.value, ...moved]);
        }
    }).observe({ type: "layout-shift", buffered: true });
"""


def test_nothing_jumps_while_a_screen_loads(
    new_handset: NewHandset, app_client: Client, known_person: Callable[[], str]
) -> None:
    """The sum of a screen's layout shifts from its first picture on.

    The browser counts them.
    """
    cid = known_person()
    assert app_client.book(app_client.schedules(in_days(20))[0]["schedule_id"], cid).status == 200
    handset = new_handset()
    page = handset.page
    page.add_init_script(SHIFTS)
    shifts = {}
    find = f"#/find?hospital={handset.hospital.code}"
    day = f"{find}&department=1&date={in_days(20).isoformat()}"
    for screen in ["choose", "#/", find, f"{find}&department=1", day, "#/messages"]:
        page.goto("about:blank")
        page.goto(handset.url + (screen if screen != "choose" else ""))
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready.then(() => true)")
        shifts[screen] = page.evaluate("window.shifts")
        if screen == "choose":
            handset.enter(cid)

    assert {screen: found for screen, found in shifts.items() if sum(shift[0] for shift in found) > 0.02} == {}


def test_an_appointment_shows_the_one_thing_to_do_and_the_rest_on_request(visitor: Handset) -> None:
    actions = visitor.page.get_by_role("article").locator("button:visible, a.button:visible")
    expect(actions).to_have_text(["ยืนยันว่าจะไป"])

    visitor.press("ยืนยันว่าจะไป")
    expect(visitor.page.get_by_text("ท่านยืนยันแล้วว่าจะไป")).to_be_visible()
    expect(actions).to_have_text(["คิวอาร์โค้ด"])

    visitor.more()
    expect(actions).to_have_text(["คิวอาร์โค้ด", "ใส่ในปฏิทิน", "เลื่อนนัด", "ยกเลิกนัด"])


def test_the_titles_of_notices_follow_the_language_of_the_page(visitor: Handset) -> None:
    visitor.expect_notice("จองนัดเรียบร้อยแล้ว")
    visitor.press("English")
    visitor.page.get_by_role("heading", level=1, name="Your appointment is booked").wait_for()

    visitor.press("All news")
    expect(visitor.page.get_by_role("link", name="Your appointment is booked")).to_be_visible()
    visitor.press("ไทย")
    expect(visitor.page.get_by_role("link", name="จองนัดเรียบร้อยแล้ว")).to_be_visible()


def test_without_a_line_the_page_still_opens_and_shows_what_was_seen_last(visitor: Handset) -> None:
    page = visitor.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.get_by_role("article")).to_be_visible()

    visitor.context.set_offline(True)
    page.reload()
    visitor.more()

    expect(page.get_by_role("article")).to_contain_text(visitor.hospital.name)
    expect(page.get_by_role("status").filter(has_text="ไม่มีอินเทอร์เน็ต")).to_be_visible()
    expect(page.get_by_role("button", name="เลื่อนนัด")).to_be_disabled()
    visitor.shot("offline")

    visitor.context.set_offline(False)
    expect(page.get_by_role("button", name="เลื่อนนัด")).to_be_enabled(timeout=90_000)


def kept_on(handset: Handset) -> str:
    """Everything that the page keeps on the phone: storage and the service worker."""
    found: Any = handset.page.evaluate(
        """async () => {
            const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys())
                    texts.push(request.url, await (await cache.match(request)).text());
            }
            return texts.join("\\n");
        }"""
    )
    return str(found)


def test_neither_name_nor_national_id_is_kept_on_the_phone_and_leaving_takes_the_rest(
    new_handset: NewHandset, app_client: Client, staff: Client
) -> None:
    cid = new_cid()
    person = {"prefix": "นาย", "first_name": "จำเริญ", "last_name": "สุขสำราญ", "gender": 1}
    assert staff.call("POST", "/api/dashboard/people", body={"cid": cid, **person}).status == 200
    assert app_client.book(app_client.schedules(in_days(20))[0]["schedule_id"], cid).status == 200
    handset = new_handset().enter(cid)
    handset.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    handset.page.reload()
    expect(handset.page.get_by_role("article")).to_be_visible()
    handset.page.wait_for_load_state("networkidle")

    kept = kept_on(handset)
    assert '"queue_no":' in kept
    assert cid not in kept
    assert "จำเริญ" not in kept

    handset.press("ออก")
    expect(handset.page.get_by_role("button", name="เข้าใช้งาน")).to_be_visible()
    assert '"queue_no":' not in kept_on(handset)


def test_a_session_that_has_ended_takes_what_the_phone_has_kept(visitor: Handset) -> None:
    keep(visitor)
    visitor.context.clear_cookies()  # the back end knows this phone no more
    visitor.page.reload()
    expect(visitor.page.get_by_role("button", name="เข้าใช้งาน")).to_be_visible()
    assert '"queue_no":' not in kept_on(visitor)


def test_without_a_line_nothing_is_shown_after_the_end_of_the_session(visitor: Handset) -> None:
    keep(visitor)
    visitor.page.evaluate(
        """async () => {
            const seen = await caches.open("seen");
            for (const request of await seen.keys()) {
                const kept = await seen.match(request);
                const headers = {...Object.fromEntries(kept.headers), "x-session-until": "2026-01-01T00:00:00+00:00"};
                await seen.put(request, new Response(await kept.blob(), {headers}));
            }
        }"""
    )
    visitor.context.set_offline(True)
    visitor.page.reload()
    expect(visitor.page.get_by_role("heading", name="นัดของฉัน")).to_be_visible()
    eventually(lambda: '"queue_no":' not in kept_on(visitor), "the deletion of what was kept")
    expect(visitor.page.get_by_role("article")).to_have_count(0)


def keep(handset: Handset) -> None:
    """Have the service worker keep what the person sees."""
    handset.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    handset.page.reload()
    expect(handset.page.get_by_role("article")).to_be_visible()
    handset.page.wait_for_load_state("networkidle")
    assert '"queue_no":' in kept_on(handset)


def test_it_can_be_installed(new_handset: NewHandset) -> None:
    handset = new_handset()
    session = handset.context.new_cdp_session(handset.page)
    handset.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert '"display": "standalone"' in manifest["data"]
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] in ([], IN_PRIVATE)


# Playwright's contexts are private windows, from which nothing is ever installed.
IN_PRIVATE = [{"errorId": "in-incognito", "errorArguments": []}]


def test_somebody_new_says_their_name_and_books(new_handset: NewHandset) -> None:
    handset = new_handset()
    handset.page.get_by_label("เลขบัตรประชาชน 13 หลัก").fill(new_cid())
    handset.press("เข้าใช้งาน")
    handset.heading("ขอทราบชื่อของท่าน")
    handset.press("ต่อไป")
    expect(handset.page.get_by_role("alert").filter(has_text="กรุณากรอก")).to_have_count(1)
    assert violations_of(handset) == []
    handset.page.get_by_text("นางสาว", exact=True).click()
    handset.page.get_by_label("ชื่อ", exact=True).fill("ใหม่")
    handset.page.get_by_label("นามสกุล").fill("มาแรก")
    handset.press("ต่อไป")

    handset.find_department("ฉีดวัคซีน")
    handset.choose(in_days(20), "10:00–10:59")
    handset.press("จองนัดนี้")
    expect(handset.page.get_by_role("article")).to_contain_text("V")


def test_somebody_with_another_title_and_one_name_books(new_handset: NewHandset) -> None:
    handset = new_handset()
    handset.page.get_by_label("เลขบัตรประชาชน 13 หลัก").fill(new_cid())
    handset.press("เข้าใช้งาน")
    handset.heading("ขอทราบชื่อของท่าน")
    handset.page.get_by_text("อื่น ๆ หรือไม่มี").click()
    handset.page.get_by_label("คำนำหน้าอื่น").fill("ร.ต.อ.")
    assert violations_of(handset) == []
    handset.page.get_by_label("ชื่อ", exact=True).fill("สมศรี")
    handset.press("ต่อไป")

    handset.heading("นัดของฉัน")
    expect(handset.page.get_by_text("สวัสดี ร.ต.อ.สมศรี")).to_be_visible()


def test_on_a_phone_whose_clock_is_wrong_the_person_is_warned_and_days_are_the_systems(
    new_handset: NewHandset, known_person: Callable[[], str]
) -> None:
    handset = new_handset()
    handset.page.clock.install(time=clock.now() + timedelta(hours=-26))
    handset.page.reload()
    handset.enter(known_person())
    warning = handset.page.get_by_role("status").filter(has_text="นาฬิกาของเครื่องนี้ไม่ตรง")
    expect(warning).to_be_visible()
    assert violations_of(handset) == []
    handset.page.evaluate(
        "(address) => (location.hash = address)", f"#/find?hospital={handset.hospital.code}&department=1"
    )
    expect(handset.page.locator("[aria-current=date]")).to_have_attribute("data-date", clock.today().isoformat())

    handset.press("English")
    expect(handset.page.get_by_role("status").filter(has_text="The clock of this phone is wrong")).to_be_visible()
    handset.page.clock.set_system_time(clock.now())
    handset.page.reload()
    expect(handset.page.get_by_role("article").or_(handset.page.get_by_role("heading", level=1)).first).to_be_visible()
    expect(handset.page.get_by_role("status").filter(has_text="The clock")).to_have_count(0)


def test_the_hospitals_name_is_the_answers_and_not_the_addresss(visitor: Handset) -> None:
    place = f"#/find?hospital={visitor.hospital.code}&named=โรงพยาบาลอื่น&department=1&date={in_days(20).isoformat()}"
    visitor.page.evaluate("address => (location.hash = address)", place)
    visitor.page.get_by_role("button", name="10:00–10:59").click()

    visitor.heading("ตรวจดูก่อนจอง")
    expect(visitor.page.get_by_role("main")).to_contain_text(visitor.hospital.name)
    expect(visitor.page.get_by_role("main")).not_to_contain_text("โรงพยาบาลอื่น")


def leave_by_back(handset: Handset) -> None:
    handset.page.go_back()
    handset.heading("นัดของฉัน")
    handset.tab("จองนัด")


def leave_by_menu(handset: Handset) -> None:
    handset.tab("จองนัด")


def leave_by_the_news(handset: Handset) -> None:
    handset.tab("ข่าวสาร")
    handset.tab("จองนัด")


def test_whoever_leaves_a_change_of_time_and_books_keeps_the_first_appointment(visitor: Handset) -> None:
    for leave in (leave_by_back, leave_by_the_news, leave_by_menu):
        visitor.tab("นัดของฉัน")
        visitor.more()
        visitor.press("เลื่อนนัด")
        expect(visitor.page.get_by_text("กำลังเลื่อนนัด")).to_be_visible()
        leave(visitor)
        expect(visitor.page.get_by_text("กำลังเลื่อนนัด")).to_be_hidden()

    visitor.find_department()
    visitor.choose(in_days(20), "11:00–11:59")
    visitor.press("จองนัดนี้")

    visitor.heading("นัดของฉัน")
    expect(visitor.page.get_by_role("article")).to_have_count(2)


def test_a_wrong_check_digit_is_told_kindly_before_anything_is_sent(new_handset: NewHandset) -> None:
    handset = new_handset()
    sent: list[str] = []
    handset.page.on("request", lambda request: sent.append(request.method))
    handset.page.get_by_label("เลขบัตรประชาชน 13 หลัก").fill("1234567890123")
    handset.press("เข้าใช้งาน")
    expect(handset.page.get_by_role("alert").filter(has_text="กรุณาดูจากบัตรอีกครั้ง")).to_be_visible()
    assert "POST" not in sent


def test_notices_are_apart_from_announcements_and_earlier_ones_come_with_a_button(
    hospitals: Hospitals, new_handset: NewHandset, app_client: Client, known_person: Callable[[], str]
) -> None:
    cid = known_person()
    handset = new_handset().enter(cid)
    hospitals.run(maker.send_notices, handset.hospital.code, handset.hospital.name, cid, 51)
    eventually(
        lambda: len(app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).result) == 50, "they are delivered"
    )
    handset.page.reload()
    handset.tab("ข่าวสาร")
    notices = handset.page.locator("section", has_text="เรื่องนัดของท่าน").get_by_role("listitem")
    expect(notices).to_have_count(50)
    handset.press("ดูเรื่องก่อนหน้านี้")
    expect(notices).to_have_count(51)
    expect(handset.page.get_by_role("button", name="ดูเรื่องก่อนหน้านี้")).to_be_hidden()
    notices.last.get_by_role("link").click()
    handset.heading("เรื่องที่ 1")


def test_a_person_switches_the_announcements_of_a_hospital_off_and_on(
    new_handset: NewHandset, app_client: Client, known_person: Callable[[], str]
) -> None:
    cid = known_person()

    def opted_out() -> list[str]:
        page = app_client.call("POST", "/api/message/Announcements", body={"cid": cid}).result
        return [one["hospital_code"] for one in page["opted_out"]]

    choice = {"cid": cid, "hospital_code": app_client.hospital_code, "wanted": False}
    assert app_client.call("POST", "/api/person/Announcements", body=choice).status == 200
    handset = new_handset().enter(cid)
    handset.tab("ข่าวสาร")
    switch = handset.page.get_by_role("checkbox", name=handset.hospital.name)
    expect(switch).not_to_be_checked()
    assert violations_of(handset) == []
    for wanted, codes in ((True, []), (False, [app_client.hospital_code])):
        switch.click()
        expect(switch).to_be_enabled()
        expect(switch).to_be_checked(checked=wanted)
        assert opted_out() == codes

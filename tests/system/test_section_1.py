"""Manual 1: the Account Center, figure by figure, in a real browser."""

import itertools
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import Route, expect

from tests.client import Client, new_cid
from tests.hospitals import Hospital, Hospitals
from tests.system.dashboard_page import DashboardPage
from tests.waiting import eventually

_logins = (f"clerk{number:03d}" for number in itertools.count(1))


@pytest.fixture
def admin(new_desk: Callable[..., DashboardPage], staff: Client, his: Client) -> DashboardPage:
    """A browser signed in as admin.demo; the hospital has other accounts as well."""
    return new_desk().signed_in("admin.demo")


@pytest.fixture
def new_account(admin: DashboardPage) -> str:
    """Manual 1.3: a new account of the hospital, opened on the screen."""
    login = next(_logins)
    admin.go(f"hospital?code={admin.hospital.code}")
    admin.press("เพิ่ม")
    window = admin.window("ข้อมูล เจ้าหน้าที่")
    window.get_by_label("รหัส Login").fill(login)
    window.get_by_label("ชื่อ", exact=True).fill("เจ้าหน้าที่ คนใหม่")
    window.get_by_label("รายละเอียด").fill("ห้องบัตร")
    window.get_by_label("รหัสผ่านครั้งแรก").fill("First-pass-1")
    admin.shot("section-1-3-add-account")
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(admin.heading("ข้อมูลเจ้าหน้าที่")).to_be_visible()
    return login


def test_step_1_1_figure_2_an_administrator_signs_in_with_the_same_login(
    new_desk: Callable[..., DashboardPage], hospital: Hospital
) -> None:
    hospital.client("admin.demo")
    desk = new_desk().sign_in("admin.demo")
    desk.shot("figure-02-account-center")

    expect(desk.page.get_by_role("link", name="ค้นหาหน่วยบริการ").first).to_be_visible()


def test_step_1_2_figure_3_a_hospital_is_found_by_its_five_digits(
    new_desk: Callable[..., DashboardPage], hospitals: Hospitals
) -> None:
    desk = new_desk().with_token(hospitals.token("00001", "province.demo"))
    desk.menu("ค้นหาหน่วยบริการ")
    desk.page.get_by_label("รหัสหน่วยงาน").fill("00001")
    desk.press("ค้นหา")
    row = desk.row("สมุทรปราการ")
    expect(row).to_have_count(1)
    for heading in ("ลำดับ", "รหัส", "ชื่อหน่วยงาน", "จังหวัด", "สาขา", "จำนวนปี"):
        expect(desk.page.get_by_role("columnheader", name=heading)).to_be_visible()
    desk.shot("figure-03-find-hospital")
    row.get_by_role("link", name="แสดง").click()

    expect(desk.page.get_by_role("tab", name="เจ้าหน้าที่")).to_be_visible()


def test_step_1_2_an_administrator_of_a_hospital_finds_no_other(admin: DashboardPage) -> None:
    admin.menu("ค้นหาหน่วยบริการ")
    expect(admin.row(admin.hospital.name)).to_be_visible()

    expect(admin.page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize(
    ("language", "many", "none"),
    [
        ("ไทย", "พบมากกว่า 500 รายการ แสดง 1 รายการแรก ค้นให้แคบลง", "ไม่พบหน่วยบริการ"),
        ("English", "More than 500 found, the first 1 shown; narrow the search", "No hospital found"),
    ],
)
def test_a_search_that_finds_too_many_or_nothing_says_what_to_do(
    admin: DashboardPage, language: str, many: str, none: str
) -> None:
    def of_many(route: Route) -> None:
        answer = route.fetch()
        envelope = answer.json()
        envelope["result"] |= {"total": 500, "more": True}
        route.fulfill(response=answer, json=envelope)

    admin.press(language)
    admin.page.route(re.compile(r"/api/accounts/hospitals\?"), of_many)
    admin.go("hospitals")
    expect(admin.page.get_by_role("status").filter(has_text=many)).to_be_visible()
    admin.page.unroute_all()
    admin.go("hospitals?name=xyz")
    expect(admin.row(none)).to_be_visible()


def test_step_1_3_figure_4_staff_are_found_by_login_or_name(admin: DashboardPage) -> None:
    admin.go(f"hospital?code={admin.hospital.code}")
    requested: list[str] = []
    admin.page.on("request", lambda request: requested.append(unquote(request.url)))
    admin.page.get_by_label("ค้นหาเจ้าหน้าที่").fill("เจ้าหน้าที่ สาธิต")
    admin.press("ค้นหา")
    expect(admin.row("staff.demo")).to_be_visible()
    expect(admin.row("his.demo")).to_have_count(0)
    expect(admin.page.get_by_role("status").filter(has_text="พบ")).to_be_visible()
    assert requested
    assert not [url for url in [*requested, unquote(admin.page.url)] if "สาธิต" in url]
    admin.shot("figure-04-staff")
    admin.row("staff.demo").get_by_role("link", name="แสดง").click()

    expect(admin.page.get_by_role("main")).to_contain_text("เจ้าหน้าที่ สาธิต")


@pytest.mark.parametrize(
    "role", ["APPOINTMENT_API", "APPOINTMENT_DASHBOARD", "IMMUNIZATION_SLOT", "IMMUNIZATION_SLOT_MANAGER"]
)
def test_step_1_4_figure_5_each_role_of_the_manual_is_added(admin: DashboardPage, new_account: str, role: str) -> None:
    admin.press("เพิ่ม")
    window = admin.window("เพิ่ม Role")
    window.get_by_label("Role").select_option(role)
    window.get_by_label("Level").select_option("หน่วยให้บริการ")
    window.get_by_role("button", name="บันทึก", exact=True).click()

    direct = admin.page.get_by_role("region", name="Role ที่กำหนดให้")
    expect(direct.get_by_role("row").filter(has_text=role)).to_contain_text("หน่วยให้บริการ")
    admin.press("Refresh")
    effective = admin.page.get_by_role("region", name="Role ทั้งหมดที่ได้รับจากกลุ่มผู้ใช้งาน")
    expect(effective.get_by_role("row").filter(has_text=role)).to_contain_text("กำหนดให้โดยตรง")
    admin.shot(f"figure-05-{role.lower()}")


def test_step_1_4_a_role_comes_through_a_user_group_too(admin: DashboardPage, new_account: str) -> None:
    admin.go(f"hospital?code={admin.hospital.code}")
    admin.page.get_by_role("tab", name="กลุ่มผู้ใช้งาน").click()
    admin.press("เพิ่ม")
    window = admin.window("ข้อมูลกลุ่มผู้ใช้งาน")
    name = f"ห้องบัตร {new_account}"
    window.get_by_label("ชื่อกลุ่ม").fill(name)
    window.get_by_label("เข้าถึงข้อมูล Dashboard Appointment APPOINTMENT_DASHBOARD · หน่วยให้บริการ").check()
    window.get_by_role("button", name="บันทึก", exact=True).click()
    expect(admin.row(name)).to_be_visible()
    admin.go(f"account?code={admin.hospital.code}&login={new_account}")
    admin.page.get_by_label(name).check()

    effective = admin.page.get_by_role("region", name="Role ทั้งหมดที่ได้รับจากกลุ่มผู้ใช้งาน")
    expect(effective.get_by_role("row").filter(has_text="APPOINTMENT_DASHBOARD")).to_contain_text(name)


def test_who_changed_what_is_seen_on_the_account(admin: DashboardPage, new_account: str) -> None:
    admin.page.get_by_role("tab", name="ประวัติ").click()

    expect(admin.page.get_by_role("region", name="ประวัติการเปลี่ยนแปลง")).to_contain_text(
        f"admin.demo@{admin.hospital.code}"
    )
    admin.shot("account-history")


def test_the_people_whom_an_account_was_shown_are_seen_on_the_account_with_masked_ids(
    admin: DashboardPage, his: Client
) -> None:
    cid = new_cid()
    masked = f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}"
    assert his.call("GET", "/api/ImmunizationTarget", {"cid": cid}).status == 200
    path = f"/api/accounts/hospitals/{admin.hospital.code}/accounts/his.demo/look-ups"
    administrator = admin.hospital.client("admin.demo")
    eventually(lambda: masked in administrator.call("GET", path).text, "the look-up is recorded")
    admin.go(f"account?code={admin.hospital.code}&login=his.demo")
    admin.page.get_by_role("tab", name="บุคคลที่ดูข้อมูล").click()

    row = admin.row(masked).first
    expect(row).to_contain_text("ตรวจสอบข้อมูลบุคคลและการนัดหมายปัจจุบัน")
    expect(row).to_contain_text("ค้นหาด้วยเลขบัตร")
    expect(admin.page.get_by_role("main")).not_to_contain_text(cid)
    admin.shot("section-1-people-seen")


def test_who_tried_to_reach_further_is_seen_on_the_account_in_words(
    admin: DashboardPage, new_account: str, his: Client, hospitals: Hospitals
) -> None:
    path = f"/api/accounts/hospitals/{admin.hospital.code}/accounts/{new_account}"
    assert his.call("GET", path).status == 403
    province = Client(hospitals.url, hospitals.token("00001", "province.demo"))
    assert province.call("GET", path).status == 404
    admin.page.get_by_role("tab", name="ประวัติ").click()

    expect(admin.row(f"his.demo@{admin.hospital.code}")).to_contain_text("ดูข้อมูลโดยไม่มีสิทธิ์ดูแลรหัส Login (ถูกปฏิเสธ)")
    expect(admin.row("province.demo@00001")).to_contain_text("ดูบัญชี (ถูกปฏิเสธ)")
    expect(admin.page.get_by_role("main")).not_to_contain_text("/api/")
    admin.shot("account-history-refused")


def test_an_account_is_deactivated_and_reactivated(admin: DashboardPage, new_account: str) -> None:
    admin.page.get_by_role("tab", name="ข้อมูล", exact=True).click()
    admin.press("ระงับการใช้งาน")
    admin.page.get_by_role("dialog").get_by_role("button", name="ระงับการใช้งาน").click()
    expect(admin.page.get_by_role("main")).to_contain_text("บัญชีนี้ถูกระงับ")
    admin.press("เปิดใช้งานอีกครั้ง")

    expect(admin.page.get_by_role("button", name="ระงับการใช้งาน", exact=True)).to_be_visible()


@pytest.mark.parametrize(("choice", "name"), [("บันทึกทับด้วยข้อมูลของท่าน", "ชื่อของ คนที่สอง"), ("ใช้ค่าที่บันทึกไว้", "ชื่อของ คนแรก")])
def test_two_who_edit_one_account_see_both_names_and_no_role_is_lost(
    admin: DashboardPage, new_account: str, choice: str, name: str
) -> None:
    path = f"/api/accounts/hospitals/{admin.hospital.code}/accounts/{new_account}"
    admin.page.get_by_role("tab", name="ข้อมูล", exact=True).click()
    field = admin.page.get_by_label("ชื่อ", exact=True)
    field.fill("ชื่อของ คนที่สอง")
    colleague = admin.hospital.client("admin.demo")
    body = {"name": "ชื่อของ คนแรก", "details": "ห้องบัตร", "roles": ["APPOINTMENT_API:1"], "groups": [], "version": 1}
    assert colleague.call("PUT", path, body=body).status == 200

    admin.press("บันทึก")
    alert = admin.page.get_by_role("alert")
    expect(alert).to_contain_text("ชื่อของ คนแรก")
    admin.press(choice)

    expect(alert).to_have_count(0)
    expect(field).to_have_value(name)
    eventually(lambda: colleague.call("GET", path).result["name"] == name)
    assert colleague.call("GET", path).result["roles"] == ["APPOINTMENT_API:1"]


def test_nobody_changes_his_own_roles_and_the_refusal_says_so(admin: DashboardPage) -> None:
    admin.go(f"account?code={admin.hospital.code}&login=admin.demo")
    admin.press("เพิ่ม")
    window = admin.window("เพิ่ม Role")
    window.get_by_label("Role").select_option("APPOINTMENT_API")
    window.get_by_role("button", name="บันทึก", exact=True).click()

    expect(window.get_by_role("alert")).to_contain_text("บัญชีตนเอง")


@pytest.mark.parametrize(
    ("language", "add", "save", "says"),
    [
        ("ไทย", "เพิ่ม", "บันทึก", "รหัส Login นี้มีอยู่แล้วในหน่วยบริการ กรุณาใช้ชื่ออื่น"),
        ("English", "Add", "Save", "the hospital has this login already"),
    ],
)
def test_a_login_that_is_taken_is_told_at_its_field_in_the_persons_language(
    admin: DashboardPage, language: str, add: str, save: str, says: str
) -> None:
    admin.press(language)
    admin.go(f"hospital?code={admin.hospital.code}")
    admin.press(add)
    window = admin.page.get_by_role("dialog")
    for field, value in zip(
        window.get_by_role("textbox").all(), ("staff.demo", "อีกคน", "", "First-pass-1"), strict=True
    ):
        field.fill(value)
    window.get_by_role("button", name=save).click()

    expect(window.locator(".field.wrong .error")).to_have_text(says)
    admin.shot(f"login-taken-{'en' if language.isascii() else 'th'}")


def test_a_first_password_is_changed_before_anything_else(
    new_desk: Callable[..., DashboardPage], admin: DashboardPage, new_account: str
) -> None:
    desk = new_desk().sign_in(new_account, "First-pass-1")
    expect(desk.heading("เปลี่ยนรหัสผ่าน")).to_be_visible()
    expect(desk.page.get_by_role("navigation", name="เมนู")).to_have_count(0)
    desk.shot("first-password")
    desk.page.get_by_label("รหัสผ่านปัจจุบัน").fill("First-pass-1")
    desk.page.get_by_label("รหัสผ่านใหม่", exact=True).fill("My-own-pass-2")
    desk.page.get_by_label("รหัสผ่านใหม่อีกครั้ง").fill("My-own-pass-2")
    desk.press("เปลี่ยนรหัสผ่าน")

    expect(desk.page.get_by_role("navigation", name="เมนู")).to_be_visible()

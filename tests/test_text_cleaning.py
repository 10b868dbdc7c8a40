"""Text: what is refused, removed, kept as typed, and what counts as the same."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib import text_cleaning
from chalicelib.hospitals.provinces import PROVINCES, code_of
from chalicelib.messages import markup
from tests.client import SLOTS, Client, in_days, new_cid
from tests.hospitals import Hospital

OPEN_DAYS = (20,)
REFUSED = {
    "turned": "สมชาย\u202eยาชมส",
    "isolated": "\u2066สมชาย\u2069",
    "line feed": "สม\nชาย",
    "carriage return": "สม\rชาย",
    "tab": "สม\tชาย",
    "line separator": "สม\u2028ชาย",
    "C0": "สม\x0bชาย",
    "control at the end": "สมชาย\x1f",
    "C1": "สม\u0085ชาย",
    "C1 of an escape": "สม\u009bชาย",
    "tags": "สมชาย\U000e0041\U000e0042",
    "annotation": "สม\ufff9ชาย",
    "half a pair": "สม\ud83dชาย",
    "lost letter": "สม\ufffdชาย",
    "no character": "สม\uffffชาย",
    "filler": "\u3164",
    "braille": "\u2800",
    "mark": "\u0e34",
    "only zero width": "\u200b",
    "only marks": "\u200e\u200f\ufeff",
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_a_name_of_nothing_or_with_hidden_characters_is_refused_everywhere(
    staff: Client, his: Client, country: Client, value: str
) -> None:
    body = his.booking(his.schedules(in_days(20))[0]["schedule_id"], new_cid())
    body["person"]["first_name"] = value
    refused = his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body)
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["person.first_name"])

    refused = his.call("POST", "/api/SendImmunizationTarget", None, {**body, "target": [body["person"]]})
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["target[0].first_name"])

    refused = staff.call("POST", "/api/dashboard/departments", None, {"department_name": value})
    assert (refused.status, list(refused.json["Error"]["fields"])) == (400, ["department_name"])

    room = {"room_name": value, "department_id": 1, "queue_code": "Z", "queue_length": 3}
    assert "room_name" in staff.call("POST", "/api/dashboard/rooms", None, room).json["Error"]["fields"]

    lines = [f'60990,"{value}",ระยอง']
    answer = country.call("POST", "/api/accounts/hospital-import", None, {"first_line": 1, "lines": lines})
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        assert list(answer.json["Error"]["fields"]) == ["lines[0]"]
    elif set(value) & set("\r\n"):
        assert answer.result["refused"] == []  # in a cell of a CSV a line break is a blank
    else:
        assert [each["line"] for each in answer.result["refused"]] == [1]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  อายุร\u200bกรรม\u200b ", "อายุรกรรม"),
        ("\ufeffอายุรกรรม 2", "อายุรกรรม 2"),
        ("อายุรกรรม\u200e 3", "อายุรกรรม 3"),
        ("ห้อง\u00a04", "ห้อง\u00a04"),
        ("สํานัก  งาน", "สํานัก  งาน"),
    ],
)
def test_characters_without_a_width_are_dropped_and_the_rest_is_stored_as_typed(
    staff: Client, typed: str, stored: str
) -> None:
    added = staff.call("POST", "/api/dashboard/departments", None, {"department_name": typed}).result
    assert added["department_name"] == stored


def test_a_comment_may_have_lines_and_every_kind_of_line_end_becomes_one(his: Client, staff: Client) -> None:
    schedule = his.schedules(in_days(20))[1]["schedule_id"]
    body = his.booking(schedule, new_cid())
    body["appointment"]["comment"] = "งดอาหาร\r\nงดน้ำ\rนำยามาด้วย\u2028ขอบคุณ"
    assert his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body).status == 200
    rows = staff.call("GET", "/api/dashboard/appointments", {"date": in_days(20), "schedule_id": schedule}).result
    assert [row["comment"] for row in rows] == ["งดอาหาร\nงดน้ำ\nนำยามาด้วย\nขอบคุณ"]


def test_a_required_name_of_nothing_says_that_it_must_not_be_empty(staff: Client) -> None:
    answer = staff.call("POST", "/api/dashboard/departments", None, {"department_name": "\u200b\ufeff"})
    assert answer.json["Error"]["fields"] == {"department_name": "this must not be empty"}


def test_a_character_reference_in_html_brings_no_hidden_character() -> None:
    safe = markup.clean('<p>ก&#8238;ข&#x200b;ค&#0;ง</p><img src="https://a.th/b" alt="จ&#8237;ฉ">')
    assert safe == '<p>กขคง</p><img src="https://a.th/b" alt="จฉ">'
    assert markup.plain(safe) == "กขคง\n[ภาพ: จฉ]"


def test_an_emoji_of_several_parts_stays_whole() -> None:
    assert text_cleaning.clean("ครอบครัว 👨‍👩‍👧 ❤️‍🔥") == "ครอบครัว 👨‍👩‍👧 ❤️‍🔥"
    assert text_cleaning.clean("ก\u200dข") == "กข"


@pytest.mark.parametrize("value", ["", "  ", "ก", "a\n", "ก\u200b\u00a0", "  👩‍⚕️ ", "\u200b \u200b"])
def test_cleaning_twice_changes_nothing_more(value: str) -> None:
    assert text_cleaning.clean(text_cleaning.clean(value)) == text_cleaning.clean(value)


# What a reader takes for the same, however it was typed.
LOOK_ALIKE = [
    ("สำนักงาน", "สํานักงาน"),
    ("น้ำ", "นํ้า"),
    ("น้ำ", "น้ํา"),
    ("แผนกฉีดวัคซีน", "เเผนกฉีดวัคซีน"),
    ("ที่", "ท่ี"),
    ("สิทธิ์", "สิทธ์ิ"),
    ("ผู้ใหญ่", "ผ\u0e49\u0e39ใหญ่"),
    ("อายุรกรรม", "อายุร\u200bกรรม"),
    ("ห้องตรวจ 1", "ห้องตรวจ   1 "),
    ("ห้องตรวจ 1", "ห้องตรวจ\u00a0๑"),
    ("Bangkok Hospital", "bangkok HOSPITAL"),
    ("ICU 2", "ＩＣＵ\u3000２"),
]


@pytest.mark.parametrize(("text", "typed"), LOOK_ALIKE)
def test_a_reader_takes_them_for_the_same(text: str, typed: str) -> None:
    assert text_cleaning.same(text, typed)


@pytest.mark.parametrize(
    ("text", "other"), [("ขา", "ขำ"), ("ไก่", "ไก้"), ("แก", "เก"), ("ห้อง 1", "ห้อง 11"), ("มา", "ม้า")]
)
def test_different_words_stay_different(text: str, other: str) -> None:
    assert not text_cleaning.same(text, other)


THAI = st.text(
    st.sampled_from("กนสเแำา\u0e4d\u0e34\u0e35\u0e39\u0e48\u0e49\u0e4c\u0e31 \u200b\u00a0Aa1๑\u0130ﬁ"), max_size=12
)


@settings(max_examples=500)
@given(THAI | st.text(max_size=12))
@example("i\u0307\u0e4c\u0e48")  # a sign of another script between Thai signs
def test_the_form_in_which_texts_are_compared_is_its_own_form(text: str) -> None:
    assert text_cleaning.comparable(text_cleaning.comparable(text)) == text_cleaning.comparable(text)


@settings(max_examples=500)
@given(st.text(max_size=20))
def test_cleaned_text_is_clean_and_compares_as_before(text: str) -> None:
    try:
        cleaned = text_cleaning.clean(text)
    except text_cleaning.UncleanText:
        return
    assert text_cleaning.clean(cleaned) == cleaned
    assert text_cleaning.same(cleaned, text)


@pytest.mark.parametrize("typed", ["สํานัก งาน", "สำนัก  งาน", "สำ\u200bนัก งาน", "สำนัก งาน"])
def test_a_hospital_is_found_however_its_name_was_typed(country: Client, typed: str) -> None:
    body = {"hospital_code": "60991", "name": "สํานัก งาน ทดลอง Bangkok", "province_code": "21"}
    country.call("POST", "/api/accounts/hospitals", None, body)
    for name in (typed, "bangkok", "BANGKOK", "ทดลอง  ban"):
        found = country.call("GET", "/api/accounts/hospitals", {"name": name, "limit": 200}).result["hospitals"]
        assert [each["name"] for each in found if each["hospital_code"] == "60991"] == [body["name"]], name


def test_a_changed_name_is_found_and_the_old_one_is_not(country: Client) -> None:
    body = {"hospital_code": "60992", "name": "บ้านเก่า ลองเปลี่ยน", "province_code": "21"}
    country.call("POST", "/api/accounts/hospitals", None, body)
    changed = {"version": 1, "name": "เเห่งใหม่ ลองเปลี่ยน", "province_code": "21", "district": "", "years": 0}
    assert country.call("PUT", "/api/accounts/hospitals/60992", None, changed).status == 200

    def found(name: str) -> list[str]:
        answer = country.call("GET", "/api/accounts/hospitals", {"name": name, "limit": 200}).result
        return [each["hospital_code"] for each in answer["hospitals"]]

    assert found("แห่งใหม่ ลอง") == ["60992"]
    assert found("บ้านเก่า ลอง") == []


def test_departments_rooms_and_periods_of_look_alike_names_cannot_be_made(staff: Client) -> None:
    department = {"department_name": "น้ำเกลือ 1"}
    assert staff.call("POST", "/api/dashboard/departments", None, department).status == 200
    assert staff.call("POST", "/api/dashboard/departments", None, department).status == 200  # the very same: a repeat
    for typed in ("นํ้าเกลือ 1", "น้ํา\u200bเกลือ 1", "น้ำเกลือ  1", "น้ำเกลือ ๑"):
        refused = staff.call("POST", "/api/dashboard/departments", None, {"department_name": typed})
        assert refused.code == "NameTaken", typed
    room = {"room_name": "ห้อง Lab", "department_id": 1, "queue_code": "L", "queue_length": 3}
    assert staff.call("POST", "/api/dashboard/rooms", None, room).status == 200
    assert staff.call("POST", "/api/dashboard/rooms", None, {**room, "room_name": "ห้อง  LAB"}).code == "NameTaken"
    period = {"period_name": "เช้า พิเศษ", "time_start": "06:00:00", "time_finish": "06:59:59"}
    assert staff.call("POST", "/api/dashboard/periods", None, period).status == 200
    look_alike = {**period, "period_name": "เช้า\u00a0พิเศษ"}
    assert staff.call("POST", "/api/dashboard/periods", None, look_alike).code == "NameTaken"


def test_the_spelling_of_a_name_can_be_put_right(staff: Client) -> None:
    added = staff.call("POST", "/api/dashboard/departments", None, {"department_name": "สําราญ"}).result
    path = f"/api/dashboard/departments/{added['department_id']}"
    changed = staff.call("PUT", path, None, {"version": added["version"], "department_name": "สำราญ"})
    assert changed.result["department_name"] == "สำราญ"


def test_groups_of_look_alike_names_cannot_be_made(hospital: Hospital, admin: Client) -> None:
    path = f"/api/accounts/hospitals/{hospital.code}/groups"
    group = {"name": "ทีมเเรก", "roles": ["APPOINTMENT_DASHBOARD:1"]}
    first = admin.call("POST", path, None, group)
    assert first.status == 200, first.text
    assert admin.call("POST", path, None, {**group, "name": "ทีมแรก"}).code == "NameTaken"


def test_an_account_is_found_however_its_name_was_typed(hospital: Hospital, admin: Client) -> None:
    hospital.hospitals.add_account(hospital.code, "sam.look", "สําเนียง  น้ำใจ", "APPOINTMENT_DASHBOARD:1")
    path = f"/api/accounts/hospitals/{hospital.code}/account-search"
    for search in ("สำเนียง น้ำ", "สํา\u200bเนียง", "SAM.L", "นํ้าใจ"):
        found = admin.call("POST", path, None, {"search": search}).result["accounts"]
        assert [each["login"] for each in found] == ["sam.look"], search


@pytest.mark.parametrize(
    "written", ["ลำปาง", "ลําปาง", "จังหวัดลำปาง", "จ.ลำปาง", "จ. ลําปาง", " ลำ\u200bปาง ", "52", "๕๒"]
)
def test_the_import_knows_a_province_however_it_is_written(country: Client, written: str) -> None:
    assert code_of(written) == "52"
    lines = [f"60993,โรงพยาบาลทดลองลำปาง,{written}"]
    answer = country.call("POST", "/api/accounts/hospital-import", None, {"first_line": 1, "lines": lines}).result
    assert answer["refused"] == []


def test_every_province_is_known_by_its_name() -> None:
    assert {code_of(name) for name in PROVINCES.values()} == set(PROVINCES)
    assert code_of("ลำพอง") is None


@pytest.mark.parametrize("written", ["หญิง", " หญิ\u200bง ", "FEMALE", "ｆ"])
def test_the_white_list_knows_a_sex_however_it_is_written(hospital: Hospital, written: str) -> None:
    clerk = hospital.clerk("IMMUNIZATION_DASHBOARD:1")
    line = f"{new_cid()},นาง,สมศรี,ใจดี,{written},,"
    answer = clerk.call("POST", "/api/dashboard/white-list/import", None, {"first_line": 2, "lines": [line]}).result
    assert (answer["accepted"], answer["refused"]) == (1, [])


def test_the_names_of_the_columns_are_known_however_they_are_written(country: Client) -> None:
    for header in ("รหัส,ชื่อ,จังหวัด", "รหั\u200bส,ชื่อ,จังหวัด", "Hospital_Code,name,province"):
        answer = country.call(
            "POST", "/api/accounts/hospital-import", None, {"first_line": 1, "lines": [header]}
        ).result
        assert answer["refused"] == []

"""Cleaning of text: what is refused, what is dropped, and what stays as it was typed."""

import pytest

from chalicelib import texts
from chalicelib.messages.text import read_html
from tests.client import SLOTS, Client, in_days, new_cid

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
    safe, plain = read_html('<p>ก&#8238;ข&#x200b;ค&#0;ง</p><img src="https://a.th/b" alt="จ&#8237;ฉ">')
    assert safe == '<p>กขคง</p><img src="https://a.th/b" alt="จฉ">'
    assert plain == "กขคง"


def test_an_emoji_of_several_parts_stays_whole() -> None:
    assert texts.clean("ครอบครัว 👨‍👩‍👧 ❤️‍🔥") == "ครอบครัว 👨‍👩‍👧 ❤️‍🔥"
    assert texts.clean("ก\u200dข") == "กข"


@pytest.mark.parametrize("value", ["", "  ", "ก", "a\n", "ก\u200b\u00a0", "  👩‍⚕️ ", "\u200b \u200b"])
def test_cleaning_twice_changes_nothing_more(value: str) -> None:
    assert texts.clean(texts.clean(value)) == texts.clean(value)

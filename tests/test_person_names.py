"""People with one name only, and with any title.

Booked through the API, at the desk and from a white list.
"""

import pytest

from tests.client import SLOTS, Client, in_days, new_cid

OPEN_DAYS = (20,)
PEOPLE = [
    ({"prefix": "นาง", "first_name": "ซู"}, "นางซู"),
    ({"prefix": "พระมหา", "first_name": "สมชาย", "last_name": "ฐิตธมฺโม"}, "พระมหาสมชาย ฐิตธมฺโม"),
    ({"prefix": "ว่าที่ ร.ต.", "first_name": "สมชาย", "last_name": "ใจดี"}, "ว่าที่ ร.ต.สมชาย ใจดี"),
    ({"prefix": "Mr.", "first_name": "José", "last_name": "García"}, "Mr. José García"),
    ({"prefix": "", "first_name": "မောင်", "last_name": ""}, "မောင်"),
    ({"first_name": "Suharto"}, "Suharto"),
    ({"prefix": "น.ส.", "first_name": "မြ", "last_name": None}, "น.ส.မြ"),
]


@pytest.mark.parametrize(("person", "name"), PEOPLE)
def test_people_are_booked_through_the_api_whatever_their_names(
    his: Client, staff: Client, person: dict[str, str], name: str
) -> None:
    schedule, cid = his.schedules(in_days(20))[0]["schedule_id"], new_cid()
    body = his.booking(schedule, cid)
    body["person"] = {"cid": cid, "gender": 1, **person}
    booked = his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body)
    assert booked.status == 200, booked.text
    rows = staff.call("GET", "/api/dashboard/appointments", {"date": in_days(20), "schedule_id": schedule}).result
    assert name in [row["person_name"] for row in rows]
    assert his.cancel(cid, booked.result["hospital_appointment_slot_id"]).status == 200


@pytest.mark.parametrize(("person", "name"), PEOPLE)
def test_people_are_added_at_the_desk_and_booked_there(
    staff: Client, his: Client, person: dict[str, str], name: str
) -> None:
    schedule, cid = his.schedules(in_days(20))[1]["schedule_id"], new_cid()
    assert staff.call("POST", "/api/dashboard/people", body={"cid": cid, "gender": 2, **person}).status == 200
    booked = staff.call("POST", "/api/dashboard/appointments", body={"cid": cid, "schedule_id": schedule})
    assert booked.result["person_name"] == name


def test_a_white_list_brings_them_too(staff: Client, his: Client) -> None:
    cids = [new_cid() for _ in PEOPLE]
    lines = [
        ",".join([cid, person.get("prefix") or "", person["first_name"], person.get("last_name") or "", "หญิง"])
        for cid, (person, _) in zip(cids, PEOPLE, strict=True)
    ]
    answer = staff.call("POST", "/api/dashboard/white-list/import", body={"lines": lines, "first_line": 2}).result
    assert answer == {"accepted": len(PEOPLE), "refused": []}
    for cid, (_, name) in zip(cids, PEOPLE, strict=True):
        assert staff.call("POST", "/api/dashboard/white-list/find", body={"cid": cid}).result["name"] == name
    hospital = {"hospital_code": his.hospital_code}
    target = [{"cid": new_cid(), "gender": 1, **person} for person, _ in PEOPLE]
    sent = his.call("POST", "/api/SendImmunizationTarget", body={"hospital": hospital, "target": target})
    assert sent.result == {"accepted": len(PEOPLE)}


def test_a_first_name_is_still_required(staff: Client) -> None:
    refused = staff.call("POST", "/api/dashboard/people", body={"cid": new_cid(), "gender": 1, "last_name": "ใจดี"})
    assert list(refused.json["Error"]["fields"]) == ["first_name"]

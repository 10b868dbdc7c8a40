"""A hospital cannot flood people, hide a notice, or pose as another sender."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest

from chalicelib import clock
from tests import maker
from tests.client import Client, line_user_of, new_cid, until_answered
from tests.hospitals import Hospital, Hospitals
from tests.manual.announcements import (
    announcements_of,
    draft,
    link_line,
    newly_listed,
    outside,
    recipients,
    send,
    send_target,
    upload,
)
from tests.waiting import eventually

PER_DAY, PER_HOUR = 10, 20_000


@pytest.fixture(scope="module")
def person(staff: Client, his: Client) -> str:
    """A person to whom the hospital has sent more announcements than allowed in a day."""
    if clock.now().time() >= time(23, 50):
        pytest.skip("another day, and so another count of announcements, may begin while these tests run")
    cid = newly_listed(staff, "เต็มแล้ว")
    assert send_target(his, f"{cid}-0", cid).status == 200
    with ThreadPoolExecutor(8) as senders:
        replies = senders.map(lambda n: until_answered(lambda: send_target(his, f"{cid}-{n}", cid)), range(1, 15))
        assert Counter(reply.status for reply in replies) == {200: PER_DAY - 1, 429: 15 - PER_DAY}
    return cid


def test_one_more_announcement_to_a_person_is_refused_until_tomorrow(his, person) -> None:
    reply = send_target(his, f"{person}-more", person)
    assert (reply.status, reply.code) == (429, "TooManyForPerson")
    tomorrow = clock.today() + timedelta(days=1)
    assert f"send it again from {tomorrow}T00:00:00+07:00" in reply.json["Error"]["fields"]["target[0]"]
    assert 0 < int(reply.headers["Retry-After"]) <= 24 * 3600
    assert send_target(his, f"{person}-0", person, message_title="แก้ไข").status == 200, "a change reaches nobody anew"


def test_of_a_list_only_who_may_get_no_more_is_left_out_and_the_hospital_sees_why(staff, person, app_client) -> None:
    other, message_id = newly_listed(staff, "ยังไม่เต็ม"), draft(staff, line=False)["message_id"]
    upload(staff, message_id, f"{person}\n{other}".encode())
    send(staff, message_id)
    delivered = [one["deliveries"]["app"] for one in recipients(staff, message_id)]
    assert delivered == [{"state": "failed", "reason": "day_limit"}, {"state": "sent", "reason": ""}]
    eventually(lambda: len(announcements_of(app_client, person)) >= PER_DAY, "those of before are delivered")
    assert len(announcements_of(app_client, person)) == PER_DAY
    assert [one["message_id"] for one in announcements_of(app_client, other)] == [message_id]


def test_another_hospital_may_still_send(hospitals: Hospitals, person) -> None:
    other = hospitals.new(with_catalogue=False)
    body = {"cid": person, "prefix": "นาย", "first_name": "เต็มแล้ว", "last_name": "ใจดี", "gender": 1}
    assert other.client("staff.demo").call("POST", "/api/dashboard/people", body=body).status == 200
    assert send_target(other.client("his.demo"), "R1", person).status == 200


def test_a_hospital_that_has_sent_too_much_in_an_hour_sends_no_more_until_the_next(hospitals: Hospitals) -> None:
    hospital = hospitals.new(with_catalogue=False)
    his, staff = hospital.client("his.demo"), hospital.client("staff.demo")
    cid, message_id = newly_listed(staff, "ชั่วโมง"), draft(staff)["message_id"]
    upload(staff, message_id, cid.encode())
    hospitals.run(maker.announcements_sent, hospital.code, PER_HOUR - 1)
    assert send_target(his, "R1", cid).status == 200
    hospitals.run(maker.announcements_sent, hospital.code, PER_HOUR)
    for refused in (send_target(his, "R2", cid), staff.call("POST", f"/api/messages/{message_id}/send", body={})):
        assert (refused.status, refused.code) == (429, "TooManyAnnouncements")
        assert "send it again from" in refused.json["Error"]["fields"]["hospital_code"]
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert send_target(his, "R1", cid, message_title="แก้ไข").status == 200, "a change is no further announcement"


def test_the_sender_is_shown_by_us_whatever_the_text_claims(local_stack, hospital: Hospital, his, staff, app_client):
    cid = newly_listed(staff, "ผู้ส่ง")
    user = line_user_of(cid)
    link_line(local_stack, app_client, cid, user)
    body = {"hospital": {"hospital_code": hospital.code, "hospital_name": "กระทรวงสาธารณสุข"}, "message_ref_code": cid,
            "message_title": "จาก กระทรวงสาธารณสุข", "target": [cid],
            "message_content_html": '<a href="https://evil.example/x">ธนาคาร</a>'}  # fmt: skip
    assert his.call("POST", "/api/SendMessageTarget", body=body).status == 200
    (in_line,) = eventually(lambda: outside(local_stack, f"inbox?channel=line&to={user}")["messages"], "LINE has it")
    sender = f"{hospital.name} ({hospital.code})"
    assert in_line["content"][0]["text"].startswith(f"จาก {sender}\nจาก กระทรวงสาธารณสุข\n")
    assert "https://evil.example/x" in in_line["content"][0]["text"]
    assert in_line["content"][-1]["altText"].startswith(sender)
    (in_app,) = eventually(lambda: announcements_of(app_client, cid), "the app has it")
    assert in_app["hospital_name"] == hospital.name
    assert "ธนาคาร <span>(ลิงก์: evil.example)</span></a>" in in_app["message_content_html"]
    pushed = outside(local_stack, f"inbox?channel=app&to={cid}")["messages"][0]["content"]
    assert pushed["sender"] == sender


@pytest.mark.parametrize("path", ["/api/message/Notices", "/api/message/Announcements", "/api/person/Announcements"])
def test_no_hospital_reads_or_chooses_for_people(his, path) -> None:
    assert his.call("POST", path, body={"cid": new_cid(), "hospital_code": "00000", "wanted": True}).code == "Forbidden"

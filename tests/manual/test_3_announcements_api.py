"""Manual 3 through the API: what a hospital sends, and what the person does."""

import base64
import subprocess
import sys
from typing import Any

import pytest

from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.manual.announcements import (
    SOMCHAI,
    SOMYING,
    STRANGER,
    THIRD,
    announcements_of,
    draft,
    link_line,
    list_demo_people,
    newly_listed,
    outside,
    person_call,
    recipients,
    send,
    send_target,
    show,
    target_message,
    upload,
)
from tests.waiting import eventually


@pytest.fixture(scope="module", autouse=True)
def known_people(staff: Client) -> None:
    list_demo_people(staff)


# ---- the hospital's own system ----


def test_an_his_sends_to_its_white_list_and_hears_who_was_refused(local_stack, his) -> None:
    result = send_target(his, f"R-{new_cid()}", SOMCHAI, SOMCHAI, STRANGER).result
    assert (result["accepted"], result["refused"]) == (1, [{"cid": STRANGER, "reason": "not_in_white_list"}])
    eventually(
        lambda: (
            outside(local_stack, "counts")["messages"]
            .get(f"app {his.hospital_code}-{result['message_id']}", {})
            .get("people")
            == 1
        ),
        "it arrives",
    )


def test_the_same_reference_changes_the_message_and_reaches_only_who_is_new(local_stack, his, app_client) -> None:
    ref = f"R-{new_cid()}"
    first = send_target(his, ref, SOMCHAI).result
    again = send_target(his, ref, SOMCHAI, SOMYING, message_title="นัดหมาย (แก้ไข)").result
    assert again["message_id"] == first["message_id"]
    assert send_target(his, f"{ref}-2", SOMCHAI).result["message_id"] != first["message_id"]

    def counted() -> Any:
        return outside(local_stack, "counts")["messages"].get(f"app {his.hospital_code}-{first['message_id']}")

    eventually(lambda: counted() and counted()["people"] == 2, "both have it")
    assert counted() == {"people": 2, "deliveries": 2, "most": 1}
    inbox = app_client.call("GET", "/api/message/Inbox", {"cid": SOMCHAI}).result
    sent = (his.hospital_code, first["message_id"])
    titles = [one["message_title"] for one in inbox if (one["hospital_code"], one["message_id"]) == sent]
    assert titles == ["นัดหมาย (แก้ไข)"]


def test_each_sending_by_a_system_is_in_the_history_of_the_message_with_the_account_that_sent_it(
    staff, his, app_client
) -> None:
    ref = f"R-{new_cid()}"
    message_id = send_target(his, ref, SOMCHAI).result["message_id"]
    send_target(app_client, ref, SOMYING)

    history = show(staff, message_id)["history"]

    assert [(one["login"], one["action"]) for one in history] == [("his.demo", "send"), ("mohprompt.demo", "send")]
    for _ in range(30):
        assert send_target(his, ref, SOMCHAI).status == 200
    assert [one["login"] for one in show(staff, message_id)["history"]] == ["his.demo"] * 30


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target": ["1234567890123"]}, "target[0]"),
        ({"target": [SOMCHAI] * 10_001}, "target"),
        ({"message_confirm_url": "http://his.example.go.th/"}, "message_confirm_url"),
        ({"message_confirm_url": "https://10.0.0.1/"}, "message_confirm_url"),
        ({"message_ref_code": ""}, "message_ref_code"),
        ({"message_content_html": ""}, "message_content_html"),
        ({"message_title": None}, "message_title"),
    ],
)
def test_a_wrong_call_names_the_field_and_sends_nothing(his, changes, field) -> None:
    reply = send_target(his, f"BAD-{new_cid()}", **changes)
    assert (reply.status, list(reply.json["Error"]["fields"])) == (400, [field])


def test_the_app_may_send_for_any_hospital_that_exists_and_in_its_name(app_client) -> None:
    body = target_message("00002", f"APP-{new_cid()}")
    assert app_client.call("POST", "/api/SendMessageTarget", body=body).status == 200
    nowhere = body | {"hospital": {"hospital_code": "99999"}}
    assert app_client.call("POST", "/api/SendMessageTarget", body=nowhere).code == "HospitalNotFound"


# ---- the person ----


def arrived(app_client: Client, cid: str, message_id: int) -> dict[str, Any]:
    def found() -> Any:
        inbox = app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).result
        own = [one for one in inbox if one["hospital_code"] == app_client.hospital_code]
        return next((one for one in own if one["message_id"] == message_id), None)

    result: dict[str, Any] = eventually(found, "it is in the inbox")
    return result


def test_the_first_reading_counts(hospital, his, staff, app_client) -> None:
    html = "<p>ดู <a href='javascript:x'>ที่นี่</a></p><script>x</script>"
    message_id = send_target(his, f"R-{new_cid()}", THIRD, message_content_html=html).result["message_id"]
    shown = arrived(app_client, THIRD, message_id)
    assert (shown["hospital_name"], shown["kind"], shown["read_at"]) == (hospital.name, "", "")
    assert (shown["message_content_html"], shown["message_content_text"]) == (
        '<p>ดู <a rel="nofollow noopener noreferrer">ที่นี่</a></p>',
        "ดู ที่นี่",
    )
    body = {"cid": THIRD, "hospital_code": app_client.hospital_code, "message_id": message_id}
    first = app_client.call("POST", "/api/message/Read", body=body).result
    assert app_client.call("POST", "/api/message/Read", body=body).result == first
    assert show(staff, message_id)["read"] == 1
    assert arrived(app_client, THIRD, message_id)["read_at"] == first["read_at"]


def test_line_and_the_app_get_the_addresses_in_the_html_of_a_hospitals_system(
    local_stack, hospital, his, staff, app_client
) -> None:
    user, cid = "U" + "6" * 32, newly_listed(staff, "ลิงก์")
    link_line(local_stack, app_client, cid, user)
    html = (
        '<svg><title>x</svg><ol><li>ดู <a href="https://example.go.th/m">แผนที่</a><li>โทร <a href="tel:1669">นัด</a></ol>'
    )
    message_id = send_target(his, f"R-{new_cid()}", cid, message_content_html=html).result["message_id"]
    text = "1. ดู แผนที่ ลิงก์: https://example.go.th/m\n2. โทร นัด (โทร. 1669)"
    assert arrived(app_client, cid, message_id)["message_content_text"] == text
    (in_line,) = eventually(lambda: outside(local_stack, f"inbox?channel=line&to={user}")["messages"], "LINE has it")
    assert in_line["content"][0]["text"] == f"จาก {hospital.name} ({hospital.code})\nนัดหมาย\n\n{text}"


def test_a_reading_counts_though_the_hospital_that_wants_to_hear_of_it_cannot_be_reached(
    his, staff, app_client
) -> None:
    url = "https://his.example.invalid/read?ref=7"
    message_id = send_target(his, f"R-{new_cid()}", THIRD, message_confirm_url=url).result["message_id"]
    arrived(app_client, THIRD, message_id)
    body = {"cid": THIRD, "hospital_code": app_client.hospital_code, "message_id": message_id}
    assert app_client.call("POST", "/api/message/Read", body=body).status == 200
    assert show(staff, message_id)["read"] == 1


def test_nobody_reads_what_was_sent_to_somebody_else(his, app_client) -> None:
    message_id = send_target(his, f"R-{new_cid()}", SOMCHAI).result["message_id"]
    body = {"cid": SOMYING, "hospital_code": app_client.hospital_code, "message_id": message_id}
    assert app_client.call("POST", "/api/message/Read", body=body).code == "MessageNotFound"


def test_a_hospital_cannot_read_peoples_inboxes(his) -> None:
    assert his.call("GET", "/api/message/Inbox", {"cid": SOMCHAI}).code == "Forbidden"


def test_a_message_for_line_only_is_not_in_the_app(staff, app_client) -> None:
    message_id = draft(staff, app=False)["message_id"]
    upload(staff, message_id, SOMCHAI.encode())
    send(staff, message_id)
    inbox = app_client.call("GET", "/api/message/Inbox", {"cid": SOMCHAI}).result
    sent = (staff.hospital_code, message_id)  # other modules send to this person too, from hospitals of their own
    assert sent not in [(one["hospital_code"], one["message_id"]) for one in inbox]


def test_who_wants_none_of_a_hospital_gets_none_until_they_want_them_again(his, staff, app_client, hospital) -> None:
    cid = newly_listed(staff, "ไม่รับ")
    choice = {"hospital_code": hospital.code, "wanted": False}
    own = {"hospital_code": hospital.code, "hospital_name": hospital.name}
    assert person_call(app_client, "/api/person/Announcements", cid, **choice) == {**own, "wanted": False}
    first = send_target(his, f"{cid}-1", cid).result["message_id"]
    reasons = eventually(
        lambda: {one["reason"] for one in recipients(staff, first)[0]["deliveries"].values()} - {""}, "it is decided"
    )
    assert reasons == {"opted_out"}
    page = person_call(app_client, "/api/message/Announcements", cid)
    assert (page["messages"], page["opted_out"]) == ([], [own])
    person_call(app_client, "/api/person/Announcements", cid, **{**choice, "wanted": True})
    second = send_target(his, f"{cid}-2", cid).result["message_id"]
    shown = eventually(lambda: announcements_of(app_client, cid), "it arrives")
    assert [one["message_id"] for one in shown] == [second]
    nowhere = app_client.call(
        "POST", "/api/person/Announcements", body={"cid": cid, "hospital_code": "99999", "wanted": False}
    )
    assert nowhere.code == "HospitalNotFound"


@pytest.mark.parametrize("kind", ["Notices", "Announcements"])
def test_a_page_of_an_inbox_begins_at_no_made_up_cursor(app_client, kind) -> None:
    body = {"cid": new_cid(), "after": "2026-11-23T12:00:00+07:00#00000#1.1"}
    assert list(app_client.call("POST", f"/api/message/{kind}", body=body).json["Error"]["fields"]) == ["after"]


# ---- LINE ----


@pytest.mark.parametrize("signature", ["", "x", base64.b64encode(b"0" * 32).decode()])
def test_a_webhook_that_line_did_not_sign_is_refused(local_stack, signature) -> None:
    reply = Client(local_stack.url).call(
        "POST", "/line/webhook", body={"events": []}, headers={"X-Line-Signature": signature}
    )
    assert reply.status == 401


def test_a_line_user_who_leaves_or_links_elsewhere_gets_nothing_more(local_stack, staff, app_client) -> None:
    """One LINE user is one person: a new link ends the old ones on both sides."""
    first, second = "U" + "2" * 32, "U" + "3" * 32
    one, other = newly_listed(staff, "หนึ่ง"), newly_listed(staff, "สอง")
    link_line(local_stack, app_client, one, first)
    link_line(local_stack, app_client, one, second)
    link_line(local_stack, app_client, other, second)
    message_id = draft(staff, app=False)["message_id"]
    upload(staff, message_id, f"{one}\n{other}".encode())
    send(staff, message_id)
    reached = {user: len(outside(local_stack, f"inbox?channel=line&to={user}")["messages"]) for user in (first, second)}
    assert reached == {first: 0, second: 1}
    assert [one["deliveries"]["line"]["state"] for one in recipients(staff, message_id)] == ["failed", "sent"]


def test_a_link_is_made_once_and_only_with_a_nonce_of_ours(local_stack, app_client) -> None:
    user = "U" + "4" * 32
    order = {"channel": "line", "api": local_stack.url, "user_id": user, "nonce": "made-up"}
    assert outside(local_stack, "read", order)["status"] == 200  # LINE need not know; it would only send it again


def test_a_confirmation_of_something_unknown_is_passed_over(local_stack) -> None:
    for data in ("00000-999999", "rubbish", ""):
        order = {"channel": "line", "api": local_stack.url, "user_id": "U" + "5" * 32, "data": data}
        assert outside(local_stack, "read", order)["status"] == 200


# ---- notices of other packages ----


def notified(local_stack: LocalStack, hospital_code: str, once: str, times: int = 1) -> str:
    """The number of the notice that SOMCHAI is given so many times."""
    program = f"""
from chalicelib.messages import notices
for _ in range({times}):
    notice = notices.Notice("accepted", "{hospital_code}", "รพ.ทดสอบระบบ", "{SOMCHAI}", "รับนัดแล้ว",
                              "พบกันวันที่ 1 ธ.ค. 2569", once="{once}")
    print(*notices.notify([notice, notice]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=local_stack.env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    (message_id,) = set(done.stdout.split())
    return message_id


def test_no_reference_of_a_hospitals_system_is_the_name_of_a_notice(local_stack, his) -> None:
    notice = notified(local_stack, his.hospital_code, "accepted-78-1")
    assert send_target(his, "notice-accepted-78-1", SOMYING).result["message_id"] != int(notice)


def test_a_notice_reaches_one_person_once_however_often_it_is_given(local_stack, staff, app_client) -> None:
    message_id = notified(local_stack, staff.hospital_code, "accepted-77-1", times=3)
    shown = arrived(app_client, SOMCHAI, int(message_id))
    assert (shown["kind"], shown["message_title"]) == ("accepted", "รับนัดแล้ว")
    counted = outside(local_stack, "counts")["messages"][f"app {staff.hospital_code}-{message_id}"]
    assert counted == {"people": 1, "deliveries": 1, "most": 1}
    listed = staff.call("GET", "/api/messages").result["announcements"]
    assert int(message_id) not in [one["message_id"] for one in listed]
    for path in ("", "/recipients", "/report?portion=0"):
        assert staff.call("GET", f"/api/messages/{message_id}{path}").code == "MessageNotFound"

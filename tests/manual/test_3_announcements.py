"""Manual 3: announcements, from the upload of the target group to the green tick; and the same through the API."""

import base64
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from infra.demo import demo_cid
from infra.local.centre import Centre
from infra.local.processes import ROOT
from tests.client import Client, Reply, new_cid
from tests.manual import desk

SOMCHAI, SOMYING, THIRD = demo_cid(1), demo_cid(2), demo_cid(3)
STRANGER = "8000000000031"


def until(done: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)
    return found


def draft(staff: Client, **changes: Any) -> dict[str, Any]:
    body = {"title": "คลินิกย้าย", "content": "เชิญที่อาคาร 2\nชั้น 3", "app": True, "line": True, **changes}
    result: dict[str, Any] = staff.call("POST", "/api/messages", body=body).result
    return result


def show(staff: Client, message_id: int) -> dict[str, Any]:
    result: dict[str, Any] = staff.call("GET", f"/api/messages/{message_id}").result
    return result


def upload(staff: Client, message_id: int, content: bytes) -> dict[str, Any]:
    body = {"content_base64": base64.b64encode(content).decode()}
    assert staff.call("POST", f"/api/messages/{message_id}/targets", body=body).status == 200
    return until(
        lambda: (found := show(staff, message_id))["upload"]["state"] == "matched" and found, "the file is matched"
    )


def send(staff: Client, message_id: int) -> dict[str, Any]:
    assert staff.call("POST", f"/api/messages/{message_id}/send", body={}).status == 200
    return until(lambda: (found := show(staff, message_id))["state"] == "sent" and found, "everything is sent")


def recipients(staff: Client, message_id: int, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = staff.call("GET", f"/api/messages/{message_id}/recipients", query).result[
        "recipients"
    ]
    return found


def outside(centre: Centre, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{centre.simulator}/control/{path}", data, timeout=10) as answer:
        return json.load(answer)


def newly_listed(staff: Client, first_name: str) -> str:
    """A new person on the white list, who has linked no LINE account."""
    person = {"cid": new_cid(), "prefix": "นาย", "first_name": first_name, "last_name": "ใจดี", "gender": 1}
    assert staff.call("POST", "/api/dashboard/people", body=person).status == 200
    return str(person["cid"])


def link_line(centre: Centre, app_client: Client, cid: str, user_id: str) -> None:
    nonce = app_client.call("POST", "/api/message/LineLink", body={"cid": cid}).result["nonce"]
    order = {"channel": "line", "api": centre.url, "user_id": user_id, "nonce": nonce}
    assert outside(centre, "read", order)["status"] == 200


def target_message(ref: str, *targets: str, **changes: Any) -> dict[str, Any]:
    return {
        "hospital": {"hospital_code": "00000", "hospital_name": "รพ.ทดสอบระบบ", "his_identifier": "HIS ABC v1.0"},
        "message_ref_code": ref,
        "message_title": "นัดหมาย",
        "message_content_html": "<p>เชิญที่อาคาร 2</p>",
        "target": list(targets),
        **changes,
    }


def send_target(client: Client, ref: str, *targets: str, **changes: Any) -> Reply:
    return client.call("POST", "/api/SendMessageTarget", body=target_message(ref, *targets, **changes))


def test_from_the_upload_to_the_green_tick(centre, staff, app_client) -> None:
    user = "U" + "1" * 32
    with_line, without = newly_listed(staff, "มีไลน์"), newly_listed(staff, "ไม่มี")
    link_line(centre, app_client, with_line, user)
    message_id = draft(staff)["message_id"]
    matched = upload(staff, message_id, f"{with_line}\r\n{without}\r\n".encode())
    assert (matched["targets"], matched["read"], matched["state"]) == (2, 0, "draft")
    assert [one["read_at"] for one in recipients(staff, message_id)] == ["", ""]

    sent = send(staff, message_id)
    assert sent["counts"]["app"] == {"queued": 0, "sent": 2, "failed": 0}
    assert sent["counts"]["line"] == {"queued": 0, "sent": 1, "failed": 1}
    shown = outside(centre, f"inbox?channel=line&to={user}")["messages"][0]
    assert [part["text"] for part in shown["content"] if part["type"] == "text"] == ["คลินิกย้าย\n\nเชิญที่อาคาร 2\nชั้น 3"]

    order = {"channel": "line", "api": centre.url, "user_id": user, "data": shown["message"]}
    assert outside(centre, "read", order)["status"] == 200
    read, unread = recipients(staff, message_id)
    assert (read["name"], read["read_in"], bool(read["read_at"])) == ("นายมีไลน์ ใจดี", "line", True)
    assert (unread["read_at"], unread["deliveries"]["line"]) == ("", {"state": "failed", "reason": "not_linked"})
    listed = staff.call("GET", "/api/messages").result["announcements"]
    assert [(one["targets"], one["read"]) for one in listed if one["message_id"] == message_id] == [(2, 1)]


def test_every_line_that_is_no_target_is_reported_with_its_number_and_reason(staff) -> None:
    message_id = draft(staff)["message_id"]
    lines = [SOMCHAI, "", "1234567890123", f"{SOMCHAI[0]}-{SOMCHAI[1:]}", STRANGER, "นายสมชาย", SOMYING, "12345"]
    upload(staff, message_id, "\r\n".join(lines).encode("cp874"))
    report = staff.call("GET", f"/api/messages/{message_id}/report", {"portion": 0}).result
    assert [(one["line"], one["reason"]) for one in report] == [
        (3, "malformed"),
        (4, "duplicate"),
        (5, "not_in_white_list"),
        (6, "malformed"),
        (8, "malformed"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_a_file_with_thai_digits_is_read_in_every_usual_encoding(staff, encoding) -> None:
    message_id = draft(staff)["message_id"]
    thai = SOMCHAI.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert upload(staff, message_id, f"{thai}\n".encode(encoding))["targets"] == 1


def test_a_file_in_utf_16_is_refused_with_what_to_do(staff) -> None:
    message_id = draft(staff)["message_id"]
    body = {"content_base64": base64.b64encode(SOMCHAI.encode("utf-16")).decode()}
    reply = staff.call("POST", f"/api/messages/{message_id}/targets", body=body)
    assert (reply.status, list(reply.json["Error"]["fields"])) == (400, ["file"])
    assert "UTF-8" in reply.json["Message"]


def test_a_second_file_adds_people_and_clearing_starts_anew(staff) -> None:
    message_id = draft(staff)["message_id"]
    upload(staff, message_id, SOMCHAI.encode())
    both = upload(staff, message_id, f"{SOMCHAI}\n{SOMYING}".encode())
    assert (both["targets"], both["upload"]["matched"], both["upload"]["duplicate"]) == (2, 1, 1)
    assert staff.call("DELETE", f"/api/messages/{message_id}/targets").result["targets"] == 0
    assert upload(staff, message_id, SOMYING.encode())["targets"] == 1


def test_of_a_deleted_draft_and_of_an_emptied_list_nobody_is_kept(centre, staff) -> None:
    deleted, emptied = draft(staff)["message_id"], draft(staff)["message_id"]
    for message_id in (deleted, emptied):
        upload(staff, message_id, f"{SOMCHAI}\n{SOMYING}".encode())
        assert kept_people(centre, message_id) == 2
    assert staff.call("DELETE", f"/api/messages/{deleted}").status == 200
    assert staff.call("DELETE", f"/api/messages/{emptied}/targets").status == 200
    upload(staff, emptied, SOMYING.encode())

    until(lambda: kept_people(centre, deleted) == 0, "the deleted draft's people are gone")
    until(lambda: kept_people(centre, emptied) == 1, "the old list's people are gone")
    assert staff.call("GET", f"/api/messages/{deleted}").status == 404


def kept_people(centre: Centre, message_id: int) -> int:
    """How many rows of the storage name somebody as a target of the announcement, in whatever list."""
    client = boto3.client("dynamodb", endpoint_url=centre.endpoint, region_name=centre.env["AWS_REGION"],
                          aws_access_key_id=centre.env["AWS_ACCESS_KEY_ID"],
                          aws_secret_access_key=centre.env["AWS_SECRET_ACCESS_KEY"])  # fmt: skip
    found = client.get_paginator("scan").paginate(
        TableName=f"moph-{centre.env['STAGE']}-recipients",
        FilterExpression="hospital_code = :hospital AND message_id = :id",
        ExpressionAttributeValues={":hospital": {"S": "00000"}, ":id": {"N": str(message_id)}},
        ConsistentRead=True,
    )
    return sum(len(page["Items"]) for page in found)


def test_nothing_on_the_dashboard_shows_a_whole_national_id(staff) -> None:
    message_id = draft(staff)["message_id"]
    upload(staff, message_id, SOMCHAI.encode())
    assert SOMCHAI not in staff.call("GET", f"/api/messages/{message_id}/recipients").text


def test_a_draft_is_changed_by_one_at_a_time(staff) -> None:
    made = draft(staff)
    path, change = f"/api/messages/{made['message_id']}", {"content": "ข", "app": True, "line": False}
    assert staff.call("PUT", path, body={**change, "title": "แรก", "version": 1}).result["title"] == "แรก"
    late = staff.call("PUT", path, body={**change, "title": "หลัง", "version": 1})
    assert (late.status, late.code) == (409, "EditConflict")
    assert (late.json["Error"]["yours"]["title"], late.json["Error"]["theirs"]["title"]) == ("หลัง", "แรก")


def test_what_was_sent_can_be_changed_no_more(staff) -> None:
    made = draft(staff)
    path = f"/api/messages/{made['message_id']}"
    assert staff.call("POST", f"{path}/send", body={}).code == "NothingToSend"
    upload(staff, made["message_id"], SOMCHAI.encode())
    sent = send(staff, made["message_id"])
    edit = {"title": "ก", "content": "ข", "app": True, "line": True, "version": sent["version"]}
    for reply in (
        staff.call("PUT", path, body=edit),
        staff.call("DELETE", path),
        staff.call("DELETE", f"{path}/targets"),
        staff.call("POST", f"{path}/upload", body={"size": 10}),
    ):
        assert (reply.status, reply.code) == (409, "MessageNotDraft")


def test_who_pressed_send_stop_and_resume_is_shown_with_the_announcement(centre, staff) -> None:
    colleague = desk.clerk(centre, "00000", "IMMUNIZATION_DASHBOARD:1")
    made = draft(staff, line=False)
    path = f"/api/messages/{made['message_id']}"
    upload(staff, made["message_id"], SOMCHAI.encode())
    assert colleague.call("POST", f"{path}/stop", body={}).code == "MessageNotSending"
    assert show(staff, made["message_id"])["history"] == []

    send(staff, made["message_id"])
    assert colleague.call("POST", f"{path}/stop", body={}).status == 200
    pressed = staff.call("POST", f"{path}/resume", body={}).result["history"]

    assert [one["action"] for one in pressed] == ["send", "stop", "resume"]
    first, second, third = (one["login"] for one in pressed)
    assert first == third == "staff.demo"
    assert second.startswith("clerk")
    assert sorted(one["at"] for one in pressed) == [one["at"] for one in pressed]
    assert show(colleague, made["message_id"])["history"] == pressed


def test_without_a_channel_there_is_no_message(staff) -> None:
    body = {"title": "ก", "content": "ข", "app": False, "line": False}
    assert staff.call("POST", "/api/messages", body=body).status == 400


def test_sending_again_reaches_nobody_twice(centre, staff) -> None:
    message_id = draft(staff, line=False)["message_id"]
    upload(staff, message_id, SOMCHAI.encode())
    send(staff, message_id)
    send(staff, message_id)
    assert staff.call("POST", f"/api/messages/{message_id}/resume", body={}).status == 200
    counted = outside(centre, "counts")["messages"][f"app 00000-{message_id}"]
    assert counted == {"people": 1, "deliveries": 1, "most": 1}


def test_a_stopped_sending_stops_and_goes_on(centre, staff) -> None:
    outside(centre, "faults", {"app": {"down": True}})
    try:
        message_id = draft(staff, line=False)["message_id"]
        upload(staff, message_id, SOMCHAI.encode())
        assert staff.call("POST", f"/api/messages/{message_id}/send", body={}).status == 200
        assert staff.call("POST", f"/api/messages/{message_id}/stop", body={}).result["state"] == "stopped"
        assert staff.call("POST", f"/api/messages/{message_id}/send", body={}).code == "MessageNotDraft"
        # Asked while the gateway is down: a delivery that was under way when it was stopped is let through.
        assert show(staff, message_id)["counts"]["app"] == {"queued": 1, "sent": 0, "failed": 0}
    finally:
        outside(centre, "faults", {})
    assert staff.call("POST", f"/api/messages/{message_id}/resume", body={}).status == 200
    until(lambda: show(staff, message_id)["state"] == "sent", "it goes on")


def test_whom_the_app_does_not_know_is_failed_with_the_reason(centre, staff) -> None:
    outside(centre, "faults", {"app": {"unknown": [SOMYING]}})
    try:
        message_id = draft(staff, line=False)["message_id"]
        upload(staff, message_id, f"{SOMCHAI}\n{SOMYING}".encode())
        assert send(staff, message_id)["counts"]["app"] == {"queued": 0, "sent": 1, "failed": 1}
    finally:
        outside(centre, "faults", {})
    failed = recipients(staff, message_id, state="failed")
    assert [one["deliveries"]["app"]["reason"] for one in failed] == ["unknown_to_provider"]
    assert [one["name"] for one in recipients(staff, message_id, state="sent")] == ["นายสมชาย ใจดี"]
    assert recipients(staff, message_id, state="queued") == []


def test_another_hospitals_messages_do_not_exist(staff, his2) -> None:
    ref = f"OTHER-{new_cid()}"
    body = target_message(ref) | {"hospital": {"hospital_code": "00002"}}
    made = his2.call("POST", "/api/SendMessageTarget", body=body).result["message_id"]
    own = draft(staff)["message_id"]
    theirs = max(made, own) + 1_000
    for path in ("", "/recipients", "/report?portion=0"):
        assert staff.call("GET", f"/api/messages/{theirs}{path}").code == "MessageNotFound"
    assert send_target(his2, ref).code == "Forbidden"


# ---- the hospital's own system ----


def test_an_his_sends_to_its_white_list_and_hears_who_was_refused(centre, his) -> None:
    result = send_target(his, f"R-{new_cid()}", SOMCHAI, SOMCHAI, STRANGER).result
    assert (result["accepted"], result["refused"]) == (1, [{"cid": STRANGER, "reason": "not_in_white_list"}])
    until(
        lambda: outside(centre, "counts")["messages"].get(f"app 00000-{result['message_id']}", {}).get("people") == 1,
        "it arrives",
    )


def test_the_same_reference_changes_the_message_and_reaches_only_who_is_new(centre, his, app_client) -> None:
    ref = f"R-{new_cid()}"
    first = send_target(his, ref, SOMCHAI).result
    again = send_target(his, ref, SOMCHAI, SOMYING, message_title="นัดหมาย (แก้ไข)").result
    assert again["message_id"] == first["message_id"]
    assert send_target(his, f"{ref}-2", SOMCHAI).result["message_id"] != first["message_id"]

    def counted() -> Any:
        return outside(centre, "counts")["messages"].get(f"app 00000-{first['message_id']}")

    until(lambda: counted() and counted()["people"] == 2, "both have it")
    assert counted() == {"people": 2, "deliveries": 2, "most": 1}
    inbox = app_client.call("GET", "/api/message/Inbox", {"cid": SOMCHAI}).result
    titles = [one["message_title"] for one in inbox if one["message_id"] == first["message_id"]]
    assert titles == ["นัดหมาย (แก้ไข)"]


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
    body = target_message(f"APP-{new_cid()}") | {"hospital": {"hospital_code": "00002"}}
    assert app_client.call("POST", "/api/SendMessageTarget", body=body).status == 200
    nowhere = body | {"hospital": {"hospital_code": "99999"}}
    assert app_client.call("POST", "/api/SendMessageTarget", body=nowhere).code == "HospitalNotFound"


# ---- the person ----


def arrived(app_client: Client, cid: str, message_id: int) -> dict[str, Any]:
    def found() -> Any:
        inbox = app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).result
        return next((one for one in inbox if one["message_id"] == message_id), None)

    result: dict[str, Any] = until(found, "it is in the inbox")
    return result


def test_the_first_reading_counts(his, staff, app_client) -> None:
    html = "<p>ดู <a href='javascript:x'>ที่นี่</a></p><script>x</script>"
    message_id = send_target(his, f"R-{new_cid()}", THIRD, message_content_html=html).result["message_id"]
    shown = arrived(app_client, THIRD, message_id)
    assert (shown["hospital_name"], shown["kind"], shown["read_at"]) == ("รพ.ทดสอบระบบ", "", "")
    assert (shown["message_content_html"], shown["message_content_text"]) == ("<p>ดู <a>ที่นี่</a></p>", "ดู ที่นี่")
    body = {"cid": THIRD, "hospital_code": "00000", "message_id": message_id}
    first = app_client.call("POST", "/api/message/Read", body=body).result
    assert app_client.call("POST", "/api/message/Read", body=body).result == first
    assert show(staff, message_id)["read"] == 1
    assert arrived(app_client, THIRD, message_id)["read_at"] == first["read_at"]


def test_a_reading_counts_though_the_hospital_that_wants_to_hear_of_it_cannot_be_reached(
    his, staff, app_client
) -> None:
    url = "https://his.example.invalid/read?ref=7"
    message_id = send_target(his, f"R-{new_cid()}", THIRD, message_confirm_url=url).result["message_id"]
    arrived(app_client, THIRD, message_id)
    body = {"cid": THIRD, "hospital_code": "00000", "message_id": message_id}
    assert app_client.call("POST", "/api/message/Read", body=body).status == 200
    assert show(staff, message_id)["read"] == 1


def test_nobody_reads_what_was_sent_to_somebody_else(his, app_client) -> None:
    message_id = send_target(his, f"R-{new_cid()}", SOMCHAI).result["message_id"]
    body = {"cid": SOMYING, "hospital_code": "00000", "message_id": message_id}
    assert app_client.call("POST", "/api/message/Read", body=body).code == "MessageNotFound"


def test_a_hospital_cannot_read_peoples_inboxes(his) -> None:
    assert his.call("GET", "/api/message/Inbox", {"cid": SOMCHAI}).code == "Forbidden"


def test_a_message_for_line_only_is_not_in_the_app(staff, app_client) -> None:
    message_id = draft(staff, app=False)["message_id"]
    upload(staff, message_id, SOMCHAI.encode())
    send(staff, message_id)
    inbox = app_client.call("GET", "/api/message/Inbox", {"cid": SOMCHAI}).result
    assert message_id not in [one["message_id"] for one in inbox]


# ---- LINE ----


@pytest.mark.parametrize("signature", ["", "x", base64.b64encode(b"0" * 32).decode()])
def test_a_webhook_that_line_did_not_sign_is_refused(centre, signature) -> None:
    reply = Client(centre.url).call(
        "POST", "/line/webhook", body={"events": []}, headers={"X-Line-Signature": signature}
    )
    assert reply.status == 401


def test_a_line_user_who_leaves_or_links_elsewhere_gets_nothing_more(centre, staff, app_client) -> None:
    """One LINE user is one person: a new link ends the old ones on both sides."""
    first, second = "U" + "2" * 32, "U" + "3" * 32
    link_line(centre, app_client, SOMYING, first)
    link_line(centre, app_client, SOMYING, second)
    link_line(centre, app_client, THIRD, second)
    message_id = draft(staff, app=False)["message_id"]
    upload(staff, message_id, f"{SOMYING}\n{THIRD}".encode())
    send(staff, message_id)
    reached = {user: len(outside(centre, f"inbox?channel=line&to={user}")["messages"]) for user in (first, second)}
    assert reached == {first: 0, second: 1}
    assert [one["deliveries"]["line"]["state"] for one in recipients(staff, message_id)] == ["failed", "sent"]


def test_a_link_is_made_once_and_only_with_a_nonce_of_ours(centre, app_client) -> None:
    user = "U" + "4" * 32
    order = {"channel": "line", "api": centre.url, "user_id": user, "nonce": "made-up"}
    assert outside(centre, "read", order)["status"] == 200  # LINE need not know; it would only send it again


def test_a_confirmation_of_something_unknown_is_passed_over(centre) -> None:
    for data in ("00000-999999", "rubbish", ""):
        order = {"channel": "line", "api": centre.url, "user_id": "U" + "5" * 32, "data": data}
        assert outside(centre, "read", order)["status"] == 200


# ---- notices, for other rooms ----


def test_a_notice_reaches_one_person_once_however_often_it_is_given(centre, staff, app_client) -> None:
    program = f"""
from chalicelib.messages import notifying
for _ in range(3):
    print(notifying.notify("accepted", "00000", "รพ.ทดสอบระบบ", "{SOMCHAI}", "นายสมชาย ใจดี", "รับนัดแล้ว",
                         "พบกันวันที่ 1 ธ.ค. 2569", once="accepted-77-1"))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=centre.env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    (message_id,) = set(done.stdout.split())
    shown = arrived(app_client, SOMCHAI, int(message_id))
    assert (shown["kind"], shown["message_title"]) == ("accepted", "รับนัดแล้ว")
    counted = outside(centre, "counts")["messages"][f"app 00000-{message_id}"]
    assert counted == {"people": 1, "deliveries": 1, "most": 1}
    listed = staff.call("GET", "/api/messages").result["announcements"]
    assert int(message_id) not in [one["message_id"] for one in listed]
    for path in ("", "/recipients", "/report?portion=0"):
        assert staff.call("GET", f"/api/messages/{message_id}{path}").code == "MessageNotFound"

"""Manual 3: announcements, from the upload of the target group to the green tick."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from infra.local.local_stack import LocalStack
from tests.client import Client, new_cid
from tests.hospitals import Hospital
from tests.manual.announcements import (
    SOMCHAI,
    SOMYING,
    STRANGER,
    draft,
    link_line,
    list_demo_people,
    newly_listed,
    outside,
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


def test_what_staff_type_is_the_same_on_the_screen_in_the_app_and_in_line(
    local_stack, hospital, staff, app_client
) -> None:
    user, typed = "U" + "7" * 32, "  ยา\n\n\n    ก   3 เม็ด < 4"
    cid = newly_listed(staff, "ย่อหน้า")
    link_line(local_stack, app_client, cid, user)
    message_id = draft(staff, content=typed)["message_id"]
    upload(staff, message_id, cid.encode())
    send(staff, message_id)
    assert show(staff, message_id)["content"] == typed
    (in_app,) = app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).result
    assert in_app["message_content_text"] == typed
    assert in_app["message_content_html"] == ("&nbsp; ยา<br><br><br>&nbsp;&nbsp;&nbsp; ก&nbsp;&nbsp; 3 เม็ด &lt; 4")
    (in_line,) = outside(local_stack, f"inbox?channel=line&to={user}")["messages"]
    assert in_line["content"][0]["text"] == f"จาก {hospital.name} ({hospital.code})\nคลินิกย้าย\n\n{typed}"


def test_from_the_upload_to_the_green_tick(local_stack, hospital, staff, app_client) -> None:
    user = "U" + "1" * 32
    with_line, without = newly_listed(staff, "มีไลน์"), newly_listed(staff, "ไม่มี")
    link_line(local_stack, app_client, with_line, user)
    message_id = draft(staff)["message_id"]
    matched = upload(staff, message_id, f"{with_line}\r\n{without}\r\n".encode())
    assert (matched["targets"], matched["read"], matched["state"]) == (2, 0, "draft")
    assert [one["read_at"] for one in recipients(staff, message_id)] == ["", ""]

    sent = send(staff, message_id)
    assert sent["counts"]["app"] == {"queued": 0, "sent": 2, "failed": 0}
    assert sent["counts"]["line"] == {"queued": 0, "sent": 1, "failed": 1}
    shown = outside(local_stack, f"inbox?channel=line&to={user}")["messages"][0]
    assert [part["text"] for part in shown["content"] if part["type"] == "text"] == [
        f"จาก {hospital.name} ({hospital.code})\nคลินิกย้าย\n\nเชิญที่อาคาร 2\nชั้น 3"
    ]

    order = {"channel": "line", "api": local_stack.url, "user_id": user, "data": shown["message"]}
    assert outside(local_stack, "read", order)["status"] == 200
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-be"])
def test_a_file_with_thai_digits_is_read_in_every_usual_encoding(staff, encoding) -> None:
    message_id = draft(staff)["message_id"]
    thai = SOMCHAI.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert upload(staff, message_id, f"{thai}\n".encode(encoding))["targets"] == 1


def test_a_second_file_adds_people_and_clearing_starts_again(staff) -> None:
    message_id = draft(staff)["message_id"]
    upload(staff, message_id, SOMCHAI.encode())
    both = upload(staff, message_id, f"{SOMCHAI}\n{SOMYING}".encode())
    assert (both["targets"], both["upload"]["matched"], both["upload"]["duplicate"]) == (2, 1, 1)
    assert staff.call("DELETE", f"/api/messages/{message_id}/targets").result["targets"] == 0
    assert upload(staff, message_id, SOMYING.encode())["targets"] == 1


def test_of_a_deleted_draft_and_of_an_emptied_list_nobody_is_kept(local_stack, staff) -> None:
    code = staff.hospital_code
    deleted, emptied = draft(staff)["message_id"], draft(staff)["message_id"]
    for message_id in (deleted, emptied):
        upload(staff, message_id, f"{SOMCHAI}\n{SOMYING}".encode())
        assert (kept_people(local_stack, code, message_id), kept_files(local_stack, code, message_id)) == (2, 1)
    assert staff.call("DELETE", f"/api/messages/{deleted}").status == 200
    assert staff.call("DELETE", f"/api/messages/{emptied}/targets").status == 200
    upload(staff, emptied, SOMYING.encode())

    eventually(lambda: kept_people(local_stack, code, deleted) == 0, "the deleted draft's people are gone")
    eventually(lambda: kept_people(local_stack, code, emptied) == 1, "the old list's people are gone")
    eventually(lambda: kept_files(local_stack, code, deleted) == 0, "the deleted draft's file is gone")
    eventually(
        lambda: kept_files(local_stack, code, emptied) == 1, "the old list's file is gone, the new one's is there"
    )
    assert staff.call("GET", f"/api/messages/{deleted}").status == 404


def kept_people(local_stack: LocalStack, hospital_code: str, message_id: int) -> int:
    """How many rows of the storage name somebody as a target of the announcement."""
    found = (
        engine(local_stack, "dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=f"moph-{local_stack.env['STAGE']}-recipients",
            FilterExpression="hospital_code = :hospital AND message_id = :id",
            ExpressionAttributeValues={":hospital": {"S": hospital_code}, ":id": {"N": str(message_id)}},
            ConsistentRead=True,
        )
    )
    return sum(len(page["Items"]) for page in found)


def kept_files(local_stack: LocalStack, hospital_code: str, message_id: int) -> int:
    """How many files of the announcement the bucket holds, of whatever list."""
    s3 = engine(local_stack, "s3")
    names = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    (bucket,) = (name for name in names if name.startswith(f"moph-{local_stack.env['STAGE']}-files"))
    return int(s3.list_objects_v2(Bucket=bucket, Prefix=f"targets/{hospital_code}/{message_id}.")["KeyCount"])


def engine(local_stack: LocalStack, service: str) -> Any:
    return boto3.client(service, endpoint_url=local_stack.endpoint, region_name=local_stack.env["AWS_REGION"],
                        aws_access_key_id=local_stack.env["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=local_stack.env["AWS_SECRET_ACCESS_KEY"])  # fmt: skip


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


def test_who_pressed_send_stop_and_resume_is_shown_with_the_announcement(hospital: Hospital, staff: Client) -> None:
    colleague = hospital.clerk("IMMUNIZATION_DASHBOARD:1")
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


def test_a_draft_that_is_sent_again_after_a_lost_answer_is_made_once(staff) -> None:
    request = {"request_id": str(uuid.uuid4())}
    with ThreadPoolExecutor(4) as clicks:
        made = list(clicks.map(lambda _: draft(staff, **request), range(4)))

    assert made == [made[0]] * 4
    other = {"title": "อื่น", "content": "ข", "app": True, "line": True, **request}
    answer = staff.call("POST", "/api/messages", body=other)
    assert (answer.status, set(answer.json["Error"]["fields"])) == (400, {"request_id"})
    assert staff.call("DELETE", f"/api/messages/{made[0]['message_id']}").status == 200
    again = {key: other[key] for key in ("app", "line", "request_id")} | {"title": "ก", "content": "ข"}
    assert staff.call("POST", "/api/messages", body=again).code == "MessageNotFound"


def test_drafts_of_the_same_words_are_several_where_nobody_says_that_they_are_one(staff) -> None:
    assert draft(staff)["message_id"] != draft(staff)["message_id"]


def test_sending_again_reaches_nobody_twice(local_stack, staff) -> None:
    message_id = draft(staff, line=False)["message_id"]
    upload(staff, message_id, SOMCHAI.encode())
    send(staff, message_id)
    send(staff, message_id)
    assert staff.call("POST", f"/api/messages/{message_id}/resume", body={}).status == 200
    counted = outside(local_stack, "counts")["messages"][f"app {staff.hospital_code}-{message_id}"]
    assert counted == {"people": 1, "deliveries": 1, "most": 1}


def test_a_stopped_sending_stops_and_goes_on(local_stack, staff) -> None:
    outside(local_stack, "faults", {"app": {"down": True}})
    try:
        message_id = draft(staff, line=False)["message_id"]
        upload(staff, message_id, SOMCHAI.encode())
        assert staff.call("POST", f"/api/messages/{message_id}/send", body={}).status == 200
        assert staff.call("POST", f"/api/messages/{message_id}/stop", body={}).result["state"] == "stopped"
        assert staff.call("POST", f"/api/messages/{message_id}/send", body={}).code == "MessageNotDraft"
        # Asked while the gateway is down: a delivery that was under way when it was stopped is let through.
        assert show(staff, message_id)["counts"]["app"] == {"queued": 1, "sent": 0, "failed": 0}
    finally:
        outside(local_stack, "faults", {})
    assert staff.call("POST", f"/api/messages/{message_id}/resume", body={}).status == 200
    eventually(lambda: show(staff, message_id)["state"] == "sent", "it goes on")


def test_whom_the_app_does_not_know_is_failed_with_the_reason(local_stack, staff) -> None:
    outside(local_stack, "faults", {"app": {"unknown": [SOMYING]}})
    try:
        message_id = draft(staff, line=False)["message_id"]
        upload(staff, message_id, f"{SOMCHAI}\n{SOMYING}".encode())
        assert send(staff, message_id)["counts"]["app"] == {"queued": 0, "sent": 1, "failed": 1}
    finally:
        outside(local_stack, "faults", {})
    failed = recipients(staff, message_id, state="failed")
    assert [one["deliveries"]["app"]["reason"] for one in failed] == ["unknown_to_provider"]
    assert [one["name"] for one in recipients(staff, message_id, state="sent")] == ["นายสมชาย ใจดี"]
    assert recipients(staff, message_id, state="queued") == []


def test_another_hospitals_messages_do_not_exist(staff, his2) -> None:
    ref = f"OTHER-{new_cid()}"
    body = target_message("00002", ref)
    made = his2.call("POST", "/api/SendMessageTarget", body=body).result["message_id"]
    own = draft(staff)["message_id"]
    theirs = max(made, own) + 1_000
    for path in ("", "/recipients", "/report?portion=0"):
        assert staff.call("GET", f"/api/messages/{theirs}{path}").code == "MessageNotFound"
    assert send_target(his2, ref).code == "Forbidden"


def test_a_text_that_somebody_changed_while_another_looked_at_it_is_not_sent(staff) -> None:
    message_id = draft(staff)["message_id"]
    version = upload(staff, message_id, SOMCHAI.encode())["version"]
    changed = {"title": "ใหม่", "content": "ย้ายแล้ว", "app": True, "line": True, "version": version}
    assert staff.call("PUT", f"/api/messages/{message_id}", body=changed).status == 200
    path = f"/api/messages/{message_id}/send"
    assert staff.call("POST", path, {"version": version}, body={}).code == "EditConflict"
    assert show(staff, message_id)["state"] == "draft"
    for _ in range(2):  # a repeat whose first answer was lost is no conflict, though sending made another version
        assert staff.call("POST", path, {"version": version + 1}, body={}).status == 200

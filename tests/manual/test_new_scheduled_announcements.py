"""Ours: an announcement is sent at a time that was chosen before, over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import clock
from tests import maker
from tests.client import Client, Reply
from tests.hospitals import Hospital
from tests.manual.announcements import (
    SOMCHAI,
    SOMYING,
    announcements_of,
    draft,
    list_demo_people,
    newly_listed,
    send,
    show,
    upload,
)
from tests.waiting import eventually


@pytest.fixture(scope="module", autouse=True)
def known_people(staff: Client) -> None:
    list_demo_people(staff)


def tomorrow(hour: int) -> datetime:
    return (clock.now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)


def ready(staff: Client, cids: str = f"{SOMCHAI}\n{SOMYING}") -> dict[str, Any]:
    """A draft with targets."""
    return upload(staff, draft(staff)["message_id"], cids.encode())


def schedule(staff: Client, message: dict[str, Any], at: datetime) -> Reply:
    body = {"version": message["version"], "date": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M:%S}"}
    return staff.call("POST", f"/api/messages/{message['message_id']}/schedule", body=body)


def take_back(staff: Client, message: dict[str, Any]) -> Reply:
    path = f"/api/messages/{message['message_id']}/take-back"
    return staff.call("POST", path, body={"version": message["version"]})


def listed(staff: Client, message_id: int) -> dict[str, Any]:
    rows = staff.call("GET", "/api/messages").result["announcements"]
    (row,) = (row for row in rows if row["message_id"] == message_id)
    return dict(row)


def test_it_waits_until_its_time_and_is_then_sent_to_its_targets_once(
    hospital: Hospital, staff: Client, app_client: Client
) -> None:
    cid, at = newly_listed(staff, "รอเวลา"), tomorrow(8)
    message = ready(staff, cid)
    scheduled = schedule(staff, message, at).result
    row = listed(staff, message["message_id"])
    assert [(one["state"], one["send_at"], one["sent_at"]) for one in (scheduled, row)] == [
        ("scheduled", at.isoformat(), "")
    ] * 2

    hospital.hospitals.run(maker.queue_scheduled, at - timedelta(minutes=16))
    assert show(staff, message["message_id"])["state"] == "scheduled"
    assert announcements_of(app_client, cid) == []

    hospital.hospitals.run(maker.queue_scheduled, at, 2)  # two runs at once
    eventually(lambda: show(staff, message["message_id"])["state"] == "sent", "it is sent")
    sent = show(staff, message["message_id"])
    assert sent["counts"]["app"] == {"queued": 0, "sent": 1, "failed": 0}
    assert [entry["action"] for entry in sent["history"]] == ["schedule"]
    assert (sent["send_at"], bool(sent["sent_at"])) == (at.isoformat(), True)
    assert len(announcements_of(app_client, cid)) == 1


def test_what_is_taken_back_is_a_draft_that_can_be_changed_and_its_time_passes(
    hospital: Hospital, staff: Client
) -> None:
    at = tomorrow(9)
    scheduled = schedule(staff, ready(staff), at).result
    back = take_back(staff, scheduled).result
    assert (back["state"], back["send_at"], back["targets"]) == ("draft", "", 2)
    assert take_back(staff, scheduled).result == back

    hospital.hospitals.run(maker.queue_scheduled, at)
    body = {"title": "ใหม่", "content": "ข", "app": True, "line": False, "version": back["version"]}
    path = f"/api/messages/{back['message_id']}"
    assert staff.call("PUT", path, body=body).status == 200
    assert show(staff, back["message_id"])["state"] == "draft"


def test_until_its_time_its_text_and_targets_do_not_change(staff: Client) -> None:
    scheduled = schedule(staff, ready(staff), tomorrow(10)).result
    path, version = f"/api/messages/{scheduled['message_id']}", scheduled["version"]
    body = {"title": "ใหม่", "content": "ข", "app": True, "line": False, "version": version}
    refused = [
        staff.call("PUT", path, body=body),
        staff.call("DELETE", path),
        staff.call("DELETE", f"{path}/targets"),
        staff.call("POST", f"{path}/targets/white-list"),
        staff.call("POST", f"{path}/send", {"version": version}),
        schedule(staff, scheduled, tomorrow(11)),
    ]
    assert [(reply.status, reply.code) for reply in refused] == [(409, "MessageNotDraft")] * 6
    assert show(staff, scheduled["message_id"])["targets"] == 2


def test_a_draft_that_somebody_changed_or_that_has_no_targets_is_not_scheduled(staff: Client) -> None:
    empty, message = draft(staff), ready(staff)
    assert schedule(staff, empty, tomorrow(8)).code == "NothingToSend"
    assert schedule(staff, {**message, "version": message["version"] + 1}, tomorrow(8)).code == "EditConflict"
    sent = send(staff, message["message_id"])
    assert schedule(staff, sent, tomorrow(8)).code == "MessageNotDraft"
    assert take_back(staff, sent).code == "MessageNotDraft"


@pytest.mark.parametrize("ahead", [timedelta(minutes=3), timedelta(days=61), timedelta(days=-1)])
def test_a_time_that_is_too_near_too_far_or_over_is_refused_with_its_field(staff: Client, ahead: timedelta) -> None:
    refused = schedule(staff, ready(staff), clock.now() + ahead)
    assert (refused.status, refused.code) == (400, "InvalidRequest")
    assert list(refused.json["Error"]["fields"]) == ["time"]

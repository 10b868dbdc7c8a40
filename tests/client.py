"""A small HTTP client for the tests, with what a hospital's system would need."""

import itertools
import json
import os
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import urllib3

from chalicelib import clock
from chalicelib.auth.passwords import password_hash
from chalicelib.fields import check_digit

SLOTS = "/api/appointment/AppointmentSlot"
_lock = threading.Lock()
# How many answers had each status; `make attack` prints it.
statuses: Counter[int] = Counter()


class CountingPool(urllib3.PoolManager):
    """A pool that counts the statuses of the answers."""

    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> Any:  # type: ignore[override]
        answer = super().urlopen(method, url, redirect, **kw)
        with _lock:
            statuses[answer.status] += 1
        return answer


@dataclass
class Reply:
    """The answer to one request.

    status; the body as text; and the envelope, if the body is JSON.
    """

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def result(self) -> Any:
        """The envelope's result; fails with the whole answer if the call was refused."""
        assert self.status == 200, self.text
        return self.json["result"]

    @property
    def code(self) -> str:
        """The `Error.code` of a refused call, else "OK"."""
        return "OK" if self.status == 200 else self.json["Error"]["code"]


class Client:
    """Client of one API; after the sign-in it sends its token with every request.

    hospital_code: the hospital that calls are about if they name none.
    """

    def __init__(self, url: str, token: str | None = None, hospital_code: str = "00000") -> None:
        self.url, self.token, self.hospital_code = url, token, hospital_code
        self._http = CountingPool(maxsize=64, retries=False, timeout=180)

    def sign_in(self, login: str, hospital_code: str, password: str) -> "Client":
        fields = {"user": login, "hospital_code": hospital_code, "password_hash": password_hash(password)}
        reply = self.call("POST", "/token", {"Action": "get_moph_access_token"}, fields)
        assert reply.status == 200, reply.text
        self.token, self.hospital_code = reply.text, hospital_code
        return self

    def call(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send one request. body: bytes as they are, anything else as JSON.

        With a token, on a system that runs already, it is sent again on 503: other work may keep that system busy.
        """
        if self.token and "DEPLOYED_URL" in os.environ:
            return until_answered(lambda: self._call(method, path, query, body, headers))
        return self._call(method, path, query, body, headers)

    def _call(
        self, method: str, path: str, query: dict[str, Any] | None, body: Any, headers: dict[str, str] | None
    ) -> Reply:
        sent = dict(headers or {})
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        query_string = "?" + urlencode(query) if query else ""
        answer = self._http.request(method, self.url + path + query_string, body=body, headers=sent)
        return Reply(answer.status, answer.headers, answer.data.decode())

    def slots(self, action: str, **query: Any) -> Reply:
        """A GET action on AppointmentSlot."""
        return self.call("GET", SLOTS, {"Action": action, **query})

    def booking(self, schedule_id: int, cid: str) -> dict[str, Any]:
        """The body of a booking that this client's hospital makes in itself."""
        return booking(schedule_id, cid, self.hospital_code, self.hospital_code)

    def book(self, schedule_id: int, cid: str, sender: str = "", hospital_code: str = "") -> Reply:
        code = hospital_code or self.hospital_code
        body = booking(schedule_id, cid, sender or self.hospital_code, code)
        return self.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body)

    def cancel(self, cid: str, appointment_id: int, hospital_code: str = "") -> Reply:
        return self.slots(
            "CancelAppointmentSlot",
            hospital_code=hospital_code or self.hospital_code,
            cid=cid,
            hospital_appointment_slot_id=appointment_id,
        )

    def postpone(self, cid: str, appointment_id: int, schedule_id: int, hospital_code: str = "") -> Reply:
        return self.slots(
            "PostponeAppointmentSlot",
            hospital_code=hospital_code or self.hospital_code,
            cid=cid,
            hospital_appointment_slot_id=appointment_id,
            schedule_id=schedule_id,
        )

    def schedules(self, day: date, hospital_code: str = "") -> list[Any]:
        code = hospital_code or self.hospital_code
        result: list[Any] = self.slots("GetHospitalSlotByDate", hospital_code=code, date=day.isoformat()).result
        return result


def until_answered(call: Callable[[], Reply]) -> Reply:
    """Send the same request again on 503, as the wire contract asks.

    At most 30 times. Returns the last answer.
    """
    for _ in range(30):
        answer = call()
        if answer.status != 503:
            break
    return answer


def booking(schedule_id: int, cid: str, sender: str = "00000", hospital_code: str = "00000") -> dict[str, Any]:
    """The manual's booking body (4.3.3) for a person and a schedule."""
    return {
        "hospital": {"hospital_code": sender, "hospital_name": "รพ. ทดสอบระบบ", "system_identifier": "HIS ABC v1.0"},
        "person": {
            "cid": cid,
            "prefix": "นาย",
            "first_name": "ทดสอบ",
            "last_name": "ระบบ",
            "gender": 1,
            "birth_date": "2000-01-01",
            "mobile_phone": "000-0000000",
        },
        "appointment": {"hospital_code": hospital_code, "schedule_id": schedule_id, "comment": "ทดสอบ"},
    }


# A system that runs already has people of earlier runs; FIRST_PERSON is then beyond their numbers.
_numbers = itertools.count(int(os.environ.get("FIRST_PERSON") or 1))


def new_cid() -> str:
    """A well-formed national id that no test has used yet."""
    with _lock:
        first = f"3{next(_numbers):011d}"
    return f"{first}{check_digit(first)}"


def line_user_of(cid: str) -> str:
    """A LINE user whom no test has used yet, if nobody has used the national id."""
    return f"U{int(cid):032x}"


TODAY = clock.today()


def in_days(days: int) -> date:
    """A day counted from the one on which the tests began, in Bangkok.

    It stays the same if midnight passes during the tests.
    """
    return TODAY + timedelta(days=days)

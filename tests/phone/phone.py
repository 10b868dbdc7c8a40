"""Test client of the phone page's back end: it sends what the page sends."""

import json
from typing import Any
from urllib.parse import urlencode

import urllib3

from tests.client import Reply, in_days

NAMED = {"prefix": "นาง", "first_name": "ทดสอบ", "last_name": "โทรศัพท์", "gender": 2}


class Phone:
    """A browser on the phone page, which keeps its cookie.

    hospital_code: the hospital at which this person books.
    """

    def __init__(self, url: str, hospital_code: str) -> None:
        self._url, self._cookie, self.hospital_code = url, "", hospital_code
        self._http = urllib3.PoolManager(retries=False, timeout=180)

    def call(self, method: str, name: str, body: Any = None, **query: Any) -> Reply:
        answer = self._http.request(
            method,
            f"{self._url}/phone/api/{name}" + (f"?{urlencode(query)}" if query else ""),
            body=None if body is None else json.dumps(body),
            headers={"Cookie": self._cookie},
        )
        if "Set-Cookie" in answer.headers:
            self.set_cookie = answer.headers["Set-Cookie"]
            self._cookie = self.set_cookie.split(";")[0]
        return Reply(answer.status, answer.headers, answer.data.decode())

    def get(self, name: str, **query: Any) -> Any:
        return self.call("GET", name, **query).result

    def post(self, name: str, **body: Any) -> Any:
        return self.call("POST", name, body).result


def book(phone: Phone, days: int, number: int = 0) -> dict[str, Any]:
    """Book a schedule of a day, and return the appointment as the phone reads it then.

    days: from today. number: of the schedule in the day's list, from 0.
    """
    schedule = phone.get("day", hospital_code=phone.hospital_code, date=in_days(days))[number]
    slot = phone.post("book", hospital_code=phone.hospital_code, schedule_id=schedule["schedule_id"])
    held = phone.get("appointments")
    one: dict[str, Any] = next(
        a for a in held if a["hospital_appointment_slot_id"] == slot["hospital_appointment_slot_id"]
    )
    return one


def which(appointment: dict[str, Any]) -> dict[str, Any]:
    return {name: appointment[name] for name in ("hospital_code", "hospital_appointment_slot_id")}

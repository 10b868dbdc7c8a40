"""Reference back end of a booking app for people, such as Mor Prom.

docs/app-guide.md. It stands between people's phones and the appointment API, and shows what such a back end has to do:

- Only the back end has the APPOINTMENT_API:5 credentials. It signs in at /token and keeps the token. After a 401 it
  fetches a new token and sends the request once more, never more often (`ApiClient`).
- It uses only the API of the wire contract: LOOK_UPS, APPOINTMENTS and PERSONAL map the phone's requests to its calls.
  The API's response goes to the phone unchanged. An error does too: its sentence says what the person can do.
- A phone has a session: an opaque cookie, which ends after SESSION_LASTS. What the phone keeps for when it has no
  network ends with it (X-Session-Until in mor_prom_server.py). The person's national id stays in the back end, so it is
  never in a URL, in the phone's storage or in a log (`BackEnd`).
- In this reference a person signs in with the national id alone, which is safe on one machine only. A real back end
  puts its own sign-in into `BackEnd.sign_in`; nothing else changes.

The HTTP part (paths, cookies, JSON) is in mor_prom_server.py.
"""

import hashlib
import hmac
import json
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import urllib3

SESSIONS = 10_000
SESSION_LASTS = timedelta(days=30)
SLOTS = "/api/appointment/AppointmentSlot"
# The phone's request -> the API's call: a method and an Action of SLOTS, or a path.
LOOK_UPS = {  # without a person
    "GET hospitals": ("GET", "GetHospitalSlotGroupByProvince"),
    "GET departments": ("GET", "GetHospitalDepartment"),
    "GET month": ("GET", "GetHospitalSlotByMonth"),
    "GET day": ("GET", "GetHospitalSlotByDate"),
}
APPOINTMENTS = {  # with the person's national id; for a POST it is in the body
    "GET calendar": ("POST", "GetAppointmentCalendar"),
    "GET position": ("POST", "GetQueuePosition"),
    "POST confirm": ("POST", "AcknowledgeAppointmentSlot"),
    "POST cancel": ("GET", "CancelAppointmentSlot"),
    "POST postpone": ("GET", "PostponeAppointmentSlot"),
}
PERSONAL = {  # with the person's national id, all of them POST
    "GET inbox": "/api/message/Inbox",
    "GET notices": "/api/message/Notices",
    "GET announcements": "/api/message/Announcements",
    "POST announcements": "/api/person/Announcements",
    "GET accesses": "/api/person/AccessLog",
    "POST read": "/api/message/Read",
    "POST language": "/api/person/Language",
}
NAME = ("prefix", "first_name", "last_name", "gender", "mobile_phone")

Reply = tuple[int, bytes]  # status, body


def success(result: Any) -> Reply:
    """A reply of the back end itself, in the API's envelope.

    So the phone has to know one shape only.
    """
    return 200, json.dumps({"result": result, "MessageCode": 200, "Message": "OK"}, ensure_ascii=False).encode()


def error(status: int, code: str, thai: str, english: str) -> Reply:
    """An error of the back end itself, in the API's envelope."""
    body = {"MessageCode": status, "Message": thai, "Error": {"code": code, "message": english, "fields": {}}}
    return status, json.dumps(body, ensure_ascii=False).encode()


NO_SESSION = error(401, "NoSession", "กรุณาเลือกผู้รับบริการก่อน", "Choose who you are first.")
PATH_NOT_FOUND = error(404, "PathNotFound", "ไม่พบหน้าที่เรียก", "There is nothing here.")


class ApiClient:
    """Client of the appointment API, signed in with the app's credentials."""

    def __init__(self, url: str, login: str, hospital_code: str, password: str) -> None:
        self._url, self.hospital_code = url, hospital_code
        # The manual's section 4.2: HMAC of the password under a public key.
        digest = hmac.new(b"$jwt@moph#", password.encode(), hashlib.sha256).hexdigest().upper()
        self._credentials = {"user": login, "hospital_code": hospital_code, "password_hash": digest}
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=urllib3.Timeout(connect=3, read=25))
        self._token, self._renewing = "", threading.Lock()

    def call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Reply:
        """Send one request; returns the API's response, also if it is an error.

        Raises urllib3's HTTPError if the API cannot be reached, PermissionError if it refuses the credentials.
        """
        target, token = f"{path}?{urlencode(query)}" if query else path, self._token
        status, content = self._send(method, target, token, body) if token else (401, b"")
        return self._send(method, target, self._new_token(token), body) if status == 401 else (status, content)

    def _new_token(self, expired: str) -> str:
        with self._renewing:  # requests that meet the expired token at the same time fetch one new token together
            if self._token == expired:
                status, token = self._send("POST", "/token?Action=get_moph_access_token", "", self._credentials)
                if status != 200:
                    raise PermissionError("the API does not accept the app's credentials")
                self._token = token.decode()
            return self._token

    def _send(self, method: str, target: str, token: str, body: Any) -> Reply:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        content = None if body is None else json.dumps(body)
        response = self._http.request(method, self._url + target, body=content, headers=headers, redirect=False)
        return response.status, response.data


@dataclass(frozen=True)
class Session:
    """Session of a phone.

    person: as in the API's responses. until: when the session ends.
    """

    person: dict[str, Any]
    until: datetime


class BackEnd:
    """The phones' sessions, and the handling of their requests.

    people: the demo people that a phone can choose. session_lasts: from signing in on.
    """

    def __init__(self, api: ApiClient, people: list[Any], session_lasts: timedelta = SESSION_LASTS) -> None:
        self._api, self._people, self._session_lasts = api, people, session_lasts
        self._sessions: dict[str, Session] = {}  # by the cookie's value

    def session(self, cookie: str) -> Session | None:
        """The session of a cookie; None if there is none or it has ended."""
        session = self._sessions.get(cookie)
        return session if session and datetime.now(UTC) < session.until else None

    def handle(self, request: str, parameters: dict[str, Any], session: str) -> Reply:
        """Handle a phone's request.

        request: such as "POST book". parameters: its query and body together. session: the cookie's value or "".
        """
        if request == "GET people":
            return success([{"demo": number, "name": person.name} for number, person in enumerate(self._people)])
        if request in LOOK_UPS:
            return self._slots(*LOOK_UPS[request], parameters)
        of_phone = self.session(session)
        if of_phone is None:
            return NO_SESSION
        person = of_phone.person
        own = {**parameters, "cid": person["cid"]}
        if request in APPOINTMENTS:
            method, action = APPOINTMENTS[request]
            return self._slots(method, action, own) if method == "GET" else self._slots(method, action, {}, own)
        if request in PERSONAL:
            return self._api.call("POST", PERSONAL[request], body=own)
        match request:
            case "GET appointments":
                status, content = self._appointment_data(person["cid"])
                return success(content["appointments"]) if status == 200 else (status, content)
            case "POST book":
                hospital = {"hospital_code": self._api.hospital_code, "hospital_name": ""}
                sender = {**hospital, "system_identifier": "Mor Prom"}
                body = {"hospital": sender, "person": person, "appointment": parameters}
                return self._slots("POST", "ConfirmAppointmentSlot", {}, body)
            case "GET session":
                return success(_greeting(person))
            case "POST person":  # a person who is not registered gives the name to book under
                person |= {field: parameters[field] for field in NAME if field in parameters}
                return success(_greeting(person))
            case "DELETE session":
                del self._sessions[session]
                return success({})
        return PATH_NOT_FOUND

    def sign_in(self, parameters: dict[str, Any]) -> tuple[Reply, str]:
        """Open a session for a person.

        Returns the reply and the new cookie's value, "" if there is no session. parameters: {"cid"}, or {"demo"}: the
        number of a demo person.
        """
        number, cid = parameters.get("demo"), parameters.get("cid", "")
        if isinstance(number, int) and 0 <= number < len(self._people):
            cid = self._people[number].cid
        status, content = self._appointment_data(cid)
        if status != 200:
            return (status, content), ""
        while len(self._sessions) >= SESSIONS:
            del self._sessions[next(iter(self._sessions))]  # the oldest
        session = secrets.token_urlsafe(32)
        self._sessions[session] = Session(content["person"], datetime.now(UTC) + self._session_lasts)
        return success(_greeting(content["person"])), session

    def _appointment_data(self, cid: str) -> tuple[int, Any]:
        """The person and their appointments from the API.

        Returns 200 and {"person", "appointments"}, or the API's error status and body.
        """
        status, content = self._api.call("GET", "/api/appointment/Appointment", {"cid": cid})
        return status, json.loads(content)["result"] if status == 200 else content

    def _slots(self, method: str, action: str, query: dict[str, Any], body: Any = None) -> Reply:
        return self._api.call(method, SLOTS, {**query, "Action": action}, body)


def _greeting(person: dict[str, Any]) -> dict[str, Any]:
    """What the phone shows of a person.

    known: true if there is a name to book under.
    """
    cid, first, last = person["cid"], person.get("first_name", ""), person.get("last_name", "")
    prefix = person.get("prefix", "")
    name = f"{prefix}{' ' if prefix and first.isascii() else ''}{first} {last}".strip()
    return {"name": name, "cid_masked": f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}", "known": bool(first)}

"""The Mor Prom app's back end, played: a reference for whoever lets people book from an app of their own.

It stands between people's phones and the centre, and shows what such a back end has to do:

- It alone holds the APPOINTMENT_API:5 credentials. It signs in at /token, keeps the token, and on a 401 fetches a new
  one and sends the request once more, never oftener (`Centre`).
- It uses the API of the wire contract and nothing else: LOOK_UPS, APPOINTMENTS, PERSONAL say which call is which. What
  the centre answers goes to the phone as it is, refusals too: they carry a sentence that the person can act on.
- A phone has a session (an opaque cookie). Whose it is stays here, so that no national id is in an address, in the
  phone's storage or in a log (`App`).
- Here anybody may say who they are, which is good for one machine only. A real back end puts its own sign-in of people
  into `App.sign_in`; nothing else changes.

What is any web framework's work (paths, cookies, JSON) is beside it, in mor_prom_server.py.
"""

import hashlib
import hmac
import json
import secrets
import threading
from typing import Any
from urllib.parse import urlencode

import urllib3

SESSIONS = 10_000
SLOTS = "/api/appointment/AppointmentSlot"
# What the phone asks, and what the centre is asked for it: a method and an Action of SLOTS, or a path.
LOOK_UPS = {  # the same for everybody
    "GET hospitals": ("GET", "GetHospitalSlotGroupByProvince"),
    "GET departments": ("GET", "GetHospitalDepartment"),
    "GET month": ("GET", "GetHospitalSlotByMonth"),
    "GET day": ("GET", "GetHospitalSlotByDate"),
}
APPOINTMENTS = {  # of the person, whose id goes along: in the body of a POST
    "GET calendar": ("POST", "GetAppointmentCalendar"),
    "POST confirm": ("POST", "AcknowledgeAppointmentSlot"),
    "POST cancel": ("GET", "CancelAppointmentSlot"),
    "POST postpone": ("GET", "PostponeAppointmentSlot"),
}
PERSONAL = {  # likewise, in the body of a POST
    "GET inbox": "/api/message/Inbox",
    "POST read": "/api/message/Read",
    "POST language": "/api/person/Language",
}
NAME = ("prefix", "first_name", "last_name", "gender", "mobile_phone")

Answer = tuple[int, bytes]


def success(result: Any) -> Answer:
    """An answer of our own, in the centre's envelope, so that the phone need know one shape only."""
    return 200, json.dumps({"result": result, "MessageCode": 200, "Message": "OK"}, ensure_ascii=False).encode()


def refusal(status: int, code: str, thai: str, english: str) -> Answer:
    body = {"MessageCode": status, "Message": thai, "Error": {"code": code, "message": english, "fields": {}}}
    return status, json.dumps(body, ensure_ascii=False).encode()


NOBODY = refusal(401, "NoSession", "กรุณาเลือกผู้รับบริการก่อน", "Choose who you are first.")
NOWHERE = refusal(404, "PathNotFound", "ไม่พบหน้าที่เรียก", "There is nothing here.")


class Centre:
    """The appointment centre's API, signed in as the app."""

    def __init__(self, url: str, login: str, hospital_code: str, password: str) -> None:
        self._url, self.hospital_code = url, hospital_code
        # The manual's section 4.2: the hash is of the plain password under a key that everybody knows.
        digest = hmac.new(b"$jwt@moph#", password.encode(), hashlib.sha256).hexdigest().upper()
        self._credentials = {"user": login, "hospital_code": hospital_code, "password_hash": digest}
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=urllib3.Timeout(connect=3, read=25))
        self._token, self._renewing = "", threading.Lock()

    def call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Answer:
        """One request; what was answered, whatever it was."""
        where, used = f"{path}?{urlencode(query)}" if query else path, self._token
        status, content = self._send(method, where, used, body) if used else (401, b"")
        return self._send(method, where, self._renewed(used), body) if status == 401 else (status, content)

    def _renewed(self, expired: str) -> str:
        with self._renewing:  # requests that found the old token expired together fetch one new token
            if self._token == expired:
                status, token = self._send("POST", "/token?Action=get_moph_access_token", "", self._credentials)
                if status != 200:
                    raise PermissionError("the centre does not take the app's credentials")
                self._token = token.decode()
            return self._token

    def _send(self, method: str, where: str, token: str, body: Any) -> Answer:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        sent = None if body is None else json.dumps(body)
        found = self._http.request(method, self._url + where, body=sent, headers=headers, redirect=False)
        return found.status, found.data


class App:
    """What the app's back end knows: who has a session, and how to ask the centre. people: for a demonstration."""

    def __init__(self, centre: Centre, people: list[Any]) -> None:
        self._centre, self._people = centre, people
        self._sessions: dict[str, dict[str, Any]] = {}

    def answer(self, asked: str, given: dict[str, Any], session: str) -> Answer:
        """asked: "POST book" and the like. given: the phone's query and body. session: the cookie's value."""
        if asked == "GET people":
            return success([{"demo": number, "name": person.name} for number, person in enumerate(self._people)])
        if asked in LOOK_UPS:
            return self._slots(*LOOK_UPS[asked], given)
        person = self._sessions.get(session)
        if person is None:
            return NOBODY
        own = {**given, "cid": person["cid"]}
        if asked in APPOINTMENTS:
            method, action = APPOINTMENTS[asked]
            return self._slots(method, action, own) if method == "GET" else self._slots(method, action, {}, own)
        if asked in PERSONAL:
            return self._centre.call("POST", PERSONAL[asked], body=own)
        match asked:
            case "GET appointments":
                status, content = self._known(person["cid"])
                return success(content["appointments"]) if status == 200 else (status, content)
            case "POST book":
                hospital = {"hospital_code": self._centre.hospital_code, "hospital_name": ""}
                sender = {**hospital, "system_identifier": "Mor Prom"}
                body = {"hospital": sender, "person": person, "appointment": given}
                return self._slots("POST", "ConfirmAppointmentSlot", {}, body)
            case "GET session":
                return success(_who(person))
            case "POST person":  # somebody whom nobody knows says under which name to book
                person |= {field: given[field] for field in NAME if field in given}
                return success(_who(person))
            case "DELETE session":
                del self._sessions[session]
                return success({})
        return NOWHERE

    def sign_in(self, given: dict[str, Any]) -> tuple[Answer, str]:
        """Opens a session for the person of an id, or for a demo person; the answer and the new cookie's value."""
        number, cid = given.get("demo"), given.get("cid", "")
        if isinstance(number, int) and 0 <= number < len(self._people):
            cid = self._people[number].cid
        status, content = self._known(cid)
        if status != 200:
            return (status, content), ""
        while len(self._sessions) >= SESSIONS:
            del self._sessions[next(iter(self._sessions))]  # the oldest makes room
        session = secrets.token_urlsafe(32)
        self._sessions[session] = content["person"]
        return success(_who(content["person"])), session

    def _known(self, cid: str) -> tuple[int, Any]:
        """What the centre knows of a person: {"person", "appointments"}; or its refusal, as it came."""
        status, content = self._centre.call("GET", "/api/appointment/Appointment", {"cid": cid})
        return status, json.loads(content)["result"] if status == 200 else content

    def _slots(self, method: str, action: str, query: dict[str, Any], body: Any = None) -> Answer:
        return self._centre.call(method, SLOTS, {**query, "Action": action}, body)


def _who(person: dict[str, Any]) -> dict[str, Any]:
    """Enough to greet somebody by; `known`: there is a name to book under."""
    cid, first, last = person["cid"], person.get("first_name", ""), person.get("last_name", "")
    name = f"{person.get('prefix', '')}{first} {last}".strip()
    return {"name": name, "cid_masked": f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}", "known": bool(first)}

"""Plays the Mor Prom app's back end: a reference for whoever lets people book from an app of their own.

    API_URL=http://127.0.0.1:8000 MOR_PROM_LOGIN=... MOR_PROM_HOSPITAL=... MOR_PROM_PASSWORD=... \\
        python -m infra.local.mor_prom PORT [--demo]

It stands between people's phones and the centre, and shows what such a back end has to do:

- It alone holds the APPOINTMENT_API:5 credentials. It signs in at /token, keeps the token, and on a 401 fetches a new
  one and sends the request once more, never oftener.
- It uses the API of the wire contract and nothing else. What the centre answers goes to the phone as it is, refusals
  too: they carry a sentence in Thai and in English that the person can act on.
- A phone has a session (an opaque cookie). Whose it is stays here, so that no national id is in an address, in the
  phone's storage or in a log.
- Here anybody may say who they are, which is good for one machine only. A real back end puts its own sign-in of people
  into `sign_in`; nothing else changes.

    GET /phone/api/people        demo people to choose from      POST session {"cid"} or {"demo"} · GET · DELETE
    POST person {...}            who I am, where nobody knows me GET appointments · POST confirm, postpone, cancel, book
    GET hospitals, departments, month, day                       GET inbox, calendar · POST read, language
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3

from infra import demo

BASE = "/phone/api/"
COOKIE = "phone_session"
SESSIONS = 10_000
LARGEST_BODY = 20_000
SLOTS = "/api/appointment/AppointmentSlot"
TOKEN = "/token?Action=get_moph_access_token"
# What is free where: the same for everybody, and the query goes on as it came.
LOOK_UPS = {
    "hospitals": "GetHospitalSlotGroupByProvince",
    "departments": "GetHospitalDepartment",
    "month": "GetHospitalSlotByMonth",
    "day": "GetHospitalSlotByDate",
}
CHANGES = {
    "confirm": ("POST", "AcknowledgeAppointmentSlot"),
    "cancel": ("GET", "CancelAppointmentSlot"),
    "postpone": ("GET", "PostponeAppointmentSlot"),
}

Answer = tuple[int, bytes]


def refusal(status: int, code: str, thai: str, english: str) -> Answer:
    """A refusal of our own, in the centre's envelope, so that the phone need know one shape only."""
    body = {"MessageCode": status, "Message": thai, "Error": {"code": code, "message": english, "fields": {}}}
    return status, json.dumps(body, ensure_ascii=False).encode()


def success(result: Any) -> Answer:
    return 200, json.dumps({"result": result, "MessageCode": 200, "Message": "OK"}, ensure_ascii=False).encode()


NOBODY = refusal(401, "NoSession", "กรุณาเลือกผู้รับบริการก่อน", "Choose who you are first.")
NOWHERE = refusal(404, "PathNotFound", "ไม่พบหน้าที่เรียก", "There is nothing here.")
UNREADABLE = refusal(400, "InvalidRequest", "ข้อมูลที่ส่งมาไม่ถูกต้อง", "Send a JSON object.")
UNREACHABLE = refusal(503, "TryAgain", "ติดต่อระบบนัดหมายไม่ได้ กรุณาลองใหม่", "The centre cannot be reached. Try again.")


class Centre:
    """The appointment centre's API, signed in as the app."""

    def __init__(self, url: str, login: str, hospital_code: str, password: str) -> None:
        self._url = url
        # The manual's section 4.2: the hash is of the plain password under a key that everybody knows.
        digest = hmac.new(b"$jwt@moph#", password.encode(), hashlib.sha256).hexdigest().upper()
        self._credentials = {"user": login, "hospital_code": hospital_code, "password_hash": digest}
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=urllib3.Timeout(connect=3, read=25))
        self._token = ""
        self._renewing = threading.Lock()

    def call(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Answer:
        """One request; what was answered, whatever it was."""
        address = f"{self._url}{path}?{urlencode(query)}" if query else self._url + path
        used = self._token
        status, content = self._send(method, address, used, body) if used else (401, b"")
        if status == 401:
            status, content = self._send(method, address, self._renewed(used), body)
        return status, content

    def _renewed(self, expired: str) -> str:
        with self._renewing:  # requests that found the old token expired together fetch one new token
            if self._token == expired:
                status, token = self._send("POST", self._url + TOKEN, "", self._credentials)
                if status != 200:
                    raise PermissionError("the centre does not take the app's credentials")
                self._token = token.decode()
            return self._token

    def _send(self, method: str, address: str, token: str, body: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        sent = None if body is None else json.dumps(body).encode()
        answer = self._http.request(method, address, body=sent, headers=headers, redirect=False)
        return answer.status, answer.data


class App:
    """What the app's back end knows: who has a session, and how to ask the centre."""

    def __init__(self, centre: Centre, hospital_code: str, people: list[Any]) -> None:
        self.centre, self._hospital_code, self._people = centre, hospital_code, people
        self._sessions: dict[str, dict[str, Any]] = {}

    def answer(self, method: str, name: str, query: dict[str, str], body: dict[str, Any], session: str) -> Answer:
        """name: the path after /phone/api/. session: the cookie's value."""
        if name == "people" and method == "GET":
            return success([{"demo": n, "name": person.name} for n, person in enumerate(self._people)])
        if name in LOOK_UPS and method == "GET":
            return self.centre.call("GET", SLOTS, {**query, "Action": LOOK_UPS[name]})
        person = self._sessions.get(session)
        if person is None:
            return NOBODY
        cid = {"cid": person["cid"]}
        if (method, name) == ("GET", "session"):
            return success(self._who(person))
        if (method, name) == ("DELETE", "session"):
            del self._sessions[session]
            return success({})
        if (method, name) == ("POST", "person"):
            fields = ("prefix", "first_name", "last_name", "gender", "mobile_phone")
            person.update({field: body[field] for field in fields if field in body})
            return success(self._who(person))
        if (method, name) == ("GET", "appointments"):
            status, content = self.centre.call("GET", "/api/appointment/Appointment", cid)
            return success(json.loads(content)["result"]["appointments"]) if status == 200 else (status, content)
        if (method, name) == ("GET", "calendar"):
            return self.centre.call("GET", SLOTS, {**query, **cid, "Action": "GetAppointmentCalendar"})
        if (method, name) == ("POST", "book"):
            return self._book(person, body)
        if method == "POST" and name in CHANGES:
            how, action = CHANGES[name]
            known = ("hospital_code", "hospital_appointment_slot_id", "schedule_id")
            which = {field: body[field] for field in known if field in body}
            return self.centre.call(how, SLOTS, {**which, **cid, "Action": action})
        if (method, name) == ("GET", "inbox"):
            return self.centre.call("POST", "/api/message/Inbox", body=cid)
        if (method, name) == ("POST", "language"):
            return self.centre.call("POST", "/api/person/Language", body={**cid, "language": body.get("language")})
        if (method, name) == ("POST", "read"):
            return self.centre.call("POST", "/api/message/Read", body={**body, **cid})
        return NOWHERE

    def sign_in(self, body: dict[str, Any]) -> tuple[Answer, str]:
        """Opens a session for the person of an id, or for a demo person; the answer and the new cookie's value."""
        number, cid = body.get("demo"), body.get("cid", "")
        if isinstance(number, int) and 0 <= number < len(self._people):
            cid = self._people[number].cid
        status, content = self.centre.call("GET", "/api/appointment/Appointment", {"cid": cid})
        if status != 200:
            return (status, content), ""
        session, person = secrets.token_urlsafe(32), json.loads(content)["result"]["person"]
        while len(self._sessions) >= SESSIONS:
            del self._sessions[next(iter(self._sessions))]  # the oldest makes room
        self._sessions[session] = person
        return success(self._who(person)), session

    def _book(self, person: dict[str, Any], body: dict[str, Any]) -> Answer:
        wanted = {field: body[field] for field in ("hospital_code", "schedule_id", "comment") if field in body}
        sender = {"hospital_code": self._hospital_code, "hospital_name": "", "system_identifier": "Mor Prom"}
        sent = {"hospital": sender, "person": person, "appointment": wanted}
        return self.centre.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, sent)

    @staticmethod
    def _who(person: dict[str, Any]) -> dict[str, Any]:
        """Enough to greet somebody by; `known`: there is a name to book under."""
        cid, first, last = person["cid"], person.get("first_name", ""), person.get("last_name", "")
        name = f"{person.get('prefix', '')}{first} {last}".strip()
        return {"name": name, "cid_masked": f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}", "known": bool(first)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75
    app: App

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        try:
            body = json.loads(self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY)) or b"{}")
            if not isinstance(body, dict):
                raise ValueError("not an object")
        except ValueError:
            self.close_connection = True
            return self._reply(UNREADABLE)
        name, session = url.path.removeprefix(BASE), None
        try:
            if (self.command, name) == ("POST", "session"):
                answer, session = self.app.sign_in(body)
            else:
                query = dict(parse_qsl(url.query))
                answer = self.app.answer(self.command, name, query, body, cookie.value if cookie else "")
        except urllib3.exceptions.HTTPError:
            answer = UNREACHABLE
        self._reply(answer, session)

    do_POST = do_DELETE = do_GET

    def _reply(self, answer: Answer, session: str | None = None) -> None:
        status, content = answer
        self.send_response(status)
        if content.startswith(b"BEGIN:VCALENDAR"):
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.send_header("Content-Disposition", 'attachment; filename="appointment.ics"')
        else:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        if session:
            self.send_header("Set-Cookie", f"{COOKIE}={session}; Path={BASE}; HttpOnly; SameSite=Strict")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what people ask for is nobody's business."""


def make(port: int, app: App) -> ThreadingHTTPServer:
    """The server, bound to the port on 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("BoundHandler", (Handler,), {"app": app}))
    server.daemon_threads = True
    return server


def main() -> None:
    hospital_code = os.environ["MOR_PROM_HOSPITAL"]
    centre = Centre(os.environ["API_URL"], os.environ["MOR_PROM_LOGIN"], hospital_code, os.environ["MOR_PROM_PASSWORD"])
    people = demo.PEOPLE if "--demo" in sys.argv else []
    make(int(sys.argv[1]), App(centre, hospital_code, people)).serve_forever()


if __name__ == "__main__":
    main()

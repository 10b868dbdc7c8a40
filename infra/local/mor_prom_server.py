"""HTTP server of the reference app back end: paths, cookies and JSON.

The back end itself is in mor_prom.py.

    API_URL=http://127.0.0.1:8000 MOR_PROM_LOGIN=... MOR_PROM_HOSPITAL=... MOR_PROM_PASSWORD=... \\
        python -m infra.local.mor_prom_server PORT [--demo]
"""

import json
import os
import sys
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import urllib3

from infra.local import demo
from infra.local.http_server import LocalServer, QuietHandler
from infra.local.mor_prom import ApiClient, BackEnd, Session, error

BASE = "/phone/api/"
COOKIE = "phone_session"
LARGEST_BODY = 20_000
UNREADABLE = error(400, "InvalidRequest", "ข้อมูลที่ส่งมาไม่ถูกต้อง", "Send a JSON object.")
UNREACHABLE = error(503, "TryAgain", "ติดต่อระบบนัดหมายไม่ได้ กรุณาลองใหม่", "The system cannot be reached. Try again.")


class Handler(QuietHandler):
    timeout = 75
    back_end: BackEnd

    def do_GET(self) -> None:
        url, session = urlsplit(self.path), ""
        request = f"{self.command} {url.path.removeprefix(BASE)}"
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        try:
            parameters = dict(parse_qsl(url.query)) | self._body()
            if request == "POST session":
                reply, session = self.back_end.sign_in(parameters)
            else:
                reply = self.back_end.handle(request, parameters, cookie.value if cookie else "")
        except UnreadableBody:
            reply = UNREADABLE
        except urllib3.exceptions.HTTPError:
            reply = UNREACHABLE
        self._reply(*reply, session, self.back_end.session(session or (cookie.value if cookie else "")))

    do_POST = do_DELETE = do_GET

    def _body(self) -> dict[str, Any]:
        try:
            body = json.loads(self.read_body(LARGEST_BODY) or b"{}")
        except ValueError:
            raise UnreadableBody from None
        if not isinstance(body, dict):
            raise UnreadableBody
        return body

    def _reply(self, status: int, content: bytes, cookie: str, session: Session | None) -> None:
        """Send the reply with the headers of its session.

        cookie: of a new session, else "". session: the new one or the phone's, None if there is none.
        """
        is_calendar = content.startswith(b"BEGIN:VCALENDAR")
        kind = "text/calendar" if is_calendar else "application/json"
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": "no-store"}
        if is_calendar:
            headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
        if session:
            headers["X-Session-Until"] = session.until.isoformat()
        if cookie:
            headers["Set-Cookie"] = f"{COOKIE}={cookie}; Path={BASE}; HttpOnly; SameSite=Strict"
        self.send(status, content, headers)


class UnreadableBody(Exception):
    """The body is not a JSON object, or larger than LARGEST_BODY."""


def main() -> None:
    login, hospital_code, password = (os.environ[f"MOR_PROM_{name}"] for name in ("LOGIN", "HOSPITAL", "PASSWORD"))
    api = ApiClient(os.environ["API_URL"], login, hospital_code, password)
    back_end = BackEnd(api, demo.PEOPLE if "--demo" in sys.argv else [])
    LocalServer(Handler, int(sys.argv[1]), back_end=back_end).server.serve_forever()


if __name__ == "__main__":
    main()

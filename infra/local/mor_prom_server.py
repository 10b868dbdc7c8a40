"""Serves mor_prom.py to phones: what any web framework does, and nothing of the centre.

    API_URL=http://127.0.0.1:8000 MOR_PROM_LOGIN=... MOR_PROM_HOSPITAL=... MOR_PROM_PASSWORD=... \\
        python -m infra.local.mor_prom_server PORT [--demo]
"""

import json
import os
import sys
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import urllib3

from infra.local import demo
from infra.local.mor_prom import App, Centre, refusal

BASE = "/phone/api/"
COOKIE = "phone_session"
LARGEST_BODY = 20_000
UNREADABLE = refusal(400, "InvalidRequest", "ข้อมูลที่ส่งมาไม่ถูกต้อง", "Send a JSON object.")
UNREACHABLE = refusal(503, "TryAgain", "ติดต่อระบบนัดหมายไม่ได้ กรุณาลองใหม่", "The centre cannot be reached. Try again.")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75
    app: App

    def do_GET(self) -> None:
        url, session = urlsplit(self.path), ""
        asked = f"{self.command} {url.path.removeprefix(BASE)}"
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        try:
            given = dict(parse_qsl(url.query)) | self._body()
            if asked == "POST session":
                answer, session = self.app.sign_in(given)
            else:
                answer = self.app.answer(asked, given, cookie.value if cookie else "")
        except UnreadableBody:
            self.close_connection, answer = True, UNREADABLE
        except urllib3.exceptions.HTTPError:
            answer = UNREACHABLE
        self._reply(*answer, session)

    do_POST = do_DELETE = do_GET

    def _body(self) -> dict[str, Any]:
        try:
            raw = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY))
            body = json.loads(raw or b"{}")
        except ValueError:
            raise UnreadableBody from None
        if not isinstance(body, dict):
            raise UnreadableBody
        return body

    def _reply(self, status: int, content: bytes, session: str) -> None:
        is_calendar = content.startswith(b"BEGIN:VCALENDAR")
        self.send_response(status)
        self.send_header("Content-Type", f"{'text/calendar' if is_calendar else 'application/json'}; charset=utf-8")
        if is_calendar:
            self.send_header("Content-Disposition", 'attachment; filename="appointment.ics"')
        if session:
            self.send_header("Set-Cookie", f"{COOKIE}={session}; Path={BASE}; HttpOnly; SameSite=Strict")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: what people ask for is nobody's business."""


class UnreadableBody(Exception):
    """The body is no JSON object."""


def main() -> None:
    login, hospital_code, password = (os.environ[f"MOR_PROM_{name}"] for name in ("LOGIN", "HOSPITAL", "PASSWORD"))
    app = App(
        Centre(os.environ["API_URL"], login, hospital_code, password), demo.PEOPLE if "--demo" in sys.argv else []
    )
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), type("BoundHandler", (Handler,), {"app": app}))
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()

"""Small client of the MOPH Appointment Center for an HIS, standard library only."""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request


class ApiError(Exception):
    """Error of the API: a stable `code` for programs, a Thai message for people."""

    def __init__(self, answer):
        super().__init__(answer["Message"])
        self.code, self.fields = answer["Error"]["code"], answer["Error"]["fields"]


class Center:
    def __init__(self, url, user, hospital_code, password):
        digest = hmac.new(b"$jwt@moph#", password.encode(), hashlib.sha256).hexdigest().upper()
        self.url, self.token = url, None
        self.login = {"user": user, "hospital_code": hospital_code, "password_hash": digest}

    def get(self, path, **query):
        return self.call(path, query)

    def slot(self, action, body=None, **query):
        return self.call("/api/appointment/AppointmentSlot", {"Action": action, **query}, body)

    def call(self, path, query, body=None, attempts=4):
        if self.token is None:
            status, text, wait = self.send("/token", {"Action": "get_moph_access_token"}, self.login)
            if status != 200:  # the envelope, not a token
                raise ApiError(json.loads(text))
            self.token = text
        status, text, wait = self.send(path, query, body)
        if status == 401 and attempts:  # the token has expired: a new one, and once more
            self.token = None
            return self.call(path, query, body, attempts=0)
        if status in (429, 503) and attempts:  # nothing was done: the same again, a little later
            time.sleep(wait)
            return self.call(path, query, body, attempts - 1)
        answer = json.loads(text)
        if answer["MessageCode"] != 200:
            raise ApiError(answer)
        return answer["result"]

    def send(self, path, query, body=None):
        request = urllib.request.Request(f"{self.url}{path}?{urllib.parse.urlencode(query)}")
        request.data = None if body is None else json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), 0
        except urllib.error.HTTPError as no:
            return no.code, no.read().decode(), int(no.headers.get("Retry-After", 1))

"""The canary: sign in, look up, book and cancel over the public address.

It uses a demo hospital (docs/operations.md). The name service, the certificate, CloudFront, the firewall and the API
are tried together, as a hospital uses them.
"""

import hashlib
import hmac
import json
import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
import urllib3

from chalicelib import clock, metrics
from chalicelib.secret_parameters import secret
from chalicelib.settings import settings

_SLOTS = "/api/appointment/AppointmentSlot"
# docs/wire-contract.md, Token: the key is public.
_PASSWORD_KEY = b"$jwt@moph#"
_DAYS_AHEAD = 14
_TIMEOUT = urllib3.Timeout(connect=3, read=15)
log = logging.getLogger("moph")


class CanaryAccount(msgspec.Struct):
    """The secret `canary_account`, as JSON.

    An API account of a demo hospital, and a national id to book for.
    """

    hospital_code: str
    user: str
    password: str
    cid: str


class CanaryFailed(Exception):
    """A step of the canary that failed.

    The message names the step and the HTTP status. It contains nothing of the answer.
    """


def run() -> None:
    """Do one round and log it, with `canary_rounds` for the alarm.

    No-op if the stage has no canary. A round that ends before its cancellation does no harm: the next one gets the same
    appointment, and cancels it. Raises CanaryFailed, or what urllib3 raises, after it was logged.
    """
    if not settings().public_url:
        return
    outcome = "failed"
    try:
        _round(msgspec.json.decode(secret("canary_account"), type=CanaryAccount))
        metrics.count("canary_rounds")
        outcome = "done"
    finally:
        log.info(metrics.line({"function": "canary", "outcome": outcome}))


def _round(account: CanaryAccount) -> None:
    digest = hmac.new(_PASSWORD_KEY, account.password.encode(), hashlib.sha256).hexdigest()
    body = {"user": account.user, "password_hash": digest, "hospital_code": account.hospital_code}
    with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as pool:
        token = _call(pool, "POST", "/token", "get_moph_access_token", {}, body)
        headers = {"Authorization": f"Bearer {token.decode()}"}
        schedule_id = _free_schedule(pool, headers, account.hospital_code)
        own = {"hospital_code": account.hospital_code}
        person = {"cid": account.cid, "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1}
        booking = {
            "hospital": {**own, "hospital_name": "canary", "system_identifier": "canary"},
            "person": person,
            "appointment": {**own, "schedule_id": schedule_id},
        }
        booked = _result(_call(pool, "POST", _SLOTS, "ConfirmAppointmentSlot", headers, booking))
        held = {**own, "cid": account.cid, "hospital_appointment_slot_id": booked["hospital_appointment_slot_id"]}
        _call(pool, "GET", _SLOTS, "CancelAppointmentSlot", headers, **held)


def _free_schedule(pool: urllib3.PoolManager, headers: dict[str, str], hospital_code: str) -> int:
    """The id of a schedule of the next days that has a free place.

    Raises CanaryFailed if there is none.
    """
    for days in range(1, _DAYS_AHEAD + 1):
        day = (clock.today() + timedelta(days=days)).isoformat()
        answer = _call(pool, "GET", _SLOTS, "GetHospitalSlotByDate", headers, hospital_code=hospital_code, date=day)
        for schedule in _result(answer):
            if schedule["available_slot"] > 0:
                return int(schedule["schedule_id"])
    raise CanaryFailed(f"no free place in the next {_DAYS_AHEAD} days: open schedules in the demo hospital")


def _call(
    pool: urllib3.PoolManager,
    method: str,
    path: str,
    action: str,
    headers: dict[str, str],
    body: Any = None,
    **query: Any,
) -> bytes:
    """Send a request; return the body of the answer.

    Raises CanaryFailed if the status is not 200.
    """
    url = f"{settings().public_url}{path}?{urlencode({'Action': action, **query})}"
    content = None if body is None else json.dumps(body).encode()
    answer = pool.request(method, url, headers={"Content-Type": "application/json", **headers}, body=content)
    if answer.status != 200:
        raise CanaryFailed(f"{action}: HTTP {answer.status}")
    return answer.data


def _result(answer: bytes) -> Any:
    return json.loads(answer)["result"]

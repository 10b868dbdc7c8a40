"""Steps of the first deployment that call the public address.

They call it as hospitals and browsers do.
"""

import json
import time
from typing import Any
from urllib.parse import urlencode

import boto3
import jwt
import urllib3

from infra.aws import trial_hospital
from infra.aws.checklist import Deployment, StepFailed, StepNotDone
from infra.local import demo

SLOTS = "/api/appointment/AppointmentSlot"
# Nobody has this id; the check digit is right.
CID = demo.demo_cid(9901)
_WAIT_SECONDS = 90
_http = urllib3.PoolManager(retries=False, timeout=40)


def reachable(deployment: Deployment) -> str:
    for path in ("/health", "/ready"):
        status, body = _call(deployment.url, "GET", path)
        if status != 200:
            raise StepFailed(f"GET {deployment.url}{path} answers {status}: {body[:200]}")
    return f"{deployment.url} answers, and reads its tables"


def token(deployment: Deployment) -> str:
    """Sign in, and verify the token with the public key that hospitals get."""
    with trial_hospital.account() as account:
        signed = sign_in(deployment.url, account)
    status, key = _call(deployment.url, "GET", "/token", {"Action": "get_public_key"})
    if status != 200:
        raise StepFailed(f"/token?Action=get_public_key answers {status}")
    try:
        jwt.decode(signed, key, algorithms=["RS512"], audience="MOPH API")
    except jwt.InvalidTokenError as problem:
        raise StepFailed(f"the token does not verify with the public key: {problem}") from None
    return f"a token of the key {key_of(signed)} verifies"


def booking(deployment: Deployment) -> str:
    """Open a schedule, book its place and cancel; the look-ups must follow.

    At the end the schedule is no longer open online.
    """
    with trial_hospital.account() as account:
        bearer = sign_in(deployment.url, account)
        schedule = _schedule(deployment.url, bearer, online=True)
        free = _free_places(deployment.url, bearer)
        body = _booking_body(schedule["schedule_id"])
        booked = _result(deployment.url, "POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body, bearer)
        _until(lambda: _free_places(deployment.url, bearer) == free - 1, "the look-ups do not follow the booking")
        cancel = {
            "Action": "CancelAppointmentSlot",
            "hospital_code": trial_hospital.CODE,
            "cid": CID,
            "hospital_appointment_slot_id": booked["hospital_appointment_slot_id"],
        }
        _result(deployment.url, "GET", SLOTS, cancel, bearer=bearer)
        _until(lambda: _free_places(deployment.url, bearer) == free, "the look-ups do not follow the cancellation")
        _schedule(deployment.url, bearer, online=False)
    return f"booked and cancelled in hospital {trial_hospital.CODE}; the counted days followed"


def message(deployment: Deployment) -> str:
    cid = deployment.tester()
    if not cid:
        raise StepNotDone("nobody gave a national id that the message could go to")
    title = f"ทดสอบระบบ {time.strftime('%H:%M:%S')}"
    trial_hospital.add_to_white_list(cid)
    with trial_hospital.account() as account:
        body = {
            "hospital": {"hospital_code": trial_hospital.CODE},
            "message_ref_code": title,
            "message_title": title,
            "message_content_html": "<p>ทดสอบการส่งข้อความ</p>",
            "target": [cid],
        }
        sent = _result(
            deployment.url, "POST", "/api/SendMessageTarget", body=body, bearer=sign_in(deployment.url, account)
        )
    if sent["accepted"] != 1:
        raise StepFailed(f"the message was not accepted: {sent['refused'][0]['reason']}")
    arrived = deployment.arrived(cid, title)
    if arrived is None:
        raise StepNotDone(f"sent; look whether the message {title!r} arrived")
    if not arrived:
        raise StepFailed("the message did not arrive: look at the log of message-app and message-line")
    return "a message arrived at the tester"


def errors_are_not_cached(deployment: Deployment) -> str:
    """Check that CloudFront keeps no error: compare two answers to the same request.

    For a moment the dashboard function may not run at all, so that both are errors.
    """
    question = "For some seconds the staff dashboard will answer errors. Go on?"
    if deployment.ask(question) is not True:
        raise StepNotDone("somebody must agree to errors of the dashboard for some seconds")
    function, path = f"moph-{deployment.stage}-dashboard", "/api/dashboard/Welcome"
    client = boto3.client("lambda")
    before = client.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions")
    client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    try:
        _until(lambda: _call(deployment.url, "GET", path)[0] >= 500, "the dashboard function was not switched off")
        answers = [_call(deployment.url, "GET", path) for _ in range(2)]
    finally:
        if before is None:
            client.delete_function_concurrency(FunctionName=function)
        else:
            client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=before)
    _until(lambda: _call(deployment.url, "GET", path)[0] == 401, "the dashboard does not answer again")
    ids = [json.loads(body)["Error"]["request_id"] for status, body in answers if status >= 500]
    if len(ids) != 2:
        raise StepFailed(f"expected two errors and got {[status for status, _ in answers]}; run the step again")
    if ids[0] == ids[1]:
        raise StepFailed("two requests got the same kept error: see ErrorCachingMinTTL in infra/aws/site.yaml")
    return "two errors of one address are two answers of the API"


def only_tls(deployment: Deployment) -> str:
    """Check that plain HTTP gets no data from the site and the target files' bucket."""
    s3 = boto3.client("s3").meta.endpoint_url.partition("://")[2]
    host = deployment.url.partition("://")[2]
    for address in (f"http://{host}/health", f"http://{s3}/{files_bucket(deployment.stage)}/none"):
        status = _http.request("GET", address, redirect=False).status
        if status < 300:
            raise StepFailed(f"{address} answers {status} without TLS")
    return "plain HTTP is refused or redirected, by the site and by the bucket"


def foreign_pages(deployment: Deployment) -> str:
    """Check that a page of another site can read no answer and upload nothing."""
    origin = "https://elsewhere.invalid"
    response = _http.request("GET", f"{deployment.url}/health", headers={"Origin": origin})
    if allowed := response.headers.get("Access-Control-Allow-Origin"):
        raise StepFailed(f"the API lets pages of {allowed} read its answers")
    asks = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    s3 = boto3.client("s3").meta.endpoint_url
    preflight = _http.request("OPTIONS", f"{s3}/{files_bucket(deployment.stage)}/none", headers=asks)
    if preflight.status < 300:
        raise StepFailed(f"the bucket of the target files takes uploads from pages of {origin}")
    return f"a page of {origin} can read nothing and upload nothing"


def files_bucket(stage: str) -> str:
    """The bucket of the target files."""
    cloudformation = boto3.client("cloudformation")
    resource = cloudformation.describe_stack_resource(StackName=f"moph-{stage}", LogicalResourceId="FilesBucket")
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


def sign_in(url: str, account: trial_hospital.Account) -> str:
    fields = {"user": account.login, "hospital_code": trial_hospital.CODE, "password_hash": account.password_hash}
    status, body = _call(url, "POST", "/token", {"Action": "get_moph_access_token"}, fields)
    if status != 200:
        raise StepFailed(f"the sign-in answers {status}: {body[:200]}")
    return body


def key_of(signed: str) -> str:
    """The id of the key that signed a token."""
    return str(jwt.get_unverified_header(signed)["kid"])


def schedules(url: str, bearer: str) -> Any:
    """The schedules of the trial's day.

    Raises StepFailed if the token is not accepted.
    """
    return _result(url, "GET", "/api/dashboard/schedules", {"date": trial_hospital.day().isoformat()}, bearer=bearer)


def _schedule(url: str, bearer: str, online: bool) -> Any:
    """The schedule of the trial's day, open online or not; made if it is missing."""
    path, day = "/api/dashboard/schedules", trial_hospital.day().isoformat()
    rows = schedules(url, bearer)
    if not rows:
        line = {
            "period_id": trial_hospital.PERIOD_ID,
            "department_id": trial_hospital.DEPARTMENT_ID,
            "room_id": trial_hospital.ROOM_ID,
            "capacity": 1,
            "online": online,
        }
        rows = _result(url, "POST", path, body={"date": day, "lines": [line]}, bearer=bearer)
    elif rows[0]["online"] != online:
        change = {"capacity": 1, "online": online, "version": rows[0]["version"]}
        rows = [_result(url, "PUT", f"{path}/{rows[0]['schedule_id']}", body=change, bearer=bearer)]
    return rows[0]


def _free_places(url: str, bearer: str) -> int:
    """The free places of the trial's day, from the look-up of the month.

    The stream counts them.
    """
    day = trial_hospital.day()
    query = {
        "Action": "GetHospitalSlotByMonth",
        "hospital_code": trial_hospital.CODE,
        "year": day.year,
        "month": day.month,
    }
    days = _result(url, "GET", SLOTS, query, bearer=bearer)
    return sum(int(entry["available_slot"]) for entry in days if entry["date"] == day.isoformat())


def _booking_body(schedule_id: int) -> dict[str, Any]:
    code = trial_hospital.CODE
    return {
        "hospital": {"hospital_code": code, "hospital_name": trial_hospital.NAME, "system_identifier": "trial"},
        "person": {"cid": CID, "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1, "birth_date": "2000-01-01"},
        "appointment": {"hospital_code": code, "schedule_id": schedule_id, "comment": ""},
    }


def _result(url: str, method: str, path: str, query: Any = None, body: Any = None, bearer: str = "") -> Any:
    status, text = _call(url, method, path, query, body, bearer)
    if status != 200:
        action = (query or {}).get("Action", "")
        raise StepFailed(f"{method} {path} {action} answers {status}: {text[:300]}")
    return json.loads(text)["result"]


def _call(url: str, method: str, path: str, query: Any = None, body: Any = None, bearer: str = "") -> tuple[int, str]:
    """(status, body)."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        headers["Content-Type"] = "application/json"
    address = url + path + (f"?{urlencode(query)}" if query else "")
    try:
        response = _http.request(method, address, body=content, headers=headers)
    except urllib3.exceptions.HTTPError as problem:
        raise StepFailed(f"{method} {url}{path}: {type(problem).__name__}") from None
    return response.status, response.data.decode()


def _until(condition: Any, problem: str) -> None:
    """Wait until the condition holds, at most 90 s. Raises StepFailed."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise StepFailed(f"{problem} within {_WAIT_SECONDS} s")
        time.sleep(1)

"""The door: the only place that knows HTTP.

A request comes in as Chalice's event, is matched to its declaration, signed in, read, handed to its handler, and leaves
in the envelope of the wire contract (docs/wire-contract.md). Families of `errors.py` get their status here and nowhere
else. One log line per request says what was asked, by which hospital, how it ended and how long it took. It never names
a person.
"""

import json
import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec
from chalice.app import Chalice, MultiDict, Request, Response

from chalicelib import clock, errors, metrics, throttle
from chalicelib.caller import Caller
from chalicelib.endpoint import SIGNED_IN, Endpoint, RawRequest
from chalicelib.fields import read_struct

METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]

STATUSES: dict[type[errors.ApiError], int] = {
    errors.Invalid: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.WrongMethod: 405,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.TryAgain: 503,
}
FAULT = 500
_FORM_FIELD = re.compile(rb'name="(\w+)"')

log = logging.getLogger("moph")


def log_as_json_lines() -> None:
    """Sends the centre's log lines to standard output as they are: one JSON object a line."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)


def status_of(refusal: type[errors.ApiError]) -> int:
    """The HTTP status of a refusal's family."""
    for family in refusal.__mro__:
        if family in STATUSES:
            return STATUSES[family]
    raise LookupError(f"{refusal.__name__} belongs to no family with a status")


NoteRefused = Callable[[Caller, str, dict[str, str]], None]


@contextmanager
def log_stream(function: str, event: Any) -> Iterator[None]:
    """Log a stream function's records, outcome ("done" or "failed") and how long after the changes it ended.

    The log line is written also if the function inside fails.
    """
    records = event.to_dict()["Records"]
    changed_at = min(record["dynamodb"].get("ApproximateCreationDateTime", time.time()) for record in records)
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        metrics.count(f"{function}_lag_ms", max(0, round((time.time() - changed_at) * 1000)))
        log.info(metrics.line({"function": function, "records": len(records), "outcome": outcome}))


def serve(
    app: Chalice, endpoints: list[Endpoint], authenticate: Callable[[str], Caller], note_refused: NoteRefused
) -> None:
    """Registers every endpoint with Chalice, one route a path. `authenticate` turns the Authorization header into a
    Caller or raises Unauthenticated. `note_refused` is told of what a caller's roles do not allow in the Account
    Center: who, the action, and what the path named."""
    paths: dict[str, list[Endpoint]] = {}
    for one in endpoints:
        paths.setdefault(one.path, []).append(one)
    for path, here in paths.items():
        app.route(path, methods=METHODS, content_types=["*/*"], name=path)(_view(app, here, authenticate, note_refused))


def _view(
    app: Chalice, here: list[Endpoint], authenticate: Callable[[str], Caller], note_refused: NoteRefused
) -> Callable[..., Response]:
    def view(**captured: str) -> Response:
        request = cast(Request, app.current_request)
        answer = ResponseBuilder(request.context.get("requestId") or str(uuid.uuid4()))
        try:
            query = request.query_params or MultiDict({})
            chosen = _choose(here, request.method, query)
            answer.action = chosen.name
            arguments: dict[str, Any] = {}
            if chosen.roles:
                caller = authenticate(request.headers.get("authorization", ""))
                answer.hospital = caller.hospital_code
                throttle.check(caller)
                try:
                    _authorise(chosen, caller)
                except errors.Forbidden:
                    if chosen.path.startswith("/api/accounts/"):
                        note_refused(caller, chosen.name, captured)
                    raise
                if "caller" in chosen.hints:
                    arguments["caller"] = caller
            arguments |= _read(chosen, captured, query, cast(bytes, request.raw_body), request.headers)
            return answer.success(chosen.handler(**arguments), chosen.plain)
        except errors.ApiError as refusal:
            return answer.refusal(refusal)
        except Exception as fault:
            return answer.fault(fault)

    return view


def _choose(here: list[Endpoint], method: str, query: MultiDict) -> Endpoint:
    actions = {one.action for one in here}
    named = here
    if actions != {None}:
        sent = _once(query, ("Action",))
        if not sent:
            raise errors.Invalid(fields={"Action": "this is required"})
        named = [one for one in here if one.action == sent["Action"]]
        if not named:
            known = ", ".join(sorted(name for name in actions if name))
            raise errors.UnknownAction(fields={"Action": f"one of {known}"})
    for one in named:
        if one.method == method:
            return one
    allow = ", ".join(sorted({one.method for one in named}))
    raise errors.WrongMethod(fields={"method": f"use {allow}"}, details={"allow": allow})


def _once(query: MultiDict, names: Iterable[str]) -> dict[str, str]:
    """The query's parameters of these names; any other is ignored, however often it came. Raises Invalid for one that
    was given more than once."""
    sent = [name for name in names if name in query]
    doubled = {name: "given more than once" for name in sent if len(query.getlist(name)) > 1}
    if doubled:
        raise errors.Invalid(fields=doubled)
    return {name: query[name] for name in sent}


def _authorise(chosen: Endpoint, caller: Caller) -> None:
    if caller.must_change_password and not chosen.first_password:
        raise errors.PasswordMustChange()
    if chosen.roles is not SIGNED_IN and not caller.has(chosen.roles, chosen.level):
        needed = " or ".join(f"{role}:{chosen.level}" for role in chosen.roles)
        raise errors.Forbidden(f"This needs the role {needed}.")


def _read(
    chosen: Endpoint, captured: dict[str, str], query: MultiDict, raw: bytes, headers: Mapping[str, str]
) -> dict[str, Any]:
    problems: dict[str, str] = {}
    arguments: dict[str, Any] = {}
    takes = chosen.takes
    if len(raw) > chosen.max_body:
        raise errors.Invalid(fields={"body": f"larger than {chosen.max_body} bytes"})
    if "raw" in chosen.hints:
        arguments["raw"] = RawRequest(raw, headers)
    if "body" in takes:
        arguments["body"] = read_struct(takes["body"], _json(raw), "", problems)
    if "params" in takes:
        values: dict[str, Any] = {**_once(query, takes["params"].__struct_fields__), **captured}
        if chosen.params_anywhere:
            values = {**_json_or_form(raw), **values}
        arguments["params"] = read_struct(takes["params"], values, "", problems)
    if problems:
        raise errors.Invalid(fields=problems)
    return arguments


def _json(raw: bytes) -> Any:
    if not raw.strip():
        raise errors.Invalid(fields={"body": "the body is empty; send a JSON object"})
    try:
        return json.loads(raw.decode("utf-8-sig"))  # some systems put a byte order mark in front
    except UnicodeDecodeError:
        raise errors.Invalid(fields={"body": "the body is not valid UTF-8"}) from None
    except (ValueError, RecursionError):
        raise errors.Invalid(fields={"body": "the body is not valid JSON"}) from None


def _json_or_form(raw: bytes) -> dict[str, Any]:
    """JSON or a form of either kind, whatever the content type says. `[]` and the like count as nothing sent."""
    if raw.startswith(b"--"):
        return _multipart(raw)
    if not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    sent = _json(raw)
    return sent if isinstance(sent, dict) else {}


def _multipart(raw: bytes) -> dict[str, str]:
    """The fields of a multipart form, as PHP and Postman send forms; its first line is what stands between them."""
    boundary = raw.split(b"\r\n", 1)[0]
    fields = {}
    for part in raw.split(boundary):
        head, _, value = part.partition(b"\r\n\r\n")
        if name := _FORM_FIELD.search(head):
            fields[name[1].decode()] = value.removesuffix(b"\r\n").decode("utf-8", "replace")
    return fields


class ResponseBuilder:
    """One answer in the making: what was asked, by which hospital, and since when."""

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.action = "-"
        self.hospital = "-"
        self._started = time.perf_counter()

    def success(self, result: Any, plain: bool = False) -> Response:
        if plain:
            return self._send(200, str(result), "OK", {"Content-Type": "text/plain; charset=utf-8"})
        envelope = {"result": result, "MessageCode": 200, "Message": "OK", **self._times()}
        return self._send(200, msgspec.json.encode(envelope).decode(), "OK")

    def refusal(self, refusal: errors.ApiError) -> Response:
        status = status_of(type(refusal))
        headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
        if status == 401:
            # RFC 9110 wants it. API Gateway passes it on under the name x-amzn-Remapped-WWW-Authenticate.
            headers["WWW-Authenticate"] = "Bearer"
        details = dict(refusal.details)
        if "allow" in details:
            headers["Allow"] = str(details.pop("allow"))
        return self._error(status, refusal.code, refusal.thai, refusal.english, refusal.fields, details, headers)

    def fault(self, fault: Exception) -> Response:
        # The exception's own words may quote what somebody sent, so only its type and place are logged.
        frames = traceback.extract_tb(fault.__traceback__)[-6:]
        where = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
        kind = f"{type(fault).__module__}.{type(fault).__qualname__}"
        log.error(json.dumps({"fault": kind, "where": where, "action": self.action, "request_id": self.request_id}))
        thai = "ระบบขัดข้อง กรุณาลองใหม่ หากยังพบปัญหาให้แจ้งผู้ดูแลระบบพร้อมรหัสคำขอ (request_id)"
        english = "Something is broken on our side. Report it with the request_id."
        return self._error(FAULT, "InternalError", thai, english, {}, {}, {})

    def _error(
        self,
        status: int,
        code: str,
        thai: str,
        english: str,
        fields: Mapping[str, str],
        details: Mapping[str, object],
        headers: dict[str, str],
    ) -> Response:
        error = {"code": code, "message": english, "fields": fields, "request_id": self.request_id, **details}
        envelope = {"MessageCode": status, "Message": thai, "Error": error, **self._times()}
        return self._send(status, msgspec.json.encode(envelope).decode(), code, headers)

    def _times(self) -> dict[str, Any]:
        at = clock.now().astimezone(UTC)
        return {
            "RequestTime": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
            "processing_ms": self._milliseconds(),
        }

    def _milliseconds(self) -> int:
        return round((time.perf_counter() - self._started) * 1000)

    def _send(self, status: int, body: str, outcome: str, headers: dict[str, str] | None = None) -> Response:
        line = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "action": self.action,
            "hospital": self.hospital,
            "status": status,
            "outcome": outcome,
            "ms": self._milliseconds(),
            "request_id": self.request_id,
        }
        log.info(metrics.line(line))
        always = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
        return Response(body=body, status_code=status, headers={**always, **(headers or {})})

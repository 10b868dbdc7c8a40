"""HTTP adapter: route a request to its handler, wrap the result in the envelope.

The envelope is in docs/wire-contract.md. HTTP is handled in this file only. It authenticates the caller, checks roles,
reads parameters and body, and gives each family of `errors.py` its status. It logs one line per request: action,
hospital, outcome, time. No line names a person.
"""

import hmac
import logging
import math
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from itertools import islice
from typing import Any, cast

import msgspec
from chalice.app import Chalice, MultiDict, Request, Response

from chalicelib import clock, errors, metrics, shown_people, throttle
from chalicelib.bodies import read_json, read_json_or_form
from chalicelib.caller import Caller
from chalicelib.endpoint import BY_ID, OWN_PEOPLE, SIGNED_IN, Endpoint, RawRequest
from chalicelib.fields import fields_of, read, read_struct
from chalicelib.secret_parameters import secret

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
# CloudFront sets both headers (infra/aws/site.yaml).
VIEWER_HEADER, ORIGIN_SECRET_HEADER = "true-client-ip", "x-origin-secret"
_MOST_PROBLEMS = 50  # named in one answer, so that the answer stays small

log = logging.getLogger("moph")


def log_as_json_lines() -> None:
    """Write log lines to standard output as they are: one JSON object per line."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)


def status_of(error: type[errors.ApiError]) -> int:
    """The HTTP status of an error's family."""
    for family in error.__mro__:
        if family in STATUSES:
            return STATUSES[family]
    raise LookupError(f"{error.__name__} belongs to no family with a status")


# Writes a request that the caller's roles do not allow into the audit: caller, action, values in the path.
AuditRefusal = Callable[[Caller, str, dict[str, str]], None]
# Logs that a caller is shown people: caller, action, whether they were asked for by national id, the ids.
LogAccess = Callable[[Caller, str, bool, list[str]], None]


@contextmanager
def log_stream(function: str, event: Any) -> Iterator[None]:
    """Log a stream function: its records, outcome and delay.

    The outcome is "done" or "failed". The delay is the time from the first change to the end of the function, in
    milliseconds. The log line is written also if the function inside fails.
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
    app: Chalice,
    endpoints: list[Endpoint],
    authenticate: Callable[[str], Caller],
    audit_refusal: AuditRefusal,
    log_access: LogAccess,
) -> None:
    """Register every endpoint with Chalice, one route per path.

    authenticate: turns the Authorization header into a Caller, or raises Unauthenticated. audit_refusal: called for the
    endpoints that say so. log_access: called before a response goes out that shows people.
    """
    paths: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, []).append(endpoint)
    for path, of_path in paths.items():
        view = _view(app, of_path, authenticate, audit_refusal, log_access)
        app.route(path, methods=METHODS, content_types=["*/*"], name=path)(view)


def client_address(source: str, headers: Mapping[str, str]) -> str:
    """The IP address of the client.

    source: the address that called API Gateway: CloudFront's or the client's own. CloudFront puts the client's address
    into a header, and a secret that nobody else knows into another one. Anybody can send the first header, so it is
    ignored without the secret. While the secret changes, there are two.
    """
    viewer, proof = headers.get(VIEWER_HEADER), headers.get(ORIGIN_SECRET_HEADER, "")
    if not viewer or not proof:
        return source
    known = [each for each in secret("origin_secret").split(",") if each]
    return viewer if any(hmac.compare_digest(proof.encode(), each.encode()) for each in known) else source


def _view(
    app: Chalice,
    endpoints: list[Endpoint],
    authenticate: Callable[[str], Caller],
    audit_refusal: AuditRefusal,
    log_access: LogAccess,
) -> Callable[..., Response]:
    def view(**path_values: str) -> Response:
        request = cast(Request, app.current_request)
        response = ResponseBuilder(request.context.get("requestId") or str(uuid.uuid4()))
        try:
            query = request.query_params or MultiDict({})
            endpoint = _choose(endpoints, request.method, query)
            response.action = endpoint.name
            arguments: dict[str, Any] = {}
            if endpoint.roles:
                caller = authenticate(request.headers.get("authorization", ""))
                response.hospital = caller.hospital_code
                throttle.check(caller)
                try:
                    _authorise(endpoint, caller)
                except errors.Forbidden:
                    if endpoint.audit_refusal:
                        _check_path(endpoint, path_values)
                        audit_refusal(caller, endpoint.name, path_values)
                    raise
                if "caller" in endpoint.hints:
                    arguments["caller"] = caller
            if "address" in endpoint.hints:
                arguments["address"] = client_address(request.context["identity"]["sourceIp"], request.headers)
            arguments |= _read(endpoint, path_values, query, cast(bytes, request.raw_body), request.headers)
            if endpoint.shows:
                result = _show_people(endpoint, caller, arguments, log_access)
            else:
                result = endpoint.handler(**arguments)
            return response.success(result, endpoint.plain)
        except errors.ApiError as error:
            return response.error(error)
        except Exception as fault:
            return response.fault(fault)

    return view


def _choose(endpoints: list[Endpoint], method: str, query: MultiDict) -> Endpoint:
    """The endpoint of a path that has the query's Action and the method.

    Raises Invalid, UnknownAction or WrongMethod if there is none.
    """
    actions = {endpoint.action for endpoint in endpoints}
    candidates = endpoints
    if actions != {None}:
        sent = _query_values(query, ("Action",))
        if not sent:
            raise errors.Invalid(fields={"Action": "this is required"})
        candidates = [endpoint for endpoint in endpoints if endpoint.action == sent["Action"]]
        if not candidates:
            known = ", ".join(sorted(name for name in actions if name))
            raise errors.UnknownAction(fields={"Action": f"one of {known}"})
    for endpoint in candidates:
        if endpoint.method == method:
            return endpoint
    allow = ", ".join(sorted({endpoint.method for endpoint in candidates}))
    raise errors.WrongMethod(fields={"method": f"use {allow}"}, details={"allow": allow})


def _query_values(query: MultiDict, names: Iterable[str]) -> dict[str, str]:
    """The query's parameters with these names; others are ignored.

    Raises Invalid if one is given more than once.
    """
    sent = [name for name in names if name in query]
    repeated = {name: "given more than once" for name in sent if len(query.getlist(name)) > 1}
    if repeated:
        raise errors.Invalid(fields=repeated)
    return {name: query[name] for name in sent}


def _authorise(endpoint: Endpoint, caller: Caller) -> None:
    if caller.must_change_password and not endpoint.first_password:
        raise errors.PasswordMustChange()
    if endpoint.roles is not SIGNED_IN and not caller.has(endpoint.roles, endpoint.level):
        needed = " or ".join(f"{role}:{endpoint.level}" for role in endpoint.roles)
        raise errors.Forbidden(f"This needs the role {needed}.")
    if endpoint.also and not caller.has((endpoint.also,), endpoint.level):
        raise errors.Forbidden(f"This needs the role {endpoint.also}:{endpoint.level} too.")


def _show_people(endpoint: Endpoint, caller: Caller, arguments: dict[str, Any], log_access: LogAccess) -> Any:
    """Call a handler that shows people; return its result.

    The people are in the log before the answer goes out. Raises PeopleQuotaReached, and what the handler raises.
    """
    if endpoint.shows == BY_ID:
        _check_quota(caller)
    with shown_people.noting() as cids:
        try:
            return endpoint.handler(**arguments)
        finally:  # an EditConflict shows a person too
            log_access(caller, endpoint.name, endpoint.shows != OWN_PEOPLE, list(cids))


def _check_quota(caller: Caller) -> None:
    """Raise PeopleQuotaReached while the account may look up nobody."""
    until = caller.look_ups_blocked_until
    if until and (wait := (until - clock.now()).total_seconds()) > 0:
        again = f"look people up again at {until:%H:%M} Bangkok time"
        raise errors.PeopleQuotaReached(fields={"cid": again}, retry_after=math.ceil(wait))


def _read(
    endpoint: Endpoint, path_values: dict[str, str], query: MultiDict, raw: bytes, headers: Mapping[str, str]
) -> dict[str, Any]:
    """The handler's arguments. Raises Invalid with every problem of the request."""
    problems: dict[str, str] = {}
    arguments: dict[str, Any] = {}
    takes = endpoint.takes
    if len(raw) > endpoint.max_body:
        raise errors.Invalid(fields={"body": f"larger than {endpoint.max_body} bytes"})
    if "raw" in endpoint.hints:
        arguments["raw"] = RawRequest(raw, headers)
    if "body" in takes:
        arguments["body"] = read_struct(takes["body"], read_json(raw), "", problems)
    if "params" in takes:
        values: dict[str, Any] = {**_query_values(query, takes["params"].__struct_fields__), **path_values}
        if endpoint.params_anywhere:
            values = {**read_json_or_form(raw), **values}
        arguments["params"] = read_struct(takes["params"], values, "", problems)
    if problems:
        raise errors.Invalid(fields=problems)
    return arguments


def _check_path(endpoint: Endpoint, path_values: dict[str, str]) -> None:
    """Raise Invalid if a value in the path is malformed."""
    problems: dict[str, str] = {}
    params = endpoint.takes.get("params")
    for field in fields_of(params) if params else ():
        if field.name in path_values:
            read(field.type, path_values[field.name], field.name, problems)
    if problems:
        raise errors.Invalid(fields=problems)


def _first_problems(fields: Mapping[str, str]) -> dict[str, str]:
    """The first problems of a request; "..." says how many more there are."""
    first = dict(islice(fields.items(), _MOST_PROBLEMS))
    if len(fields) > _MOST_PROBLEMS:
        first["..."] = f"and {len(fields) - _MOST_PROBLEMS} more"
    return first


class ResponseBuilder:
    """Build and log the response to one request."""

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

    def error(self, error: errors.ApiError) -> Response:
        status = status_of(type(error))
        headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        if status == 401:
            # RFC 9110 requires it. API Gateway renames it to x-amzn-Remapped-WWW-Authenticate.
            headers["WWW-Authenticate"] = "Bearer"
        details = dict(error.details)
        if "allow" in details:
            headers["Allow"] = str(details.pop("allow"))
        return self._error(status, error.code, error.thai, error.english, error.fields, details, headers)

    def fault(self, fault: Exception) -> Response:
        log.error(metrics.fault_line(fault, {"action": self.action, "request_id": self.request_id}))
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
        error = {
            "code": code,
            "message": english,
            "fields": _first_problems(fields),
            "request_id": self.request_id,
            **details,
        }
        envelope = {"MessageCode": status, "Message": thai, "Error": error, **self._times()}
        return self._send(status, msgspec.json.encode(envelope).decode(), code, headers)

    def _times(self) -> dict[str, Any]:
        now = clock.now().astimezone(UTC)
        return {
            "RequestTime": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
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

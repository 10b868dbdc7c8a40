"""`@endpoint`: the one declaration of an API action.

    @endpoint("GET", "/api/appointment/AppointmentSlot", action="GetHospitalRoom", roles=(APPOINTMENT_API,), ...)
    def get_hospital_room(caller: Caller, params: RoomQuery) -> list[RoomRow]: ...

The handler's parameters declare what the request must have: `caller` (the signed-in account), `params` (a Struct, read
from path and query), `body` (a Struct, read from the JSON body), `raw` (body and headers as they came), `address` (of
the client, as API Gateway reports it). Its return value is the envelope's `result`. Routing, validation, authorisation,
the OpenAPI document and the role matrix are all made from `declared()`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from chalicelib import caller as roles_
from chalicelib.errors import ApiError, PeopleQuotaReached

EVERYONE: tuple[str, ...] = ()
# Every signed-in account, also one without a role.
SIGNED_IN = roles_.ROLES
SMALL_BODY = 100_000
# How an endpoint shows people (`Endpoint.shows`). BY_ID: one person, whom the request names by national id; this counts
# for the account's quota. BY_ID_AT_WORK: the same, for work that goes on if the quota is used up. OWN_PEOPLE: people of
# the caller's own hospital.
BY_ID, BY_ID_AT_WORK, OWN_PEOPLE = "by_id", "by_id_at_work", "own_people"
# An IP address: of the client, or of a server between the client and API Gateway.
ClientAddress = str


@dataclass(frozen=True)
class RawRequest:
    """Body and headers as they came, to verify a signature of the bytes.

    A handler takes it as `raw`.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Endpoint:
    """One API action.

    roles: the caller needs one of them, at `level` or above; none means no sign-in. also: a role that the caller needs
    too, at the same level. section: of the manual or the
    contract. errors: those besides the families that every action shares. params_anywhere: fields of `params` may also
    come in a JSON or form body (the token's five forms). plain: the result is the body, as text. max_body: bytes.
    first_password: also for an account that must still change its first password. audit_refusal: a request that the
    caller's roles do not allow is written into the audit. shows: BY_ID, BY_ID_AT_WORK or OWN_PEOPLE if the response has
    data of people; then the log records who was shown whom (docs/adr/0021).
    """

    method: str
    path: str
    action: str | None
    handler: Callable[..., Any]
    roles: tuple[str, ...]
    also: str
    level: int
    section: str
    thai: str
    errors: tuple[type[ApiError], ...]
    params_anywhere: bool
    plain: bool
    max_body: int
    first_password: bool
    audit_refusal: bool
    shows: str
    hints: dict[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        return self.action or f"{self.method} {self.path}"

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip().split("\n")[0]

    @property
    def takes(self) -> dict[str, Any]:
        """The types of `params` and `body`, if the handler has them."""
        return {name: self.hints[name] for name in ("params", "body") if name in self.hints}


_declared: list[Endpoint] = []


def endpoint(
    method: str,
    path: str,
    *,
    roles: tuple[str, ...],
    section: str,
    thai: str,
    action: str | None = None,
    also: str = "",
    level: int = roles_.HOSPITAL,
    errors: tuple[type[ApiError], ...] = (),
    params_anywhere: bool = False,
    plain: bool = False,
    max_body: int = SMALL_BODY,
    first_password: bool = False,
    audit_refusal: bool = False,
    shows: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the decorated function as the handler of one action.

    The parameters are those of `Endpoint`.
    """

    def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
        _declared.append(
            Endpoint(
                method=method,
                path=path,
                action=action,
                handler=handler,
                roles=roles,
                also=also,
                level=level,
                section=section,
                thai=thai,
                errors=(*errors, PeopleQuotaReached) if shows == BY_ID else errors,
                params_anywhere=params_anywhere,
                plain=plain,
                max_body=max_body,
                first_password=first_password,
                audit_refusal=audit_refusal,
                shows=shows,
                hints=get_type_hints(handler, include_extras=True),
            )
        )
        return handler

    return declare


def declared() -> list[Endpoint]:
    """Every action of the imported packages, in the order of declaration."""
    return list(_declared)

"""One declaration per API action.

    @endpoint("GET", "/api/appointment/AppointmentSlot", action="GetHospitalRoom", roles=(APPOINTMENT_API,), ...)
    def get_hospital_room(caller: Caller, params: RoomQuery) -> list[RoomRow]: ...

What the handler takes is what the request must bring: `caller` (the signed-in account), `params` (a Struct read from
the path and the query) and `body` (a Struct read from the JSON body; `raw` is the body as it came). What it returns is
the envelope's `result`. Routing, validation, authorisation, the OpenAPI document and the role matrix all come from
`declared()`; nothing is said twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from chalicelib import caller as roles_
from chalicelib.errors import ApiError

EVERYONE: tuple[str, ...] = ()
# Whoever is signed in, also an account that holds no role yet.
SIGNED_IN = roles_.ROLES
SMALL_BODY = 100_000


@dataclass(frozen=True)
class RawRequest:
    """The body as it came and the headers, for what is signed byte by byte. A handler takes it as `raw`."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Endpoint:
    """What is known of one action. roles: any of them, at `level` or above; none means no sign-in at all.

    section: where the manual or the contract says so. refusals: what it may answer besides the families that every
    action shares. params_anywhere: fields of `params` may also come in a JSON or form body (the token's five forms).
    plain: the result is the body, as text. max_body: bytes.
    """

    method: str
    path: str
    action: str | None
    handler: Callable[..., Any]
    roles: tuple[str, ...]
    level: int
    section: str
    thai: str
    refusals: tuple[type[ApiError], ...]
    params_anywhere: bool
    plain: bool
    max_body: int
    first_password: bool
    hints: dict[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        return self.action or f"{self.method} {self.path}"

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip().split("\n")[0]

    @property
    def takes(self) -> dict[str, Any]:
        """`params` and `body` with their types, as far as the handler takes them."""
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
    level: int = roles_.HOSPITAL,
    refusals: tuple[type[ApiError], ...] = (),
    params_anywhere: bool = False,
    plain: bool = False,
    max_body: int = SMALL_BODY,
    first_password: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declares the decorated function as the handler of one action. `first_password`: also for an account that must
    still change its first password."""

    def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
        _declared.append(
            Endpoint(
                method=method,
                path=path,
                action=action,
                handler=handler,
                roles=roles,
                level=level,
                section=section,
                thai=thai,
                refusals=refusals,
                params_anywhere=params_anywhere,
                plain=plain,
                max_body=max_body,
                first_password=first_password,
                hints=get_type_hints(handler, include_extras=True),
            )
        )
        return handler

    return declare


def declared() -> list[Endpoint]:
    """Every action of the imported rooms, in the order of declaration."""
    return list(_declared)

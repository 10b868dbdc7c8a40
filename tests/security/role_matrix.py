"""Role matrix: check the response of each declared action to each kind of caller.

It is made from `declared()`, so it contains a new action without further test code. The callers belong to one hospital.
Their requests are valid, and name real objects (an appointment, an announcement, an account) of their own hospital, of
one in the same province and of one in another province. So a request that is wrongly allowed changes stored rows, and
the matrix finds them.
"""

import time
import types
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

import app  # noqa: F401  imports every package, which declares its endpoints
from chalicelib.auth.passwords import password_hash
from chalicelib.caller import ACCOUNT_ADMIN, APPOINTMENT_API, COUNTRY, LEVELS, PROVINCE, ROLES
from chalicelib.endpoint import SIGNED_IN, Endpoint, declared
from chalicelib.messages.model import FIRST_NOTICE
from tests.client import Client, Reply, in_days, new_cid, until_answered
from tests.hospitals import Hospital, Hospitals
from tests.invariants import Row, table
from tests.maker import PASSWORD
from tests.manual.accounts import do, path, show

PROVINCE_CODE, OTHER_PROVINCE = "84", "21"
AT_ONCE = 4
LONGEST_WAIT = 60  # seconds, for an account that has sent too many requests
EVERYTHING = " ".join(f"{role}:{COUNTRY}" for role in ROLES)
GUARDED = [endpoint for endpoint in declared() if endpoint.roles]
# Fields that identify an object of one hospital. Departments, rooms and periods have the same ids in every hospital.
NAMES_A_HOSPITAL = {
    "hospital_code",
    "hospital_appointment_slot_id",
    "message_id",
    "place",
    "schedule_id",
    "slip_code",
}
# The bookings that another hospital's system made in the own hospital.
OUTSIDE_BOOKINGS = "POST /api/dashboard/outside-bookings"
# The manual shows these of every hospital to every hospital's system.
OPEN = {
    OUTSIDE_BOOKINGS,
    "GetHospitalDepartment",
    "GetHospitalRoom",
    "GetHospitalSlotByDate",
    "GetHospitalSlotByMonth",
}
OF_THE_OWN_HOSPITAL_ALONE = {"GetHospitalSlotConfirmByDate", "ConfirmArrival", "ConfirmVisitOutcome", "GetQueueStatus"}
# The example of its declaration would change a hospital outside of this matrix.
IMPORT = "POST /api/accounts/hospital-import"
# Authorised requests that are refused for their content: a new password would end the caller's tokens, no file was
# uploaded, the own hospital is not an outside one, and nobody can be sent on to the point where they are.
REFUSES_ITS_CONTENT = {
    "POST /api/dashboard/queues/{point_id}/counters/{counter}/send-on",
    "POST /api/accounts/password",
    "POST /api/messages/{message_id}/targets",
    OUTSIDE_BOOKINGS,
}
# Without `days`, which a stream counts some time after a change.
TABLES = ("accounts", "appointments", "hospitals", "messages", "people", "queues", "recipients", "schedules")


@dataclass(frozen=True)
class Target:
    """A hospital, and values for the fields of requests about it, by field name."""

    hospital: Hospital
    province_code: str
    things: dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """A caller of the matrix.

    role, level: of the account; role is "" for other kinds of callers. refusal: the error code that every request of
    this caller gets; "" if there is none.
    """

    name: str
    client: Client
    role: str = ""
    level: int = 0
    refusal: str = ""


@dataclass(frozen=True)
class Cell:
    endpoint: Endpoint
    caller: Caller
    target: Target
    is_own: bool
    same_province: bool

    @property
    def refusal(self) -> str:
        """The error code that the declaration requires; "" if the caller is allowed."""
        if self.caller.refusal == "PasswordMustChange" and self.endpoint.first_password:
            return ""
        if self.caller.refusal:
            return self.caller.refusal
        if self.endpoint.roles is SIGNED_IN:
            return ""
        if self.endpoint.also:  # each of these callers has one role
            return "Forbidden"
        allowed = self.caller.role in self.endpoint.roles and self.caller.level >= self.endpoint.level
        return "" if allowed else "Forbidden"

    @property
    def within_reach(self) -> bool:
        """Whether the caller's level includes the hospital of the request."""
        if self.is_own or self.endpoint.name in OPEN:
            return True
        if self.endpoint.name in OF_THE_OWN_HOSPITAL_ALONE:
            return False
        if self.endpoint.path.startswith("/api/accounts/"):
            return self.caller.role == ACCOUNT_ADMIN and (
                self.caller.level >= COUNTRY or (self.caller.level >= PROVINCE and self.same_province)
            )
        return self.caller.role == APPOINTMENT_API and self.caller.level >= COUNTRY

    @property
    def may_act(self) -> bool:
        return not self.refusal and self.within_reach

    def problem(self, reply: Reply) -> str:
        """Description of what is wrong with the response; "" if nothing is."""
        if self.refusal:
            expected = {"Unauthenticated": 401}.get(self.refusal, 403)
            wrong = (reply.status, reply.code) != (expected, self.refusal)
        elif self.within_reach:
            refuses = reply.status == 400 and self.endpoint.name not in REFUSES_ITS_CONTENT
            wrong = refuses or reply.status in (401, 405) or reply.status >= 500 or reply.code == "Forbidden"
        else:
            wrong = reply.status not in (403, 404) and not (reply.status == 200 and '"result":[]' in reply.text)
        where = "own hospital" if self.is_own else "same province" if self.same_province else "other province"
        said = f"{reply.status} {reply.code} {reply.text[:200]}"
        return f"{self.caller.name}, {where}: {self.endpoint.name} is answered {said}" if wrong else ""

    def send(self) -> Reply:
        """Send the request and return the response.

        It is sent again after 503, and every second after 429, at most LONGEST_WAIT times.
        """
        for _ in range(LONGEST_WAIT):
            if (reply := until_answered(self._send)).status != 429:
                break
            time.sleep(1)
        return reply

    def _send(self) -> Reply:
        takes = {name: value_of(kind, "", self.target.things) for name, kind in self.endpoint.takes.items()}
        if self.endpoint.name == IMPORT:
            takes["body"] = {"first_line": 1, "lines": [f"{self.target.hospital.code},ชื่อใหม่,{PROVINCE_CODE}"]}
        query = dict(takes.get("params", {}))
        url = self.endpoint.path
        for name in list(query):
            if f"{{{name}}}" in url:
                url = url.replace(f"{{{name}}}", str(query.pop(name)))
        if self.endpoint.action:
            query["Action"] = self.endpoint.action
        return self.caller.client.call(self.endpoint.method, url, query, takes.get("body"))


def value_of(kind: Any, name: str, things: dict[str, Any]) -> Any:
    """A valid value of a field's type.

    things: values by field name; the declaration's example is used for other fields.
    """
    if name in things and not isinstance(kind, type):
        return things[name]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        if get_origin(arguments[0]) is list:
            return value_of(arguments[0], name, things)
        meta = arguments[1]
        if meta.examples:
            return meta.examples[0]
        if meta.ge is not None:
            return meta.ge
        if meta.pattern:
            return meta.pattern.strip("^$()").split("|")[0]
        return value_of(arguments[0], name, things)
    if origin in (Union, types.UnionType):
        return value_of(arguments[0], name, things)
    if origin is list:
        return [value_of(arguments[0], "cid" if name == "target" else name, things)]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {
            each.name: value_of(each.type, each.name, things)
            for each in msgspec.structs.fields(kind)
            if each.required or each.name in things
        }
    return things.get(name, {bool: True, int: 1, date: things["date"]}.get(kind, "ข้อความ"))


def names_of(kind: Any) -> set[str]:
    """Names of a type's fields, and of the fields of the structs in it."""
    names = set[str]()
    for argument in get_args(kind):
        names |= names_of(argument)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for each in msgspec.structs.fields(kind):
            names |= {each.name} | names_of(each.type)
    return names


def names_a_hospital(endpoint: Endpoint) -> bool:
    return any(NAMES_A_HOSPITAL & names_of(kind) for kind in endpoint.takes.values())


@dataclass
class Matrix:
    """The matrix of endpoints, callers and targets.

    endpoint: URL of the engine. targets: the callers' own hospital, one in its province, one in another province.
    requests: how many were sent.
    """

    endpoint: str
    targets: list[Target]
    callers: list[Caller]
    requests: int = 0
    _problems: list[str] = field(default_factory=list)

    def all(self) -> Iterator[Cell]:
        for endpoint in GUARDED:
            for target in self.targets if names_a_hospital(endpoint) else self.targets[:1]:
                for caller in self.callers:
                    yield self._cell(endpoint, caller, target)

    def decisive(self) -> Iterator[Cell]:
        """Each role at the lowest level that is allowed and the highest that is refused.

        They decide all other cells.
        """
        own, _, far = self.targets
        for endpoint in GUARDED:
            for caller in self.callers:
                cell, reaching = self._cell(endpoint, caller, own), caller.role in endpoint.roles
                lowest, highest = (
                    min(n for n in LEVELS if n >= endpoint.level),
                    max((n for n in LEVELS if n < endpoint.level), default=0),
                )
                if caller.level in ((lowest, highest) if reaching else (COUNTRY,)):
                    yield cell
                if reaching and caller.level == lowest and names_a_hospital(endpoint):
                    yield self._cell(endpoint, caller, far)

    def problems(self, cells: Iterable[Cell]) -> str:
        """Send all requests, and return what is wrong, a line for each problem.

        The requests that must be refused come first. They must not change a stored row.
        """
        wanted = list(cells)
        before = self._rows()
        self._send(cell for cell in wanted if not cell.may_act)
        if changed := [row for row in self._rows() if row not in before]:
            self._problems.append(f"a refused request changed {changed}")
        self._send(cell for cell in wanted if cell.may_act)
        return "\n".join(self._problems)

    def _cell(self, endpoint: Endpoint, caller: Caller, target: Target) -> Cell:
        own = self.targets[0]
        return Cell(endpoint, caller, target, target is own, target.province_code == own.province_code)

    def _send(self, cells: Iterable[Cell]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for problem in pool.map(lambda cell: cell.problem(cell.send()), cells):
                self.requests += 1
                if problem:
                    self._problems.append(problem)

    def _rows(self) -> list[Row]:
        """Stored rows of the hospitals, without counters of refused attempts and notices."""
        codes = [target.hospital.code for target in self.targets]
        rows = (row for name in TABLES for row in table(self.endpoint, name))
        kept = (row for row in rows if not str(row.get("item", "")).startswith("refusal#") and not is_of_a_notice(row))
        return [row for row in kept if any(code in str(row) for code in codes)]


def is_of_a_notice(row: Row) -> bool:
    """Whether the row was written by a stream function that sends notices."""
    return int(row.get("message_id") or 0) >= FIRST_NOTICE


def matrix(endpoint: str, hospitals: Hospitals) -> Matrix:
    """Make a matrix: three new hospitals, and callers of every kind in the first one.

    endpoint: URL of the engine.
    """
    targets = [
        _target(hospitals.new((20 + n,), province_code=province), province, n)
        for n, province in enumerate((PROVINCE_CODE, PROVINCE_CODE, OTHER_PROVINCE))
    ]
    own = targets[0].hospital
    callers = [
        Caller(f"{role}:{level}", own.clerk(f"{role}:{level}"), role, level) for role in ROLES for level in LEVELS
    ]
    return Matrix(endpoint, targets, callers + _others(own))


def _others(own: Hospital) -> list[Caller]:
    """Callers whom actions refuse, although some of their accounts have all roles."""
    administrator, url = own.clerk(EVERYTHING), own.hospitals.url
    stale, ended = own.clerk(EVERYTHING), own.clerk(EVERYTHING)
    new = {"password_hash": password_hash(PASSWORD), "new_password_hash": password_hash("Another-own-1")}
    assert stale.call("POST", "/api/accounts/password", body=new).status == 200
    login = ended.call("GET", "/api/dashboard/Welcome").result["login"]
    account = {"hospital_code": own.code, "login": login}
    assert do(administrator, show(administrator, account), "deactivate").status == 200
    header, payload, signature = str(administrator.token).split(".")
    return [
        Caller("an account without a role", own.clerk(""), level=COUNTRY),
        Caller(
            "a first password",
            own.clerk(EVERYTHING, must_change_password=True),
            level=COUNTRY,
            refusal="PasswordMustChange",
        ),
        Caller("nobody", Client(url), level=COUNTRY, refusal="Unauthenticated"),
        Caller("a forged token", Client(url, f"{header}.{payload}.{signature[::-1]}"), refusal="Unauthenticated"),
        Caller("a token of an old password", stale, refusal="Unauthenticated"),
        Caller("a deactivated account", ended, refusal="Unauthenticated"),
    ]


def _target(hospital: Hospital, province_code: str, number: int) -> Target:
    """Make the objects of a hospital for requests.

    Its day, place and announcement have numbers that the other hospitals do not have.
    """
    his, staff, admin = hospital.client("his.demo"), hospital.client("staff.demo"), hospital.client("admin.demo")
    day, cid = in_days(20 + number), new_cid()
    schedule = his.schedules(day)[0]["schedule_id"]
    for _ in range(number + 1):
        cid = new_cid()
        appointment_id = his.book(schedule, cid).result["hospital_appointment_slot_id"]
        draft = {"title": "เรื่อง", "content": "ข้อความ", "app": True, "line": False}
        message = staff.call("POST", "/api/messages", body=draft).result
    row = staff.call("GET", "/api/dashboard/appointments", {"date": day}).result[-1]
    point = staff.call("POST", "/api/dashboard/points", body={"point_name": "ตรวจ", "departments": [1]}).result
    group = admin.call("POST", path(hospital.code, "groups"), body={"name": "กลุ่ม", "roles": []}).result
    things = {
        "cid": cid,
        "date": day.isoformat(),
        "date_start": day.isoformat(),
        "date_finish": day.isoformat(),
        "to_start": in_days(40).isoformat(),
        "to_finish": in_days(41).isoformat(),
        "month": day.month,
        "year": day.year,
        "group_id": group["group_id"],
        "hospital_appointment_slot_id": appointment_id,
        "hospital_code": hospital.code,
        "login": "his.demo",
        "password_hash": password_hash("Wanted-own-1"),
        "message_id": message["message_id"],
        "place": row["place"],
        "points": [point["point_id"]],
        "province_code": province_code,
        "schedule_id": schedule,
        "slip_code": row["slip_code"],
        "version": row["version"],  # of the appointment; changes of other objects are refused for their version
        "time_start": "16:00:00",
        "time_finish": "16:59:59",
        "roles": [],
        "groups": [],
    }
    return Target(hospital, province_code, things)

"""Dashboard API: service points and the rules of visits (not in manual)."""

from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.caller import Caller
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import endpoint
from chalicelib.fields import Id, items, number, text
from chalicelib.responses import respond
from chalicelib.schedules import catalogue_actions, hospital_settings, point_edits
from chalicelib.schedules.catalogue_model import ServicePoint, VisitRules
from chalicelib.schedules.catalogue_routes import CHANGE, KEEPS, REMOVAL, SEES, Version, VersionQuery

POINTS, RULES = "/api/dashboard/points", "/api/dashboard/visit-rules"
Numbers = Annotated[list[Id], items(200, "numbers of rooms or departments", "name the whole department instead")]


class PointResponse(msgspec.Struct):
    """A service point.

    next_point: the point that people are sent to afterwards; 0 if it is the last point.
    """

    point_id: int
    point_name: str
    point_name_en: str
    rooms: list[int]
    departments: list[int]
    next_point: int
    version: int


def _point(point: ServicePoint) -> PointResponse:
    return respond(
        PointResponse,
        point,
        point_name=point.name,
        point_name_en=point.name_en,
        rooms=sorted(point.rooms),
        departments=sorted(point.departments),
        next_point=point.next_point or 0,
    )


class PointBody(msgspec.Struct, kw_only=True):
    point_name: Annotated[str, text(60, "name of the service point", shortest=1, example="จุดซักประวัติ")]
    point_name_en: Annotated[str, text(60, "its name in English", example="Screening")] = ""
    rooms: Numbers = []
    departments: Numbers = []
    next_point: Id | None = None

    def to_point(self, point_id: int, version: int) -> ServicePoint:
        return ServicePoint(
            point_id,
            self.point_name,
            self.point_name_en,
            frozenset(self.rooms),
            frozenset(self.departments),
            self.next_point,
            version,
        )


class PointChange(PointBody, kw_only=True):
    version: Version


class PointKey(msgspec.Struct):
    point_id: Id


class PointRemoval(PointKey, kw_only=True):
    version: Version


@endpoint("GET", POINTS, roles=SEES, section="New here", thai="รายการจุดบริการ")
def list_points(caller: Caller) -> list[PointResponse]:
    """The hospital's service points, by number."""
    points = catalogue_actions.of_hospital(caller).points
    return [_point(points[number]) for number in sorted(points)]


@endpoint("POST", POINTS, roles=KEEPS, section="New here", thai="เพิ่มจุดบริการ", errors=(errors.NameTaken,))
def add_point(caller: Caller, body: PointBody) -> PointResponse:
    """Add a service point; if this very point is there, the answer is that one."""
    return _point(point_edits.add_point(caller, body.to_point(0, 1)))


@endpoint("PUT", f"{POINTS}/{{point_id}}", roles=KEEPS, section="New here", thai="แก้ไขจุดบริการ", errors=CHANGE)
def change_point(caller: Caller, params: PointKey, body: PointChange) -> PointResponse:
    """Change a service point.

    People who wait there already stay there.
    """
    with edit_conflict_response(body, _point):
        return _point(point_edits.change_point(caller, body.to_point(params.point_id, body.version)))


@endpoint("DELETE", f"{POINTS}/{{point_id}}", roles=KEEPS, section="New here", thai="ลบจุดบริการ", errors=REMOVAL)
def remove_point(caller: Caller, params: PointRemoval) -> PointKey:
    """Remove a service point that no other sends people to."""
    with edit_conflict_response(VersionQuery(params.version), _point):
        point_edits.remove_point(caller, params.point_id, params.version)
    return PointKey(params.point_id)


class VisitRulesResponse(msgspec.Struct):
    """The rules for the day of the visit.

    early_minutes: from how many minutes before their period people may arrive. late_minutes: a person who arrives this
    number of minutes after its start, or later, waits behind the period that is running. ticket_code: what the numbers
    of tickets begin with. his_departments: whose queue the hospital's own information system manages.
    """

    early_minutes: int
    late_minutes: int
    ticket_code: str
    his_departments: list[int]
    version: int


class VisitRulesBody(msgspec.Struct):
    early_minutes: Annotated[int, number(0, 1440, "how many minutes before their period people may arrive", 120)]
    late_minutes: Annotated[int, number(0, 1440, "after how many minutes of their period they are late", 30)]
    ticket_code: Annotated[str, text(5, "what the numbers of tickets begin with", shortest=1, example="W")]
    version: Version
    his_departments: Annotated[list[Id], items(200, "numbers of departments", "leave some to us")] = []


def _rules(rules: VisitRules) -> VisitRulesResponse:
    return respond(VisitRulesResponse, rules, his_departments=sorted(rules.his_departments))


@endpoint("GET", RULES, roles=SEES, section="New here", thai="กติกาของวันรับบริการ")
def read_visit_rules(caller: Caller) -> VisitRulesResponse:
    """The rules for arrivals and queues."""
    return _rules(catalogue_actions.of_hospital(caller).visit_rules)


@endpoint("PUT", RULES, roles=KEEPS, section="New here", thai="กำหนดกติกาของวันรับบริการ", errors=(errors.EditConflict,))
def change_visit_rules(caller: Caller, body: VisitRulesBody) -> VisitRulesResponse:
    """Change the rules for the day of the visit.

    People who wait already keep their place.
    """
    wanted = VisitRules(
        body.early_minutes, body.late_minutes, body.ticket_code, frozenset(body.his_departments), body.version
    )
    with edit_conflict_response(body, _rules):
        return _rules(hospital_settings.change_visit_rules(caller, wanted))

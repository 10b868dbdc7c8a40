"""Add, change and remove the service points of the caller's hospital.

A change or removal has the version that the screen shows (`catalogue.py`).
"""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import InUse
from chalicelib.schedules import catalogue_store, entry_edits, rules
from chalicelib.schedules.catalogue_actions import of_hospital
from chalicelib.schedules.catalogue_model import HospitalCatalogue, ServicePoint


def add_point(caller: Caller, wanted: ServicePoint) -> ServicePoint:
    """Add a service point; if this very point is there, return that.

    A new number replaces its `point_id`. Raises NameTaken, Invalid (no such room, department or next point).
    """

    def numbered(hospital: HospitalCatalogue) -> ServicePoint:
        rules.check_point(hospital, wanted)
        return replace(wanted, point_id=hospital.next_numbers[catalogue_store.POINT], version=1)

    return entry_edits.add(
        caller,
        "point_name",
        numbered,
        lambda hospital: hospital.points.values(),
        lambda old, new: replace(old, point_id=new.point_id, version=1) == new,
    )


def change_point(caller: Caller, wanted: ServicePoint) -> ServicePoint:
    """Change a service point. wanted.version: what the caller saw.

    Raises NotFound, EditConflict, Invalid (no such room, department or next point), NameTaken.
    """

    def points_of(hospital: HospitalCatalogue) -> Iterable[ServicePoint]:
        rules.check_point(hospital, wanted)
        return hospital.points.values()

    return entry_edits.change(
        caller,
        replace(wanted, version=wanted.version + 1),
        "point",
        lambda hospital: hospital.points.get(wanted.point_id),
        points_of,
    )


def remove_point(caller: Caller, point_id: int, version: int) -> None:
    """Remove a service point, unless somebody waits there today.

    No screen could call them any more. Raises NotFound, EditConflict, InUse (another point sends people there, or
    somebody waits).
    """
    hospital = of_hospital(caller)
    stored = entry_edits.at_version("point_id", hospital.points.get(point_id), version)
    sending = sorted(point.name for point in hospital.points.values() if point.next_point == point_id)
    if sending:
        listed = ", ".join(sending)
        raise InUse(
            f"Other service points send people there: {listed}. Change them first.",
            f"ลบไม่ได้ เพราะมีจุดบริการส่งต่อมาที่นี่: {listed} กรุณาแก้ไขจุดบริการนั้นก่อน",
            details={"used_by": {"points": sending}},
        )
    if waiting := catalogue_store.waiting_at(caller.hospital_code, clock.today(), point_id):
        raise InUse(
            f"People wait there ({waiting}). Call them or send them on first, or remove the point after the day.",
            f"ลบไม่ได้ เพราะยังมีผู้รออยู่ที่จุดนี้ {waiting} คน กรุณาเรียกหรือส่งต่อให้หมดก่อน หรือลบหลังเลิกงาน",
        )
    if not catalogue_store.remove(caller.hospital_code, stored):
        raise entry_edits.changed_meanwhile("point_id", of_hospital(caller).points.get(point_id))

"""Dashboard API: a hospital's reasons for cancelling and moving (not in manual)."""

from typing import Annotated

import msgspec

from chalicelib import errors
from chalicelib.caller import Caller
from chalicelib.edit_conflicts import edit_conflict_response
from chalicelib.endpoint import endpoint
from chalicelib.fields import items, text
from chalicelib.responses import respond
from chalicelib.schedules import own_reasons
from chalicelib.schedules.catalogue_model import OwnReason, OwnReasons
from chalicelib.schedules.catalogue_routes import KEEPS, SEES, Version

REASONS = "/api/dashboard/reasons"


class ReasonWords(msgspec.Struct):
    th: Annotated[str, text(100, "what the person reads", shortest=1, example="ปรับปรุงอาคารผู้ป่วยนอก")]
    en: Annotated[str, text(100, "the same in English", shortest=1, example="The building is being repaired")]


class ReasonsResponse(msgspec.Struct):
    """The hospital's own reasons, in its order.

    If it has none, the staff choose from those that every hospital has.
    """

    reasons: list[ReasonWords]
    version: int


class ReasonsBody(msgspec.Struct):
    reasons: Annotated[list[ReasonWords], items(own_reasons.MOST, "the reasons in order", "keep the list short")]
    version: Version


def _reasons(own: OwnReasons) -> ReasonsResponse:
    return ReasonsResponse([respond(ReasonWords, reason) for reason in own.reasons], own.version)


@endpoint("GET", REASONS, roles=SEES, section="New here", thai="เหตุผลการยกเลิกและเลื่อนนัดของหน่วยบริการ")
def read_reasons(caller: Caller) -> ReasonsResponse:
    """The hospital's own reasons for cancelling and moving appointments."""
    return _reasons(own_reasons.of_hospital(caller))


@endpoint(
    "PUT",
    REASONS,
    roles=KEEPS,
    section="New here",
    thai="กำหนดเหตุผลการยกเลิกและเลื่อนนัดของหน่วยบริการ",
    errors=(errors.EditConflict,),
)
def change_reasons(caller: Caller, body: ReasonsBody) -> ReasonsResponse:
    """Replace the hospital's own reasons.

    Appointments that have ended already keep the words that were told.
    """
    wanted = OwnReasons(tuple(OwnReason(each.th, each.en) for each in body.reasons), body.version)
    with edit_conflict_response(body, _reasons):
        return _reasons(own_reasons.change(caller, wanted))

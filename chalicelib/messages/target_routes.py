"""API of announcements' target lists, for the dashboard (manual 3, figures 23-25)."""

from typing import Annotated, Any

import msgspec

from chalicelib.caller import APPOINTMENT_DASHBOARD, IMMUNIZATION_DASHBOARD, Caller
from chalicelib.endpoint import endpoint
from chalicelib.errors import MessageNotDraft, MessageNotFound, StillMatching
from chalicelib.fields import Day, Id, items, number, one_of, text
from chalicelib.messages import target_lists
from chalicelib.messages.source_model import BOOKING_STATES
from chalicelib.messages.staff_routes import ANNOUNCEMENT, Announcement, AnnouncementPath, Part, announcement_row

# Characters of a target file as base64; a larger file goes to the bucket (POST .../upload).
_MAX_CONTENT = 4_000_000
_STAFF: dict[str, Any] = {"roles": (IMMUNIZATION_DASHBOARD,), "section": "3"}
_DRAFT: dict[str, Any] = {**_STAFF, "errors": (MessageNotFound, MessageNotDraft)}
_FILL: dict[str, Any] = {**_STAFF, "errors": (MessageNotFound, MessageNotDraft, StillMatching)}


class UploadSize(msgspec.Struct):
    size: Annotated[int, number(1, 64_000_000, "bytes of the file", example=14_000_000)]


class UploadOffer(msgspec.Struct):
    upload_id: str
    url: str


@endpoint("POST", ANNOUNCEMENT + "/upload", thai="ขอที่อัปโหลดไฟล์กลุ่มเป้าหมายขนาดใหญ่", **_DRAFT)
def offer_upload(caller: Caller, params: AnnouncementPath, body: UploadSize) -> UploadOffer:
    """Where to PUT a large target file of exactly `size` bytes."""
    return UploadOffer(*target_lists.offer_upload(caller, params.message_id, body.size))


class TargetFile(msgspec.Struct):
    """A target file: the file itself, or its upload id; one of the two."""

    content_base64: Annotated[str, text(_MAX_CONTENT, "The .txt file, base64")] = ""
    upload_id: Annotated[str, text(32, "From POST .../upload, once the file is there")] = ""


@endpoint("POST", ANNOUNCEMENT + "/targets", thai="Upload กลุ่มเป้าหมาย", max_body=_MAX_CONTENT + 1_000, **_FILL)
def match_targets(caller: Caller, params: AnnouncementPath, body: TargetFile) -> Announcement:
    """Start to match a target file with the white list; `upload` shows how far it is."""
    if body.upload_id:
        return announcement_row(target_lists.match_upload(caller, params.message_id, body.upload_id))
    return announcement_row(target_lists.match_content(caller, params.message_id, body.content_base64))


class Bookings(msgspec.Struct):
    """Which of the hospital's bookings.

    date_start, date_finish: at most 62 days, past ones too. states: booked (not accepted), accepted, confirmed (by the
    person); none means all. An accepted appointment that was confirmed is in both.
    """

    date_start: Day
    date_finish: Day
    department_id: Id | None = None
    states: Annotated[
        list[Annotated[str, one_of(BOOKING_STATES, "a state of the appointment")]],
        items(len(BOOKING_STATES), "states", "name each state once"),
    ] = []


@endpoint("POST", ANNOUNCEMENT + "/targets/bookings", also=APPOINTMENT_DASHBOARD,
          thai="เพิ่มกลุ่มเป้าหมายจากการจอง", **_FILL)  # fmt: skip
def add_booked_people(caller: Caller, params: AnnouncementPath, body: Bookings) -> Announcement:
    """Start to add the people who have an appointment; `upload` shows how far it is.

    They need not be on the white list. Each person is added once. Also needs APPOINTMENT_DASHBOARD.
    """
    chosen = body.date_start, body.date_finish, body.department_id, frozenset(body.states)
    return announcement_row(target_lists.take_bookings(caller, params.message_id, *chosen))


@endpoint("POST", ANNOUNCEMENT + "/targets/white-list", thai="เพิ่มกลุ่มเป้าหมายทุกคนใน White list", **_FILL)
def add_white_list(caller: Caller, params: AnnouncementPath) -> Announcement:
    """Start to add everybody on the white list; `upload` shows how far it is."""
    return announcement_row(target_lists.take_white_list(caller, params.message_id))


@endpoint("DELETE", ANNOUNCEMENT + "/targets", thai="ล้างกลุ่มเป้าหมาย", **_DRAFT)
def clear_targets(caller: Caller, params: AnnouncementPath) -> Announcement:
    """Empty the target list of a draft."""
    return announcement_row(target_lists.clear_targets(caller, params.message_id))


class ReportQuery(AnnouncementPath):
    portion: Part


class RefusedFileLine(msgspec.Struct):
    line: int
    reason: str


@endpoint("GET", ANNOUNCEMENT + "/report", thai="บรรทัดที่ไม่ผ่านการตรวจสอบ", errors=(MessageNotFound,), **_STAFF)
def show_report(caller: Caller, params: ReportQuery) -> list[RefusedFileLine]:
    """Refused lines, with reasons, of a portion of the last upload; portions from 0.

    There are `upload.portions` of them.
    """
    return [RefusedFileLine(*line) for line in target_lists.refused_lines(caller, params.message_id, params.portion)]

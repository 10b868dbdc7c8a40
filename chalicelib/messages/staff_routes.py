"""Announcements on the dashboard's side (manual 3, figures 21-27)."""

from typing import Annotated, Any

import msgspec

from chalicelib.caller import IMMUNIZATION_DASHBOARD, Caller
from chalicelib.endpoint import endpoint
from chalicelib.errors import (
    EditConflict,
    MessageNotDraft,
    MessageNotFound,
    MessageNotSending,
    NothingToSend,
    StillMatching,
)
from chalicelib.fields import Id, number, text
from chalicelib.messages import actions, inbox, rules, targets
from chalicelib.messages.routes import Nothing, Title
from chalicelib.messages.text import read_html
from chalicelib.people.model import masked

ANNOUNCEMENTS = "/api/messages"
ONE = "/api/messages/{message_id}"
_PAGE = 20
_PEOPLE_A_PAGE = 50
_HISTORY = 30  # a system may send one message hundreds of times, each time to some people
# A target file this large as base64; a larger one goes to the bucket (POST .../upload).
_LARGEST_CONTENT = 4_000_000

Content = Annotated[str, text(20_000, "Text", shortest=1, example="ตั้งแต่ 1 ธ.ค. เชิญที่อาคาร 2 ชั้น 3")]
Part = Annotated[int, number(0, 1_000_000, "a count from 0", example=0)]


class AnnouncementPath(msgspec.Struct):
    message_id: Id


class AnnouncementsQuery(msgspec.Struct):
    before: Id | None = None


class Progress(msgspec.Struct):
    """Of the last upload: state "" (none yet), matching, matched, failed; bytes done; lines by outcome."""

    state: str
    bytes_done: int
    bytes_total: int
    portions: int
    matched: int
    not_in_white_list: int
    malformed: int
    duplicate: int
    too_many_lines: int


class ChannelCounts(msgspec.Struct):
    queued: int
    sent: int
    failed: int


class Announcement(msgspec.Struct):
    """state: draft, sending, stopped, sent. Times: ISO with offset, Bangkok; sent_at "" until then."""

    message_id: int
    title: str
    content: str
    app: bool
    line: bool
    state: str
    version: int
    created_by: str
    created_at: str
    sent_at: str
    targets: int
    read: int
    counts: dict[str, ChannelCounts]
    upload: Progress


class Pressed(msgspec.Struct):
    """at: ISO with offset, Bangkok. login: of SendMessageTarget, the API account. action: send, stop, resume."""

    at: str
    login: str
    action: str


class AnnouncementShown(Announcement):
    """history: who pressed what, the latest 30, oldest first."""

    history: list[Pressed]


def _shown(caller: Caller, found: actions.Overview) -> AnnouncementShown:
    entries = actions.history(caller, found.message.message_id, _HISTORY)
    history = [Pressed(one.when, one.actor.split("@")[0], one.action) for one in entries]
    return AnnouncementShown(**msgspec.structs.asdict(_announcement(found)), history=history)


def _announcement(found: actions.Overview) -> Announcement:
    message, totals, cursor = found.message, found.totals, found.cursor
    counts = {
        name: cursor.counts.get(name, 0)
        for name in (rules.MATCHED, rules.NOT_LISTED, rules.MALFORMED, rules.DUPLICATE, rules.TOO_MANY_LINES)
    }
    return Announcement(
        message_id=message.message_id,
        title=message.title,
        content=read_html(message.content_html)[1],
        app=rules.APP in message.channels,
        line=rules.LINE in message.channels,
        state=found.state,
        version=message.version,
        created_by=message.created_by,
        created_at=message.created_at,
        sent_at=message.sent_at,
        targets=totals.targets,
        read=totals.read,
        counts={c: ChannelCounts(totals.queued[c], totals.sent[c], totals.failed[c]) for c in totals.sent},
        upload=Progress(cursor.upload_state, cursor.next_offset, cursor.upload_size, cursor.portion, **counts),
    )


class AnnouncementList(msgspec.Struct):
    """next_before: send it as `before` for the next page; 0 where this is the last."""

    announcements: list[Announcement]
    next_before: int


class Draft(msgspec.Struct):
    title: Title
    content: Content
    app: bool
    line: bool


class NewDraft(Draft):
    request_id: Annotated[
        str,
        text(64, "made by the client, new for every announcement: the same sent again, after a lost answer, makes no "
             "second draft", example="0f8fad5b-d9cb-469f-a165-70867728950e"),
    ] = ""  # fmt: skip


class Edit(Draft):
    version: Id


_STAFF: dict[str, Any] = {"roles": (IMMUNIZATION_DASHBOARD,), "section": "3"}
_DRAFT: dict[str, Any] = {**_STAFF, "errors": (MessageNotFound, MessageNotDraft)}


def _channels(body: Draft) -> frozenset[str]:
    return frozenset(name for name, ticked in ((rules.APP, body.app), (rules.LINE, body.line)) if ticked)


@endpoint("GET", ANNOUNCEMENTS, thai="รายการประชาสัมพันธ์/แจ้งข่าว", **_STAFF)
def list_announcements(caller: Caller, params: AnnouncementsQuery) -> AnnouncementList:
    """The hospital's announcements, newest first, 20 a page."""
    found = [_announcement(one) for one in actions.announcements(caller, params.before, _PAGE)]
    return AnnouncementList(found, found[-1].message_id if len(found) == _PAGE else 0)


@endpoint("POST", ANNOUNCEMENTS, thai="เพิ่มรายการประชาสัมพันธ์/แจ้งข่าว", errors=(MessageNotFound,), **_STAFF)
def create_announcement(caller: Caller, body: NewDraft) -> Announcement:
    """Makes a draft; the same request_id again answers with the draft that it made."""
    return _announcement(actions.create(caller, body.title, body.content, _channels(body), body.request_id))


@endpoint("GET", ONE, thai="ข้อมูลการประชาสัมพันธ์", errors=(MessageNotFound,), **_STAFF)
def show_announcement(caller: Caller, params: AnnouncementPath) -> AnnouncementShown:
    """One announcement with its counts, the progress of its upload, and who pressed send, stop and resume."""
    return _shown(caller, actions.overview(caller, params.message_id))


@endpoint("PUT", ONE, thai="แก้ไขข้อมูลการประชาสัมพันธ์", roles=(IMMUNIZATION_DASHBOARD,), section="3",
          errors=(MessageNotFound, MessageNotDraft, EditConflict))  # fmt: skip
def edit_announcement(caller: Caller, params: AnnouncementPath, body: Edit) -> Announcement:
    """Changes a draft."""
    changed = actions.edit(caller, params.message_id, body.version, body.title, body.content, _channels(body))
    return _announcement(changed)


@endpoint("DELETE", ONE, thai="ลบรายการประชาสัมพันธ์", **_DRAFT)
def delete_announcement(caller: Caller, params: AnnouncementPath) -> Nothing:
    """Deletes a draft."""
    actions.delete(caller, params.message_id)
    return Nothing()


class UploadSize(msgspec.Struct):
    size: Annotated[int, number(1, 64_000_000, "bytes of the file", example=14_000_000)]


class UploadOffer(msgspec.Struct):
    upload_id: str
    url: str


@endpoint("POST", ONE + "/upload", thai="ขอที่อัปโหลดไฟล์กลุ่มเป้าหมายขนาดใหญ่", **_DRAFT)
def offer_upload(caller: Caller, params: AnnouncementPath, body: UploadSize) -> UploadOffer:
    """Where to PUT a large target file of exactly `size` bytes."""
    return UploadOffer(*targets.offer_upload(caller, params.message_id, body.size))


class TargetFile(msgspec.Struct):
    """One of the two: the file itself, or the id under which it was uploaded."""

    content_base64: Annotated[str, text(_LARGEST_CONTENT, "The .txt file, base64")] = ""
    upload_id: Annotated[str, text(32, "From POST .../upload, once the file is there")] = ""


@endpoint("POST", ONE + "/targets", thai="Upload กลุ่มเป้าหมาย", max_body=_LARGEST_CONTENT + 1_000,
          roles=(IMMUNIZATION_DASHBOARD,), section="3",
          errors=(MessageNotFound, MessageNotDraft, StillMatching))  # fmt: skip
def match_targets(caller: Caller, params: AnnouncementPath, body: TargetFile) -> Announcement:
    """Starts to match a target file with the white list; `upload` shows how far it is."""
    if body.upload_id:
        return _announcement(targets.match_upload(caller, params.message_id, body.upload_id))
    return _announcement(targets.match_content(caller, params.message_id, body.content_base64))


@endpoint("DELETE", ONE + "/targets", thai="ล้างกลุ่มเป้าหมาย", **_DRAFT)
def clear_targets(caller: Caller, params: AnnouncementPath) -> Announcement:
    """Empties the target list of a draft."""
    return _announcement(targets.clear_targets(caller, params.message_id))


class ReportQuery(AnnouncementPath):
    portion: Part


class UntakenLine(msgspec.Struct):
    line: int
    reason: str


@endpoint("GET", ONE + "/report", thai="บรรทัดที่ไม่ผ่านการตรวจสอบ", errors=(MessageNotFound,), **_STAFF)
def show_report(caller: Caller, params: ReportQuery) -> list[UntakenLine]:
    """The lines of one portion (of `upload.portions`, from 0) of the last upload that were not taken, and why."""
    return [UntakenLine(*line) for line in targets.refused_lines(caller, params.message_id, params.portion)]


@endpoint("POST", ONE + "/send", thai="ส่งเข้าระบบพร้อม", roles=(IMMUNIZATION_DASHBOARD,), section="3",
          errors=(MessageNotFound, MessageNotDraft, StillMatching, NothingToSend))  # fmt: skip
def send_announcement(caller: Caller, params: AnnouncementPath) -> AnnouncementShown:
    """Sends an announcement to its targets; asked again, nobody gets it twice."""
    return _shown(caller, actions.send(caller, params.message_id))


@endpoint("POST", ONE + "/stop", thai="หยุดส่ง", errors=(MessageNotFound, MessageNotSending), **_STAFF)
def stop_announcement(caller: Caller, params: AnnouncementPath) -> AnnouncementShown:
    """Stops a sending."""
    return _shown(caller, actions.stop(caller, params.message_id))


@endpoint("POST", ONE + "/resume", thai="ส่งต่อ", errors=(MessageNotFound, MessageNotSending), **_STAFF)
def resume_announcement(caller: Caller, params: AnnouncementPath) -> AnnouncementShown:
    """Goes on with a sending."""
    return _shown(caller, actions.resume(caller, params.message_id))


class RecipientsQuery(AnnouncementPath):
    batch: Part = 0
    place: Part = 0
    state: Annotated[str, text(10, "queued, sent, failed or read; empty for all")] = ""


class DeliveryRow(msgspec.Struct):
    """reason: why it failed, or "": not_linked, unknown_to_provider, refused_by_provider, outcome_unknown."""

    state: str
    reason: str


class RecipientRow(msgspec.Struct):
    """cid is masked. read_at "" until the person has opened or confirmed it."""

    batch: int
    place: int
    cid: str
    name: str
    deliveries: dict[str, DeliveryRow]
    read_at: str
    read_in: str


class RecipientPage(msgspec.Struct):
    """next_batch, next_place: send them as `batch` and `place` for the next page; next_batch 0 where this is the
    last."""

    recipients: list[RecipientRow]
    next_batch: int
    next_place: int


@endpoint("GET", ONE + "/recipients", thai="กลุ่มเป้าหมายและการยืนยันการรับ", errors=(MessageNotFound,), **_STAFF)
def list_recipients(caller: Caller, params: RecipientsQuery) -> RecipientPage:
    """The targets of an announcement with what became of their deliveries, 50 a page."""
    wanted = params.state if params.state in rules.DELIVERY_STATES else None
    start = (params.batch, params.place)
    people, following = inbox.recipients(caller, params.message_id, start, wanted, _PEOPLE_A_PAGE)
    rows = [
        RecipientRow(p.batch, p.place, masked(p.cid), p.name, {c: DeliveryRow(*s) for c, s in p.states.items()},
                     p.read_at, p.read_in)
        for p in people
    ]  # fmt: skip
    return RecipientPage(rows, *(following or (0, 0)))

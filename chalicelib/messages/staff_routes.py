"""API of announcements for the dashboard (manual 3, figures 21-27)."""

from dataclasses import asdict
from typing import Annotated, Any

import msgspec

from chalicelib import shown_people
from chalicelib.caller import IMMUNIZATION_DASHBOARD, Caller
from chalicelib.endpoint import OWN_PEOPLE, endpoint
from chalicelib.errors import (
    EditConflict,
    MessageNotDraft,
    MessageNotFound,
    MessageNotSending,
    NothingToSend,
    StillMatching,
    TooManyAnnouncements,
)
from chalicelib.fields import Day, Id, Time, number, one_of, text, typed_text
from chalicelib.messages import actions, recipients, scheduled_sending
from chalicelib.messages.model import APP, DELIVERY_STATES, LINE, LINE_OUTCOMES
from chalicelib.messages.routes import Nothing, Title
from chalicelib.people.model import masked

ANNOUNCEMENTS = "/api/messages"
ANNOUNCEMENT = "/api/messages/{message_id}"
_ANNOUNCEMENTS_PER_PAGE = 20
_RECIPIENTS_PER_PAGE = 50
_HISTORY_LIMIT = 30  # a system may send one message hundreds of times, each time to some people

Content = Annotated[
    str,
    typed_text(16_000, "Plain text; indents and blank lines are kept", example="ตั้งแต่ 1 ธ.ค. เชิญที่อาคาร 2 ชั้น 3"),
]
Part = Annotated[int, number(0, 1_000_000, "a count from 0", example=0)]


class AnnouncementPath(msgspec.Struct):
    message_id: Id


class AnnouncementsQuery(msgspec.Struct):
    before: Id | None = None


class Progress(msgspec.Struct):
    """The last upload: a target file, or people from bookings or the white list.

    state: "" (none yet), matching, matched, failed. portions: chunks of lines done so far, for the report. bytes_*: of
    bookings they are days; 0 for the white list. The others: lines or people by outcome.
    """

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


class ReachCounts(msgspec.Struct):
    """What became of the targets; each is counted once, whatever the channels.

    read; delivered: on a channel at least, and not read yet; failed: on no channel; waiting: the others.
    """

    read: int
    delivered: int
    failed: int
    waiting: int


class Announcement(msgspec.Struct):
    """An announcement.

    state: draft, scheduled, sending, stopped, sent. Times: ISO with offset, Bangkok; sent_at "" until sent. send_at:
    the time for which it is or was scheduled; "" if it is sent by hand.
    """

    message_id: int
    title: str
    content: str
    app: bool
    line: bool
    state: str
    version: int
    created_by: str
    created_at: str
    send_at: str
    sent_at: str
    targets: int
    read: int
    reach: ReachCounts
    counts: dict[str, ChannelCounts]
    upload: Progress


class Pressed(msgspec.Struct):
    """One action on an announcement.

    at: ISO with offset, Bangkok. login: of SendMessageTarget, the API account. action: send, schedule, take_back, stop,
    resume.
    """

    at: str
    login: str
    action: str


class AnnouncementShown(Announcement):
    """An announcement with its history: the latest 30 actions, oldest first."""

    history: list[Pressed]


def _shown(caller: Caller, overview: actions.Overview) -> AnnouncementShown:
    entries = actions.history(caller, overview.message.message_id, _HISTORY_LIMIT)
    history = [Pressed(entry.when, entry.actor.split("@")[0], entry.action) for entry in entries]
    return AnnouncementShown(**msgspec.structs.asdict(announcement_row(overview)), history=history)


def announcement_row(overview: actions.Overview) -> Announcement:
    """An announcement for the response."""
    message, totals, progress = overview.message, overview.totals, overview.progress
    counts = {outcome: progress.counts.get(outcome, 0) for outcome in LINE_OUTCOMES}
    return Announcement(
        message_id=message.message_id,
        title=message.title,
        content=message.content_text,
        app=APP in message.channels,
        line=LINE in message.channels,
        state=overview.state,
        version=message.version,
        created_by=message.created_by,
        created_at=message.created_at,
        send_at=message.send_at,
        sent_at=message.sent_at,
        targets=totals.targets,
        read=totals.reach.read,
        reach=ReachCounts(**asdict(totals.reach)),
        counts={c: ChannelCounts(totals.queued[c], totals.sent[c], totals.failed[c]) for c in totals.sent},
        upload=Progress(
            state=progress.shown_state,
            bytes_done=progress.next_offset,
            bytes_total=progress.upload_size,
            portions=progress.chunks_decided,
            **counts,
        ),
    )


class AnnouncementList(msgspec.Struct):
    """A page of announcements.

    next_before: send it as `before` for the next page; 0 if this is the last.
    """

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
    return frozenset(name for name, ticked in ((APP, body.app), (LINE, body.line)) if ticked)


@endpoint("GET", ANNOUNCEMENTS, thai="รายการประชาสัมพันธ์/แจ้งข่าว", **_STAFF)
def list_announcements(caller: Caller, params: AnnouncementsQuery) -> AnnouncementList:
    """The hospital's announcements, newest first, 20 a page."""
    overviews = actions.announcements(caller, params.before, _ANNOUNCEMENTS_PER_PAGE)
    page = [announcement_row(overview) for overview in overviews]
    return AnnouncementList(page, page[-1].message_id if len(page) == _ANNOUNCEMENTS_PER_PAGE else 0)


@endpoint("POST", ANNOUNCEMENTS, thai="เพิ่มรายการประชาสัมพันธ์/แจ้งข่าว", errors=(MessageNotFound,), **_STAFF)
def create_announcement(caller: Caller, body: NewDraft) -> Announcement:
    """Make a draft; a repeat with the same request_id returns the same draft."""
    return announcement_row(actions.create(caller, body.title, body.content, _channels(body), body.request_id))


@endpoint("GET", ANNOUNCEMENT, thai="ข้อมูลการประชาสัมพันธ์", errors=(MessageNotFound,), **_STAFF)
def show_announcement(caller: Caller, params: AnnouncementPath) -> AnnouncementShown:
    """One announcement: counts, upload progress, who sent, stopped and resumed it."""
    return _shown(caller, actions.overview(caller, params.message_id))


@endpoint("PUT", ANNOUNCEMENT, thai="แก้ไขข้อมูลการประชาสัมพันธ์", roles=(IMMUNIZATION_DASHBOARD,), section="3",
          errors=(MessageNotFound, MessageNotDraft, EditConflict))  # fmt: skip
def edit_announcement(caller: Caller, params: AnnouncementPath, body: Edit) -> Announcement:
    """Change a draft; a repeat of the same edit gets the same answer."""
    changed = actions.edit(caller, params.message_id, body.version, body.title, body.content, _channels(body))
    return announcement_row(changed)


@endpoint("DELETE", ANNOUNCEMENT, thai="ลบรายการประชาสัมพันธ์", **_DRAFT)
def delete_announcement(caller: Caller, params: AnnouncementPath) -> Nothing:
    """Delete a draft."""
    actions.delete(caller, params.message_id)
    return Nothing()


class SendQuery(AnnouncementPath):
    """version: if given, a draft that has changed since is not sent."""

    version: Id | None = None


@endpoint("POST", ANNOUNCEMENT + "/send", thai="ส่งเข้าระบบพร้อม", roles=(IMMUNIZATION_DASHBOARD,), section="3",
          errors=(MessageNotFound, MessageNotDraft, EditConflict, StillMatching, NothingToSend,
                  TooManyAnnouncements))  # fmt: skip
def send_announcement(caller: Caller, params: SendQuery) -> AnnouncementShown:
    """Send an announcement to its targets; a repeat sends nobody the message twice."""
    return _shown(caller, actions.send(caller, params.message_id, params.version))


class SendingTime(msgspec.Struct):
    """When to send a draft, Thai local time, from 5 minutes to 60 days ahead.

    version: of the draft that was seen.
    """

    version: Id
    date: Day
    time: Time


@endpoint("POST", ANNOUNCEMENT + "/schedule", thai="ตั้งเวลาส่ง", roles=(IMMUNIZATION_DASHBOARD,), section="3",
          errors=(MessageNotFound, MessageNotDraft, EditConflict, StillMatching, NothingToSend,
                  TooManyAnnouncements))  # fmt: skip
def schedule_announcement(caller: Caller, params: AnnouncementPath, body: SendingTime) -> AnnouncementShown:
    """Send a draft at a time; until then its text and targets do not change."""
    return _shown(caller, scheduled_sending.schedule(caller, params.message_id, body.version, body.date, body.time))


class ScheduledVersion(msgspec.Struct):
    version: Id


@endpoint("POST", ANNOUNCEMENT + "/take-back", thai="ยกเลิกการตั้งเวลาส่ง", roles=(IMMUNIZATION_DASHBOARD,), section="3",
          errors=(MessageNotFound, MessageNotDraft, EditConflict))  # fmt: skip
def take_back_announcement(caller: Caller, params: AnnouncementPath, body: ScheduledVersion) -> AnnouncementShown:
    """Make a scheduled announcement a draft again; no-op if it is one."""
    return _shown(caller, scheduled_sending.take_back(caller, params.message_id, body.version))


@endpoint("POST", ANNOUNCEMENT + "/stop", thai="หยุดส่ง", errors=(MessageNotFound, MessageNotSending), **_STAFF)
def stop_announcement(caller: Caller, params: AnnouncementPath) -> AnnouncementShown:
    """Stop sending an announcement."""
    return _shown(caller, actions.stop(caller, params.message_id))


@endpoint("POST", ANNOUNCEMENT + "/resume", thai="ส่งต่อ", errors=(MessageNotFound, MessageNotSending), **_STAFF)
def resume_announcement(caller: Caller, params: AnnouncementPath) -> AnnouncementShown:
    """Resume sending an announcement."""
    return _shown(caller, actions.resume(caller, params.message_id))


class RecipientsQuery(AnnouncementPath):
    batch: Part = 0
    place: Part = 0
    state: Annotated[str, one_of(DELIVERY_STATES, "only people with a delivery in this state; empty for all")] = ""


class DeliveryRow(msgspec.Struct):
    """One delivery.

    reason: why it failed: not_linked, unknown_to_provider, refused_by_provider, outcome_unknown, opted_out (the person
    wants no announcements of the hospital), day_limit (the person got as many today as one hospital may send); "" if it
    did not.
    """

    state: str
    reason: str


class RecipientRow(msgspec.Struct):
    """One recipient.

    cid: masked. read_at: "" until the person has opened or confirmed the message.
    """

    batch: int
    place: int
    cid: str
    name: str
    deliveries: dict[str, DeliveryRow]
    read_at: str
    read_in: str


class RecipientPage(msgspec.Struct):
    """A page.

    next_batch, next_place: send them as `batch` and `place` for the next page; next_batch 0 if this is the last.
    """

    recipients: list[RecipientRow]
    next_batch: int
    next_place: int


@endpoint("GET", ANNOUNCEMENT + "/recipients", thai="กลุ่มเป้าหมายและการยืนยันการรับ",
          errors=(MessageNotFound,), shows=OWN_PEOPLE, **_STAFF)  # fmt: skip
def list_recipients(caller: Caller, params: RecipientsQuery) -> RecipientPage:
    """The recipients of an announcement with their deliveries, 50 a page."""
    start = (params.batch, params.place)
    people, next_start = recipients.page(caller, params.message_id, start, params.state, _RECIPIENTS_PER_PAGE)
    for person in people:
        shown_people.note(person.cid)
    rows = [
        RecipientRow(
            batch=person.batch,
            place=person.place,
            cid=masked(person.cid),
            name=person.name,
            deliveries={channel: DeliveryRow(*delivery) for channel, delivery in person.deliveries.items()},
            read_at=person.read_at,
            read_in=person.read_in,
        )
        for person in people
    ]
    return RecipientPage(rows, *(next_start or (0, 0)))

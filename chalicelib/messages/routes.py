"""API of messages for hospital systems, the app and LINE (docs/wire-contract.md).

The dashboard's endpoints are in `staff_routes.py`.
"""

from typing import Annotated, Any

import msgspec

from chalicelib import shown_people
from chalicelib.caller import APPOINTMENT_API, COUNTRY, Caller
from chalicelib.cursors import actions as cursors
from chalicelib.endpoint import BY_ID, EVERYONE, RawRequest, endpoint
from chalicelib.errors import HospitalNotFound, MessageNotFound, TooManyAnnouncements, TooManyForPerson, Unauthenticated
from chalicelib.fields import Cid, Cursor, HospitalCode, Id, items, text
from chalicelib.messages import api_sending, inbox, line_events
from chalicelib.messages.model import APP, Message
from chalicelib.people import actions as people
from chalicelib.people.routes import SendingHospital
from chalicelib.secret_parameters import secret

_MAX_TARGETS = 10_000

Title = Annotated[str, text(200, "Subject", shortest=1, example="คลินิกอายุรกรรมย้ายอาคาร")]


class Nothing(msgspec.Struct):
    """An empty result: it is done."""


# ---- hospital systems ----


class TargetMessage(msgspec.Struct):
    hospital: SendingHospital
    message_ref_code: Annotated[
        str, text(100, "The HIS's own name for the message", shortest=1, example="APPT-2026-118")
    ]
    message_title: Title
    message_content_html: Annotated[
        str, text(40_000, "HTML; LINE gets it as plain text with the addresses of its links", shortest=1, lines=True)
    ]
    target: Annotated[
        list[Cid],
        items(_MAX_TARGETS, "at most 10,000 national ids a call", "send the rest with the same message_ref_code"),
    ]
    message_confirm_url: Annotated[str, text(1_000, "https; called (GET) when a person has read it")] = ""


class RefusedTarget(msgspec.Struct):
    cid: str
    reason: str


class TargetMessageResult(msgspec.Struct):
    message_id: int
    message_ref_code: str
    accepted: int
    refused: list[RefusedTarget]


@endpoint(
    "POST",
    "/api/SendMessageTarget",
    roles=(APPOINTMENT_API,),
    section="3",
    thai="ส่งข้อความถึงกลุ่มเป้าหมาย (White list) ทางแอปหมอพร้อมและ LINE",
    max_body=1_000_000,
    errors=(HospitalNotFound, TooManyAnnouncements, TooManyForPerson),
)
def send_message_target(caller: Caller, body: TargetMessage) -> TargetMessageResult:
    """Send a message to white-listed people; the same message_ref_code changes it.

    The white list is that of the hospital.
    """
    message, accepted, refused = api_sending.send_by_api(
        caller,
        body.hospital.hospital_code,
        body.message_ref_code,
        body.message_title,
        body.message_content_html,
        body.message_confirm_url,
        body.target,
    )
    reasons = [RefusedTarget(cid, reason) for cid, reason in refused.items()]
    return TargetMessageResult(message.message_id, message.ref_code, len(accepted), reasons)


# ---- the app ----


class InboxQuery(msgspec.Struct):
    cid: Cid


class InboxMessage(msgspec.Struct):
    """One message of a person.

    kind: "" for an announcement; booked, accepted, rejected (the acceptance was taken back, the appointment stands),
    moved, cancelled, restored (as it was before the hospital moved or cancelled it), reminder, near (on the day of the
    visit: at most three people are called before them), confirm (please confirm the appointment by a time), released
    (the system has cancelled it, because it was not confirmed), given_back (it is valid again) for a notice. read_at:
    "" until read.
    """

    message_id: int
    hospital_code: str
    hospital_name: str
    kind: str
    message_title: str
    message_content_html: str
    message_content_text: str
    sent_at: str
    read_at: str


def _inbox_message(message: Message, read_at: str) -> InboxMessage:
    return InboxMessage(
        message_id=message.message_id,
        hospital_code=message.hospital_code,
        hospital_name=message.hospital_name,
        kind=message.kind,
        message_title=message.title,
        message_content_html=message.html,
        message_content_text=message.content_text,
        sent_at=message.sent_at,
        read_at=read_at,
    )


_APP: dict[str, Any] = {"roles": (APPOINTMENT_API,), "level": COUNTRY, "section": "3"}


@endpoint("GET", "/api/message/Inbox", thai="กล่องข้อความของผู้รับบริการ", shows=BY_ID, **_APP)
def show_inbox(params: InboxQuery) -> list[InboxMessage]:
    """A person's newest announcements and notices, at most 50 of each, newest first."""
    shown_people.note(params.cid)
    return [_inbox_message(*message) for message in inbox.newest(params.cid)]


@endpoint("POST", "/api/message/Inbox", thai="กล่องข้อความของผู้รับบริการ",
          shows=BY_ID, **_APP)  # fmt: skip
def show_inbox_of(body: InboxQuery) -> list[InboxMessage]:
    """A person's newest announcements and notices; the id is in the body, not the URL.

    At most 50 of each, newest first.
    """
    shown_people.note(body.cid)
    return [_inbox_message(*message) for message in inbox.newest(body.cid)]


class InboxPageQuery(msgspec.Struct):
    cid: Cid
    after: Cursor = ""


class InboxPage(msgspec.Struct):
    """A page, newest first.

    next: send it as `after` for the next page, also if this one is short; "" if it is the last.
    """

    messages: list[InboxMessage]
    next: str


class OptedOutHospital(msgspec.Struct):
    hospital_code: str
    hospital_name: str


class AnnouncementPage(InboxPage):
    """A page of announcements, newest first.

    opted_out: the hospitals whose announcements the person does not want.
    """

    opted_out: list[OptedOutHospital]


@endpoint("POST", "/api/message/Notices", thai="ข้อความแจ้งเตือนเรื่องนัดของผู้รับบริการ", shows=BY_ID, **_APP)
def show_notices(caller: Caller, body: InboxPageQuery) -> InboxPage:
    """A person's notices about appointments, 50 a page; announcements are apart."""
    return InboxPage(*_inbox_page(caller, body, "notices"))


@endpoint("POST", "/api/message/Announcements", thai="ประกาศของหน่วยบริการถึงผู้รับบริการ", shows=BY_ID, **_APP)
def show_announcements(caller: Caller, body: InboxPageQuery) -> AnnouncementPage:
    """A person's announcements, 50 a page, and the hospitals they want none from."""
    opted_out = [OptedOutHospital(each.of_hospital, each.hospital_name) for each in people.opt_outs(body.cid)]
    return AnnouncementPage(*_inbox_page(caller, body, "announcements"), opted_out)


def _inbox_page(caller: Caller, body: InboxPageQuery, kind: str) -> tuple[list[InboxMessage], str]:
    shown_people.note(body.cid)
    scope = f"{kind}#{body.cid}"
    page = inbox.page(body.cid, cursors.unseal(caller, scope, body.after), notices=kind == "notices")
    return [_inbox_message(*message) for message in page.messages], cursors.seal(caller, scope, page.next)


class Reading(msgspec.Struct):
    cid: Cid
    hospital_code: HospitalCode
    message_id: Id


class ReadingResult(msgspec.Struct):
    message_id: int
    read_at: str


@endpoint("POST", "/api/message/Read", thai="ผู้รับบริการเปิดอ่านข้อความ", errors=(MessageNotFound,), **_APP)
def read_message(body: Reading) -> ReadingResult:
    """The person opened a message in the app; the first time counts."""
    return ReadingResult(body.message_id, inbox.read(body.cid, body.hospital_code, body.message_id, APP))


class LinkOffer(msgspec.Struct):
    nonce: str


@endpoint("POST", "/api/message/LineLink", thai="ขอเชื่อมบัญชี LINE ของผู้รับบริการ", **_APP)
def offer_line_link(body: InboxQuery) -> LinkOffer:
    """A nonce for LINE's account linking, valid for ten minutes and once."""
    return LinkOffer(line_events.offer_line_link(body.cid))


# ---- LINE ----


@endpoint("POST", "/line/webhook", roles=EVERYONE, section="3", thai="LINE แจ้งเหตุการณ์ (ตรวจลายเซ็น)",
          errors=(Unauthenticated,))  # fmt: skip
def line_webhook(raw: RawRequest) -> Nothing:
    """Events from LINE, signed with the channel secret: confirmed, linked or left.

    A person confirmed a message, linked an account, or left.
    """
    line_events.receive(raw.body, raw.headers.get("x-line-signature", ""), secret("line_channel_secret"))
    return Nothing()

"""Announcements of the showcase hospital: some sent and read, one draft."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from chalicelib import storage
from chalicelib.messages import target_list_store
from chalicelib.messages.model import (
    APP,
    CHANNELS,
    DRAFT,
    LINE,
    MATCHED,
    NOT_LINKED,
    SENDING,
    UNKNOWN_TO_PROVIDER,
    Batch,
    MatchingProgress,
    Message,
    Recipient,
    Target,
    expiry,
)
from chalicelib.messages.recipient_store import RECIPIENTS
from chalicelib.messages.store import MESSAGES
from chalicelib.people.model import Person
from chalicelib.settings import settings
from chalicelib.tables import MessageItem
from infra.local.sample_bookings import write_rows


@dataclass(frozen=True)
class Plan:
    """Plan of an announcement.

    days: how many days ago it was sent; None for a draft. targets: number of people. read: the share of them who have
    read it.
    """

    title: str
    text: str
    days: int | None
    targets: int
    read: float


PLANS = [
    Plan(
        "คลินิกฝากครรภ์เปิดวันเสาร์",
        "ตั้งแต่เดือนหน้า คลินิกฝากครรภ์เปิดให้บริการวันเสาร์เวลา 8.00–12.00 น. จองได้ในแอปหมอพร้อม",
        24,
        60,
        0.78,
    ),
    Plan("วัคซีนไข้หวัดใหญ่ประจำปี", "ผู้ที่มีโรคประจำตัวและผู้มีอายุ 65 ปีขึ้นไป รับวัคซีนไข้หวัดใหญ่ได้โดยไม่มีค่าใช้จ่าย", 9, 110, 0.61),
    Plan("งดบริการทันตกรรมช่วงบ่ายวันศุกร์", "ห้องทันตกรรมปิดปรับปรุงช่วงบ่ายวันศุกร์นี้ ผู้ที่จองไว้จะได้รับการติดต่อ", 1, 50, 0.35),
    Plan("ตรวจสุขภาพประจำปี", "โรงพยาบาลเปิดตรวจสุขภาพประจำปี งดอาหารและน้ำ 8 ชั่วโมงก่อนมาตรวจ", None, 0, 0),
]


def load(code: str, hospital_name: str, login: str, people: list[Person], now: datetime, random: Random) -> None:
    """Write the announcements with their deliveries and readings. now: Bangkok."""
    counter = MessageItem(code, "#", last_announcement=len(PLANS))
    messages, recipients = [], []
    for number, plan in enumerate(PLANS, start=1):
        at = (now - timedelta(days=plan.days or 0, minutes=40)).isoformat(timespec="seconds")
        message = Message(
            hospital_code=code,
            message_id=number,
            hospital_name=hospital_name,
            title=plan.title,
            content_text=plan.text,
            channels=frozenset(CHANNELS),
            created_by=login,
            created_at=at,
            key_seed=str(uuid.UUID(int=random.getrandbits(128))),
            state=DRAFT if plan.days is None else SENDING,
            sent_at="" if plan.days is None else at,
            expires_at=expiry(at, settings().messages_kept_days),
        )
        messages.append(MESSAGES.row(message))
        if plan.targets:
            listed = _recipients(message, random.sample(people, plan.targets), plan.read, now, random)
            recipients += [RECIPIENTS.row(recipient) for recipient in listed]
            _write_deliveries(message, listed, random)
    write_rows([*messages, counter])
    write_rows(recipients)


def _recipients(message: Message, people: list[Person], read: float, now: datetime, random: Random) -> list[Recipient]:
    sent_at = datetime.fromisoformat(message.sent_at)
    listed = []
    for place, person in enumerate(people):
        recipient = Recipient(
            person.cid,
            message.inbox_key,
            message.hospital_code,
            message.message_id,
            batch=1,
            place=place,
            name=person.name,
            expires_at=message.expires_at,
        )
        if random.random() < read:
            at = sent_at + (now - sent_at) * random.random()
            recipient = replace(recipient, read_at=at.isoformat(timespec="seconds"), read_in=APP)
        listed.append(recipient)
    return listed


def _write_deliveries(message: Message, listed: list[Recipient], random: Random) -> None:
    """Write the target list as delivered.

    The app reaches nearly everybody, and few people have linked a LINE account.
    """
    readers = sum(bool(recipient.read_at) for recipient in listed)
    batch = Batch(message.list_key, 1, len(listed), readers, expires_at=message.expires_at)
    progress = MatchingProgress(message.list_key, message.expires_at, 1, 1, 1, counts={MATCHED: len(listed)})
    target_list_store.save_progress(MatchingProgress(message.list_key), progress)
    targets = [Target(recipient.cid, recipient.name) for recipient in listed]
    storage.transact(target_list_store.new_batch(batch, targets))
    target_list_store.decide_withheld(message, batch.number, {})
    for channel, reason, share in ((APP, UNKNOWN_TO_PROVIDER, 0.06), (LINE, NOT_LINKED, 0.7)):
        failed = {
            each.place: reason for each in listed if random.random() < share and not (each.read_at and channel == APP)
        }
        target_list_store.finish(batch, channel, len(listed) - len(failed), failed)

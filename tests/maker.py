"""Write hospitals, accounts and tokens directly into the storage of a system.

These functions run in a process of their own (tests/hospitals.py), whose environment names the system's engine. A
hospital or an account takes some milliseconds: the one password of all of them is hashed once.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import msgspec

from chalicelib import clock, storage
from chalicelib.access_log import log_lines
from chalicelib.accounts import access_changes
from chalicelib.accounts import store as access_store
from chalicelib.auth import account_status, store, tokens
from chalicelib.auth.model import Account
from chalicelib.auth.passwords import new_verifier, password_hash
from chalicelib.booking import confirmation_rules, confirmations
from chalicelib.booking import store as booking_store
from chalicelib.booking.model import BOOKED, Appointment, Visit
from chalicelib.booking.rows import APPOINTMENTS
from chalicelib.caller import Caller
from chalicelib.errors import HospitalNotFound, TryAgain
from chalicelib.hospitals import actions as hospitals
from chalicelib.messages import notice_store, notices, scheduled_sending
from chalicelib.messages import store as message_store
from chalicelib.messages.jobs import StartScheduled
from chalicelib.messages.model import SENDING, Message
from chalicelib.people.rows import REGISTRY
from chalicelib.schedules import catalogue_store
from chalicelib.schedules import store as schedule_store
from chalicelib.schedules.catalogue_model import ServicePoint, VisitRules
from chalicelib.schedules.model import PlaceEvents, Schedule, ScheduleSpec
from chalicelib.schedules.rows import SCHEDULES
from chalicelib.storage import Table
from chalicelib.tables import CatalogueItem, MessageItem, PersonItem
from chalicelib.visits import rules as visit_rules
from chalicelib.visits import store as visit_store
from chalicelib.visits.model import QueueEntry, Ticket, Visitor
from infra.local import event_sources, seed

PASSWORD = "Clerk-test-1"  # of every account that this file makes
_OVER = 90  # the number of a period that is over


def is_hospital(code: str) -> bool:
    """Return whether there is a hospital of this code.

    A system that has run for long has hospitals of earlier runs.
    """
    try:
        hospitals.get(code)
    except HospitalNotFound:
        return False
    return True


def make_hospital(code: str, name: str, province_code: str) -> None:
    """Put a new hospital into the national list, without a catalogue."""
    seed.hospital(code, name, province_code, "เมือง", 5)


def make_catalogue(code: str) -> None:
    """Give a hospital the demo data's departments, rooms and periods."""
    seed.catalogue(code)


def open_days(code: str, days: Iterable[date]) -> None:
    """Open days as the demo data does: 16 schedules of 20 places each."""
    today = clock.today()  # another day than the one on which the tests began, if midnight has passed
    seed.open_days(code, [(day - today).days for day in days])


def announcements_sent(code: str, count: int) -> None:
    """Set how many announcements a hospital has sent in this hour and the next.

    The next one is set too, because it may begin soon.
    """
    for hours in (0, 1):
        hour = clock.now() + timedelta(hours=hours)
        MessageItem(code, f"sent#{hour.isoformat(timespec='hours')}", sent_count=count).save()


def registry_entry_expired(cid: str) -> None:
    """Delete a person's registry entry, as if nobody had sent the person for years."""
    PersonItem(cid, REGISTRY).delete()


def send_notices(code: str, hospital_name: str, cid: str, count: int) -> None:
    """Send a person `count` notices of a hospital, the last one first in the inbox."""
    notices.notify(
        notices.Notice("accepted", code, hospital_name, cid, f"เรื่องที่ {n}", "รับนัดแล้ว", once=f"accepted-{cid}-{n}")
        for n in range(1, count + 1)
    )


def run_confirmations(at: datetime, runs: int = 1) -> tuple[int, int]:
    """Ask people to confirm and release places, as `remind_people` does.

    at: the time. runs: so many at once. Returns how many people were asked, and how many places were released.
    """
    before = clock.run_on(lambda: at)
    try:
        with ThreadPoolExecutor(runs) as threads:
            results = list(threads.map(lambda _: confirmations.run(), range(runs)))
    finally:
        clock.run_on(before)
    return sum(each.requested for each in results), sum(each.released for each in results)


def queue_scheduled(at: datetime, runs: int = 1) -> None:
    """Queue the scheduled announcements that are due at this time.

    runs: of `remind_people`, at once.
    """
    before = clock.run_on(lambda: at)
    try:
        with ThreadPoolExecutor(runs) as threads:
            list(threads.map(lambda _: scheduled_sending.queue_due(), range(runs)))
    finally:
        clock.run_on(before)


def start_scheduled(code: str, message_ids: list[int], send_at: str) -> None:
    """Start scheduled announcements, each by two jobs at once.

    A job that must come again does.
    """

    def start(message_id: int) -> None:
        while True:
            try:
                return scheduled_sending.start(StartScheduled(code, message_id, send_at))
            except TryAgain:
                continue

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(start, [number for number in message_ids for _ in range(2)]))


def read_as_started(code: str, message_ids: list[int]) -> list[Message]:
    """Read announcements, and return them as their start stores them."""
    read = [message_store.message(code, number) for number in message_ids]
    return [replace(message, state=SENDING, version=message.version + 1) for message in read]


def store_started(messages: list[Message]) -> list[bool]:
    """Store started announcements as a run does that has read them before."""
    return [message_store.save_scheduled(message, message.send_at) for message in messages]


def write_over(messages: list[Message]) -> None:
    """Store messages, whatever has become of them since they were read.

    A negative control: it does not look at the stored version.
    """
    for message in messages:
        assert storage.write(storage.put(message_store.MESSAGES.row(message)))


def requests_left(code: str) -> int:
    """How many requests to confirm of a hospital are not delivered in the app yet."""
    rows = [row for row in MessageItem.query(code) if row.kind == "confirm"]
    return sum(row.app_sent is None for row in rows)


def requests_reached(code: str) -> None:
    """Note that every request to confirm of a hospital has reached its person."""
    for row in [row for row in MessageItem.query(code) if row.kind == "confirm"]:
        if row.app_sent is None:
            notice_store.finish(notice_store.NOTICES.read(row), "app", sent=1)


def release_without_version(listed: list[Appointment]) -> None:
    """Release the places of appointments that were listed earlier.

    A negative control: it writes over the version that is stored.
    """
    for each in listed:
        current = booking_store.held_in(each.schedule.hospital_code, each.schedule.schedule_id, each.cid)
        assert current is not None
        booking_store.give_back_place(current, confirmation_rules.released(current, clock.now()))


def make_account(code: str, login: str, name: str, roles: str, must_change_password: bool) -> str:
    """Add an active account with PASSWORD and return a token of it.

    roles: "CODE:level CODE:level ...".
    """
    before = access_store.hospital_access(code)
    after = before.with_account(
        Account(
            hospital_code=code,
            login=login,
            user_id=access_store.next_user_id(),
            name=name,
            details="",
            active=True,
            roles=frozenset(roles.split()),
            groups=frozenset(),
            verifier=_verifier(),
            must_change_password=must_change_password,
            version=1,
        )
    )
    if not access_store.save(before, after, access_changes.audit_entries("test", "add_account", before, after)):
        raise RuntimeError(f"the accounts of hospital {code} have changed meanwhile")
    return make_token(code, login)


@cache
def _verifier() -> str:
    return new_verifier(password_hash(PASSWORD))


def make_token(code: str, login: str) -> str:
    """Return a new token of an account, as the sign-in does.

    No password is checked, because that takes time.
    """
    account, status = store.find(code, login), account_status.read(code, login)
    if account is None or status is None:
        raise LookupError(f"hospital {code} has no account {login}")
    hospital = hospitals.get(code)
    caller = Caller(
        login=login,
        hospital_code=code,
        hospital_name=hospital.name,
        province_code=hospital.province_code,
        name=status.name,
        roles=status.roles,
        must_change_password=status.must_change_password,
        token_version=status.token_version,
    )
    return tokens.issue(tokens.claims_for(caller, account.user_id), clock.now())


def record_look_ups(code: str, login: str, readings: list[tuple[str, str]]) -> None:
    """Call `record_accesses` with a line for each look-up by id of an account.

    readings: (national id, ISO time).
    """
    caller = Caller(login, code)
    lines = [
        msgspec.json.encode(
            log_lines.line(caller, "GET /api/ImmunizationTarget", True, [cid], datetime.fromisoformat(at))
        )
        for cid, at in readings
    ]
    event_sources.invoke(None, "record_accesses", event_sources.subscription_event([line.decode() for line in lines]))


def people_waiting(code: str, point_id: int, cids: list[str], tickets: int) -> None:
    """Let people wait at a service point, with appointments and with tickets.

    The appointments are of a period that is over. Some people have a priority. Writes rows as booking and arriving
    would leave them.
    """
    now, day = clock.now(), clock.today()
    spec = ScheduleSpec(_OVER, 1, 1, len(cids), online=True)
    (schedule,) = schedule_store.open_schedules(catalogue_store.hospital(code), day, [spec])
    held = [_arrived(schedule, cid, place, point_id, now) for place, cid in enumerate(cids, 1)]
    full = replace(schedule, free=frozenset(), available_count=0, events=PlaceEvents(taken=len(cids)))
    storage.write(storage.put(SCHEDULES.row(full)))
    storage.write_each(storage.put(row) for pair in held for row in pair)
    drawn = [_drawn(code, number, point_id, now) for number in range(1, tickets + 1)]
    storage.write_each(storage.put(row) for pair in drawn for row in pair)
    for _ in range(tickets):
        visit_store.next_ticket(code, day)


def over_period(code: str) -> None:
    """Give a hospital a period that is over during the whole day.

    So nobody gets a notice of a booking in it.
    """
    row = CatalogueItem(code, f"period#{_OVER}", name="ก่อนเปิด")
    row.time_start, row.time_finish = "00:00:00", "00:00:01"
    row.save()


def _arrived(schedule: Schedule, cid: str, place: int, point_id: int, now: datetime) -> tuple[Table, Table]:
    """The rows of an appointment whose holder waits, and of the queue entry."""
    check_code = f"{place:08x}"
    at = now.isoformat(timespec="milliseconds")
    appointment = Appointment(
        schedule=schedule.info,
        cid=cid,
        place=place,
        appointment_id=schedule.appointment_id(place),
        queue_no=schedule.queue_no(place),
        person_name="ทดสอบ ระบบ",
        state=BOOKED,
        version=1,
        check_code=check_code,
        comment="",
        booked_by=schedule.info.hospital_code,
        booked_system="",
        booked_login="test",
        booked_at=at,
        changed_login="test",
        changed_at=at,
    )
    point = ServicePoint(point_id, "")
    priority = ("", "", "", "over_80", "urgent")[place % 5]
    entry = visit_rules.entry_of(appointment, point, VisitRules(late_minutes=10_000), priority, now)
    entry = replace(entry, since=_spread(now, place))
    visit = visit_rules.arrived(appointment.day_of_visit, entry, "", now)
    return APPOINTMENTS.row(replace(appointment, day_of_visit=visit)), visit_store.ENTRIES.row(entry)


def _drawn(code: str, number: int, point_id: int, now: datetime) -> tuple[Table, Table]:
    """The rows of a ticket whose holder waits, and of the queue entry."""
    visitor = Visitor(f"W{number:03d}", ticket=f"drawn-{number:06d}", period="08:00:00", arrived_at=now.isoformat())
    entry = QueueEntry(code, now.date(), point_id, _spread(now, number), visitor)
    visit = visit_rules.arrived(Visit(), entry, "", now)
    ticket = Ticket(code, now.date(), visitor.ticket, visitor.number, 1, visit)
    return visit_store.TICKETS.row(ticket), visit_store.ENTRIES.row(entry)


def _spread(now: datetime, number: int) -> str:
    """A time of the morning, ISO with offset.

    A higher number mostly means a later time, but not always.
    """
    return (now.replace(hour=0, minute=0, second=5) + timedelta(seconds=number * 7 % 400)).isoformat(
        timespec="milliseconds"
    )

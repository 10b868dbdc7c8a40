"""Send announcements at a time that was chosen before (docs/announcements.md).

Each announcement that waits has an entry in one partition. `remind_people` queues what is due within 15 minutes, with
SQS's delay, and the job starts it. Whatever runs twice, or at the same time, one conditional write decides.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import groupby
from math import ceil

from chalicelib import clock, metrics
from chalicelib.caller import Caller
from chalicelib.errors import MessageNotFound, TryAgain
from chalicelib.messages import job_queues, recipient_import, rules, store, target_list_store
from chalicelib.messages.actions import Overview, audit_action, edit_conflict, overview_of, prepare_sending
from chalicelib.messages.jobs import StartScheduled
from chalicelib.messages.model import DRAFT, SCHEDULED, SENDING

# The longest delay of an SQS message. remind_people runs as often.
_AHEAD = timedelta(minutes=15)
_LATE = timedelta(minutes=30)
_ENTRIES_PER_RUN = 2_000


# ---- staff ----


def schedule(caller: Caller, message_id: int, version: int, day: date, time: str) -> Overview:
    """Send a draft at a time of a day.

    time: HH:MM:SS. version: the one that the caller saw. The same call again, after a lost answer, gets the same
    answer. Raises MessageNotFound, MessageNotDraft, Invalid, EditConflict, StillMatching, NothingToSend,
    TooManyAnnouncements.
    """
    message = store.announcement(caller.hospital_code, message_id)
    send_at = datetime.combine(day, clock_time.fromisoformat(time), clock.BANGKOK)
    at = send_at.isoformat(timespec="seconds")
    if (message.state, message.version, message.send_at) != (SCHEDULED, version + 1, at):
        state = rules.next_state(message.state, "schedule")
        rules.check_send_at(send_at, clock.now())
        prepare_sending(message, version)
        audit_action(caller, message, "schedule")
        message = replace(message, state=state, send_at=at, version=version + 1)
        if not store.save_scheduled(message, at):
            raise TryAgain()
    if send_at <= clock.now() + _AHEAD:
        _queue([(at, message.hospital_code, message_id)])
    return overview_of(message)


def take_back(caller: Caller, message_id: int, version: int) -> Overview:
    """Make a scheduled announcement a draft again; no-op if it is one.

    version: the one that the caller saw. Raises MessageNotFound, MessageNotDraft (it is being sent), EditConflict.
    """
    message = store.announcement(caller.hospital_code, message_id)
    if message.state == DRAFT:
        return overview_of(message)
    state = rules.next_state(message.state, "take back")
    if message.version != version:
        raise edit_conflict(message, message)
    audit_action(caller, message, "take_back")
    draft = replace(message, state=state, send_at="", version=version + 1)
    if not store.save_scheduled(draft, message.send_at):
        raise TryAgain()
    return overview_of(draft)


# ---- the clock ----


def queue_due() -> None:
    """Queue the start of what is due within 15 minutes, or was due before.

    Counts as `late_announcements` what has waited for more than 30 minutes beyond its time.
    """
    now = clock.now()
    due = store.scheduled_until(now + _AHEAD, _ENTRIES_PER_RUN)
    late = (now - _LATE).isoformat(timespec="seconds")
    metrics.count("late_announcements", sum(send_at < late for send_at, _, _ in due))
    _queue(due)


def _queue(due: list[tuple[str, str, int]]) -> None:
    for send_at, entries in groupby(due, key=lambda entry: entry[0]):
        wait = (datetime.fromisoformat(send_at) - clock.now()).total_seconds()
        jobs = [StartScheduled(hospital_code, message_id, send_at) for _, hospital_code, message_id in entries]
        job_queues.post(job_queues.PREPARE, jobs, delay_seconds=min(900, max(0, ceil(wait))))


def start(job: StartScheduled) -> None:
    """Start to send an announcement whose time has come.

    No-op if it was taken back, also if it was scheduled for another time since. If it is being sent already, the run
    that started it may have ended before it queued the batches, so they are queued again. Raises TryAgain.
    """
    try:
        message = store.message(job.hospital_code, job.message_id)
    except MessageNotFound:
        return
    if message.send_at != job.send_at:
        return
    if message.state == SCHEDULED:
        recipient_import.finish_writing(message, target_list_store.progress_of(message))
        state = rules.next_state(message.state, "start")
        now = clock.now().isoformat(timespec="seconds")
        message = replace(message, state=state, sent_at=now, version=message.version + 1)
        if not store.save_scheduled(message, job.send_at):
            raise TryAgain()
    if message.state == SENDING:
        recipient_import.dispatch_later(message)

"""Limits of announcements, for each person and each hospital.

A person gets none if they want none of a hospital, or got many of it today. A hospital may send a limited number in an
hour. Notices about a person's own appointments have no limits.
"""

from datetime import datetime, time, timedelta

from chalicelib import clock
from chalicelib.errors import TooManyAnnouncements, TooManyForPerson
from chalicelib.messages import recipient_store, store, target_list_store
from chalicelib.messages.model import DAY_LIMIT, OPTED_OUT, Message
from chalicelib.people import actions as people
from chalicelib.settings import settings


def withhold(message: Message, batch: int, cids: list[str]) -> dict[int, str]:
    """Decide who in a batch does not get an announcement.

    The decision is made once for all channels and attempts. Returns place -> OPTED_OUT or DAY_LIMIT.
    """
    opted_out = people.opted_out(message.hospital_code, cids)
    wanted = [cid for cid in cids if cid not in opted_out]
    most = settings().announcements_per_person
    over = recipient_store.count_announcement(message, wanted, clock.today(), most) if most else set[str]()
    reasons = dict.fromkeys(opted_out, OPTED_OUT) | dict.fromkeys(over, DAY_LIMIT)
    return target_list_store.decide_withheld(
        message, batch, {place: reasons[cid] for place, cid in enumerate(cids) if cid in reasons}
    )


def count_sending(hospital_code: str) -> None:
    """Count one more announcement of a hospital in this hour.

    Raises TooManyAnnouncements.
    """
    most = settings().announcements_per_hour
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    if most and not store.count_announcement(hospital_code, hour, most):
        problem, wait = _until(hour + timedelta(hours=1))
        raise TooManyAnnouncements(
            fields={"hospital_code": f"it has sent {most} announcements in this hour; {problem}"}, retry_after=wait
        )


def count_for(message: Message, cid: str) -> None:
    """Count an announcement among those that a person gets today.

    No-op if the person is not on the hospital's white list. Raises TooManyForPerson.
    """
    most = settings().announcements_per_person
    if not most or cid not in people.white_listed(message.hospital_code, [cid]):
        return
    today = clock.today()
    if recipient_store.count_announcement(message, [cid], today, most):
        problem, wait = _until(datetime.combine(today + timedelta(days=1), time(), clock.BANGKOK))
        raise TooManyForPerson(
            fields={"target[0]": f"has got {most} announcements of this hospital today; {problem}"}, retry_after=wait
        )


def _until(begin: datetime) -> tuple[str, int]:
    """The time to try again, as a sentence and in seconds from now."""
    return f"send it again from {begin.isoformat()} on", max(1, round((begin - clock.now()).total_seconds()))

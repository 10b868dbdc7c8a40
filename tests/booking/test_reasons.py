"""The app shows the reason for a cancelled or moved appointment; LINE never does.

On tables in memory.
"""

import pytest

from chalicelib.booking import actions, closures, notices, staff_actions
from chalicelib.messages import notice_delivery
from chalicelib.messages.jobs import DeliverNotices
from chalicelib.tables import LineLinkItem, MessageItem
from infra.local import demo
from tests.booking.hospital_in_memory import APP, DAY, FakeClock, booked, opened
from tests.booking.test_figures import STAFF, Stream
from tests.messages.test_delivery import Provider

REASON = "เหตุผล: แพทย์ติดราชการ"


def texts_of_the_last_notice() -> tuple[list[str], list[str]]:
    """Its lines in the app and in LINE."""
    row = [row for row in MessageItem.query("00000") if row.title][-1]
    provider = Provider()
    for channel in ("app", "line"):
        notice_delivery.deliver(channel, provider, DeliverNotices((("00000", int(row.item)),)), "m1", receives=1)
    in_app, in_line = (batch.text.split("\n") for batch in provider.batches)
    return in_app, in_line


@pytest.fixture
def cid() -> str:
    """A person who gets notices in LINE as well."""
    cid = demo.PEOPLE[0].cid
    LineLinkItem(f"cid#{cid}", cid=cid, user_id="U1").save()
    return cid


def test_the_reason_of_a_cancellation_is_told_in_the_app_alone(fake_clock: FakeClock, cid: str) -> None:
    held = booked(opened())
    stream = Stream()
    staff_actions.cancel(STAFF, held.schedule.schedule_id, held.place, held.version, "doctor_away")
    notices.tell(stream.take())

    in_app, in_line = texts_of_the_last_notice()
    assert REASON in in_app
    assert [line for line in in_app if line not in (REASON, "อายุรกรรม ห้องตรวจ 1")] == in_line


def test_the_reason_of_a_closing_is_told_to_whom_it_moves_and_kept_on_the_new_appointment(
    fake_clock: FakeClock, cid: str
) -> None:
    booked(opened())
    later = opened(days_later=1)
    stream = Stream()
    closures.run(STAFF, DAY, None, None, closures.POSTPONE, later.info.day, reason="doctor_away")
    notices.tell(stream.take())

    in_app, in_line = texts_of_the_last_notice()
    assert REASON in in_app
    assert REASON not in in_line
    (held,) = actions.current(APP, cid)[1]
    assert held.reason == "doctor_away"


def test_no_reason_no_line(fake_clock: FakeClock, cid: str) -> None:
    held = booked(opened())
    stream = Stream()
    staff_actions.cancel(STAFF, held.schedule.schedule_id, held.place, held.version)
    notices.tell(stream.take())
    assert not [line for line in texts_of_the_last_notice()[0] if line.startswith("เหตุผล")]

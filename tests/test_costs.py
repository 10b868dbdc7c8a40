"""The DynamoDB requests and units of each action may not grow unnoticed.

A busy day multiplies them by a million.
"""

import pytest

import app  # noqa: F401  imports every package, which declares its endpoints
from chalicelib.endpoint import declared
from infra.generate import costs, prices

LOOK_UPS = [
    "GetHospitalDepartment",
    "GetHospitalRoom",
    "GetHospitalSlotGroupByProvince, a month",
    "GetHospitalSlotByMonth",
    "GetHospitalSlotByDate",
    "current appointments",
    "ImmunizationTarget",
    "a person by national id",
    "GetHospitalSlotConfirmByDate",
    "the Welcome page",
    "today's overview",
    "the figures of a month",
    "the dashboard's calendar of a month",
    "the dashboard's list of a day",
    "the schedule table of a day",
    "a person's inbox",
    "a service point's queue (3 people)",
    "GetQueueStatus",
    "how many wait in front, at the kiosk",
]
VISITS = [
    "GetQueuePosition",
    "arrive, at the desk",
    "arrive, by national id",
    "arrive, at the kiosk",
    "ConfirmArrival",
    "draw a ticket, at the kiosk",
    "call the next",
    "call the next, a ticket",
    "call the same again",
    "served",
    "absent",
    "skip",
    "send on to another service point",
]
# Called a few times a day, or by no person at all.
NOT_MEASURED = ("/api/accounts/", "/health", "/ready", "/line/webhook")
NOT_MEASURED_EITHER = {
    "get_public_key",
    "POST /api/message/LineLink",
    "GET /api/dashboard/queues/{point_id}/counters/{counter}",  # by a page that was loaded anew
}

pytestmark = pytest.mark.system  # an engine of its own


@pytest.fixture(scope="module")
def measured() -> costs.Measured:
    return costs.measured()


@pytest.mark.parametrize("action", LOOK_UPS)
def test_a_look_up_takes_at_most_two_requests_and_writes_nothing(measured: costs.Measured, action: str) -> None:
    assert measured.costs[action].requests <= 2
    assert measured.costs[action].write == 0


@pytest.mark.parametrize(
    ("action", "most"),
    [
        ("book, a registered person", 2),
        ("book, a new person", 2),
        ("book, a new person without a national id, by another hospital's system", 2),
        ("book, in the app", 2),
        ("cancel", 2),
        ("postpone", 3),
        ("confirm (AcknowledgeAppointmentSlot)", 2),
        ("accept, at the desk", 3),
        ("call the next, a repeat", 4),
    ],
)
def test_a_change_takes_no_more_requests_than_it_may(measured: costs.Measured, action: str, most: int) -> None:
    assert measured.costs[action].requests <= most


@pytest.mark.parametrize("action", ["book, a new person", "postpone", "cancel", "current appointments"])
def test_for_a_person_with_a_thousand_appointments_an_action_reads_what_it_reads_for_others(
    measured: costs.Measured, action: str
) -> None:
    usual = measured.costs[action]
    long = measured.costs[f"{action.split(',')[0]}, a person with 1,000 appointments"]
    assert (long.requests, long.read, long.write) == (usual.requests, usual.read, usual.write)


def test_a_booking_writes_at_most_eight_units(measured: costs.Measured) -> None:
    bookings = {name: cost.write for name, cost in measured.costs.items() if name.startswith("book, ")}
    assert {name for name, write in bookings.items() if write > 8} == set()


@pytest.mark.parametrize("action", VISITS)
def test_on_the_day_of_the_visit_an_action_takes_three_requests_and_eight_write_units(
    measured: costs.Measured, action: str
) -> None:
    assert measured.costs[action].requests <= 3
    assert measured.costs[action].write <= 8


def test_a_notice_is_written_and_delivered_on_two_channels_for_four_write_units(measured: costs.Measured) -> None:
    parts = ("a notice to a person", "deliver a notice to the app's gateway", "deliver a notice to LINE")
    assert sum(measured.costs[part].write for part in parts) <= 4


def test_a_million_bookings_with_all_that_follows_cost_at_most_twenty_dollars(measured: costs.Measured) -> None:
    lines = costs.document(measured.costs).splitlines()
    (bookings,) = (line for line in lines if line.startswith("| bookings, us-east-1"))
    assert float(bookings.split("|")[-2]) <= 20


def test_the_document_is_what_is_measured(measured: costs.Measured) -> None:
    written = costs.DOCUMENT.read_text(encoding="utf-8")
    assert written == costs.document(measured.costs), "`make costs` writes the document anew"


def test_every_action_that_people_and_systems_call_all_day_is_measured(measured: costs.Measured) -> None:
    everyday = {one.name for one in declared() if not one.path.startswith(NOT_MEASURED)}
    assert everyday - NOT_MEASURED_EITHER == everyday & measured.called


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-1", "ap-southeast-7"])
def test_every_price_says_where_it_was_seen_or_that_nobody_has_seen_it(region: str) -> None:
    assert set(prices.REGIONS[region]) == set(prices.LISTED)
    for name, price in prices.REGIONS[region].items():
        assert price.dollars > 0, name
        assert price.source in prices.SOURCES, name

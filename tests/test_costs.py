"""What an action asks of DynamoDB: a number that a busy day multiplies by a million, so it may not grow unseen."""

import pytest

from infra import costs

LOOK_UPS = [
    "GetHospitalDepartment",
    "GetHospitalRoom",
    "GetHospitalSlotGroupByProvince",
    "GetHospitalSlotByMonth",
    "GetHospitalSlotByDate",
    "current appointments",
    "GetHospitalSlotConfirmByDate",
    "the dashboard's calendar of a month",
    "the dashboard's list of a day",
]


@pytest.fixture(scope="module")
def found() -> dict[str, costs.Cost]:
    return costs.measured()


@pytest.mark.parametrize("action", LOOK_UPS)
def test_a_look_up_takes_at_most_two_requests_and_writes_nothing(found: dict[str, costs.Cost], action: str) -> None:
    assert found[action].requests <= 2
    assert found[action].write == 0


@pytest.mark.parametrize(
    ("action", "most"),
    [
        ("book, a person whom the registry knows", 3),
        ("book, a new person", 3),
        ("cancel", 2),
        ("postpone", 3),
    ],
)
def test_a_change_takes_no_more_requests_than_it_may(found: dict[str, costs.Cost], action: str, most: int) -> None:
    assert found[action].requests <= most


def test_no_action_asks_for_more_than_the_document_says(found: dict[str, costs.Cost]) -> None:
    said = {}
    for line in costs.DOCUMENT.read_text(encoding="utf-8").splitlines():
        name, *figures = [cell.strip() for cell in line.strip("|").split("|")]
        if len(figures) == 4 and figures[0].isdigit():
            said[name] = costs.Cost(int(figures[0]), float(figures[1]), float(figures[2]))
    assert set(found) == set(said), "`make costs` writes the document anew"
    for name, one in found.items():
        assert one.requests <= said[name].requests, name
        assert one.write <= said[name].write, name
        # How many days the month of the demo data has depends on today.
        assert one.read <= said[name].read + 1, name

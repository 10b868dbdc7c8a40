"""Beyond the manual: a hospital's own reasons, and where staff see a reason."""

from datetime import date
from typing import Any

import pytest

from tests.client import Client
from tests.hospitals import Hospital
from tests.manual import desk_client
from tests.waiting import eventually

REPAIR = {"th": "ปรับปรุงอาคารผู้ป่วยนอก", "en": "The building is being repaired"}
FLOOD = {"th": "น้ำท่วมทางเข้า", "en": "The entrance is flooded"}
REASONS = "/api/dashboard/reasons"
TOLD = {"reason": REPAIR["th"], "reason_en": REPAIR["en"]}


@pytest.fixture
def booking(staff: Client, hospital: Hospital) -> tuple[str, Any]:
    """A new person's appointment on a day with a second schedule of its room."""
    lines = [desk_client.line(period, capacity=4) for period in (1, 2)]
    first, _ = desk_client.open_lines(staff, hospital.new_day(), *lines)
    return desk_client.booked(staff, first["schedule_id"])


def path_of(row: Any) -> str:
    return f"/api/dashboard/appointments/{row['schedule_id']}/{row['place']}"


def reason_of(row: Any) -> dict[str, str]:
    return {name: row[name] for name in ("reason", "reason_en")}


def history_of(staff: Client, row: Any, action: str) -> Any:
    """What the history of the place says of the action, once it says anything."""
    entries = staff.call("GET", f"{path_of(row)}/history").result
    return next((reason_of(entry) for entry in entries if entry["action"] == action), None)


def test_a_hospital_has_a_short_list_of_reasons_of_its_own_in_its_order(staff: Client) -> None:
    before = staff.call("GET", REASONS).result
    saved = staff.call("PUT", REASONS, body={"version": before["version"], "reasons": [REPAIR, FLOOD]}).result
    assert saved == {"version": before["version"] + 1, "reasons": [REPAIR, FLOOD]}
    assert staff.call("GET", REASONS).result == saved
    turned = {"version": saved["version"], "reasons": [FLOOD, REPAIR]}
    assert staff.call("PUT", REASONS, body=turned).result["reasons"] == [FLOOD, REPAIR]


def test_two_desks_do_not_overwrite_each_others_list(staff: Client) -> None:
    version = staff.call("GET", REASONS).result["version"]
    mine, theirs = ({"version": version, "reasons": [reason]} for reason in (REPAIR, FLOOD))
    assert staff.call("PUT", REASONS, body=theirs).status == 200
    assert staff.call("PUT", REASONS, body=theirs).status == 200  # its answer was lost, and it is sent again
    refused = staff.call("PUT", REASONS, body=mine)
    assert (refused.status, refused.code) == (409, "EditConflict")
    assert refused.json["Error"]["theirs"]["reasons"] == [FLOOD]
    assert staff.call("GET", REASONS).result["reasons"] == [FLOOD]


@pytest.mark.parametrize(
    "reasons",
    [
        [{"th": f"เหตุผลที่ {n}", "en": f"reason {n}"} for n in range(13)],
        [REPAIR, {**REPAIR, "th": f" {REPAIR['th']} "}],
        [{"th": "", "en": "only English"}],
    ],
    ids=["thirteen", "one twice", "one language"],
)
def test_a_list_that_nobody_can_choose_from_is_refused(staff: Client, reasons: list[Any]) -> None:
    version = staff.call("GET", REASONS).result["version"]
    refused = staff.call("PUT", REASONS, body={"version": version, "reasons": reasons})
    assert refused.status == 400
    assert any(name.startswith("reasons") for name in refused.json["Error"]["fields"])


def test_each_hospital_has_a_list_of_its_own(staff: Client, demo_staff: Client) -> None:
    version = staff.call("GET", REASONS).result["version"]
    assert staff.call("PUT", REASONS, body={"version": version, "reasons": [REPAIR]}).status == 200
    assert demo_staff.call("GET", REASONS).result["reasons"] == []


@pytest.mark.parametrize(("language", "line"), [("th", f"เหตุผล: {REPAIR['th']}"), ("en", f"Reason: {REPAIR['en']}")])
def test_the_person_reads_it_in_their_language(
    staff: Client, app_client: Client, booking: tuple[str, Any], language: str, line: str
) -> None:
    cid, row = booking
    body = {"cid": cid, "language": language}
    assert app_client.call("POST", "/api/person/Language", body=body).status == 200
    desk_client.act(staff, row, "cancel", **TOLD)

    def notice() -> Any:
        inbox = app_client.call("GET", "/api/message/Inbox", {"cid": cid}).result
        return next((message for message in inbox if message["kind"] == "cancelled"), None)

    assert line in str(eventually(notice, "the notice is there"))


def test_the_staff_see_why_an_appointment_was_cancelled(staff: Client, booking: tuple[str, Any]) -> None:
    cid, row = booking
    desk_client.act(staff, row, "cancel", **TOLD)

    (persons,) = staff.call("POST", "/api/dashboard/appointments/of-person", body={"cid": cid}).result
    assert (persons["state"], reason_of(persons)) == ("cancelled", TOLD)

    def ended(**room: int) -> Any:
        day = {"date": row["date"], "ended": "true", **room}
        return staff.call("GET", "/api/dashboard/worklist", day).result["appointments"]

    (listed,) = eventually(ended, "the index has it")
    assert (listed["slip_code"], reason_of(listed)) == (row["slip_code"], TOLD)
    assert ended(room_id=row["room_id"]) == [listed]
    assert staff.call("GET", "/api/dashboard/worklist", {"date": row["date"]}).result["appointments"] == []
    assert eventually(lambda: history_of(staff, row, "cancel"), "the history has it") == TOLD


def test_the_staff_see_why_an_appointment_was_moved_at_both_places(staff: Client, booking: tuple[str, Any]) -> None:
    cid, row = booking
    other = next(
        line["schedule_id"]
        for line in desk_client.table(staff, date.fromisoformat(row["date"]))
        if line["schedule_id"] != row["schedule_id"]
    )
    moved = desk_client.act(staff, row, "postpone", to_schedule_id=other, reason="doctor_away").result
    given = {"reason": "doctor_away", "reason_en": ""}

    assert reason_of(moved) == given
    persons = staff.call("POST", "/api/dashboard/appointments/of-person", body={"cid": cid}).result
    assert [(each["state"], reason_of(each)) for each in persons] == [("booked", given), ("postponed", given)]
    assert eventually(lambda: history_of(staff, row, "postpone"), "the old place has it") == given
    assert eventually(lambda: history_of(staff, moved, "book"), "the new place has it") == given


def test_the_history_of_a_place_tells_the_reasons_of_its_people_apart(staff: Client, booking: tuple[str, Any]) -> None:
    _, row = booking
    desk_client.act(staff, row, "cancel", reason="equipment")
    _, next_row = desk_client.booked(staff, row["schedule_id"])
    assert next_row["place"] == row["place"]
    desk_client.act(staff, next_row, "cancel")

    def whole() -> Any:
        entries = staff.call("GET", f"{path_of(row)}/history").result
        return entries if len(entries) == 4 else None

    entries = eventually(whole, "all four actions are there")
    assert [(entry["action"], entry["reason"]) for entry in entries] == [
        ("book", ""),
        ("cancel", "equipment"),
        ("book", ""),
        ("cancel", ""),
    ]

"""Manual 4.3.1: a person's current appointments (/api/appointment/Appointment)."""

import pytest

from tests.client import SLOTS, Client, in_days, new_cid
from tests.manual.samples import APPOINTMENT, PERSON, same_shape

OPEN_DAYS = (4, 5, 6, 7, 9)
PATH = "/api/appointment/Appointment"


def test_the_answer_has_every_field_of_the_manuals_sample(his: Client) -> None:
    cid = new_cid()
    his.book(his.schedules(in_days(4))[0]["schedule_id"], cid)

    result = his.call("GET", PATH, {"cid": cid}).result

    same_shape(APPOINTMENT, result["appointments"][0])
    same_shape(PERSON, result["person"])


def test_what_the_live_service_adds_is_there_too(his: Client) -> None:
    cid, day = new_cid(), in_days(4)
    his.book(his.schedules(day)[0]["schedule_id"], cid)

    one = his.call("GET", PATH, {"cid": cid}).result["appointments"][0]

    assert one["appointment_datetime"] == f"{day.isoformat()}T{one['time_start']}"
    assert one["hospital_room_phone_number"] == "000-0000000"
    assert one["appointment_type_name"]
    assert (one["hospital_confirm"], one["hospital_confirm_staff"], one["hospital_confirm_datetime"]) == (False, "", "")
    assert one["staff_name"] == ""


def test_appointments_come_soonest_first(his: Client) -> None:
    cid = new_cid()
    for days in (9, 5, 7):
        his.book(his.schedules(in_days(days))[2]["schedule_id"], cid)

    dates = [a["appointment_date"] for a in his.call("GET", PATH, {"cid": cid}).result["appointments"]]

    assert dates == [in_days(days).isoformat() for days in (5, 7, 9)]


def test_a_person_without_appointments_has_an_empty_list(his: Client) -> None:
    cid, schedule = new_cid(), his.schedules(in_days(4))[0]["schedule_id"]
    booked = his.book(schedule, cid).result["hospital_appointment_slot_id"]
    his.cancel(cid, booked)

    result = his.call("GET", PATH, {"cid": cid}).result

    assert result["appointments"] == []
    assert result["person"]["first_name"] == "ทดสอบ"


def test_somebody_whom_nobody_knows_has_an_id_empty_names_and_no_appointments(his: Client) -> None:
    cid = new_cid()
    person = {"cid": cid, "prefix": "", "first_name": "", "last_name": ""}
    assert his.call("GET", PATH, {"cid": cid}).result == {"person": person, "appointments": []}
    assert his.call("GET", "/api/ImmunizationTarget", {"cid": cid}).result["person"] == person


@pytest.mark.parametrize("sent", ["phone_number", "mobile_phone"])
def test_a_telephone_is_read_under_both_names(his: Client, staff: Client, sent: str) -> None:
    cid, number = new_cid(), "000-0000001"
    body = his.booking(his.schedules(in_days(7))[1]["schedule_id"], cid)
    del body["person"]["mobile_phone"]
    body["person"][sent] = number
    assert his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body).status == 200
    assert staff.call("POST", "/api/dashboard/people", body=body["person"]).status == 200

    for person in (
        his.call("GET", PATH, {"cid": cid}).result["person"],
        his.call("GET", "/api/ImmunizationTarget", {"cid": cid}).result["person"],
        staff.call("POST", "/api/dashboard/people/lookup", body={"cid": cid}).result,
    ):
        assert (person["phone_number"], person["mobile_phone"]) == (number, number)
    listed = staff.call("POST", "/api/dashboard/white-list/find", body={"cid": cid}).result
    assert listed["mobile_phone"] == number


def test_two_telephones_stay_two(his: Client) -> None:
    cid = new_cid()
    body = his.booking(his.schedules(in_days(7))[1]["schedule_id"], cid)
    body["person"] |= {"phone_number": "000-0000002", "mobile_phone": "000-0000003"}
    assert his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body).status == 200
    person = his.call("GET", PATH, {"cid": cid}).result["person"]
    assert (person["phone_number"], person["mobile_phone"]) == ("000-0000002", "000-0000003")


def test_dashes_and_spaces_in_the_national_id_are_dropped(his: Client) -> None:
    result = his.call("GET", PATH, {"cid": "1-1111-11111-11-9"}).result
    assert result["person"]["cid"] == "1111111111119"


def test_the_registry_wins_over_what_is_sent(his: Client) -> None:
    from infra.local.demo import PEOPLE

    known = PEOPLE[0]
    booked = his.book(his.schedules(in_days(6))[0]["schedule_id"], known.cid)
    assert booked.status == 200

    person = his.call("GET", PATH, {"cid": known.cid}).result["person"]

    assert (person["first_name"], person["last_name"]) == (known.first_name, known.last_name)


def test_the_immunization_target_counts_the_places_held(his: Client) -> None:
    cid, day = new_cid(), in_days(4)
    booked = his.book(his.schedules(day)[1]["schedule_id"], cid).result["hospital_appointment_slot_id"]

    result = his.call("GET", "/api/ImmunizationTarget", {"cid": cid}).result

    assert result["confirm_appointment_slot_count"] == 1
    one = result["confirm_appointment_slot"][0]
    assert one["hospital_appointment_slot_id"] == booked
    assert one["appointment_date"] == day.isoformat()
    assert set(one) == {
        "hospital_appointment_slot_id",
        "appointment_date",
        "appointment_time",
        "appointment_type",
        "hospital_code",
        "hospital_name",
        "dose",
    }
    assert one["dose"] == 0
    assert type(one["dose"]) is int

"""Bad input gets the envelope and the field's name, and changes nothing."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

import app  # noqa: F401  imports every package, which declares its endpoints
from chalicelib.endpoint import declared
from tests.client import SLOTS, Client, Reply, booking, in_days, new_cid

OPEN_DAYS = (20, 21, 22)
DAY = {"hospital_code": "00000", "date": "2026-12-01"}
MONTH = {"hospital_code": "00000", "year": 2026, "month": 12}
RANGE = {"date_start": "2026-12-01", "date_finish": "2026-12-31"}
HELD = {"hospital_code": "00000", "cid": "1111111111119", "hospital_appointment_slot_id": 1}


def names(reply: Reply, field: str) -> None:
    """Check that a 400 names the field and says in both languages what to send."""
    assert reply.status == 400, reply.text
    envelope = reply.json
    assert "result" not in envelope
    assert envelope["MessageCode"] == 400
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in envelope["Message"])
    assert envelope["Error"]["message"]
    assert envelope["Error"]["request_id"]
    assert envelope["Error"]["fields"].get(field), envelope["Error"]
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("action", "query", "field"),
    [
        ("GetHospitalDepartment", {}, "hospital_code"),
        ("GetHospitalDepartment", {"hospital_code": ""}, "hospital_code"),
        ("GetHospitalDepartment", {"hospital_code": "000000"}, "hospital_code"),
        ("GetHospitalDepartment", {"hospital_code": "0000a"}, "hospital_code"),
        ("GetHospitalDepartment", {"hospital_code": "๐๐๐๐๐"}, "hospital_code"),
        ("GetHospitalDepartment", {"Hospital_Code": "00000"}, "hospital_code"),
        ("GetHospitalRoom", {"hospital_code": "00000", "department_id": "one"}, "department_id"),
        ("GetHospitalRoom", {"hospital_code": "00000", "department_id": "-1"}, "department_id"),
        ("GetHospitalRoom", {"hospital_code": "00000", "department_id": "2147483648"}, "department_id"),
        ("GetHospitalSlotByDate", {**DAY, "date": "2026-02-31"}, "date"),
        ("GetHospitalSlotByDate", {**DAY, "date": "2569-12-01"}, "date"),
        ("GetHospitalSlotByDate", {**DAY, "date": "01/12/2026"}, "date"),
        ("GetHospitalSlotByDate", {**DAY, "date": "2026-13-01"}, "date"),
        ("GetHospitalSlotByMonth", {**MONTH, "month": 13}, "month"),
        ("GetHospitalSlotByMonth", {**MONTH, "month": 0}, "month"),
        ("GetHospitalSlotByMonth", {**MONTH, "year": 2569}, "year"),
        ("GetHospitalSlotByMonth", {**MONTH, "year": "20 26"}, "year"),
        ("GetHospitalSlotGroupByProvince", {**RANGE, "date_finish": "2027-02-01"}, "date_finish"),
        ("GetHospitalSlotGroupByProvince", {**RANGE, "date_finish": "2026-11-30"}, "date_finish"),
        ("GetHospitalSlotGroupByProvince", {"date_start": "2026-12-01"}, "date_finish"),
        ("CancelAppointmentSlot", {**HELD, "cid": "1234567890123"}, "cid"),
        ("CancelAppointmentSlot", {**HELD, "cid": "123456789012"}, "cid"),
        ("CancelAppointmentSlot", {**HELD, "hospital_appointment_slot_id": "0"}, "hospital_appointment_slot_id"),
        ("CancelAppointmentSlot", {**HELD, "hospital_appointment_slot_id": "9" * 30}, "hospital_appointment_slot_id"),
        ("PostponeAppointmentSlot", HELD, "schedule_id"),
        ("PostponeAppointmentSlot", {**HELD, "schedule_id": "1.5"}, "schedule_id"),
        ("GetHospitalSlotConfirmByDate", {"hospital_code": "00000"}, "date"),
    ],
)
def test_a_wrong_or_missing_parameter_is_named(his: Client, action: str, query: dict[str, Any], field: str) -> None:
    names(his.slots(action, **query), field)


def test_every_problem_of_a_request_is_named_at_once(his: Client) -> None:
    fields = his.slots("GetHospitalSlotByMonth", hospital_code="1", year=1, month=99).json["Error"]["fields"]
    assert set(fields) == {"hospital_code", "year", "month"}


def test_fifty_problems_of_a_request_are_named_and_the_others_counted(his: Client) -> None:
    body = {"hospital": {"hospital_code": his.hospital_code}, "target": [0] * 1_000}
    fields = his.call("POST", "/api/SendImmunizationTarget", body=body).json["Error"]["fields"]
    assert list(fields)[49:] == ["target[49]", "..."]
    assert fields["..."] == "and 950 more"


@pytest.mark.parametrize("path", ["/api/SendImmunizationTarget", "/api/SendMessageTarget"])
def test_a_list_that_is_too_long_gets_an_answer_that_is_short(his: Client, path: str) -> None:
    sent = {"hospital": {"hospital_code": his.hospital_code}, "target": [0] * 300_000}
    reply = his.call("POST", path, body=sent)
    names(reply, "target")
    assert len(reply.text) < 2_000


def test_every_list_that_the_api_reads_has_a_greatest_length() -> None:
    kinds = [kind for endpoint in declared() for kind in endpoint.takes.values()]
    schemas = msgspec.json.schema_components(kinds, ref_template="{name}")[1]
    lists = {
        f"{name}.{field}": schema.get("maxItems")
        for name, struct in schemas.items()
        for field, schema in struct["properties"].items()
        if schema.get("type") == "array"
    }
    assert len(lists) >= 10
    assert [name for name, most in lists.items() if not most] == []


def test_a_doubled_parameter_is_named(his: Client) -> None:
    reply = his.call("GET", f"{SLOTS}?Action=GetHospitalRoom&hospital_code=00000&hospital_code=00001")
    names(reply, "hospital_code")


def test_a_parameter_that_is_not_asked_for_is_ignored_however_often_it_comes(his: Client) -> None:
    query = "Action=GetHospitalRoom&hospital_code=00000&_=1&_=2&x=1&x=1"
    assert his.call("GET", f"{SLOTS}?{query}").status == 200


@pytest.mark.parametrize("action", ["", "gethospitalroom", "GETHOSPITALROOM", "Nothing", "GetHospitalRoom "])
def test_an_unknown_action_or_one_in_another_case_is_named(his: Client, action: str) -> None:
    reply = his.call("GET", SLOTS, {"Action": action, "hospital_code": "00000"})
    names(reply, "Action")
    assert reply.code == "UnknownAction"


def test_no_action_at_all_is_named(his: Client) -> None:
    names(his.call("GET", SLOTS, {"hospital_code": "00000"}), "Action")


def test_the_order_of_parameters_never_matters_and_unknown_ones_are_ignored(his: Client) -> None:
    assert his.call("GET", f"{SLOTS}?zzz=1&hospital_code=00000&Action=GetHospitalRoom").status == 200


def put(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The booking body with one value replaced, or removed if the value is `...`."""
    changed = json.loads(json.dumps(body))
    *parents, last = path.split(".")
    inner = changed
    for parent in parents:
        inner = inner[parent]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("hospital", ...),
        ("hospital", "00000"),
        ("hospital", []),
        ("hospital.hospital_code", ...),
        ("hospital.hospital_code", 0),
        ("hospital.hospital_code", "000000"),
        ("person", None),
        ("person.cid", ...),
        ("person.cid", 1111111111119),
        ("person.cid", "1234567890123"),
        ("person.cid", "0000"),
        ("person.first_name", ...),
        ("person.first_name", "  "),
        ("person.first_name", "ก" * 101),
        ("person.first_name", "a\u0000b"),
        ("person.first_name", "\ud800"),
        ("person.first_name", "\ufffd\ufffd\ufffd"),
        ("person.last_name", ["x"]),
        ("person.gender", 3),
        ("person.gender", "male"),
        ("person.gender", True),
        ("person.birth_date", "2543-01-01"),
        ("person.birth_date", "2001-02-29"),
        ("person.birth_date", in_days(2).isoformat()),
        ("person.birth_date", "9999-12-31"),
        ("person.mobile_phone", 810000000),
        ("appointment", ...),
        ("appointment.hospital_code", "99"),
        ("appointment.schedule_id", ...),
        ("appointment.schedule_id", -1),
        ("appointment.schedule_id", 2**31),
        ("appointment.schedule_id", 1e30),
        ("appointment.schedule_id", 1.5),
        ("appointment.schedule_id", {"$gt": 0}),
        ("appointment.schedule_id", True),
        ("appointment.comment", {"a": 1}),
        ("appointment.comment", "half a face \ud83d"),
        ("hospital.system_identifier", "\udfff"),
    ],
)
def test_a_wrong_booking_is_refused_by_field_and_takes_no_place(his: Client, path: str, value: Any) -> None:
    schedule = his.schedules(in_days(20))[0]
    body = put(his.booking(schedule["schedule_id"], new_cid()), path, value)

    reply = his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body)

    names(reply, path)
    assert his.schedules(in_days(20))[0]["available_slot"] == schedule["available_slot"]


@pytest.mark.parametrize(
    ("birth_date", "hint"),
    [
        (in_days(2).isoformat(), "not in the future"),
        ("2533-01-15", "Buddhist year; send the Christian year"),
        ("9999-12-31", "between 1850 and 2200"),
    ],
)
def test_a_date_of_birth_that_cannot_be_is_refused_wherever_people_are_added_and_says_why(
    his: Client, staff: Client, birth_date: str, hint: str
) -> None:
    person = {**booking(1, new_cid())["person"], "birth_date": birth_date}
    hospital = {"hospital_code": his.hospital_code, "hospital_name": "รพ.ทดสอบระบบ"}

    sent = his.call("POST", "/api/SendImmunizationTarget", body={"hospital": hospital, "target": [person]})
    names(sent, "target[0].birth_date")
    assert hint in sent.json["Error"]["fields"]["target[0].birth_date"]
    names(staff.call("POST", "/api/dashboard/people", body=person), "birth_date")
    lines = {"lines": [f"{person['cid']},นาย,ทดสอบ,ระบบ,1,{birth_date},"], "first_line": 2}
    imported = staff.call("POST", "/api/dashboard/white-list/import", body=lines).result
    assert [one["field"] for one in imported["refused"]] == ["birth_date"]


def test_a_person_may_be_born_today(his: Client) -> None:
    person = {**booking(1, new_cid())["person"], "birth_date": in_days(0).isoformat()}
    body = {"hospital": {"hospital_code": his.hospital_code}, "target": [person]}
    assert his.call("POST", "/api/SendImmunizationTarget", body=body).result["accepted"] == 1


def test_digits_in_strings_are_read_as_numbers(his: Client) -> None:
    schedule = his.schedules(in_days(21))[0]["schedule_id"]
    body = put(put(his.booking(schedule, new_cid()), "person.gender", "1"), "appointment.schedule_id", str(schedule))
    assert his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body).status == 200


def test_a_whole_number_written_with_a_decimal_point_is_a_whole_number(his: Client) -> None:
    schedule = his.schedules(in_days(21))[2]["schedule_id"]
    assert his.book(float(schedule), new_cid()).status == 200  # type: ignore[arg-type]


def test_the_manuals_sample_id_made_by_hospitals_needs_no_check_digit(his: Client) -> None:
    schedule = his.schedules(in_days(21))[1]["schedule_id"]
    assert his.book(schedule, "0000000000000").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe\xfa",
        b'{"hospital": "\xe0\xb8"}',
        b"[" * 60_000,
        b'{"a": "' + b"x" * 1_000_000 + b'"}',
    ],
    ids=["empty", "spaces", "broken", "null", "array", "string", "not UTF-8", "half a letter", "deep", "1 MB"],
)
def test_an_unreadable_body_is_named(his: Client, body: bytes) -> None:
    names(his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body), "body")


@pytest.mark.parametrize("content_type", ["text/xml", "application/octet-stream", "nonsense", "image/png"])
def test_json_is_read_whatever_the_content_type_says(his: Client, content_type: str) -> None:
    schedule = his.schedules(in_days(22))[0]["schedule_id"]
    body = json.dumps(his.booking(schedule, new_cid())).encode()
    reply = his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body, {"Content-Type": content_type})
    assert reply.status == 200, reply.text


def test_a_byte_order_mark_before_the_json_does_no_harm(his: Client) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(his.booking(his.schedules(in_days(22))[1]["schedule_id"], new_cid())).encode()
    assert his.call("POST", SLOTS, {"Action": "ConfirmAppointmentSlot"}, body).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_answered_in_the_envelope_and_says_which(his: Client, method: str) -> None:
    reply = his.call(method, SLOTS, {"Action": "GetHospitalRoom", "hospital_code": "00000"})
    assert (reply.status, reply.code) == (405, "MethodNotAllowed")
    assert reply.headers["Allow"] == "GET"


def test_head_says_which_method_in_the_headers_alone(his: Client) -> None:
    reply = his.call("HEAD", SLOTS, {"Action": "GetHospitalRoom", "hospital_code": "00000"})
    assert (reply.status, reply.text) == (405, "")
    assert (reply.headers["Allow"], reply.headers["Cache-Control"]) == ("GET", "no-store")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/api/appointment", "/token/x", "/api/%00", "/api/%ff"])
def test_an_unknown_path_is_answered_in_the_envelope_without_the_token(his: Client, method: str, path: str) -> None:
    reply = his.call(method, path)
    assert (reply.status, reply.code) == (404, "PathNotFound")
    assert his.token is not None
    assert his.token[-40:] not in reply.text


@pytest.mark.parametrize(
    "path", ["ImmunizationHistory", "LookupTable", "UpdateImmunization", "ImmunizationSlot", "SendEPIDEM"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_of_the_sister_system_is_404_and_says_where_it_is(his: Client, method: str, path: str) -> None:
    reply = his.call(method, f"/api/{path}", {"Action": "any"})
    assert (reply.status, reply.code) == (404, "PathNotFound")
    for sentence in (reply.json["Message"], reply.json["Error"]["message"]):
        assert path in sentence
        assert "base URL" in sentence
        assert "MOPH Immunization Center" in sentence


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", [SLOTS, "/token", "/api/nothing", "/health"])
def test_a_page_of_another_origin_gets_no_cors_headers(his: Client, method: str, path: str) -> None:
    headers = {"Origin": "https://other.example", "Access-Control-Request-Method": method}
    reply = his.call(method, path, {"Action": "GetHospitalRoom", "hospital_code": "00000"}, headers=headers)
    assert not [name for name in reply.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("length", ["-1", "ten", "99999999999"])
def test_a_bad_content_length_is_answered_in_the_envelope(his: Client, length: str) -> None:
    where = urlsplit(his.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=180)
    connection.putrequest("POST", f"{SLOTS}?Action=ConfirmAppointmentSlot")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 400
    assert json.loads(answer.read())["Error"]["fields"]["body"]


def in_chunks(body: bytes, size: int) -> bytes:
    """The body as it travels in pieces of `size` bytes."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x;name=value\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def send_chunked(his: Client, sent: bytes) -> http.client.HTTPResponse:
    where = urlsplit(his.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=180)
    connection.putrequest("POST", f"{SLOTS}?Action=ConfirmAppointmentSlot")
    connection.putheader("Authorization", f"Bearer {his.token}")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    connection.send(sent)
    return connection.getresponse()


def test_a_body_in_chunks_is_read_whole(his: Client) -> None:
    body = json.dumps(his.booking(his.schedules(in_days(22))[2]["schedule_id"], new_cid()), ensure_ascii=False).encode()
    assert json.loads(send_chunked(his, in_chunks(body, 17)).read())["Message"] == "OK"


@pytest.mark.parametrize("sent", [b"\r\n", b"ten\r\n", b"-5\r\n", b"ffffffff\r\n"])
def test_broken_chunks_are_answered_in_the_envelope(his: Client, sent: bytes) -> None:
    answer = send_chunked(his, sent)
    assert answer.status == 400
    assert json.loads(answer.read())["Error"]["fields"]["body"]

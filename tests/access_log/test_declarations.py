"""Every action whose response has data of a person declares it, and is recorded."""

import typing
from typing import Any

import msgspec

import app  # noqa: F401  imports every package, which declares its endpoints
from chalicelib.endpoint import BY_ID, BY_ID_AT_WORK, OWN_PEOPLE, Endpoint, declared

SHOWN_BY_ID = {
    "GET /api/appointment/Appointment",
    "GET /api/ImmunizationTarget",
    "GetAppointmentCalendar",
    "GetQueuePosition",
    "GET /api/message/Inbox",
    "POST /api/message/Inbox",
    "POST /api/message/Notices",
    "POST /api/message/Announcements",
    "POST /api/dashboard/people/lookup",
    "POST /api/accounts/registry/entry",
    "POST /api/accounts/registry/correct",
    "POST /api/accounts/registry/history",
}
# The clerk goes on with these if the quota is used up, and they count.
SHOWN_AT_WORK = {
    "POST /api/dashboard/appointments",
    "POST /api/dashboard/appointments/check",
    "POST /api/dashboard/people",
    "POST /api/dashboard/arrivals",
    "POST /api/dashboard/kiosk/arrivals",
    "ConfirmArrival",
}
SHOWN_AS_OWN = {
    "GetHospitalSlotConfirmByDate",
    "GET /api/dashboard/appointments",
    "POST /api/dashboard/appointments/accept",
    "GET /api/dashboard/worklist",
    "POST /api/dashboard/appointments/of-person",
    "POST /api/dashboard/appointments/search",
    "POST /api/dashboard/appointments/{schedule_id}/{place}/accept",
    "POST /api/dashboard/appointments/{schedule_id}/{place}/reject",
    "POST /api/dashboard/appointments/{schedule_id}/{place}/cancel",
    "POST /api/dashboard/appointments/{schedule_id}/{place}/postpone",
    "POST /api/dashboard/appointments/{schedule_id}/{place}/reveal",
    "POST /api/dashboard/appointments/{schedule_id}/{place}/call-outcome",
    "POST /api/dashboard/appointments/{schedule_id}/{place}/give-back",
    "GET /api/dashboard/appointments/released",
    "GET /api/dashboard/slips/{slip_code}",
    "POST /api/dashboard/closures",
    "POST /api/dashboard/reopenings",
    "POST /api/dashboard/white-list",
    "POST /api/dashboard/white-list/search",
    "POST /api/dashboard/white-list/find",
    "POST /api/dashboard/white-list/entry",
    "POST /api/dashboard/white-list/edit",
    "GET /api/messages/{message_id}/recipients",
    "POST /api/dashboard/queues/{point_id}/counters/{counter}/call",
    "GET /api/dashboard/queues/{point_id}/counters/{counter}",
    "GET /api/dashboard/visits/not-known",
    "POST /api/dashboard/visits/outcome",
}
# They repeat ids that the request itself has, or show the records of readings.
NOT_SHOWN = {
    "POST /api/SendMessageTarget",
    "POST /api/dashboard/white-list/remove",
    "GET /api/accounts/hospitals/{hospital_code}/accounts/{login}/look-ups",
}
PERSONAL = {"cid", "cid_masked", "person_name", "first_name", "birth_date", "mobile_phone"}


def field_names(kind: Any) -> set[str]:
    """The names of all fields in a response type."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return {field.name for field in fields}.union(*(field_names(field.type) for field in fields))
    return set().union(*(field_names(argument) for argument in typing.get_args(kind)))


def has_personal_field(endpoint: Endpoint) -> bool:
    return bool(PERSONAL & field_names(endpoint.hints["return"]))


def test_an_action_with_a_person_in_its_response_is_recorded() -> None:
    personal = {endpoint.name for endpoint in declared() if has_personal_field(endpoint)}
    assert len(personal) > 15
    assert personal - {endpoint.name for endpoint in declared() if endpoint.shows} == NOT_SHOWN


def test_what_is_recorded_and_what_counts_for_the_quota_is_this_list() -> None:
    assert {endpoint.name for endpoint in declared() if endpoint.shows == BY_ID} == SHOWN_BY_ID
    assert {endpoint.name for endpoint in declared() if endpoint.shows == OWN_PEOPLE} == SHOWN_AS_OWN
    assert {endpoint.name for endpoint in declared() if endpoint.shows == BY_ID_AT_WORK} == SHOWN_AT_WORK
    assert {endpoint.shows for endpoint in declared()} == {"", BY_ID, BY_ID_AT_WORK, OWN_PEOPLE}


def test_only_actions_of_signed_in_accounts_show_people() -> None:
    assert all(endpoint.roles for endpoint in declared() if endpoint.shows)

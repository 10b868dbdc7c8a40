"""Who saw whom (ours; docs/adr/0021): look-ups of persons are recorded.

The person's access log has them, and the administrator sees them.
"""

from tests.client import Client, new_cid
from tests.waiting import eventually


def test_a_look_up_is_shown_to_the_person_and_to_the_administrator_of_the_account(
    his: Client, app_client: Client, admin: Client
) -> None:
    cid = new_cid()
    assert his.call("GET", "/api/appointment/Appointment", {"cid": cid}).status == 200

    look_up = ("POST", "/api/person/AccessLog", None, {"cid": cid})
    (row,) = eventually(lambda: app_client.call(*look_up).result["accesses"], "the look-up is recorded")
    assert (row["hospital_code"], row["action"]["action"]) == (his.hospital_code, "GET /api/appointment/Appointment")
    path = f"/api/accounts/hospitals/{his.hospital_code}/accounts/his.demo/look-ups"
    masked = f"{cid[0]}-xxxx-xxxxx-{cid[10:12]}-{cid[12]}"
    eventually(lambda: masked in [row["cid_masked"] for row in admin.call("GET", path).result["look_ups"]])

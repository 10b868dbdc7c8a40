"""KMS and SQS out of reach or out of patience: 503 with Retry-After, and the same again ends well."""

import pytest

from tests.client import Client, Reply, new_cid
from tests.manual.desk import eventually
from tests.manual.test_4_2_token import FIELDS, GET_TOKEN

KINDS = ("asked-for-patience", "unconnected", "unsent", "failed-before")


def try_again(reply: Reply) -> bool:
    return (reply.status, reply.code) == (503, "TryAgain") and int(reply.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_that_cannot_be_signed_now_is_for_the_next_attempt(faulty: Client, kind: str) -> None:
    assert try_again(faulty.call("POST", "/token", GET_TOKEN, FIELDS, {"X-Fault": f"Sign {kind} 9"}))
    assert faulty.call("POST", "/token", GET_TOKEN, FIELDS).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_that_cannot_be_queued_now_is_sent_once_by_the_next_attempt(faulty: Client, kind: str) -> None:
    cid = new_cid()
    hospital = {"hospital_code": "00000", "hospital_name": "รพ.ทดสอบระบบ"}
    person = {"cid": cid, "prefix": "นาง", "first_name": "ทดสอบ", "last_name": "คิว", "gender": 2}
    assert faulty.call("POST", "/api/SendImmunizationTarget", body={"hospital": hospital, "target": [person]}).result
    message = {
        "hospital": hospital,
        "message_ref_code": f"FAULT-{kind}",
        "message_title": "ทดสอบ",
        "message_content_html": "ทดสอบ",
        "target": [cid],
    }
    fault = {"X-Fault": f"SendMessageBatch {kind} 9"}
    assert try_again(faulty.call("POST", "/api/SendMessageTarget", body=message, headers=fault))
    assert faulty.call("POST", "/api/SendMessageTarget", body=message).result["accepted"] == 1
    eventually(lambda: inbox(faulty, cid))
    assert inbox(faulty, cid) == ["ทดสอบ"]


def inbox(client: Client, cid: str) -> list[str]:
    return [one["message_title"] for one in client.call("POST", "/api/message/Inbox", body={"cid": cid}).result]

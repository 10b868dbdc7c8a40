"""The token (manual 4.2.1; wire contract, Token): request, content, refusals."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib import clock
from chalicelib.auth.passwords import password_hash
from infra.local.local_stack import LocalStack
from tests.client import Client, Reply
from tests.hospitals import Hospital, Hospitals
from tests.invariants import table
from tests.maker import PASSWORD

GET_TOKEN = {"Action": "get_moph_access_token"}
# The demo data's: these tests are about signing in with an account as anybody makes it.
FIELDS = {"user": "his.demo", "hospital_code": "00000", "password_hash": password_hash("His-demo-1")}


@pytest.fixture
def anyone(local_stack: LocalStack) -> Client:
    return Client(local_stack.url)


def key(anyone: Client) -> str:
    return anyone.call("GET", "/token", {"Action": "get_public_key"}).text


def is_token(reply: Reply) -> bool:
    return reply.status == 200 and reply.text.count(".") == 2 and '"' not in reply.text and "\n" not in reply.text


def test_the_documented_vector_of_the_password_hash() -> None:
    assert password_hash("password") == "A055B6DBB80A02C97EA5DFE2AB6AFD2C90DCA6769AEC92A5756D71EB4A3C6EC1"


def test_form_1_everything_in_the_query_of_a_get(anyone: Client) -> None:
    assert is_token(anyone.call("GET", "/token", {**GET_TOKEN, **FIELDS}))


def test_form_2_a_json_body(anyone: Client) -> None:
    assert is_token(anyone.call("POST", "/token", GET_TOKEN, FIELDS))


@pytest.mark.parametrize("body", [None, b"", b"[]"])
def test_form_3_everything_in_the_query_of_a_post(anyone: Client, body: bytes | None) -> None:
    assert is_token(anyone.call("POST", "/token", {**GET_TOKEN, **FIELDS}, body))


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_form_4_json_under_another_content_type(anyone: Client, content_type: str) -> None:
    body = json.dumps(FIELDS).encode()
    assert is_token(anyone.call("POST", "/token", GET_TOKEN, body, {"Content-Type": content_type}))


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "Application/X-WWW-Form-URLEncoded", ""])
def test_form_4_a_real_form(anyone: Client, content_type: str) -> None:
    body = "&".join(f"{name}={value}" for name, value in FIELDS.items()).encode()
    assert is_token(anyone.call("POST", "/token", GET_TOKEN, body, {"Content-Type": content_type}))


def test_form_4_a_multipart_form(anyone: Client) -> None:
    typed = "\r\nContent-Type: text/plain"
    parts = [
        f'--x1\r\nContent-Disposition: form-data; name="{name}"{typed * (name == "user")}\r\n\r\n{value}\r\n'
        for name, value in FIELDS.items()
    ]
    body = "".join([*parts, "--x1--\r\n"]).encode()
    assert is_token(
        anyone.call("POST", "/token", GET_TOKEN, body, {"Content-Type": "multipart/form-data; boundary=x1"})
    )


def test_form_5_a_lower_case_hash(anyone: Client) -> None:
    lower = {**FIELDS, "password_hash": FIELDS["password_hash"].lower()}
    assert is_token(anyone.call("POST", "/token", GET_TOKEN, lower))


def test_the_token_is_plain_text_and_never_cached(anyone: Client) -> None:
    reply = anyone.call("POST", "/token", GET_TOKEN, FIELDS)
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert reply.headers["Cache-Control"] == "no-store"


def test_clients_verify_it_with_the_public_key(anyone: Client) -> None:
    token = anyone.call("POST", "/token", GET_TOKEN, FIELDS).text

    claims = jwt.decode(token, key(anyone), audience="MOPH API", algorithms=["RS512"])

    assert jwt.get_unverified_header(token)["alg"] == "RS512"
    assert jwt.get_unverified_header(token)["kid"]
    assert claims["sub"] == "his.demo@00000"
    assert claims["iss"] == "MOPH Account Center"
    assert claims["exp"] - claims["iat"] == 3 * 3600
    client = claims["client"]
    assert type(client["user_id"]) is int
    assert client["login"] == "his.demo"
    assert client["hospital_code"] == "00000"
    assert client["hospital_name"] == "รพ.ทดสอบระบบ"
    assert client["scope"] == [{"code": "APPOINTMENT_API:1"}]
    assert client["scope_list"] == "[APPOINTMENT_API:1]"
    assert client["role"] == ["moph-api"]
    assert client["access_code_level1"] == "'00000'"


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "nobody.{own}"},
        {"password_hash": password_hash("wrong")},
        {"hospital_code": "00009"},
        {"hospital_code": "98765"},
    ],
)
def test_a_wrong_login_password_or_hospital_gets_the_same_answer(
    anyone: Client, hospitals: Hospitals, hospital: Hospital, wrong: dict[str, str]
) -> None:
    """A login of this test's own, so that failures of earlier tests do not count."""
    login = f"his.{hospital.code}"
    hospitals.add_account(hospital.code, login, "HIS", "APPOINTMENT_API:1")
    right = {"user": login, "hospital_code": hospital.code, "password_hash": password_hash(PASSWORD)}
    sent = right | {name: value.format(own=hospital.code) for name, value in wrong.items()}
    reply = anyone.call("POST", "/token", GET_TOKEN, sent)
    assert (reply.status, reply.code) == (401, "SignInFailed")
    assert is_token(anyone.call("POST", "/token", GET_TOKEN, right))


@pytest.mark.parametrize("login", ["his.demo", "not.there"])
def test_five_failures_in_a_row_lock_a_login_whether_it_exists_or_not(
    anyone: Client, hospital: Hospital, login: str
) -> None:
    hospital.client("his.demo")
    wrong = {"user": login, "hospital_code": hospital.code, "password_hash": password_hash("wrong")}
    codes = [anyone.call("POST", "/token", GET_TOKEN, wrong).code for _ in range(6)]
    assert codes == ["SignInFailed"] * 4 + ["SignInLocked"] * 2


def test_what_was_typed_as_a_login_that_does_not_exist_is_not_kept_in_the_history(
    anyone: Client, local_stack: LocalStack
) -> None:
    typed = "My-password-in-the-wrong-field"

    assert anyone.call("GET", "/token", {**GET_TOKEN, **FIELDS, "user": typed}).status == 401

    kept = table(local_stack.endpoint, "audit")
    assert [one for one in kept if typed in str(one)] == []


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", json.dumps({**FIELDS, "user": "\ud800"}).encode(), b"{", b"=", b"%00=%ff&&"]
)
def test_an_unreadable_request_is_400_and_never_a_failed_sign_in(anyone: Client, body: bytes) -> None:
    assert anyone.call("POST", "/token", GET_TOKEN, body).status == 400


def test_missing_fields_are_named(anyone: Client) -> None:
    reply = anyone.call("POST", "/token", GET_TOKEN, {"user": "his.demo"})
    assert reply.status == 400
    assert set(reply.json["Error"]["fields"]) == {"password_hash", "hospital_code"}


def claims(**changes: Any) -> dict[str, Any]:
    now = clock.now()
    return {
        "sub": "his.demo@00000",
        "iss": "MOPH Account Center",
        "aud": "MOPH API",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=1)).timestamp()),
        "client": {
            "login": "his.demo",
            "name": "x",
            "hospital_code": "00000",
            "hospital_name": "x",
            "scope": [{"code": "APPOINTMENT_API:5"}],
        },
        **changes,
    }


def part(value: Any) -> bytes:
    """One part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def signed_by_the_system(local_stack: LocalStack, claims: dict[str, Any]) -> str:
    """A token with any claims, signed with the system's own key."""
    kms = boto3.client(
        "kms",
        endpoint_url=local_stack.endpoint,
        region_name="ap-southeast-1",
        aws_access_key_id=local_stack.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=local_stack.env["AWS_SECRET_ACCESS_KEY"],
    )
    key_id = kms.describe_key(KeyId=f"alias/moph-{local_stack.env['STAGE']}-token")["KeyMetadata"]["KeyId"]
    message = part({"alg": "RS512", "typ": "JWT", "kid": key_id}) + b"." + part(claims)
    signature = kms.sign(
        KeyId=key_id,
        Message=message,
        MessageType="RAW",
        SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_512",
    )["Signature"]
    return (message + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def refused(anyone: Client, authorization: str) -> None:
    reply = anyone.call(
        "GET",
        "/api/appointment/Appointment",
        {"cid": "1111111111119"},
        headers={"Authorization": authorization},
    )
    assert (reply.status, reply.code) == (401, "Unauthenticated"), authorization


def test_who_is_not_known_is_told_that_a_bearer_token_is_wanted_and_nobody_else_is(anyone: Client, his: Client) -> None:
    query = {"cid": "1111111111119"}
    unknown = [
        anyone.call("GET", "/api/appointment/Appointment", query),
        anyone.call("GET", "/api/appointment/Appointment", query, headers={"Authorization": "Bearer x.y.z"}),
        anyone.call("POST", "/token", GET_TOKEN, {**FIELDS, "user": "nobody.here"}),
    ]
    assert [(one.status, one.headers["WWW-Authenticate"]) for one in unknown] == [(401, "Bearer")] * 3
    for known in (his.call("GET", "/api/appointment/Appointment", query), his.call("GET", "/api/dashboard/Welcome")):
        assert "WWW-Authenticate" not in known.headers


def test_a_token_signed_by_the_system_with_right_claims_is_accepted(anyone: Client, local_stack: LocalStack) -> None:
    headers = {"Authorization": signed_by_the_system(local_stack, claims())}
    assert anyone.call("GET", "/api/appointment/Appointment", {"cid": "1111111111119"}, headers=headers).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"aud": "another API"},
        {"iss": "somebody else"},
        {"client": None},
        {"client": {"scope": []}},
    ],
)
def test_even_the_systems_own_signature_does_not_save_wrong_claims(
    anyone: Client, local_stack: LocalStack, wrong: dict[str, Any]
) -> None:
    refused(anyone, "Bearer " + signed_by_the_system(local_stack, claims(**wrong)))


def test_no_token_and_garbage_are_refused(anyone: Client) -> None:
    for authorization in ("", "Bearer", "Bearer ", "Basic eDp5", "Bearer x.y.z", "Bearer " + "a" * 5000, "null"):
        refused(anyone, authorization)


def test_alg_none_is_refused(anyone: Client) -> None:
    refused(anyone, "Bearer " + jwt.encode(claims(), None, algorithm="none"))


def test_hs256_signed_with_the_public_key_is_refused(anyone: Client) -> None:
    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims())
    signature = hmac.new(key(anyone).encode(), signed, hashlib.sha256).digest()
    refused(anyone, "Bearer " + (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode())


def test_another_key_is_refused(anyone: Client) -> None:
    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    refused(anyone, "Bearer " + jwt.encode(claims(), pem, algorithm="RS512"))


def test_an_altered_payload_is_refused(anyone: Client) -> None:
    header, payload, signature = anyone.call("POST", "/token", GET_TOKEN, FIELDS).text.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    content["client"]["scope"] = [{"code": "APPOINTMENT_API:5"}]
    forged = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    refused(anyone, f"Bearer {header}.{forged}.{signature}")


@pytest.mark.parametrize("case", ["Bearer", "bearer", "BEARER", "bare"])
def test_the_word_bearer_in_any_case_or_missing(anyone: Client, case: str) -> None:
    token = anyone.call("POST", "/token", GET_TOKEN, FIELDS).text
    headers = {"Authorization": token if case == "bare" else f"{case} {token}"}
    assert anyone.call("GET", "/api/appointment/Appointment", {"cid": "1111111111119"}, headers=headers).status == 200

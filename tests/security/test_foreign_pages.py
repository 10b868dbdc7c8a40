"""A page of another web site must not control what `make run` starts.

Engine, simulator, API and phone back end.
"""

from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from urllib3 import HTTPHeaderDict

from infra.local.local_stack import LocalStack
from tests.client import CountingPool

http = CountingPool(retries=False, timeout=180)
PAGE = "http://attacker.example"
SERVERS = {"engine": "/", "simulator": "/control/counts", "api": "/health", "back end": "/phone/api/me"}


def url_of(local_stack: LocalStack, name: str) -> str:
    bases = {
        "engine": local_stack.endpoint,
        "simulator": local_stack.simulator,
        "api": local_stack.url,
        "back end": local_stack.env["PHONE_BACK_END"],
    }
    return bases[name] + SERVERS[name]


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("headers", [{"Origin": PAGE}, {"Origin": "null"}, {"Host": "attacker.example"}])
def test_no_server_answers_a_page_of_another_site(
    local_stack: LocalStack, name: str, method: str, headers: dict[str, str]
) -> None:
    reply = http.request(method, url_of(local_stack, name), headers=headers)
    assert reply.status == 403
    assert b"Only programs of this machine" in reply.data
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("header", ["Host", "Origin"])
def test_a_second_header_does_not_hide_the_other_site(local_stack: LocalStack, name: str, header: str) -> None:
    url = url_of(local_stack, name)
    own = urlsplit(url).netloc
    headers = HTTPHeaderDict({"Host": own, "Origin": f"http://{own}"})
    headers.add(header, {"Host": "attacker.example", "Origin": PAGE}[header])
    assert http.request("GET", url, headers=headers).status in (400, 403)


@pytest.mark.parametrize("name", ["simulator", "api", "back end"])
def test_a_page_of_another_port_of_this_machine_is_another_site_too(local_stack: LocalStack, name: str) -> None:
    assert http.request("GET", url_of(local_stack, name), headers={"Origin": "http://127.0.0.1:9"}).status == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_own_pages_are_answered_under_both_names_of_the_machine(local_stack: LocalStack, host: str) -> None:
    address = f"{host}:{urlsplit(local_stack.url).port}"
    headers = {"Host": address, "Origin": f"http://{address}"}
    assert http.request("GET", url_of(local_stack, "api"), headers=headers).status == 200


def preflight(local_stack: LocalStack, path: str, origin: str, method: str = "PUT") -> Any:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return http.request("OPTIONS", local_stack.endpoint + path, headers=headers)


def dashboard(local_stack: LocalStack) -> str:
    """The origin whose pages may upload.

    If another server is attacked, it is that of the server with the dashboard.
    """
    return local_stack.env.get("API_URL", local_stack.url)


def test_the_dashboard_may_upload_files_and_do_nothing_else_in_the_engine(local_stack: LocalStack) -> None:
    allowed = preflight(local_stack, "/moph-local-files/targets/x", dashboard(local_stack))
    assert (allowed.status, bool(allowed.headers["Access-Control-Allow-Origin"])) == (200, True)
    assert preflight(local_stack, "/moph-local-files/targets/x", PAGE).status == 403
    scan = {"Origin": dashboard(local_stack), "X-Amz-Target": "DynamoDB_20120810.Scan"}
    assert http.request("POST", local_stack.endpoint, headers=scan, body=b"{}").status == 403


def client(local_stack: LocalStack, service: str, **options: Any) -> Any:
    right = {name.lower(): local_stack.env[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    return boto3.client(service, endpoint_url=local_stack.endpoint, region_name="ap-southeast-1", **(right | options))


def test_the_engine_checks_credentials_and_runs_no_code(local_stack: LocalStack) -> None:
    assert client(local_stack, "dynamodb").list_tables()["TableNames"]
    for keys in (
        {"aws_access_key_id": "local", "aws_secret_access_key": "local"},
        {"aws_secret_access_key": "guessed"},
    ):
        with pytest.raises(ClientError) as refused:
            client(local_stack, "dynamodb", **keys).list_tables()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    unsigned = http.request(
        "POST",
        local_stack.endpoint,
        headers={"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"},
        body=b"{}",
    )
    assert unsigned.status == 403
    with pytest.raises(ClientError):
        client(local_stack, "lambda").list_functions()


def test_a_presigned_url_uploads_one_file_and_a_changed_one_does_nothing(local_stack: LocalStack) -> None:
    parameters = {"Bucket": "moph-local-files", "Key": "security/x"}
    s3 = client(local_stack, "s3", config=Config(signature_version="s3v4"))
    url = s3.generate_presigned_url("put_object", Params=parameters, ExpiresIn=60)
    assert http.request("PUT", url, body=b"1111111111119", headers={"Origin": dashboard(local_stack)}).status == 200
    assert http.request("PUT", url.replace("security/x", "security/y"), body=b"x").status == 403
    assert http.request("GET", url).status == 403
    assert http.request("PUT", url, body=b"x", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"}).status == 403


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config"])
def test_the_engines_own_commands_are_off(local_stack: LocalStack, path: str) -> None:
    assert http.request("POST", local_stack.endpoint + path, body=b"{}").status == 403

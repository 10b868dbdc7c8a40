"""Secrets come from SSM; a changed one is used in five minutes, not deployed."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from chalicelib import secret_parameters
from chalicelib.errors import TryAgain
from chalicelib.messages import workers
from chalicelib.secret_parameters import MAX_AGE_SECONDS, secret


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """SSM in memory, for a function that has two secrets."""
    monkeypatch.setenv("SECRETS", "line_channel_secret,line_channel_access_token")
    with mock_aws():
        forget()
        yield boto3.client("ssm")
    forget()


def forget() -> None:
    secret_parameters._ssm.cache_clear()
    secret_parameters._cache.values, secret_parameters._cache.read_at = {}, None


def put(ssm: Any, value: str, name: str = "line_channel_secret") -> None:
    ssm.put_parameter(Name=f"/moph/local/{name}", Value=value, Type="SecureString", Overwrite=True)


def five_minutes_later() -> None:
    assert secret_parameters._cache.read_at is not None
    secret_parameters._cache.read_at -= MAX_AGE_SECONDS


def test_a_changed_secret_is_used_after_five_minutes_and_is_not_asked_for_before(ssm: Any) -> None:
    put(ssm, "old")
    assert secret("line_channel_secret") == "old"
    put(ssm, "new")
    assert secret("line_channel_secret") == "old"
    five_minutes_later()
    assert secret("line_channel_secret") == "new"


def test_while_ssm_is_away_the_secret_of_before_is_used(ssm: Any) -> None:
    put(ssm, "old")
    assert secret("line_channel_secret") == "old"
    five_minutes_later()
    fail(secret_parameters._ssm())
    assert secret("line_channel_secret") == "old"


def test_without_a_secret_of_before_the_caller_is_told_to_try_again(ssm: Any) -> None:
    fail(secret_parameters._ssm())
    with pytest.raises(TryAgain):
        secret("line_channel_secret")


def fail(client: Any) -> None:
    def no_connection(**_: Any) -> None:
        raise ConnectTimeoutError(endpoint_url="ssm")

    client.meta.events.register_first("before-send.ssm", no_connection)


def test_a_function_with_none_of_its_secrets_says_which_are_missing(ssm: Any) -> None:
    with pytest.raises(RuntimeError, match="line_channel_secret, line_channel_access_token"):
        secret("line_channel_secret")


def test_one_of_several_secrets_may_be_missing(ssm: Any) -> None:
    put(ssm, "token", "line_channel_access_token")
    assert secret("line_channel_secret") == ""


def test_on_one_machine_the_environment_has_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRETS", raising=False)
    monkeypatch.setenv("LINE_CHANNEL_SECRET", "local")
    assert secret("line_channel_secret") == "local"


def test_a_channel_keeps_its_connections_until_its_credentials_change() -> None:
    first = workers._app_gateway("token", "", "")
    assert workers._app_gateway("token", "", "") is first
    assert workers._app_gateway("another", "", "") is not first

"""The sign-in limits behind CloudFront use the client's real address.

A client cannot invent one.
"""

import pytest

from chalicelib.http_adapter import client_address

CLOUDFRONT, CLIENT = "130.176.0.1", "203.0.113.7"


@pytest.fixture(autouse=True)
def origin_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRETS", raising=False)
    monkeypatch.setenv("ORIGIN_SECRET", "new,old")


@pytest.mark.parametrize("proof", ["new", "old"])
def test_behind_cloudfront_the_client_counts_also_while_the_secret_changes(proof: str) -> None:
    assert client_address(CLOUDFRONT, {"true-client-ip": CLIENT, "x-origin-secret": proof}) == CLIENT


@pytest.mark.parametrize("proof", [{}, *({"x-origin-secret": wrong} for wrong in ("", ",", "new,old", "ne", "ก"))])
def test_an_address_that_a_client_invents_does_not_count(proof: dict[str, str]) -> None:
    assert client_address(CLIENT, {"true-client-ip": "198.51.100.1", **proof}) == CLIENT


def test_without_a_secret_of_its_own_the_api_trusts_no_address_that_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORIGIN_SECRET", "")
    for proof in ("", "new"):
        assert client_address(CLIENT, {"true-client-ip": "198.51.100.1", "x-origin-secret": proof}) == CLIENT


def test_a_request_that_did_not_come_through_cloudfront_has_its_own_address() -> None:
    assert client_address(CLIENT, {"x-origin-secret": "new"}) == CLIENT

"""Calls of a message_confirm_url, against a real TLS server.

What is called, and what is not.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.errors import Invalid
from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable
from chalicelib.messages.channels.confirm import ConfirmCaller
from tests.messages.hospital_server import HOST, URL, Hospital, serving


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    with serving(tmp_path) as running:
        yield running


def test_the_url_is_called_once_by_its_name(hospital):
    hospital.caller().call(URL)
    assert hospital.requests == [f"{HOST}/read?ref=7"]


def test_a_redirect_is_not_followed(hospital):
    hospital.status = 302
    with pytest.raises(ChannelRefused):
        hospital.caller().call(URL)
    assert len(hospital.requests) == 1


@pytest.mark.parametrize("resolved", [["10.0.0.1"], ["127.0.0.1", "169.254.169.254"], ["::1"]])
def test_a_name_that_resolves_to_a_private_address_is_not_called(hospital, resolved):
    with pytest.raises(ChannelRefused):
        hospital.caller(resolved).call(URL)
    assert hospital.requests == []


def test_only_the_address_that_was_checked_is_connected_to(hospital, tmp_path):
    """The name resolves to another address the second time."""
    answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]]
    caller = ConfirmCaller(
        addresses_of=lambda host, port: answers.pop(0),
        allowed=lambda address: address == "127.0.0.1",
        port=hospital.port,
        ca_certs=hospital.certificate,
    )
    with serving(tmp_path, "127.0.0.2", hospital.port) as private:
        caller.call(URL)
        with pytest.raises(ChannelRefused):
            caller.call(URL)
    assert (len(hospital.requests), private.requests) == (1, [])


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "017700000001"])
def test_local_names_and_addresses_in_other_spellings_are_not_called(hospital, host):
    with pytest.raises(Invalid):
        ConfirmCaller(port=hospital.port, ca_certs=hospital.certificate).call(f"https://{host}/")
    assert hospital.requests == []


def test_a_name_of_this_machine_is_not_called(hospital):
    with pytest.raises(ChannelRefused):
        ConfirmCaller(addresses_of=lambda host, port: ["127.0.0.1"], port=hospital.port).call(URL)
    assert hospital.requests == []


@pytest.mark.parametrize("trusted", [True, False])
def test_the_certificate_must_be_of_the_host_and_trusted(hospital, trusted):
    other = URL.replace(HOST, "other.example.go.th") if trusted else URL
    with pytest.raises(ChannelRefused):
        hospital.caller(trusted=trusted).call(other)
    assert hospital.requests == []


@pytest.mark.parametrize(
    ("status", "failure"), [(404, ChannelRefused), (500, ChannelUnavailable), (429, ChannelUnavailable)]
)
def test_which_statuses_are_final_and_which_are_tried_again(hospital, status, failure):
    hospital.status = status
    with pytest.raises(failure):
        hospital.caller().call(URL)


def test_a_name_that_cannot_be_resolved_is_tried_again():
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(ChannelUnavailable) as failure:
        ConfirmCaller(addresses_of=unknown).call(URL)
    assert failure.value.in_doubt is False


def test_a_url_that_may_not_be_called_is_not_resolved():
    with pytest.raises(Invalid):
        ConfirmCaller(addresses_of=lambda host, port: pytest.fail("resolved")).call("http://his.example.go.th/")


@pytest.mark.parametrize("behaviour", ["drips", "holds"])
def test_a_slow_answer_is_cut_off(hospital, behaviour):
    """Without the cut, the answer would come in the end with status 200."""
    setattr(hospital, behaviour, True)
    with pytest.raises(ChannelUnavailable) as failure:
        hospital.caller(seconds=5).call(URL)
    assert failure.value.in_doubt is True
    assert len(hospital.requests) == 1


def test_a_server_that_accepts_the_connection_and_sends_nothing_is_cut_off(hospital):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        hospital.port = mute.getsockname()[1]
        with pytest.raises(ChannelUnavailable) as failure:
            hospital.caller(seconds=0.5).call(URL)
    assert failure.value.in_doubt is False

"""Calling a hospital's message_confirm_url, and nothing that it did not mean to reach: against a real TLS server."""

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
    with serving(tmp_path) as here:
        yield here


def test_the_url_is_called_once_by_its_name(hospital):
    hospital.caller().call(URL)
    assert hospital.asked == [f"{HOST}/read?ref=7"]


def test_a_redirect_is_not_followed(hospital):
    hospital.status = 302
    with pytest.raises(ChannelRefused):
        hospital.caller().call(URL)
    assert len(hospital.asked) == 1


@pytest.mark.parametrize("resolved", [["10.0.0.1"], ["127.0.0.1", "169.254.169.254"], ["::1"]])
def test_a_name_that_leads_anywhere_private_is_not_called(hospital, resolved):
    with pytest.raises(ChannelRefused):
        hospital.caller(resolved).call(URL)
    assert hospital.asked == []


def test_a_name_that_changes_its_answer_leads_nowhere_else(hospital, tmp_path):
    """The checked address is the one that is connected to; a second look at the name would lead inside."""
    answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]]
    caller = ConfirmCaller(
        addresses_of=lambda host, port: answers.pop(0),
        allowed=lambda address: address == "127.0.0.1",
        port=hospital.port,
        ca_certs=hospital.certificate,
    )
    with serving(tmp_path, "127.0.0.2", hospital.port) as inside:
        caller.call(URL)
        with pytest.raises(ChannelRefused):
            caller.call(URL)
    assert (len(hospital.asked), inside.asked) == (1, [])


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "017700000001"])
def test_names_that_the_machine_itself_knows_and_numbers_in_disguise_are_looked_at_as_addresses(hospital, host):
    with pytest.raises(ChannelRefused):
        ConfirmCaller(port=hospital.port, ca_certs=hospital.certificate).call(f"https://{host}/")
    assert hospital.asked == []


def test_this_machine_is_no_public_address(hospital):
    with pytest.raises(ChannelRefused):
        ConfirmCaller(addresses_of=lambda host, port: ["127.0.0.1"], port=hospital.port).call(URL)
    assert hospital.asked == []


@pytest.mark.parametrize("trusted", [True, False])
def test_the_certificate_must_be_the_hosts(hospital, trusted):
    other = URL.replace(HOST, "other.example.go.th") if trusted else URL
    with pytest.raises(ChannelRefused):
        hospital.caller(trusted=trusted).call(other)
    assert hospital.asked == []


@pytest.mark.parametrize(
    ("status", "failure"), [(404, ChannelRefused), (500, ChannelUnavailable), (429, ChannelUnavailable)]
)
def test_a_no_is_final_and_a_not_now_is_not(hospital, status, failure):
    hospital.status = status
    with pytest.raises(failure):
        hospital.caller().call(URL)


def test_a_name_that_nobody_knows_may_be_known_later():
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(ChannelUnavailable) as failure:
        ConfirmCaller(addresses_of=unknown).call(URL)
    assert failure.value.in_doubt is False


def test_a_url_that_may_not_be_called_is_not_resolved():
    with pytest.raises(Invalid):
        ConfirmCaller(addresses_of=lambda host, port: pytest.fail("resolved")).call("http://his.example.go.th/")


@pytest.mark.parametrize("manner", ["drips", "holds"])
def test_a_hospital_that_takes_its_time_is_cut_off_whatever_it_sends(hospital, manner):
    """Were it not, the answer would come in the end, and it is a good one."""
    setattr(hospital, manner, True)
    with pytest.raises(ChannelUnavailable) as failure:
        hospital.caller(seconds=5).call(URL)
    assert failure.value.in_doubt is True
    assert len(hospital.asked) == 1


def test_one_that_takes_the_connection_and_says_nothing_is_cut_off_too(hospital):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        hospital.port = mute.getsockname()[1]
        with pytest.raises(ChannelUnavailable) as failure:
            hospital.caller(seconds=0.5).call(URL)
    assert failure.value.in_doubt is False

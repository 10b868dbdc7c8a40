"""The channels against a simulator that plays both providers over HTTP."""

import dataclasses
import json
import urllib.request
import uuid

import pytest
import urllib3

from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, OutboundBatch
from chalicelib.messages.channels.app import AppGateway
from infra.local.provider_server import Simulator
from tests.waiting import eventually

PEOPLE = [f"{n:013d}" for n in range(500)]
USERS = [f"U{n:032x}" for n in range(500)]


@pytest.fixture
def simulator():
    with Simulator() as simulator:
        yield simulator


def faults(simulator, **channels):
    request = urllib.request.Request(f"{simulator.url}/control/faults", json.dumps(channels).encode(), method="POST")
    urllib.request.urlopen(request, timeout=180).close()


def received(simulator, channel):
    with urllib.request.urlopen(f"{simulator.url}/control/counts", timeout=180) as answer:
        return json.load(answer)["messages"].get(f"{channel} m1", {"people": 0, "deliveries": 0, "most": 0})


def line_channel(*arguments):
    """A LineChannel, imported late.

    The SDK takes a second to import, which each pytest process would spend while it collects.
    """
    from chalicelib.messages.channels.line import LineChannel

    return LineChannel(*arguments)


def channel_of(simulator, name, seconds=180.0):
    """The channel of this name; it waits `seconds` for an answer."""
    if name == "app":
        timeout = urllib3.Timeout(connect=180, read=seconds)
        return AppGateway(f"{simulator.url}/app", {"Authorization": "Bearer local-app-token"}, timeout)
    return line_channel(f"{simulator.url}/line", "local-line-token", (180.0, seconds))


@pytest.fixture(params=["app", "line"])
def channel(request, simulator):
    name = request.param
    return name, channel_of(simulator, name), PEOPLE if name == "app" else USERS


def outbound_batch(to, key=None):
    return OutboundBatch(key or uuid.uuid4(), "m1", "รพ.ทดสอบระบบ (00000)", "คลินิกย้าย", "<p>อาคาร 2</p>", "อาคาร 2", to)


def test_a_batch_of_500_arrives_in_one_call(simulator, channel):
    name, provider, people = channel
    assert provider.send(outbound_batch(people)) == frozenset()
    assert received(simulator, name) == {"people": 500, "deliveries": 500, "most": 1}


@pytest.mark.parametrize("has_button", [True, False])
def test_line_shows_the_button_only_where_the_message_has_one(simulator, has_button):
    batch = dataclasses.replace(outbound_batch(USERS), has_button=has_button)
    assert channel_of(simulator, "line").send(batch) == frozenset()
    # The simulator knows the message by its button's data.
    assert received(simulator, "line")["people"] == (500 if has_button else 0)


def test_the_same_key_again_delivers_nothing_twice_and_is_a_success(simulator, channel):
    name, provider, people = channel
    key = uuid.uuid4()
    provider.send(outbound_batch(people, key))
    assert provider.send(outbound_batch(people, key)) == frozenset()
    assert received(simulator, name)["most"] == 1


@pytest.mark.parametrize(
    ("fault", "in_doubt", "arrived"),
    [
        ({"too_many": 1, "retry_after": 7}, False, 0),
        ({"error_before": 1}, True, 0),
        ({"error_after": 1}, True, 500),
        ({"silent_after": 1}, True, 500),
        ({"down": True}, True, 0),
        ({"unauthorised": True}, False, 0),
    ],
)
def test_a_temporary_failure_says_whether_the_batch_may_have_arrived(simulator, channel, fault, in_doubt, arrived):
    name, provider, people = channel
    faults(simulator, **{name: fault})
    with pytest.raises(ChannelUnavailable) as failure:
        provider.send(outbound_batch(people))
    assert failure.value.in_doubt is in_doubt
    assert failure.value.retry_after == (7 if "too_many" in fault else None)
    assert received(simulator, name)["deliveries"] == arrived


@pytest.mark.parametrize("fault", [{"silent_after": 1, "silent_seconds": 60}, {"slow_seconds": 60}])
def test_a_provider_that_is_too_slow_is_left_in_doubt(simulator, channel, fault):
    name, _, people = channel
    faults(simulator, **{name: fault})
    with pytest.raises(ChannelUnavailable) as failure:
        channel_of(simulator, name, seconds=0.3).send(outbound_batch(people))
    assert failure.value.in_doubt is True
    eventually(lambda: received(simulator, name)["deliveries"] == 500, "the batch has arrived")


def test_the_same_key_after_no_answer_delivers_once(simulator, channel):
    name, provider, people = channel
    key = uuid.uuid4()
    faults(simulator, **{name: {"silent_after": 1}})
    with pytest.raises(ChannelUnavailable):
        provider.send(outbound_batch(people, key))
    faults(simulator)
    provider.send(outbound_batch(people, key))
    assert received(simulator, name) == {"people": 500, "deliveries": 500, "most": 1}


def test_no_connection_is_unavailable_and_not_in_doubt():
    with Simulator() as gone:
        url = gone.url
    for provider in (AppGateway(f"{url}/app", {}), line_channel(f"{url}/line", "x")):
        with pytest.raises(ChannelUnavailable) as failure:
            provider.send(outbound_batch(["x"]))
        assert failure.value.in_doubt is False


def test_the_gateway_names_people_whom_it_does_not_know(simulator):
    faults(simulator, app={"unknown": PEOPLE[:2]})
    provider = AppGateway(f"{simulator.url}/app", {"client-key": "local-client-key", "secret-key": "local-secret-key"})
    assert provider.send(outbound_batch(PEOPLE)) == frozenset(PEOPLE[:2])


def test_a_batch_that_the_provider_never_takes_is_refused(simulator, channel):
    _, provider, _ = channel
    with pytest.raises(ChannelRefused):
        provider.send(outbound_batch(["not an id"] * 1001))


def test_a_failure_quotes_no_ids_and_no_tokens(simulator, channel):
    name, provider, people = channel
    faults(simulator, **{name: {"error_before": 1}})
    with pytest.raises(ChannelUnavailable) as failure:
        provider.send(outbound_batch(people))
    assert people[1] not in str(failure.value)
    assert "token" not in str(failure.value)

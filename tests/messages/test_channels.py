"""The ways out, against the simulator that plays both providers over real HTTP."""

import json
import urllib.request
import uuid

import pytest
import urllib3

from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, OutboundBatch
from chalicelib.messages.channels.app import AppGateway
from chalicelib.messages.channels.line import LineChannel
from infra.local.provider_simulator import Simulator
from tests.waiting import eventually

PEOPLE = [f"{n:013d}" for n in range(500)]
USERS = [f"U{n:032x}" for n in range(500)]


@pytest.fixture
def outside():
    with Simulator() as simulator:
        yield simulator


def faults(outside, **channels):
    request = urllib.request.Request(f"{outside.url}/control/faults", json.dumps(channels).encode(), method="POST")
    urllib.request.urlopen(request, timeout=180).close()


def received(outside, channel):
    with urllib.request.urlopen(f"{outside.url}/control/counts", timeout=180) as answer:
        return json.load(answer)["messages"].get(f"{channel} m1", {"people": 0, "deliveries": 0, "most": 0})


def way_out(outside, name, seconds=180.0):
    """The channel of this name, which waits so long for an answer."""
    if name == "app":
        timeout = urllib3.Timeout(connect=180, read=seconds)
        return AppGateway(f"{outside.url}/app", {"Authorization": "Bearer local-app-token"}, timeout)
    return LineChannel(f"{outside.url}/line", "local-line-token", (180.0, seconds))


@pytest.fixture(params=["app", "line"])
def channel(request, outside):
    name = request.param
    return name, way_out(outside, name), PEOPLE if name == "app" else USERS


def outbound_batch(to, key=None):
    return OutboundBatch(key or uuid.uuid4(), "m1", "คลินิกย้าย", "<p>อาคาร 2</p>", "อาคาร 2", to)


def test_a_batch_of_500_arrives_in_one_call(outside, channel):
    name, way, people = channel
    assert way.send(outbound_batch(people)) == frozenset()
    assert received(outside, name) == {"people": 500, "deliveries": 500, "most": 1}


def test_the_same_key_again_delivers_nothing_twice_and_is_a_success(outside, channel):
    name, way, people = channel
    key = uuid.uuid4()
    way.send(outbound_batch(people, key))
    assert way.send(outbound_batch(people, key)) == frozenset()
    assert received(outside, name)["most"] == 1


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
def test_what_may_pass_is_unavailable_and_says_whether_it_may_have_arrived(outside, channel, fault, in_doubt, arrived):
    name, way, people = channel
    faults(outside, **{name: fault})
    with pytest.raises(ChannelUnavailable) as failure:
        way.send(outbound_batch(people))
    assert failure.value.in_doubt is in_doubt
    assert failure.value.retry_after == (7 if "too_many" in fault else None)
    assert received(outside, name)["deliveries"] == arrived


@pytest.mark.parametrize("fault", [{"silent_after": 1, "silent_seconds": 60}, {"slow_seconds": 60}])
def test_whoever_takes_too_long_is_not_waited_for_and_may_have_it(outside, channel, fault):
    name, _, people = channel
    faults(outside, **{name: fault})
    with pytest.raises(ChannelUnavailable) as failure:
        way_out(outside, name, seconds=0.3).send(outbound_batch(people))
    assert failure.value.in_doubt is True
    eventually(lambda: received(outside, name)["deliveries"] == 500, "it has arrived all the same")


def test_after_silence_the_same_key_still_delivers_once(outside, channel):
    name, way, people = channel
    key = uuid.uuid4()
    faults(outside, **{name: {"silent_after": 1}})
    with pytest.raises(ChannelUnavailable):
        way.send(outbound_batch(people, key))
    faults(outside)
    way.send(outbound_batch(people, key))
    assert received(outside, name) == {"people": 500, "deliveries": 500, "most": 1}


def test_nobody_listening_is_unavailable_and_not_in_doubt():
    with Simulator() as gone:
        url = gone.url
    for way in (AppGateway(f"{url}/app", {}), LineChannel(f"{url}/line", "x")):
        with pytest.raises(ChannelUnavailable) as failure:
            way.send(outbound_batch(["x"]))
        assert failure.value.in_doubt is False


def test_the_gateway_names_the_people_it_does_not_know(outside):
    faults(outside, app={"unknown": PEOPLE[:2]})
    way = AppGateway(f"{outside.url}/app", {"client-key": "local-client-key", "secret-key": "local-secret-key"})
    assert way.send(outbound_batch(PEOPLE)) == frozenset(PEOPLE[:2])


def test_what_a_provider_will_never_take_is_refused(outside, channel):
    _, way, _ = channel
    with pytest.raises(ChannelRefused):
        way.send(outbound_batch(["not an id"] * 1001))


def test_a_failure_quotes_neither_ids_nor_keys(outside, channel):
    name, way, people = channel
    faults(outside, **{name: {"error_before": 1}})
    with pytest.raises(ChannelUnavailable) as failure:
        way.send(outbound_batch(people))
    assert people[1] not in str(failure.value)
    assert "token" not in str(failure.value)

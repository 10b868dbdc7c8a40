"""What holds for announcements whatever stores or carries them (manual 3)."""

import random
from datetime import datetime, timedelta

import pytest

from chalicelib.clock import BANGKOK
from chalicelib.errors import Invalid, MessageNotDraft, MessageNotSending
from chalicelib.messages import rules

ID = "1111111111119"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    "raw",
    [
        b"1111111111119",
        b"1111111111119\r",
        b"\xef\xbb\xbf1111111111119",
        b"1-1111-11111-11-9",
        b"  1 1111 11111 11 9  ",
        b'"1111111111119",',
        "๑๑๑๑๑๑๑๑๑๑๑๑๙".encode(),
        "๑๑๑๑๑๑๑๑๑๑๑๑๙".encode("cp874"),
        "1–1111–11111–11–9".encode(),
    ],
)
def test_an_id_is_read_however_a_hospital_writes_it(raw):
    assert rules.clean(raw) == ID


@pytest.mark.parametrize("raw", [b"", b"   ", b"\r", b"\xef\xbb\xbf", b"\t"])
def test_a_blank_line_is_blank(raw):
    assert rules.clean(raw) == ""


@pytest.mark.parametrize("raw", ["นายสมชาย ใจดี".encode(), "นายสมชาย".encode("cp874"), b"\xff\xfe\xdb", b"x" * 5000])
def test_what_is_no_id_does_not_become_one(raw):
    assert not rules.clean(raw).isdigit()


def lines_of(blob: bytes, block: int) -> list[tuple[int, str, int]]:
    blocks = (blob[i : i + block] for i in range(0, len(blob), block))
    return [(line.number, line.text, line.next_offset) for line in rules.target_lines(blocks)]


@pytest.mark.parametrize("block", [1, 3, 7, 16, 10_000])
def test_lines_are_the_same_however_the_stream_is_cut(block):
    blob = b"1111111111119\r\n\r\n1234567890121\n8000000000031"
    assert lines_of(blob, block) == [
        (1, ID, 15),
        (2, "", 17),
        (3, "1234567890121", 31),
        (4, "8000000000031", len(blob)),
    ]


@pytest.mark.parametrize("block", [64, 1000])
def test_a_file_without_line_ends_is_one_line_and_fills_no_memory(block):
    blob = b"1" * 100_000 + b"\n1111111111119\n"
    assert lines_of(blob, block) == [(1, "too long", 100_001), (2, ID, 100_015)]


def test_reading_goes_on_where_it_stopped():
    blob = b"1111111111119\n1234567890121\n8000000000031\n"
    first = next(rules.target_lines([blob]))
    rest = list(rules.target_lines([blob[first.next_offset :]], first.next_offset, first.number + 1))
    assert [(line.number, line.text) for line in rest] == [(2, "1234567890121"), (3, "8000000000031")]
    assert rest[-1].next_offset == len(blob)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_is_recognised(encoding):
    assert rules.is_utf16(ID.encode(encoding))
    assert not rules.is_utf16(b"\xef\xbb\xbf" + ID.encode())


@pytest.mark.parametrize(
    ("state", "deed", "then"),
    [
        ("draft", "send", "sending"),
        ("sending", "stop", "stopped"),
        ("stopped", "resume", "sending"),
        ("sending", "send", "sending"),
        ("stopped", "stop", "stopped"),
        ("sending", "resume", "sending"),
    ],
)
def test_what_may_be_done_with_a_message(state, deed, then):
    assert rules.next_state(state, deed) == then


@pytest.mark.parametrize(
    ("state", "deed", "refusal"),
    [
        ("sending", "edit", MessageNotDraft),
        ("stopped", "edit", MessageNotDraft),
        ("stopped", "send", MessageNotDraft),
        ("draft", "stop", MessageNotSending),
        ("draft", "resume", MessageNotSending),
    ],
)
def test_what_may_not_be_done_with_a_message(state, deed, refusal):
    with pytest.raises(refusal):
        rules.next_state(state, deed)


def test_a_delivery_that_was_read_is_read_whatever_the_provider_said():
    assert rules.delivery_state(False, None, None) == "queued"
    assert rules.delivery_state(True, None, None) == "sent"
    assert rules.delivery_state(True, rules.NOT_LINKED, None) == "failed"
    assert rules.delivery_state(True, rules.NOT_LINKED, "2026-11-23T12:00:00+07:00") == "read"


def test_every_attempt_at_a_batch_has_one_key_and_no_other_batch_has_it():
    seed = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert rules.repeat_key(seed, "0001", "line") == rules.repeat_key(seed, "0001", "line")
    others = {rules.repeat_key(seed, b, c) for b in ("0001", "0002") for c in ("app", "line")}
    assert len(others) == 4


def test_a_call_in_doubt_is_repeated_only_while_the_provider_remembers_it():
    assert rules.may_repeat(None, NOON)
    assert rules.may_repeat(NOON - timedelta(hours=22), NOON)
    assert not rules.may_repeat(NOON - timedelta(hours=23), NOON)


def test_pauses_grow_and_respect_the_provider_and_end():
    draw = random.Random(7)
    first, second, late = (rules.pause_seconds(n, 20, None, draw) for n in (1, 2, 30))
    assert 10 <= first <= 20 <= second <= 40
    assert 450 <= late <= 900
    assert rules.pause_seconds(1, 1, 120.0, draw) == 120
    assert rules.pause_seconds(1, 1, 86_400.0, draw) == 900


@pytest.mark.parametrize(
    "url",
    [
        "http://his.example.go.th/read",
        "ftp://his.example.go.th/",
        "https:///read",
        "https://user:secret@his.example.go.th/",
        "https://his.example.go.th:8443/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://his.example.go.th:port/",
        "read/1",
    ],
)
def test_a_confirm_url_that_may_not_be_called_is_named(url):
    with pytest.raises(Invalid) as refused:
        rules.confirm_url_parts(url)
    assert list(refused.value.fields) == ["message_confirm_url"]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://his.example.go.th/read?ref=7&to=%2Fa", ("his.example.go.th", 443, "/read?ref=7&to=%2Fa")),
        ("https://his.example.go.th", ("his.example.go.th", 443, "/")),
        ("https://his.example.go.th?ref=นัด 7", ("his.example.go.th", 443, "/?ref=%E0%B8%99%E0%B8%B1%E0%B8%94%207")),
        ("https://โรงพยาบาล.ไทย/อ่าน", ("xn--72c2blqcq3gb1l.xn--o3cw4h", 443, "/%E0%B8%AD%E0%B9%88%E0%B8%B2%E0%B8%99")),
    ],
)
def test_a_confirm_url_is_called_as_it_was_given_but_for_what_a_request_must_quote(url, parts):
    assert rules.confirm_url_parts(url) == parts


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "169.254.170.2",
        "192.0.0.192",
        "198.18.0.1",
        "255.255.255.255",
        "::",
        "fe80::1%eth0",
        "fec0::1",
        "::ffff:169.254.169.254",
        "::ffff:0:169.254.169.254",
        "::169.254.169.254",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "2002:7f00:1::",
        "ff02::1",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not rules.is_public(address)


@pytest.mark.parametrize("address", ["203.150.1.1", "8.8.8.8", "2001:3c8::1", "::ffff:8.8.8.8"])
def test_addresses_that_are(address):
    assert rules.is_public(address)

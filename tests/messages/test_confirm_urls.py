"""Which message_confirm_url may be called, and which addresses are public."""

import pytest

from chalicelib.errors import Invalid
from chalicelib.messages.confirm_urls import confirm_url_parts, is_public


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
        "https://127.1/",
        "https://127.0.0.1./",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127。0。0。1/",
        "https://localhost/",
        "https://his.localhost/",
        "https://his.example.go.th:port/",
        "read/1",
    ],
)
def test_a_url_that_may_not_be_called_is_refused_naming_the_field(url):
    with pytest.raises(Invalid) as refused:
        confirm_url_parts(url)
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
def test_a_url_is_called_as_it_was_given_with_the_rest_quoted(url, parts):
    assert confirm_url_parts(url) == parts


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
    assert not is_public(address)


@pytest.mark.parametrize("address", ["203.150.1.1", "8.8.8.8", "2001:3c8::1", "::ffff:8.8.8.8"])
def test_addresses_that_are_public(address):
    assert is_public(address)

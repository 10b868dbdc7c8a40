"""Calling a hospital's message_confirm_url, and nothing that it did not mean to reach: against a real TLS server."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.errors import Invalid
from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable
from chalicelib.messages.channels.confirm import ConfirmCaller

HOST = "his.example.go.th"
URL = f"https://{HOST}/read?ref=7"


@dataclass
class Hospital:
    """An HIS that answers with `status`, and remembers what it was asked."""

    port: int
    certificate: str
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def caller(self, resolved: list[str] | None = None, trusted: bool = True) -> ConfirmCaller:
        """A caller for whom 127.0.0.1 counts as public, since there is no public host in a test."""
        return ConfirmCaller(
            addresses_of=lambda host, port: resolved or ["127.0.0.1"],
            allowed=lambda address: address == "127.0.0.1",
            port=self.port,
            ca_certs=self.certificate if trusted else None,
        )


def certificate_for(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    certificate = certificate_for(HOST, tmp_path)
    here: Hospital

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(f"{self.headers['Host']}{self.path}")
            self.send_response(here.status)
            self.send_header("Location", "https://127.0.0.1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    here = Hospital(server.server_address[1], str(certificate))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


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


def test_a_name_that_changes_its_answer_leads_nowhere_else(hospital):
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    caller = ConfirmCaller(
        addresses_of=lambda host, port: answers.pop(0),
        allowed=lambda address: address == "127.0.0.1",
        port=hospital.port,
        ca_certs=hospital.certificate,
    )
    caller.call(URL)
    assert answers == [["169.254.169.254"]]


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

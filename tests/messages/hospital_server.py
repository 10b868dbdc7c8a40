"""Test server of a hospital's information system, with TLS and a certificate.

The product calls it.
"""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.messages.channels.confirm import ConfirmCaller

HOST = "his.example.go.th"
URL = f"https://{HOST}/read?ref=7"
A_LONG_TIME = 120.0


@dataclass
class Hospital:
    """The running server, and settings of its responses.

    status: of every response. drips: the server sends "100 Continue" repeatedly for A_LONG_TIME before the response.
    holds: it waits before the response until `let_go` is set. requests: host and path of each request.
    """

    port: int
    certificate: str
    status: int = 200
    drips: bool = False
    holds: bool = False
    let_go: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)

    def caller(self, resolved: list[str] | None = None, trusted: bool = True, seconds: float = 60) -> ConfirmCaller:
        """A ConfirmCaller for which 127.0.0.1 is public, since a test has no public host."""
        return ConfirmCaller(
            addresses_of=lambda host, port: resolved or ["127.0.0.1"],
            allowed=lambda address: address == "127.0.0.1",
            port=self.port,
            ca_certs=self.certificate if trusted else None,
            seconds=seconds,
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


@contextmanager
def serving(folder: Path, address: str = "127.0.0.1", port: int = 0) -> Iterator[Hospital]:
    """Run the server. port: 0 for a free one."""
    certificate = certificate_for(HOST, folder)
    hospital: Hospital

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hospital.requests.append(f"{self.headers['Host']}{self.path}")
            if hospital.holds:
                hospital.let_go.wait(A_LONG_TIME)
            if hospital.drips:
                self._drip()
            self.send_response(hospital.status)
            self.send_header("Location", f"https://{HOST}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self) -> None:
            for _ in range(int(A_LONG_TIME * 10)):
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                if hospital.let_go.wait(0.1):
                    break

        def log_message(self, format: str, *args: object) -> None:
            """Write no log."""

    server = ThreadingHTTPServer((address, port), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever calls may hang up
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    hospital = Hospital(server.server_address[1], str(certificate))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield hospital
    finally:
        hospital.let_go.set()
        server.shutdown()
        server.server_close()

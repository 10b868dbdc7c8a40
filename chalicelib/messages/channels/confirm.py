"""HTTP client for a hospital's `message_confirm_url`.

It is safe against server-side request forgery. The host is resolved once; every address must be public; the connection
goes to the address that was checked, so a second answer of the name server has no effect. It uses https with the
certificate of the host, no redirects and no proxy, and reads only the status of the answer. A call ends `WHOLE_SECONDS`
after the connection, even if bytes still arrive: the five calls of one run of the function fit into its time limit.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable

from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, is_temporary
from chalicelib.messages.confirm_urls import confirm_url_parts, is_public

CONNECT_SECONDS = 3.0
WHOLE_SECONDS = 8.0


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host name, IPv4 and IPv6."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class ConfirmCaller:
    """Client that calls URLs.

    All parameters are for tests, which have no public host to call.
    """

    def __init__(
        self,
        addresses_of: Callable[[str, int], list[str]] = resolve,
        allowed: Callable[[str], bool] = is_public,
        port: int | None = None,
        ca_certs: str | None = None,
        seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._addresses_of = addresses_of
        self._allowed = allowed
        self._port = port
        self._trust = ssl.create_default_context(cafile=ca_certs)
        self._seconds = seconds

    def call(self, url: str) -> None:
        """Send a GET request.

        Raises Invalid for a URL that may not be called, ChannelRefused if it leads to a private address or the status
        is final, ChannelUnavailable if another attempt may help.
        """
        host, port, path = confirm_url_parts(url)
        connected = self._connect(self._checked_address(host, port), port)
        tls = self._trust.wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)
        tls.settimeout(self._seconds)
        cut_off = threading.Timer(self._seconds, _cut_off, (tls,))  # the socket's time-out starts again with every byte
        cut_off.daemon = True
        cut_off.start()
        try:
            _shake_hands(tls)
            status = _status_of(tls, host, path)
        finally:
            cut_off.cancel()
            tls.close()
        if is_temporary(status):
            raise ChannelUnavailable(f"HTTP {status}", in_doubt=False)
        if not 200 <= status < 300:
            raise ChannelRefused(f"HTTP {status}")

    def _checked_address(self, host: str, port: int) -> str:
        try:
            addresses = self._addresses_of(host, port)
        except OSError as cause:
            raise ChannelUnavailable("the host name is not known", in_doubt=False) from cause
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise ChannelRefused("the host is not on the public internet")
        return addresses[0]

    def _connect(self, address: str, port: int) -> socket.socket:
        try:
            return socket.create_connection((address, self._port or port), timeout=CONNECT_SECONDS)
        except OSError as cause:
            raise ChannelUnavailable("no connection", in_doubt=False) from cause


def _cut_off(tls: ssl.SSLSocket) -> None:
    with contextlib.suppress(OSError):  # closed at this moment
        socket.socket.shutdown(tls, socket.SHUT_RDWR)  # of the base class: the reading thread owns the TLS state


def _shake_hands(tls: ssl.SSLSocket) -> None:
    try:
        tls.do_handshake()
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as cause:
        raise ChannelUnavailable("no TLS in time", in_doubt=False) from cause
    except ssl.SSLError as cause:
        raise ChannelRefused("the certificate is not that of the host") from cause
    except OSError as cause:
        raise ChannelUnavailable("no TLS in time", in_doubt=False) from cause


def _status_of(tls: ssl.SSLSocket, host: str, path: str) -> int:
    connection = http.client.HTTPSConnection(host)
    connection.sock = tls
    try:
        connection.request("GET", path, headers={"User-Agent": "MOPH-Appointment-Center", "Connection": "close"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as cause:
        raise ChannelUnavailable("no answer", in_doubt=True) from cause

"""Calls the `message_confirm_url` that a hospital gave, and nothing that it did not mean to reach.

The host is resolved once; every address must be public; the connection goes to the address that was checked, so a name
that changes its answer in between leads nowhere else. https with the certificate of the name, no redirects, no proxy,
time-outs, and not a byte of the answer is used.
"""

import socket
from collections.abc import Callable

import urllib3

from chalicelib.messages.channels import ChannelRefused, ChannelUnavailable, may_pass
from chalicelib.messages.rules import confirm_url_parts, is_public

_TIMEOUT = urllib3.Timeout(connect=3, read=5)


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host name, IPv4 and IPv6."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class ConfirmCaller:
    """addresses_of, ca_certs, port: for tests, which have no public host to call; `allowed` says what may be called."""

    def __init__(
        self,
        addresses_of: Callable[[str, int], list[str]] = resolve,
        allowed: Callable[[str], bool] = is_public,
        port: int | None = None,
        ca_certs: str | None = None,
    ) -> None:
        self._addresses_of = addresses_of
        self._allowed = allowed
        self._port = port
        self._ca_certs = ca_certs

    def call(self, url: str) -> None:
        """GET. Raises Invalid for a URL that may not be called, ChannelRefused where it leads somewhere private or the
        answer is a final no, ChannelUnavailable where another attempt may help."""
        host, port, path = confirm_url_parts(url)
        try:
            addresses = self._addresses_of(host, port)
        except OSError as cause:
            raise ChannelUnavailable("the host name is not known", in_doubt=False) from cause
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise ChannelRefused("the host is not on the public internet")
        pool = urllib3.HTTPSConnectionPool(
            addresses[0],
            self._port or port,
            timeout=_TIMEOUT,
            retries=False,
            cert_reqs="CERT_REQUIRED",
            ca_certs=self._ca_certs,
            server_hostname=host,
            assert_hostname=host,
        )
        try:
            # preload_content=False: an endless answer must not fill the memory.
            answer = pool.urlopen(
                "GET",
                path,
                headers={"Host": host, "User-Agent": "MOPH-Appointment-Center"},
                redirect=False,
                preload_content=False,
            )
            answer.close()
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as cause:
            raise ChannelUnavailable("no connection", in_doubt=False) from cause
        except urllib3.exceptions.SSLError as cause:
            raise ChannelRefused("the certificate is not that of the host") from cause
        except urllib3.exceptions.HTTPError as cause:
            raise ChannelUnavailable("no answer", in_doubt=True) from cause
        finally:
            pool.close()
        if may_pass(answer.status):
            raise ChannelUnavailable(f"HTTP {answer.status}", in_doubt=False)
        if not 200 <= answer.status < 300:
            raise ChannelRefused(f"HTTP {answer.status}")

"""Checks of a hospital's message_confirm_url. Pure.

A URL is checked before it is stored and before it is called.
"""

import ipaddress
from urllib.parse import quote, urlsplit

from chalicelib.errors import Invalid

_LEFT_UNQUOTED = "%/:?@!$&'()*+,;=~"

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
# Reserved by IANA; Python's ipaddress knows these in part, or not in every version.
_RESERVED_4 = [ipaddress.ip_network(network) for network in ("192.0.0.0/24", "192.88.99.0/24")]
_RESERVED_6 = [ipaddress.ip_network(network) for network in ("2001::/23", "3fff::/20")]


def confirm_url_parts(url: str) -> tuple[str, int, str]:
    """(host, port, path with query) of a URL that may be called.

    Raises Invalid, naming the field.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise _invalid("this is not a URL") from None
    if parts.scheme != "https" or not parts.hostname:
        raise _invalid("send a URL that begins with https://")
    if parts.username or parts.password:
        raise _invalid("a user name or password in the URL is not allowed")
    if port != 443:
        raise _invalid("only port 443 is called")
    try:
        host = parts.hostname if _is_address(parts.hostname) else parts.hostname.encode("idna").decode()
    except UnicodeError:
        raise _invalid("this host name cannot be") from None
    if not (is_public(host) if _is_address(host) else _is_public_name(host)):
        raise _invalid("only public addresses are called")
    # Thai letters and blanks become %XX; what is quoted already stays.
    path = quote(parts.path, _LEFT_UNQUOTED) or "/"
    return host, port, f"{path}?{quote(parts.query, _LEFT_UNQUOTED)}" if parts.query else path


def _invalid(problem: str) -> Invalid:
    return Invalid(fields={"message_confirm_url": problem})


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public_name(host: str) -> bool:
    """Return whether a host name can be on the public internet: `name.domain`.

    Resolvers read `127.1`, `2130706433` and `0x7f000001` as addresses; the domain of a name never begins with a digit.
    """
    labels = host.removesuffix(".").split(".")
    return len(labels) > 1 and labels[-1][:1].isalpha() and labels[-1] != "localhost"


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet.

    False for private, link-local, loop-back, multicast and the cloud's own addresses, also inside an IPv6 address.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        # Python calls some addresses outside 2000::/3 global; only those inside are in public use.
        return ip in _UNICAST and ip.is_global and not any(ip in network for network in _RESERVED_6)
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _RESERVED_4)

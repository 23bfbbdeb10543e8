"""Where workers may be: only in the allowed networks, whatever a name resolves to."""

import errno
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from arena.errors import ForbiddenAddress
from arena.settings import Network

SocketAddress = tuple[Any, Any, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` returns it: family, kind, protocol, name, place."""


def is_allowed(host: str, networks: tuple[Network, ...]) -> bool:
    """Whether this is an IP address in the allowed networks."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def check_address(url: str, networks: tuple[Network, ...]) -> None:
    """Refuse a worker whose address is a literal outside the allowed networks. Names are checked when connecting."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError as error:
        raise ForbiddenAddress from error
    # Also what some programs read as an address, such as 127.1 or one decimal number.
    is_literal = ":" in host or host.replace(".", "").isdigit()
    if is_literal and not is_allowed(host, networks):
        raise ForbiddenAddress


def allowed_sockets(networks: tuple[Network, ...]) -> Callable[[SocketAddress], socket.socket]:
    """Return what makes the HTTP client's sockets: the last step before connecting, which nothing leads around."""

    def make(address: SocketAddress) -> socket.socket:
        family, kind, protocol, _, place = address
        if not is_allowed(str(place[0]), networks):
            raise OSError(errno.EACCES, "the address is outside the allowed networks")
        return socket.socket(family, kind, protocol)

    return make

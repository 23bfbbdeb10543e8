"""Where workers may be: only in the allowed networks, whatever a name resolves to."""

import errno
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from arena.addresses import is_allowed
from arena.errors import ForbiddenAddress
from arena.settings import Network

SocketAddress = tuple[Any, Any, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` returns it: family, kind, protocol, name, place."""


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

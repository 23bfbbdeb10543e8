"""Who is asking: the session in the cookie, and the address that counts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from arena.settings import Network

COOKIE = "arena_session"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_WITH_PORT = re.compile(r"\[?([0-9A-Fa-f:.%]+?)\]?(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking. The token is a secret: it is never written anywhere but in the header to the controller."""

    address: str
    token: str = ""


def visitor(cookies: Mapping[str, str], peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> Visitor:
    """Return who is asking, from what arrived with the request."""
    token = cookies.get(COOKIE, "")
    return Visitor(
        address=address(peer, forwarded_for, trusted),
        token=token if _TOKEN.fullmatch(token) else "",
    )


def address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the socket's peer, or, if that is a trusted proxy, the right-most untrusted address it forwards for.

    `forwarded_for` are the values of the header's lines, in order. Whoever is not trusted can write what they like into
    them, and is not believed.
    """
    known = _parse(peer)
    if known is None:
        return peer
    hops = [hop for line in forwarded_for for hop in line.split(",")]
    while hops and _is_trusted(known, trusted):
        before = _parse(hops.pop().strip())
        if before is None:
            break
        known = before
    return str(known)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    bare = _WITH_PORT.fullmatch(text) if text.startswith("[") or text.count(":") == 1 else None
    try:
        found = ip_address(bare[1] if bare else text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_trusted(known: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(known.version == network.version and known in network for network in trusted)

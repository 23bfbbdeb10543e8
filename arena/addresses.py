"""What of an address counts as one visitor's, and who is near."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from arena.settings import Network

FORWARDING_HEADERS = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-original-forwarded-for",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-external-address",
    "x-azure-clientip",
    "true-client-ip",
    "cf-connecting-ip",
    "cdn-loop",
    "fastly-client-ip",
    "fly-client-ip",
)
"""What proxies, tunnels and content networks add. Whatever else begins with `x-forwarded` counts as well."""


def network_of(address: str) -> str:
    """Return what counts as one visitor's address: an IPv4 address, or the /64 of an IPv6 address.

    Raises `ValueError` for what is no address.
    """
    parsed: IPv4Address | IPv6Address = ip_address(address.strip().partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(IPv6Network((parsed, 64), strict=False))


def is_allowed(host: str, networks: tuple[Network, ...]) -> bool:
    """Whether this is an IP address in the allowed networks."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def is_near(headers: Mapping[str, str], peer: str, networks: tuple[Network, ...]) -> bool:
    """Whether a call comes from these networks, and not through something that forwards."""
    return is_allowed(peer, networks) and not is_forwarded(headers)


def is_forwarded(headers: Mapping[str, str]) -> bool:
    """Whether something passed this call on for somebody else. Names are in lower case."""
    if any(name in headers for name in FORWARDING_HEADERS):
        return True
    return any(name.startswith("x-forwarded") for name in headers)

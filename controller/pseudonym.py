"""Addresses become pseudonyms: keyed hashes that cannot be turned back without the key."""

import hmac
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from pydantic import SecretStr


def network_of(address: str) -> str:
    """Return what counts as one visitor's address: an IPv4 address, or the /64 of an IPv6 address."""
    parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(IPv6Network((parsed, 64), strict=False))


def pseudonym(address: str, key: SecretStr) -> str:
    """Return 32 hex digits of HMAC-SHA256 over the address's network; what is no address is one pseudonym."""
    try:
        network = network_of(address)
    except ValueError:
        network = "unknown"
    return hmac.digest(key.get_secret_value().encode(), network.encode(), "sha256").hex()[:32]

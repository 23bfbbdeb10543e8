"""What of an address counts as one visitor's."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address


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

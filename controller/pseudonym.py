"""Addresses become pseudonyms: keyed hashes that cannot be turned back without the key."""

import hmac

from pydantic import SecretStr

from arena.addresses import network_of


def pseudonym(address: str, key: SecretStr) -> str:
    """Return 32 hex digits of HMAC-SHA256 over the address's network; what is no address is one pseudonym."""
    try:
        network = network_of(address)
    except ValueError:
        network = "unknown"
    return hmac.digest(key.get_secret_value().encode(), network.encode(), "sha256").hex()[:32]

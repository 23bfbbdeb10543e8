"""Ids of what comes from a FastChat log: made from the record itself, so that reading it twice makes the same ones."""

import hmac
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

from arena.addresses import network_of
from arena.ids import time_ordered_id

DAY_MS = 86_400_000
_KEPT = 20_000
"""Ids of so many conversations are not made anew for each of their rows."""


def derived_id(unix_ms: int, *parts: object) -> str:
    """Return a time-ordered id whose chance is a digest of the parts."""
    return time_ordered_id(unix_ms, _digest(map(str, parts)))


@lru_cache(_KEPT)
def conversation_key(conversation: str) -> str:
    """Return what a conversation's id ends with, whatever its time: by this it is found again."""
    return derived_id(0, "conversation", conversation)[12:]


@lru_cache(_KEPT)
def conversation_id(unix_ms: int, conversation: str) -> str:
    """Return the id of the conversation that FastChat called so."""
    return derived_id(unix_ms, "conversation", conversation)


@lru_cache(_KEPT)
def battle_id(unix_ms: int, a: str, b: str) -> str:
    """Return the id of the battle between the conversations that FastChat called so."""
    return derived_id(unix_ms, "battle", a, b)


def milliseconds(at: float) -> int:
    """Return unix seconds as milliseconds."""
    return int(at * 1000)


def time_of(made: str) -> int:
    """Return the milliseconds that an id begins with."""
    return int(made[:12], 16)


def address_hash(address: str, key: bytes) -> str:
    """Return 32 hex digits of HMAC-SHA256 over an IPv4 address, an IPv6 address's /64, or what else stands there."""
    return hmac.digest(key, _network_of(address).encode(), "sha256").hex()[:32]


def _network_of(address: str) -> str:
    try:
        return network_of(address)
    except ValueError:
        return f"no address {address.encode(errors='replace')!r}"


def _digest(parts: Iterable[str]) -> bytes:
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).digest()[:10]

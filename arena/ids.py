"""Time-ordered identifiers."""

import secrets
import time
from hashlib import sha256

API_KEY_MARK = "arena-"


def time_ordered_id(unix_ms: int, chance: bytes) -> str:
    """Return a UUID version 7 (RFC 9562, section 5.7) as 32 hex digits: 48 bits of time, 74 bits of chance.

    `chance` is ten random bytes. Ids sort by time, to the millisecond.
    """
    value = int.from_bytes(unix_ms.to_bytes(6, "big") + chance[:10], "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return f"{value:032x}"


def new_id() -> str:
    """Return a fresh time-ordered id."""
    return time_ordered_id(time.time_ns() // 1_000_000, secrets.token_bytes(10))


def new_token() -> str:
    """Return a 128-bit random token, 32 hex digits: the secret by which a session is known."""
    return secrets.token_hex(16)


def new_api_key() -> str:
    """Return a fresh key for programs: 256 random bits behind a name by which scanners for leaked secrets know it."""
    return API_KEY_MARK + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a token or key.

    They are random, 128 bits or more: nobody can try them all, so a plain digest is enough. Slow hashes are for
    passwords, which people choose; here one would only make every call dearer.
    """
    return sha256(token.encode()).hexdigest()

"""Chains of keyed hashes over what was written: nobody without the key can change, remove or add a record unseen.

A process that writes has one chain a day (UTC). Each link tells of one event: its kind, the record's id, its time and
a salted digest of what the record says. Its mac, HMAC-SHA256 under the arena's chain key, covers all that and the mac
before it. Forgetting takes the salt, so that no guess at the words can be tried on the digest; the chain still holds.
"""

import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))

GENESIS = "0" * 64
"""What stands before a chain's first link."""


class Event(StrEnum):
    """What a link tells of. Those of a turn are two: it is opened, and it ends."""

    SESSION = "session"
    CONSENT = "consent"
    BATTLE = "battle"
    CONVERSATION = "conversation"
    TURN_OPENED = "turn_opened"
    TURN_ENDED = "turn_ended"
    VOTE = "vote"
    REACTION = "reaction"
    RELEASE_CHOICE = "release_choice"
    FORGOTTEN = "forgotten"
    """The record's words and salts are gone; what it said is nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event that a link will tell of."""

    event: Event
    record_id: str
    at: float
    """Unix seconds, the record's own."""
    content: Mapping[str, Any]
    """The columns that this event wrote, as stored: plain JSON values, texts made storable."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is stored; its fields are the columns of `links`."""

    chain: str
    number: int
    """From 0, without gaps."""
    event: Event
    record_id: str
    at: float
    salt: str | None
    """32 hex digits; None once the record is forgotten."""
    digest: str
    mac: str


def digest_of(salt: str, content: Mapping[str, Any]) -> str:
    """Return 64 hex digits of HMAC-SHA256, under the salt, over the content as JSON with sorted keys."""
    return hmac.digest(bytes.fromhex(salt), _JSON.encode(content).encode(), "sha256").hex()


def mac_of(key: bytes, before: str, link: Link) -> str:
    """Return the mac that a link has after the link with the mac `before`. The salt is not covered: it can go."""
    place = link.chain, link.number, link.event, link.record_id, link.at
    return _mac(key, before, place, link.digest)


def _mac(key: bytes, before: str, place: tuple[str, int, Event, str, float], digest: str) -> str:
    chain, number, event, record_id, at = place
    fields = (before, chain, str(number), event, record_id, repr(at), digest)
    return hmac.digest(key, "\n".join(fields).encode(), "sha256").hex()


def seal_of(key: bytes, chain: str, length: int, head: str) -> str:
    """Return the mac over how long a chain is and its last mac: without it a cut-off end would go unseen."""
    return hmac.digest(key, f"seal\n{chain}\n{length}\n{head}".encode(), "sha256").hex()


def key_mark(key: bytes) -> str:
    """Return 16 hex digits by which a key is told from others, and nothing more is learnt."""
    return hmac.digest(key, b"chain key", "sha256").hex()[:16]


@dataclass(slots=True)
class Chain:
    """A chain's end, to which links are added. `key` is the arena's chain key."""

    key: bytes
    name: str
    length: int = 0
    head: str = GENESIS

    def add(self, said: Iterable[Said]) -> list[Link]:
        """Return the links for what was said, and go on after them. The caller commits both, or goes back."""
        links: list[Link] = []
        all_said = tuple(said)
        salts = secrets.token_hex(16 * len(all_said))  # the system is asked once for all
        for number, each in enumerate(all_said):
            salt = salts[32 * number : 32 * (number + 1)]
            digest = digest_of(salt, each.content)
            place = self.name, self.length, each.event, each.record_id, each.at
            self.head = _mac(self.key, self.head, place, digest)
            links.append(Link(*place, salt, digest, self.head))
            self.length += 1
        return links

    @property
    def seal(self) -> str:
        """Return the seal over its end."""
        return seal_of(self.key, self.name, self.length, self.head)

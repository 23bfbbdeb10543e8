"""What a form of a release is: columns, and how a bundle becomes rows."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256
from typing import Any, Protocol

import pyarrow as pa

from export.release.steps import Bundle, Dropped


class Unit(Enum):
    """What is counted, and what one row is."""

    CONVERSATION = auto()
    BATTLE = auto()


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """Makes pseudonyms. The key is the arena's, and in no release."""

    key: bytes
    release: str
    """The release's name: judges have other pseudonyms in the next one."""

    def id(self, form: str, ledger_id: str) -> str:
        """Return the id under which something is released: it tells no time, and joins with no other form's."""
        return hmac.digest(self.key, f"{form}{ledger_id}".encode(), "sha256").hex()[:32]

    def judge(self, session_id: str) -> str:
        """Return the pseudonym of a session that voted, stable within one release only."""
        digest = hmac.new(self.key, f"judge {self.release} {session_id}".encode(), sha256).hexdigest()
        return f"arena_user_{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Released:
    """One row, ready to be written."""

    released_id: str
    ledger_id: str
    """Of the conversation; in forms of battles, of side A's."""
    columns: dict[str, Any]
    """By the names of the schema."""
    chars: int
    """Of text: row groups and files end by it."""


class Form(Protocol):
    """A form: its columns and its rows."""

    @property
    def name(self) -> str:
        """As `--format` says it."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """The columns, in order."""
        ...

    @property
    def unit(self) -> Unit:
        """What one row is."""
        ...

    def rows(self, bundle: Bundle, release: ReleaseKey) -> Iterable[Released | Dropped]:
        """Return for everything of the form's unit in the bundle either a row or why there is none.

        Nothing for a bundle without that unit: a direct conversation is no battle.
        """
        ...

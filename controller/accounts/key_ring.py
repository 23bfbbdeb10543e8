"""The keys that were used lately, so that a call costs no question to the database."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from arena.errors import LedgerError
from logging_store.facts import ApiKeyFact

Read = Callable[[Collection[str]], Awaitable[Mapping[str, ApiKeyFact]]]
"""Asks the database for keys by their hashes (`logging_store.api_keys.keys_of`)."""
BELIEVED_SECONDS = 8.0
"""For so long what was read is believed: with it a revoked key is refused within ten seconds at every controller."""
OUTAGE_SECONDS = 300.0
"""For so long a known key goes on while the database cannot be asked."""
FORGOTTEN_SECONDS = 3600.0
PATIENCE_SECONDS = 1.0
"""Whoever brings a known key waits no longer for a database that hangs."""
MOST = 10_000


@dataclass(slots=True)
class _Known:
    fact: ApiKeyFact | None
    """None: there is no such key."""
    read_at: float
    used_at: float


class KeyRing:
    """Finds keys by their hash. Keys themselves are never kept."""

    def __init__(self, read: Read, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._read_keys = read
        self._now = monotonic
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Task[ApiKeyFact | None]] = {}

    def __len__(self) -> int:
        """How many keys, and what is none, are remembered."""
        return len(self._known)

    async def find(self, key_hash: str) -> ApiKeyFact | None:
        """Return a key, revoked and expired ones too; None if there is none.

        Raises `LedgerError` if the database cannot be asked and the key was not known shortly before.
        """
        known, now = self._known.get(key_hash), self._now()
        if known is not None:
            known.used_at = now
            if now - known.read_at < BELIEVED_SECONDS:
                return known.fact
        fallback = known.fact if known is not None and now - known.read_at < OUTAGE_SECONDS else None
        asking = self._asking.get(key_hash) or self._ask(key_hash)
        await asyncio.wait({asking}, timeout=None if fallback is None else PATIENCE_SECONDS)
        if fallback is not None and (not asking.done() or isinstance(asking.exception(), LedgerError)):
            return fallback
        return asking.result()

    async def refresh(self) -> None:
        """Read all known keys again, in one question. Raises `LedgerError`; then what is known stays for a while."""
        now = self._now()
        self._known = {
            key_hash: known
            for key_hash, known in self._known.items()
            if known.fact is not None and now - known.used_at < FORGOTTEN_SECONDS
        }
        if self._known:
            hashes = list(self._known)
            found = await self._read_keys(hashes)
            for key_hash in hashes:
                self._learn(key_hash, found.get(key_hash), now)

    def _ask(self, key_hash: str) -> asyncio.Task[ApiKeyFact | None]:
        """Ask the database, once for all who wait for the same answer."""
        task = asyncio.create_task(self._read(key_hash))
        self._asking[key_hash] = task
        task.add_done_callback(lambda done: self._asked(key_hash, done))
        return task

    def _asked(self, key_hash: str, done: asyncio.Task[ApiKeyFact | None]) -> None:
        del self._asking[key_hash]
        if not done.cancelled():
            done.exception()  # whoever still waits raises it; if all have left, nobody has to

    async def _read(self, key_hash: str) -> ApiKeyFact | None:
        asked_at = self._now()
        fact = (await self._read_keys([key_hash])).get(key_hash)
        self._learn(key_hash, fact, asked_at)
        return fact

    def _learn(self, key_hash: str, fact: ApiKeyFact | None, asked_at: float) -> None:
        known = self._known.get(key_hash)
        if known is None:
            if len(self._known) >= MOST:  # somebody tries many: what is not there need not be remembered
                self._known = {each: known for each, known in self._known.items() if known.fact is not None}
            self._known[key_hash] = _Known(fact, asked_at, asked_at)
        elif asked_at >= known.read_at:
            known.fact, known.read_at = fact, asked_at

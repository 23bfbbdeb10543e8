"""Who calls `/v1` and the admin API, what they may use, and how much of it."""

import hmac
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from arena.api_key import KeyPriority, KeyScope
from arena.errors import AccessError, KeyRequired, ModelForbidden, RateLimited, ScopeMissing, WrongKey
from arena.ids import API_KEY_MARK, token_hash
from arena.model import ModelEntry, WorkerKind
from controller.access import bearer, is_key, is_plain_loopback
from controller.accounts.key_ring import KeyRing
from controller.accounts.quotas import Window
from controller.accounts.spending import Spending
from controller.routing.demand import Priority
from logging_store.facts import ApiKeyFact

LONGEST_KEY = 200
"""Characters. What is longer is no key of ours, and not worth a question to the database."""
SOON = 1.0
"""Seconds until trying again makes sense when running requests may use less than they could."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Without a key only demo models can be reached, and only from this very machine."""

    key: ApiKeyFact | None = None
    is_operator: bool = False
    """Holds the gateway's key from the data folder: everything is allowed, without a quota."""
    lacks: type[AccessError] = KeyRequired
    """What to say when neither is there."""

    @property
    def key_id(self) -> str | None:
        """Under which its use is counted; None if it has no key of its own."""
        return None if self.key is None else self.key.id

    @property
    def priority(self) -> Priority:
        """How long it waits when slots are short."""
        is_batch = self.key is not None and self.key.priority is KeyPriority.BATCH
        return Priority.BATCH if is_batch else Priority.CLIENT

    def require(self, scope: KeyScope) -> None:
        """Raise unless its key is good for this kind of call; without a key all but the admin API is."""
        if self.key is not None and scope not in self.key.scopes:
            raise ScopeMissing(f"This key does not have the scope {scope}.")
        if self.key is None and not self.is_operator and scope is KeyScope.ADMIN:
            raise self.lacks

    def may_use(self, entry: ModelEntry) -> bool:
        """Whether this caller may use a model."""
        if self.key is not None:
            return not self.key.models or entry.name in self.key.models
        return self.is_operator or entry.worker is WorkerKind.DEMO

    def check(self, entry: ModelEntry) -> None:
        """Raise unless this caller may use a model."""
        if not self.may_use(entry):
            raise self.lacks if self.key is None else ModelForbidden


@dataclass
class Callers:
    """Knows callers by their keys, and how much each has asked for."""

    ring: KeyRing
    spending: Spending
    gateway_key: SecretStr
    is_behind_proxy: bool = False
    """A proxy is configured: what comes from this machine may come from anywhere, so that every call needs a key."""
    clock: Callable[[], float] = time.time
    _minutes: dict[str, Window] = field(default_factory=dict[str, Window])

    async def identify(self, headers: Mapping[str, str], peer: str) -> Caller:
        """Say who calls. Raises `KeyRequired` or `WrongKey`, `LedgerError` if a key cannot be looked up.

        On this very machine a foreign key is as good as none: OpenAI's own clients cannot send none. One of ours that
        has ended is refused everywhere.
        """
        given = bearer(headers)
        if is_key(given, self.gateway_key):
            return Caller(is_operator=True)
        key = await self._known(given)
        if key is not None:
            return Caller(key=key)
        lacks = KeyRequired if given is None else WrongKey
        if self.is_behind_proxy or not is_plain_loopback(headers, peer):
            raise lacks
        return Caller(lacks=lacks)

    async def admin(self, headers: Mapping[str, str], peer: str) -> Caller:
        """Say who calls the admin API: the operator, or a key with the scope `admin`; nobody else may."""
        caller = await self.identify(headers, peer)
        caller.require(KeyScope.ADMIN)
        return caller

    def admit(self, caller: Caller, now: float) -> None:
        """Count a request, or raise `RateLimited` if the key's rate or quota of tokens is reached. `now` is monotonic.

        Running requests count with their estimates (`Spending.hold`): when only these are in the way, soon is enough.
        """
        key = caller.key
        if key is None:
            return
        if key.tokens_per_day is not None:
            self._check_day(key.id, key.tokens_per_day)
        if key.tokens_per_minute is not None:
            self._check_minute(key.id, key.tokens_per_minute, now)
        if key.requests_per_minute is not None:
            requests = self._minutes.setdefault(key.id, Window())
            if wait := requests.wait(key.requests_per_minute, now):
                raise _limited("requests per minute", key.requests_per_minute, wait)
            requests.count(1, now)

    async def refresh(self, now: float) -> None:
        """Learn which keys were revoked, and forget who has asked for nothing lately."""
        self._minutes = {key_id: window for key_id, window in self._minutes.items() if window.used(now)}
        await self.ring.refresh()

    def _check_day(self, key_id: str, limit: int) -> None:
        used = self.spending.tokens_today(key_id)
        if used >= limit:
            raise _limited("tokens per day (UTC)", limit, self.spending.seconds_left())
        if used + self.spending.promised(key_id) >= limit:
            raise _limited("tokens per day (UTC)", limit, SOON)

    def _check_minute(self, key_id: str, limit: int, now: float) -> None:
        if wait := self.spending.minute_wait(key_id, limit, now):
            raise _limited("tokens per minute", limit, wait)
        if self.spending.tokens_in_minute(key_id, now) + self.spending.promised(key_id) >= limit:
            raise _limited("tokens per minute", limit, SOON)

    async def _known(self, given: str | None) -> ApiKeyFact | None:
        """Return the key of ours that was given, if it is one. One that has ended is refused here."""
        if given is None or not given.startswith(API_KEY_MARK) or len(given) > LONGEST_KEY:
            return None
        digest = token_hash(given)
        key = await self.ring.find(digest)
        if key is None or not hmac.compare_digest(key.key_hash, digest):
            return None
        if key.revoked_at is not None:
            raise WrongKey("This key was revoked.")
        if key.expires_at is not None and key.expires_at <= self.clock():
            raise WrongKey("This key has expired.")
        return key


def _limited(what: str, limit: int, wait: float) -> RateLimited:
    seconds = max(1, math.ceil(wait - 1e-6))  # what is added to a time and taken off again may have grown a little
    return RateLimited(f"This key is limited to {limit:,} {what}. Try again in {seconds} s.", retry_after=seconds)

"""What answers cost and use, over all controllers: the daily stops of priced models, and what each key has used.

How far a stop can be passed: a request is let in while less than the stop is spent, running requests counted as if they
wrote all that they may. So one controller passes it by one request at most, and by what answers turn out longer than
was estimated; several together besides by what the others spent since their last `tell`, a few seconds ago.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from arena.errors import SpendStopped
from arena.model import ModelEntry
from controller.accounts.prices import NANO, believable, cost, stop_at
from controller.accounts.quotas import Window
from controller.accounts.tallies import Tallies
from controller.metrics import Metrics
from logging_store.facts import UsageFact
from logging_store.usage import DayTotals

Count = Callable[[Collection[UsageFact], str], Awaitable[DayTotals]]
"""Adds to the ledger what was used, and returns the totals of a day (`logging_store.usage.count_usage`)."""
SOON = 5.0
"""Seconds until trying again makes sense when running requests may cost less than they could."""
NOBODY = ""
"""The key under which visitors, the operator and callers without a key are counted."""


class Spending:
    """Counts in memory, and shares it with the other controllers through the ledger whenever `tell` is called."""

    def __init__(
        self,
        count: Count,
        entry_of: Callable[[str], ModelEntry | None],
        metrics: Metrics,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._count = count
        self._entry_of = entry_of
        self._metrics = metrics
        self._clock = clock
        self._monotonic = monotonic
        self._tallies = Tallies()
        self._reserved: Counter[str] = Counter()
        self._promised: Counter[str] = Counter()
        self._priced: dict[str, ModelEntry] = {}
        """As the models were when last one was asked: what is taken off the list meanwhile still costs its price."""
        self._minutes: dict[str, Window] = {}

    def is_stopped(self, entry: ModelEntry) -> bool:
        """Whether a model is not to be asked now: what it may cost today is spent, or may be by running requests."""
        stop = stop_at(entry)
        return stop is not None and self._spent(entry) + self._reserved[entry.name] >= stop

    def check(self, entry: ModelEntry) -> None:
        """Raise `SpendStopped` if the model is not to be asked now."""
        stop = stop_at(entry)
        if stop is None or not self.is_stopped(entry):
            return
        if self._spent(entry) >= stop:
            raise SpendStopped(retry_after=self.seconds_left())
        raise SpendStopped("What this model may cost today may be spent by answers that are running.", retry_after=SOON)

    @contextmanager
    def hold(
        self, entry: ModelEntry, key_id: str | None, prompt_tokens: int, completion_tokens: int
    ) -> Generator[None]:
        """Check, and count a running request by estimate for as long as it runs. Call `add` before it ends."""
        self.check(entry)
        estimate, key = cost(entry, believable(prompt_tokens), believable(completion_tokens)), key_id or NOBODY
        tokens = believable(prompt_tokens) + believable(completion_tokens)
        self._priced[entry.name] = entry
        self._reserved[entry.name] += estimate
        self._promised[key] += tokens
        try:
            yield
        finally:
            self._reserved[entry.name] -= estimate
            self._promised[key] -= tokens

    def add(self, model: str, key_id: str | None, prompt_tokens: int, completion_tokens: int) -> None:
        """Count one answer. It waits for nothing; the ledger learns of it with the next `tell`."""
        key, read, written = key_id or NOBODY, believable(prompt_tokens), believable(completion_tokens)
        price = cost(self._entry_of(model) or self._priced.get(model), read, written)
        self._tallies.add(UsageFact(self._today(), key, model, 1, read, written, price))
        if key != NOBODY:
            self._minutes.setdefault(key, Window()).count(read + written, self._monotonic())
        self._metrics.tokens(model, "prompt", read)
        self._metrics.tokens(model, "completion", written)
        if price:
            self._metrics.spent(model, price / NANO)

    def tokens_today(self, key_id: str) -> int:
        """Return what a key used since midnight UTC, at all controllers."""
        return self._tallies.tokens(self._today(), key_id)

    def promised(self, key_id: str) -> int:
        """Return what the running requests of a key may still use, by estimate."""
        return self._promised[key_id]

    def tokens_in_minute(self, key_id: str, now: float) -> int:
        """Return what a key used at this controller in the last 60 seconds. `now` is monotonic."""
        window = self._minutes.get(key_id)
        return 0 if window is None else window.used(now)

    def minute_wait(self, key_id: str, limit: int, now: float) -> float:
        """Return the seconds until a key has used less than `limit` tokens in a minute; 0 if it is so now."""
        window = self._minutes.get(key_id)
        return 0.0 if window is None else window.wait(limit, now)

    def seconds_left(self) -> float:
        """Return the seconds until midnight UTC, when a new day is counted."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return (tomorrow - now).total_seconds()

    async def tell(self) -> None:
        """Tell the ledger what was counted since, and learn what all controllers together have.

        Raises `LedgerError`; then it is told the next time. One call at a time. Should the connection break in the
        very moment of the commit, some seconds may be counted twice: too much rather than too little.
        """
        day, told = self._today(), False
        try:
            self._tallies.told(await self._count(self._tallies.take(), day), day)
            told = True
        finally:
            if not told:
                self._tallies.not_told()
        self._show(day)
        self._sweep()

    def _show(self, day: str) -> None:
        spent = {model: nano / NANO for model, nano in self._tallies.spent_by_model(day).items() if nano}
        stops = {
            model: entry.dollars_per_day
            for model in spent
            if (entry := self._entry_of(model)) is not None and entry.dollars_per_day is not None
        }
        self._metrics.spending(spent, stops)

    def _sweep(self) -> None:
        now = self._monotonic()
        self._minutes = {key: window for key, window in self._minutes.items() if window.used(now)}
        self._reserved = +self._reserved
        self._promised = +self._promised

    def _spent(self, entry: ModelEntry) -> int:
        return self._tallies.spent(self._today(), entry.name)

    def _today(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).date().isoformat()

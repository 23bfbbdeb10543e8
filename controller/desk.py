"""One model: who serves it, who waits for it, what it may use. The shell around the rules of choosing and queueing."""

import asyncio
import math
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from typing import Protocol

from arena.errors import NoWorker, WorkerError, WorkersBusy
from controller.lease import Chance, Clock, Lease
from controller.routing.breaker import BreakerState
from controller.routing.budgets import TokenBudget
from controller.routing.choosing import choose
from controller.routing.demand import Demand
from controller.routing.line import Line, Place, wait_seconds
from controller.routing.rules import Allowance, Rules
from controller.routing.seat import Seat
from controller.routing.speed import Mean

OnWait = Callable[[int, float | None], None]
"""Told whenever the place in the queue changes: the position, 1 is the next, and an estimate in seconds."""
NEAR_SECONDS = 5.0
"""A worker that may be tried again so soon is waited for."""
BUSY_SECONDS = 2.0
"""After which to come again when there is no estimate."""
EARLY_SECONDS = 0.002
"""A timer may ring a little before its time."""


class Watcher(Protocol):
    """What counts what happens in the pool."""

    def queued(self, model: str, n: int) -> None:
        """Say how many requests wait for a model now."""
        ...

    def queue_waited(self, model: str, seconds: float) -> None:
        """Say how long one of them waited, however that ended."""
        ...

    def retried(self, model: str, reason: str) -> None:
        """Say that a request is tried again elsewhere, and why."""
        ...


@dataclass(frozen=True)
class House:
    """What all desks share. Clocks are monotonic, chances lie in [0, 1)."""

    rules: Rules
    allowance: Callable[[str], Allowance]
    watcher: Watcher
    clock: Clock
    chance: Chance


@dataclass(eq=False)
class Waiter:
    """A request that waits for a slot."""

    demand: Demand
    without: Set[str]
    on_wait: OnWait | None
    granted: "asyncio.Future[Lease]"
    told: int = 0
    """The position that it was told last."""


@dataclass(eq=False)
class Desk:
    """Gives out the slots for one model."""

    model: str
    house: House
    seats: dict[str, Seat] = field(default_factory=dict[str, Seat])
    line: Line[Waiter] = field(default_factory=Line[Waiter])
    leased: int = 0
    _held: Mean = field(default_factory=Mean)
    """Seconds that a slot is held."""
    _tokens: TokenBudget | None = None
    _alarm: asyncio.TimerHandle | None = None

    def is_reachable(self) -> bool:
        """Whether somebody serves the model now, or may serve it again in a moment."""
        now = self.house.clock()
        return any(not seat.is_resting and self._is_near(seat, now) for seat in self.seats.values())

    def at_once(self, demand: Demand, without: Set[str]) -> Lease | None:
        """Return a slot that is free now, if nobody waits for one. Raises as `_pick` does."""
        if len(self.line) or self._spent_for(demand) > 0:
            return None
        return self._pick(demand, without)

    async def in_line(
        self, demand: Demand, without: Set[str], on_wait: OnWait | None, since: float, until: float
    ) -> Lease:
        """Wait for a slot. Whoever is cancelled leaves nothing behind."""
        now, loop = self.house.clock(), asyncio.get_running_loop()
        if len(self.line) >= self.house.rules.queue_length or until <= now:
            raise self._busy(len(self.line) + 1)
        waiter = Waiter(demand, without, on_wait, loop.create_future())
        place = self.line.join(waiter, demand.priority, since)
        patience = loop.call_later(until - now, self._lose_patience, place)
        try:
            self.serve()
            return await waiter.granted
        except asyncio.CancelledError:
            if waiter.granted.done() and not waiter.granted.cancelled() and waiter.granted.exception() is None:
                self.take_back(waiter.granted.result())
                self.serve()
            raise
        finally:
            patience.cancel()
            if self.line.leave(place):
                self.serve()
            self.house.watcher.queue_waited(self.model, self.house.clock() - now)
            self.house.watcher.queued(self.model, len(self.line))

    def serve(self) -> None:
        """Give out what is free to those who wait, tell the others their new places, and look again in time."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not len(self.line):
            return
        for place in list(self.line):
            waiter = place.waiting
            if self._spent_for(waiter.demand) > 0:
                break
            try:
                lease = self._pick(waiter.demand, waiter.without)
            except WorkerError as error:
                self._settle(place, error)
                continue
            if lease is not None:
                self._settle(place, lease)
            elif not waiter.without:
                break  # for those behind there is no more to choose from
        self._tell()
        self._set_alarm()

    def take_back(self, lease: Lease) -> None:
        """Take a slot back."""
        now = self.house.clock()
        lease.ended()
        lease.seat.leased -= 1
        self.leased -= 1
        if lease.first_word_at is not None:
            self._held.add(now - lease.began_at)
        if self._tokens is not None and lease.reserved:
            guess = lease.reserved if lease.first_word_at is not None else 0
            self._tokens.correct(lease.reserved, guess if lease.tokens is None else lease.tokens, now)

    def _pick(self, demand: Demand, without: Set[str]) -> Lease | None:
        """Return a slot that is free now, or None where one is worth waiting for.

        Raises NoWorker when there is nobody to wait for, and WorkersBusy when all are to be left alone for long.
        """
        now = self.house.clock()
        there = [seat for key, seat in self.seats.items() if key not in without and not seat.is_resting]
        if not there:
            raise NoWorker
        chosen = choose([seat.candidate(self.model, now) for seat in there], demand.prefix, demand.before)
        if chosen is not None:
            return self._take(self.seats[chosen.id], demand)
        if not any(self._is_near(seat, now) for seat in there):
            soonest = min(seat.closed_until(self.model, now) for seat in there)
            is_gone = all(seat.state(now) is not BreakerState.CLOSED for seat in there)
            raise (NoWorker if is_gone else WorkersBusy)(retry_after=math.ceil(soonest - now))
        return None

    def _is_near(self, seat: Seat, now: float) -> bool:
        when = seat.closed_until(self.model, now)
        return when <= now + NEAR_SECONDS or when == math.inf  # a probe is under way: soon more is known

    def _take(self, seat: Seat, demand: Demand) -> Lease:
        now = self.house.clock()
        seat.lease(now)
        self.leased += 1
        if self._tokens is not None:
            self._tokens.reserve(demand.tokens, now)
        reserved = 0 if self._tokens is None else demand.tokens
        return Lease(seat.card, demand, seat, now, self.house.clock, self.house.chance, reserved)

    def _spent_for(self, demand: Demand) -> float:
        """Return the seconds for which the model's own limits forbid one more; infinity: until one ends."""
        allowed, now = self.house.allowance(self.model), self.house.clock()
        if allowed.concurrency is not None and self.leased >= allowed.concurrency:
            return math.inf
        size = allowed.tokens_per_minute
        if size is None:
            self._tokens = None
            return 0.0
        if self._tokens is None:
            self._tokens = TokenBudget(size, size, now)
        elif self._tokens.per_minute != size:
            self._tokens.resize(size, now)
        return self._tokens.seconds_until(demand.tokens, now)

    def _busy(self, position: int) -> WorkersBusy:
        wait = self._wait_seconds(position)
        return WorkersBusy(retry_after=math.ceil(BUSY_SECONDS if wait is None else max(1.0, wait)))

    def _wait_seconds(self, position: int) -> float | None:
        now = self.house.clock()
        slots = sum(seat.slots(now) for seat in self.seats.values() if not seat.is_resting)
        most = self.house.allowance(self.model).concurrency
        return wait_seconds(position, slots if most is None else min(slots, most), self._held.value)

    def _settle(self, place: Place[Waiter], end: Lease | WorkerError) -> None:
        self.line.leave(place)
        if isinstance(end, Lease):
            place.waiting.granted.set_result(end)
        else:
            place.waiting.granted.set_exception(end)

    def _lose_patience(self, place: Place[Waiter]) -> None:
        position = 1 + sum(each < place for each in self.line)
        if self.line.leave(place):
            place.waiting.granted.set_exception(self._busy(position))
            self.serve()

    def _tell(self) -> None:
        self.house.watcher.queued(self.model, len(self.line))
        for position, place in enumerate(self.line, 1):
            waiter = place.waiting
            if waiter.on_wait is not None and waiter.told != position:
                waiter.told = position
                waiter.on_wait(position, self._wait_seconds(position))

    def _set_alarm(self) -> None:
        """Look again when time alone may have made a slot free."""
        if not len(self.line):
            return
        now = self.house.clock()
        when = min((at for at in self._turning_points(now) if at < math.inf), default=None)
        if when is not None:
            delay = max(0.0, when - now) + EARLY_SECONDS
            self._alarm = asyncio.get_running_loop().call_later(delay, self.serve)

    def _turning_points(self, now: float) -> Iterator[float]:
        yield now + self._spent_for(self.line.places[0].waiting.demand)
        for seat in self.seats.values():
            yield from seat.turning_points(self.model, now)

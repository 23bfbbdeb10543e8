"""One model: who serves it, who waits for it, what it may use. The shell around the rules of choosing and queueing."""

import asyncio
import math
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from functools import partial

from arena.errors import NoWorker, WorkerError, WorkersBusy
from controller.pool.house import House, OnWait
from controller.pool.lease import Lease
from controller.routing.breaker import BreakerState
from controller.routing.budgets import ModelBudget
from controller.routing.choosing import choose
from controller.routing.demand import Demand
from controller.routing.line import Line, Place, wait_seconds
from controller.routing.seat import Seat
from controller.routing.speed import Mean

NEAR_SECONDS = 5.0
"""A worker that may be tried again so soon is waited for."""
BUSY_SECONDS = 2.0
"""After which to come again when there is no estimate."""
EARLY_SECONDS = 0.002
"""A timer may ring a little before its time."""


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
    budget: ModelBudget = field(default_factory=ModelBudget)
    _held: Mean = field(default_factory=Mean)
    """Seconds that a slot is held."""
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
        if until <= now:
            raise self._busy(len(self.line) + 1)
        self._make_room(demand)
        waiter = Waiter(demand, without, on_wait, loop.create_future())
        place = self.line.join(waiter, demand.priority, since)
        patience = loop.call_later(until - now, self._lose_patience, place)
        try:
            self.serve()
            # Shielded: it is not cancelled with us, for somebody may grant it until we have left the line.
            return await asyncio.shield(waiter.granted)
        except asyncio.CancelledError:
            if waiter.granted.done() and waiter.granted.exception() is None:
                self.take_back(waiter.granted.result())
            raise
        finally:
            patience.cancel()
            self.line.leave(place)
            self.serve()
            self.house.watcher.queue_waited(self.model, self.house.clock() - now)

    @property
    def head(self) -> Place[Waiter] | None:
        """Return who stands first, if anybody waits."""
        return self.line.places[0] if len(self.line) else None

    def serve(self) -> None:
        """Give out what is free to those who wait."""
        while self.serve_one():
            pass
        self.look_again()

    def serve_one(self) -> bool:
        """Settle the first of those who wait that can be settled now; return whether there was one."""
        for place in self.line:
            waiter = place.waiting
            try:
                if self._spent_for(waiter.demand) > 0:
                    self._there(waiter.without)
                    return False
                lease = self._pick(waiter.demand, waiter.without)
            except WorkerError as error:
                self._settle(place, error)
                return True
            if lease is not None:
                self._settle(place, lease)
                return True
            if not waiter.without:
                return False  # for those behind there is no more to choose from
        return False

    def look_again(self) -> None:
        """Tell those who wait their new places, and serve them when time alone may have made a slot free."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if len(self.line):
            self.house.queued[self.model] = self
            self._set_alarm()
        else:
            self.house.queued.pop(self.model, None)
        self._tell()

    def take_back(self, lease: Lease) -> None:
        """Take a slot back, for whoever waits for it at any of the worker's models."""
        now = self.house.clock()
        lease.ended()
        lease.seat.leased -= 1
        guess = lease.reserved if lease.first_word_at is not None else 0
        self.budget.end(lease.reserved, guess if lease.tokens is None else lease.tokens, now)
        if lease.first_word_at is not None:
            self._held.add(now - lease.began_at)
        self.house.serve({self.model, *lease.seat.card.models})

    def _pick(self, demand: Demand, without: Set[str]) -> Lease | None:
        """Return a slot that is free now, or None where one is worth waiting for.

        Raises NoWorker when there is nobody to wait for, and WorkersBusy when all are to be left alone for long.
        """
        now = self.house.clock()
        there = self._there(without)
        chosen = choose([seat.candidate(self.model, now) for seat in there], demand.prefix, demand.before)
        if chosen is not None:
            return self._take(self.seats[chosen.id], demand)
        if not any(self._is_near(seat, now) for seat in there):
            soonest = min(seat.closed_until(self.model, now) for seat in there)
            is_gone = all(seat.state(now) is not BreakerState.CLOSED for seat in there)
            raise (NoWorker if is_gone else WorkersBusy)(retry_after=math.ceil(soonest - now))
        return None

    def _there(self, without: Set[str]) -> list[Seat]:
        """Return those who serve the model and may be asked, now or later. Raises NoWorker when there are none."""
        there = [seat for key, seat in self.seats.items() if key not in without and not seat.is_resting]
        if not there:
            raise NoWorker
        return there

    def _is_near(self, seat: Seat, now: float) -> bool:
        when = seat.closed_until(self.model, now)
        return when <= now + NEAR_SECONDS or when == math.inf  # a probe is under way: soon more is known

    def _take(self, seat: Seat, demand: Demand) -> Lease:
        now = self.house.clock()
        seat.lease(now)
        lease = Lease(seat.card, demand, seat, now, self.house.clock, self.house.chance)
        lease.reserved = self.budget.begin(demand.tokens, now)
        lease.on_opened = partial(self.house.serve, seat.card.models)
        return lease

    def _spent_for(self, demand: Demand) -> float:
        """Return the seconds for which the model's own limits forbid one more; infinity: until one ends."""
        return self.budget.seconds_until(demand.tokens, self.house.allowance(self.model), self.house.clock())

    def _busy(self, position: int) -> WorkersBusy:
        wait = self._estimates()(position)
        return WorkersBusy(retry_after=math.ceil(BUSY_SECONDS if wait is None else max(1.0, wait)))

    def _estimates(self) -> Callable[[int], float | None]:
        """Return what estimates the wait at a place, in seconds.

        Until slots are given back; or, where none is out, until time opens one.
        """
        now = self.house.clock()
        opens = min((at for at in self._turning_points(now) if at < math.inf), default=None)
        if self.budget.leased == 0 and opens is not None:
            return lambda _: max(0.0, opens - now)
        there = [seat for seat in self.seats.values() if not seat.is_resting and self._is_near(seat, now)]
        most = self.house.allowance(self.model).concurrency
        slots = min(sum(seat.slots(now) for seat in there), math.inf if most is None else most)
        return lambda position: wait_seconds(position, slots, self._held.value)

    def _make_room(self, demand: Demand) -> None:
        """Refuse when the line is full; but somebody of a worse class at its end makes room for a better one."""
        if len(self.line) < self.house.rules.queue_length:
            return
        last = self.line.places[-1] if len(self.line) else None
        if last is None or last.waiting.demand.priority <= demand.priority:
            raise self._busy(len(self.line) + 1)
        self._settle(last, self._busy(len(self.line)))

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
        estimate: Callable[[int], float | None] | None = None
        for position, place in enumerate(self.line, 1):
            waiter = place.waiting
            if waiter.on_wait is not None and waiter.told != position:
                waiter.told = position
                estimate = estimate or self._estimates()
                waiter.on_wait(position, estimate(position))

    def _set_alarm(self) -> None:
        now = self.house.clock()
        when = min((at for at in self._turning_points(now) if at < math.inf), default=None)
        if when is not None:
            delay = max(0.0, when - now) + EARLY_SECONDS
            # All who wait anywhere: a worker that may be tried again goes to whoever came first, of whichever model.
            self._alarm = asyncio.get_running_loop().call_later(delay, lambda: self.house.serve(self.house.queued))

    def _turning_points(self, now: float) -> Iterator[float]:
        """Yield the moments at which time alone may make a slot free; infinity where it never does."""
        if len(self.line) and (spent := self._spent_for(self.line.places[0].waiting.demand)) > 0:
            yield now + spent
        for seat in self.seats.values():
            if not seat.is_resting:
                yield from seat.turning_points(self.model, now)

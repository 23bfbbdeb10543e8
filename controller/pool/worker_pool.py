"""Which workers serve which models, and who gets their slots: the shell around the rules of `controller.routing`.

All of it is soft state, rebuilt from registrations and heartbeats. An operation costs as much as the models of the
worker concerned; leasing costs as much as the workers of the model.
"""

import math
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Set
from contextlib import asynccontextmanager

from arena.errors import ArenaError, NoWorker, UnknownWorker, WorkerNameTaken
from arena.telemetry import span
from arena.worker import Heartbeat, WorkerCard
from controller.pool.desk import Desk
from controller.pool.house import House, OnWait, Watcher
from controller.pool.lease import Chance, Clock, Lease
from controller.routing.breaker import BreakerState
from controller.routing.budgets import RetryBudget
from controller.routing.demand import Demand
from controller.routing.names import QUIET_SECONDS, is_taken
from controller.routing.rules import Allowance, Rules
from controller.routing.seat import Seat

__all__ = ["Lease", "OnWait", "Seat", "WorkerPool"]


def _unlimited(_: str) -> Allowance:
    return Allowance()


class Unwatched:
    """Counts nothing."""

    def queued(self, model: str, n: int) -> None:
        """Let it be."""

    def queue_waited(self, model: str, seconds: float) -> None:
        """Let it be."""

    def retried(self, model: str, reason: str) -> None:
        """Let it be."""

    def word_time(self, model: str, seconds_per_word: float) -> None:
        """Let it be."""


class WorkerPool:
    """Leases slots. Times are monotonic seconds; `allowance` says what the configuration allows a model."""

    def __init__(
        self,
        silence_seconds: float,
        rules: Rules | None = None,
        *,
        allowance: Callable[[str], Allowance] = _unlimited,
        watcher: Watcher | None = None,
        clock: Clock = time.monotonic,
        chance: Chance = random.random,
    ) -> None:
        self.silence_seconds = silence_seconds
        self.house = House(rules or Rules(), allowance, watcher or Unwatched(), clock, chance)
        self.seats: dict[str, Seat] = {}
        self.retries = RetryBudget(self.house.rules.retry_share)
        self._desks: dict[str, Desk] = {}

    @property
    def rules(self) -> Rules:
        """The numbers that the operator set."""
        return self.house.rules

    def register(self, card: WorkerCard, now: float) -> None:
        """Take a worker in, or take its new card; running leases are kept. Raises `WorkerNameTaken`."""
        seat = self.seats.get(card.id)
        concerned = {*card.models}
        if seat is None:
            seat = self.seats[card.id] = Seat(card, now)
        else:
            concerned.update(seat.card.models)
            quiet = now - seat.heard_at
            if is_taken(seat.card, quiet, card, is_broken=seat.state(now) is not BreakerState.CLOSED):
                raise WorkerNameTaken(retry_after=math.ceil(QUIET_SECONDS - quiet))
            self._unseat(seat)
            seat.take_card(card, now)
        for model in card.models:
            self._desk(model).seats[card.id] = seat
        self.house.serve(concerned)

    def beat(self, worker_id: str, heartbeat: Heartbeat, now: float) -> None:
        """Take a proof of life. A worker that is not known has to register again."""
        seat = self._seat(worker_id)
        seat.beat(heartbeat, now)
        self.house.serve(seat.card.models)

    def leave(self, worker_id: str) -> None:
        """Take a worker out. Its streams go on; nothing new is sent there."""
        seat = self.seats.pop(worker_id, None)
        if seat is not None:
            self._unseat(seat)
            self.house.serve(seat.card.models)

    def drain(self, worker_id: str) -> None:
        """Send nothing new to a worker; what runs there goes on, and so do its heartbeats. Raises `UnknownWorker`."""
        self._rest(worker_id, is_drained=True)

    def undrain(self, worker_id: str) -> None:
        """Send to it again. Raises `UnknownWorker`."""
        self._rest(worker_id, is_drained=False)

    def forget_silent(self, now: float) -> list[str]:
        """Take out the workers that have been silent for too long; return their ids."""
        silent = [key for key, seat in self.seats.items() if now - seat.heard_at > self.silence_seconds]
        for worker_id in silent:
            self.leave(worker_id)
        return silent

    def models(self) -> frozenset[str]:
        """Return the models that some worker serves now, or may serve again in a moment."""
        return frozenset(model for model, desk in self._desks.items() if desk.is_reachable())

    def has_another(self, model: str, without: Set[str]) -> bool:
        """Whether a model has a worker besides these."""
        desk = self._desks.get(model)
        return desk is not None and any(key not in without and not seat.is_resting for key, seat in desk.seats.items())

    def breakers(self) -> dict[str, int]:
        """Return how many workers' breakers are in which state."""
        now = self.house.clock()
        return dict(Counter(seat.state(now).value for seat in self.seats.values()))

    def leases(self) -> dict[str, int]:
        """Return how many slots are leased for each model, those of workers that have left included."""
        return {model: desk.budget.leased for model, desk in self._desks.items() if desk.budget.leased}

    def waiting(self) -> dict[str, int]:
        """Return how many requests wait for each model."""
        return {model: len(desk.line) for model, desk in self._desks.items() if len(desk.line)}

    @asynccontextmanager
    async def lease(
        self,
        demand: Demand,
        without: Set[str] = frozenset(),
        on_wait: OnWait | None = None,
        *,
        since: float | None = None,
        until: float | None = None,
    ) -> AsyncGenerator[Lease]:
        """Hold one slot of a worker for this model, leaving out the workers in `without`.

        When none is free, wait in the model's queue, in the order of `since`, at most until `until`; `on_wait` is told
        each new place there. Raises `NoWorker` when nobody serves the model, and `WorkersBusy` when the queue is full
        or the wait was too long.
        """
        desk = self._desks.get(demand.model)
        if desk is None:
            raise NoWorker
        since = self.house.clock() if since is None else since
        until = since + self.rules.queue_seconds if until is None else until
        lease = desk.at_once(demand, without)
        if lease is None:
            with span("queue", {"gen_ai.request.model": demand.model}):
                lease = await desk.in_line(demand, without, on_wait, since, until)
        try:
            with span(
                "attempt", {"arena.worker": lease.card.id, "gen_ai.request.model": demand.model}, "client"
            ) as here:
                lease.span = here
                yield lease
        except ArenaError as error:
            lease.failed(error)
            raise
        else:
            lease.done()
        finally:
            desk.take_back(lease)

    def _seat(self, worker_id: str) -> Seat:
        seat = self.seats.get(worker_id)
        if seat is None:
            raise UnknownWorker
        return seat

    def _desk(self, model: str) -> Desk:
        desk = self._desks.get(model)
        if desk is None:
            desk = self._desks[model] = Desk(model, self.house)
        return desk

    def _unseat(self, seat: Seat) -> None:
        for model in seat.card.models:
            self._desk(model).seats.pop(seat.card.id, None)

    def _rest(self, worker_id: str, *, is_drained: bool) -> None:
        seat = self._seat(worker_id)
        seat.is_drained = is_drained
        self.house.serve(seat.card.models)

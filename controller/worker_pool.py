"""Which workers serve which models, and how busy they are. Soft state: rebuilt from heartbeats."""

from collections.abc import Generator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field

from arena.errors import NoWorker, UnknownWorker, WorkersBusy
from arena.worker import Heartbeat, WorkerCard


@dataclass
class Seat:
    """One worker's place in the pool."""

    card: WorkerCard
    heard_at: float
    """Monotonic seconds."""
    leased: int = 0
    """Streams that this controller runs there."""
    reported: Heartbeat = field(default_factory=Heartbeat)

    @property
    def share(self) -> float:
        """How full it is: what it says or what we know, whichever is more."""
        return max(self.leased, self.reported.busy + self.reported.waiting) / self.card.slots

    @property
    def is_full(self) -> bool:
        """Whether nothing may be sent there: we fill it ourselves, or it queues and says so.

        A worker that answers busy by itself reports nothing waiting. What it said of its busy slots may be old.
        """
        is_queueing = self.reported.waiting > 0 and self.reported.busy + self.reported.waiting >= self.card.slots
        return is_queueing or self.leased >= self.card.slots


@dataclass
class WorkerPool:
    """Leases slots. The busiest share goes last."""

    silence_seconds: float
    seats: dict[str, Seat] = field(default_factory=dict[str, Seat])

    def register(self, card: WorkerCard, now: float) -> None:
        """Take a worker in, or take its new card; running leases are kept."""
        known = self.seats.get(card.id)
        if known is None:
            self.seats[card.id] = Seat(card, now)
        else:
            known.card, known.heard_at = card, now

    def beat(self, worker_id: str, heartbeat: Heartbeat, now: float) -> None:
        """Take a proof of life. A worker that is not known has to register again."""
        seat = self.seats.get(worker_id)
        if seat is None:
            raise UnknownWorker
        seat.reported, seat.heard_at = heartbeat, now

    def leave(self, worker_id: str) -> None:
        """Take a worker out. Its streams go on; nothing new is sent there."""
        self.seats.pop(worker_id, None)

    def expel(self, card: WorkerCard) -> bool:
        """Take out a worker that failed, unless it has registered anew since; return whether it was there."""
        seat = self.seats.get(card.id)
        if seat is None or seat.card is not card:
            return False
        self.leave(card.id)
        return True

    def forget_silent(self, now: float) -> list[str]:
        """Take out the workers that have been silent for too long; return their ids."""
        silent = [key for key, seat in self.seats.items() if now - seat.heard_at > self.silence_seconds]
        for worker_id in silent:
            self.leave(worker_id)
        return silent

    def models(self) -> frozenset[str]:
        """Return the models that some worker serves now."""
        return frozenset(model for seat in self.seats.values() for model in seat.card.models)

    @contextmanager
    def lease(self, model: str, without: Set[str] = frozenset()) -> Generator[WorkerCard]:
        """Hold one slot of the least busy worker for this model, leaving out the workers in `without`."""
        serving = [s for s in self.seats.values() if model in s.card.models and s.card.id not in without]
        if not serving:
            raise NoWorker
        free = [seat for seat in serving if not seat.is_full]
        if not free:
            raise WorkersBusy(retry_after=2)
        seat = min(free, key=lambda seat: seat.share)
        seat.leased += 1
        try:
            yield seat.card
        finally:
            seat.leased -= 1

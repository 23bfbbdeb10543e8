"""One worker's place in the pool: what it says of itself, and what we learned of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from arena.worker import Heartbeat, WorkerCard
from controller.routing.breaker import Breaker, BreakerState
from controller.routing.choosing import Candidate
from controller.routing.slots import Belief
from controller.routing.speed import Speed


@dataclass(slots=True)
class Serving:
    """One model at one worker."""

    breaker: Breaker = field(default_factory=Breaker)
    speed: Speed = field(default_factory=Speed)


@dataclass(eq=False)
class Seat:
    """What is known of one worker. All of it is soft: another controller learns the same from its own heartbeats."""

    card: WorkerCard
    heard_at: float
    """Monotonic seconds."""
    leased: int = 0
    """Streams that this controller runs there."""
    leased_last: float = 0.0
    """When that was last begun, in monotonic seconds."""
    reported: Heartbeat = field(default_factory=Heartbeat)
    others: int = 0
    """Requests there that are not ours, as of the last heartbeat."""
    is_drained: bool = False
    """The operator wants nothing new to be sent there."""
    belief: Belief = field(default_factory=Belief)
    breaker: Breaker = field(default_factory=Breaker)
    """Of its connections; those of its models' answers are in `serving`."""
    _serving: dict[str, Serving] = field(default_factory=dict[str, Serving])

    def take_card(self, card: WorkerCard, now: float) -> None:
        """Take a registration. With a new card it is another process: nothing that we learned is true of it."""
        if card != self.card:
            self.belief, self.breaker, self._serving = Belief(), Breaker(), {}
            self.reported, self.others = Heartbeat(), 0
        self.card, self.heard_at = card, now

    def beat(self, heartbeat: Heartbeat, now: float) -> None:
        """Take a proof of life.

        A heartbeat may be five seconds old before the next one comes, and its count includes our own requests. What is
        more than ours at this moment must be other controllers'; that is taken to stay until the next one, while our
        own count is known at every moment.
        """
        self.reported, self.heard_at = heartbeat, now
        self.others = max(0, heartbeat.busy + heartbeat.waiting - self.leased)

    def serving(self, model: str) -> Serving:
        """Return what is known of one of its models."""
        known = self._serving.get(model)
        if known is None:
            known = self._serving[model] = Serving()
        return known

    @property
    def outstanding(self) -> int:
        """Requests there that have not ended: ours, and those of others as of the last heartbeat."""
        return self.leased + self.others

    @property
    def is_resting(self) -> bool:
        """Nothing new is to be sent there: the operator wants so, or the worker itself."""
        return self.is_drained or self.reported.is_draining

    def slots(self, now: float) -> int:
        """Return how many requests of ours may run there."""
        return self.belief.slots(self.card.slots, now)

    def is_full(self, now: float) -> bool:
        """Whether nothing may be sent there now: we fill what we believe in, or it queues and says so.

        A worker that answers busy by itself reports nothing waiting. What it said of its busy slots may be old: it is
        asked after all others, and lowers our belief if it is still full.
        """
        is_queueing = self.reported.waiting > 0 and self.outstanding >= self.card.slots
        return is_queueing or self.leased >= self.slots(now)

    def breakers(self, model: str) -> tuple[Breaker, Breaker]:
        """Return what guards one model here: the worker's breaker, and the model's."""
        return self.breaker, self.serving(model).breaker

    def closed_until(self, model: str, now: float) -> float:
        """Return when a request may be sent at the earliest, as far as breakers know; `now` if it may be.

        While a probe is under way that is not known: infinity.
        """
        when = now
        for breaker in self.breakers(model):
            if breaker.is_probing:
                return float("inf")
            when = max(when, breaker.retry_at or now)
        return when

    def turning_points(self, model: str, now: float) -> Iterator[float]:
        """Yield the moments at which time alone may open it to one more request."""
        if (when := self.closed_until(model, now)) > now:
            yield when
        if (when := self.belief.next_at(self.card.slots, now)) is not None:
            yield when

    def lease(self, now: float) -> None:
        """Count one more request of ours."""
        self.leased += 1
        self.leased_last = now

    def state(self, now: float) -> BreakerState:
        """Return the state of the worker's own breaker."""
        return self.breaker.state(now)

    def left_alone(self, now: float) -> tuple[str, ...]:
        """Return its models whose own breaker is not closed."""
        broken = (name for name, each in self._serving.items() if each.breaker.state(now) is not BreakerState.CLOSED)
        return tuple(sorted(broken))

    def candidate(self, model: str, now: float) -> Candidate:
        """Return it as the rules of choosing see it."""
        serving = self.serving(model)
        speed = serving.speed
        return Candidate(
            id=self.card.id,
            outstanding=self.outstanding,
            slots=self.slots(now),
            is_free=not self.is_full(now) and self.breaker.allows(now) and serving.breaker.allows(now),
            seconds=speed.answer_seconds,
            age=now - speed.measured_at,
            leased_last=self.leased_last,
        )

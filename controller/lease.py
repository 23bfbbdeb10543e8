"""A worker's slot for one request: what is told of it on the way, and what the pool learns from that."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from arena.errors import ArenaError
from arena.telemetry import UNTRACED, Span
from arena.worker import WorkerCard
from controller.routing.demand import Demand
from controller.routing.faults import Reach, judge
from controller.routing.seat import Seat
from controller.routing.speed import Speed

logger = logging.getLogger(__name__)

Clock = Callable[[], float]
Chance = Callable[[], float]


class Course(Enum):
    """How a request went, as far as it was told."""

    BEGUN = auto()
    FAILED = auto()
    DONE = auto()


@dataclass(eq=False)
class Lease:
    """One slot of one worker, held for one request. The pool that gave it takes it back exactly once."""

    card: WorkerCard
    demand: Demand
    seat: Seat
    began_at: float
    """Monotonic seconds."""
    clock: Clock
    chance: Chance
    reserved: int = 0
    """Tokens of the model's budget."""
    tokens: int | None = None
    """What was used in truth, once that is known."""
    course: Course = Course.BEGUN
    first_word_at: float | None = None
    words: int = 0
    span: Span = UNTRACED

    def __post_init__(self) -> None:
        now = self.began_at
        self._tickets = [breaker.enter(now) for breaker in self.seat.breakers(self.demand.model)]
        self._breakers = self.seat.breakers(self.demand.model)

    def first_word(self) -> None:
        """Hear that the worker began to answer. A probe has succeeded then."""
        if self.first_word_at is not None:
            return
        self.first_word_at = now = self.clock()
        self.span.event("first word")
        self._speed.first_came(now - self.began_at, now)
        self.seat.belief.accepted(self.seat.leased, self.seat.card.slots, now)
        for at, breaker in enumerate(self._breakers):
            if breaker.is_probing:
                self._tickets[at] = breaker.succeeded(self._tickets[at])

    def wrote(self, words: int = 1) -> None:
        """Hear that more was written, in words or whatever pieces the worker writes in."""
        self.words += words

    def used(self, prompt_tokens: int | None, completion_tokens: int | None) -> None:
        """Hear how many tokens were read and written in truth, as the worker counts them."""
        if prompt_tokens is not None or completion_tokens is not None:
            self.tokens = (prompt_tokens or 0) + (completion_tokens or 0)
        if completion_tokens:
            self.words = completion_tokens
        self.span.note(
            {"gen_ai.usage.input_tokens": prompt_tokens or 0, "gen_ai.usage.output_tokens": completion_tokens or 0}
        )

    def failed(self, error: ArenaError) -> None:
        """Hear that the request failed. Only what is the worker's own fault is held against it."""
        if self.course is not Course.BEGUN:
            return
        self.course, now = Course.FAILED, self.clock()
        self.span.note({"error.type": error.code})
        fault = judge(error, is_proxy=self.card.is_proxy)
        if fault.reach is Reach.SLOTS and self.seat.card is self.card:
            self.seat.belief.refused(self.seat.leased - 1, self.card.slots, now)
        guilty = {Reach.WORKER: 0, Reach.MODEL: 1}.get(fault.reach)
        for at, breaker in enumerate(self._breakers):
            if at == guilty:
                was = breaker.retry_at
                breaker.failed(self._tickets[at], now, self.chance(), at_once=fault.is_certain, seconds=fault.seconds)
                if breaker.retry_at != was and breaker.retry_at is not None:
                    what = "worker" if at == 0 else f"model {self.demand.model!r} at worker"
                    seconds = breaker.retry_at - now
                    logger.warning("The %s %s is left alone for %.1f s (%s)", what, self.card.id, seconds, error.code)
            elif at == 0 and fault.reach in {Reach.MODEL, Reach.SLOTS}:
                breaker.succeeded(self._tickets[at])  # it answered, so it is there
            else:
                breaker.untold(self._tickets[at])

    def done(self) -> None:
        """Hear that the request was answered whole."""
        if self.course is not Course.BEGUN:
            return
        self.course, now = Course.DONE, self.clock()
        for breaker, ticket in zip(self._breakers, self._tickets, strict=True):
            breaker.succeeded(ticket)
        if self.first_word_at is not None:
            self._speed.wrote(self.words - 1, now - self.first_word_at, now)

    def ended(self) -> None:
        """Hear that it is over. What nobody told, for whoever asked has left, says nothing of the worker."""
        if self.course is Course.BEGUN:
            for breaker, ticket in zip(self._breakers, self._tickets, strict=True):
                breaker.untold(ticket)

    @property
    def _speed(self) -> Speed:
        return self.seat.serving(self.demand.model).speed

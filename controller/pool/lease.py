"""A worker's slot for one request: what is told of it on the way, and what the pool learns from that."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from arena.errors import ArenaError
from arena.telemetry import UNTRACED, Span
from arena.worker import WorkerCard
from controller.routing.demand import Demand
from controller.routing.faults import Fault, Reach, judge
from controller.routing.seat import Seat

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
    on_opened: Callable[[], None] = lambda: None
    """Called when its first word lets more requests through: whoever waits need not wait for its last one."""

    def __post_init__(self) -> None:
        # Of the process that was asked: what a new card brings is none of this request's business.
        self._breakers = self.seat.breakers(self.demand.model)
        self._tickets = [breaker.enter(self.began_at) for breaker in self._breakers]
        self._belief = self.seat.belief
        self._speed = self.seat.serving(self.demand.model).speed

    def first_word(self) -> None:
        """Hear that the worker began to answer. A probe has succeeded then."""
        if self.first_word_at is not None:
            return
        self.first_word_at = now = self.clock()
        self.span.event("first word")
        self._speed.first_came(now - self.began_at, now)
        opens = self._belief.learned is not None
        self._belief.accepted(self.seat.leased, self.seat.card.slots, now)
        for at, breaker in enumerate(self._breakers):
            if breaker.is_probing:
                self._tickets[at] = breaker.succeeded(self._tickets[at])
                opens = True
        if opens:
            self.on_opened()

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
        of_worker, of_model = self._tickets
        if fault.reach is Reach.SLOTS:
            self._belief.refused(self.seat.leased - 1, self.card.slots, now)
        if fault.reach is Reach.WORKER:
            self._hold_against(0, fault, error.code)
        elif fault.reach is not Reach.NOTHING:
            self._breakers[0].succeeded(of_worker)  # it answered, so it is there
        if fault.reach is Reach.MODEL:
            self._hold_against(1, fault, error.code)
        for breaker, ticket in zip(self._breakers, (of_worker, of_model), strict=True):
            breaker.untold(ticket)

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

    def _hold_against(self, which: int, fault: Fault, code: str) -> None:
        breaker, now = self._breakers[which], self.clock()
        was = breaker.retry_at
        breaker.failed(self._tickets[which], now, self.chance(), at_once=fault.is_certain, seconds=fault.seconds)
        if breaker.retry_at is not None and breaker.retry_at != was:
            what = f"Model {self.demand.model!r} at worker" if which else "Worker"
            logger.warning("%s %s is left alone for %.1f s (%s)", what, self.card.id, breaker.retry_at - now, code)

"""One turn, from the visitor's message to the ledger: open, answer, always finish."""

import asyncio
import contextlib
import logging
import time
import traceback
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from arena.chat import ChatEvent, Done, Ending, Failed, Finished, ReasoningDelta, Side, Started
from arena.error_wire import openai_status
from arena.errors import AnswerFailed, ArenaError, EmptyAnswer, LedgerError, ModelGone, ShuttingDown, error_classes
from arena.telemetry import current_span, span
from controller.accounts.turn_costs import Paid, free
from controller.draft import Draft
from controller.limits import StreamLimit
from controller.metrics import Metrics, status_class
from controller.outbox import Outbox
from controller.pool.answering import Ask, answer, within
from controller.pool.queue_news import QueueNews
from controller.pool.worker_pool import WorkerPool
from controller.routing.demand import Demand
from controller.running import RunningTurn, RunningTurns
from controller.turn_book import TurnBook
from logging_store.facts import TurnEnd, TurnFact

logger = logging.getLogger(__name__)

STATUS_CLASSES = {Ending.COMPLETED: "2xx", Ending.FAILED: "5xx", Ending.CANCELLED: "left", Ending.LOST: "5xx"}
"""As what a turn's end is counted beside the gateway's requests."""


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a turn: what to open in the ledger, and what to ask the worker."""

    turn: TurnFact
    body: Mapping[str, Any]
    side: Side | None = None
    before: str | None = None
    """The worker that wrote the conversation's last answer."""
    tokens: int = 0
    """An estimate of what is read and may be written."""
    began: float = field(default_factory=time.monotonic)
    """When it was opened, in monotonic seconds."""

    def at(self, now: float) -> float:
        """Return unix seconds at a monotonic moment, as if nobody had set the wall clock since it was opened."""
        return self.turn.opened_at + max(0.0, now - self.began)

    @property
    def demand(self) -> Demand:
        """Return what it wants of the pool of workers."""
        prefix = self.turn.conversation_id if self.before else ""
        return Demand(self.turn.model, prefix=prefix, before=self.before, tokens=self.tokens)


@dataclass(frozen=True, slots=True)
class Performance:
    """One turn on its way: the state that its sides share."""

    run: RunningTurn
    outbox: Outbox
    is_blind: bool
    """Nothing may be said that depends on the models."""
    queue: QueueNews
    book: TurnBook


@dataclass
class TurnPlayer:
    """Runs turns."""

    book: TurnBook
    """For turns that are played without one of their own."""
    pool: WorkerPool
    ask: Ask
    running: RunningTurns
    streams: StreamLimit
    metrics: Metrics
    gather_seconds: float
    clock: Callable[[], float] = time.monotonic
    offers: Callable[[str], bool] = lambda _: True
    """Whether a model is still listed."""
    paid: Paid = free
    """Counts what a turn costs, and refuses it when the model may cost no more today."""

    async def play(
        self, key: str, session_id: str, parts: list[Part], *, is_blind: bool, book: TurnBook | None = None
    ) -> AsyncGenerator[list[ChatEvent]]:
        """Stream one turn of a conversation or battle, in batches.

        The turn begins with the first step, and has a life of its own: whoever reads, slowly or not at all, it ends
        when its answers do. Closing the generator cancels it.
        """
        outbox = Outbox(self.gather_seconds, time.monotonic)
        news = QueueNews(outbox.put, is_blind)
        run = RunningTurn(session_id, frozenset(part.turn.id for part in parts))
        on = Performance(run, outbox, is_blind, news, book or self.book)
        playing = self.running.start(self._perform(key, session_id, parts, on))
        try:
            async with contextlib.aclosing(on.outbox.batches()) as batches:
                async for batch in batches:
                    yield batch
        finally:
            on.run.cancel()
            await asyncio.wait({playing})
        playing.result()

    async def _perform(self, key: str, session_id: str, parts: list[Part], on: Performance) -> None:
        """Open the turn, let every side write, and say when all is done: nothing is held any more then."""
        try:
            on.outbox.put(Done(can_vote=await self._perform_held(key, session_id, parts, on)))
        finally:
            on.outbox.close()

    async def _perform_held(self, key: str, session_id: str, parts: list[Part], on: Performance) -> bool:
        """Do all of it while holding what it needs; return whether there are two answers to vote on."""
        try:
            with self.running.hold(key, on.run), self.streams.hold(session_id, len(parts)):
                await on.book.open_turns(*(part.turn for part in parts))
                for part in parts:  # all of them before anything becomes of any
                    on.outbox.put(Started(side=part.side, turn_id=part.turn.id))
                answered = await asyncio.gather(*(self._play_traced(part, on) for part in parts))
        except ArenaError as error:
            for part in parts:
                on.outbox.put(failed(error, part.side))
            return False
        return len(parts) == 2 and all(answered)

    async def _play_traced(self, part: Part, on: Performance) -> bool:
        """Let one side answer within a span of its own."""
        with span("turn", {"arena.turn": part.turn.id, "gen_ai.request.model": part.turn.model}):
            return await self._play_part(part, on)

    async def _play_part(self, part: Part, on: Performance) -> bool:
        """Let one side answer, and write its end; return whether there is an answer to vote on. Never raises ours."""
        draft = Draft(part.turn.id)
        event = await self._answer(part, draft, on)
        end = draft.end(_ending_of(event), part.at(self.clock()))
        try:
            await on.book.finish(end)
        except LedgerError as error:
            event = failed(error, part.side)
        self._count(part.turn, end)
        on.outbox.put(event)
        return isinstance(event, Finished) and bool(draft.texts)

    async def _answer(self, part: Part, draft: Draft, on: Performance) -> Finished | Failed:
        """Write the answer into the draft and the outbox; return how it ended. Never raises."""
        try:
            with on.run.writing(), self.paid(part.turn.model, part.body, draft):
                async with within(self.pool.rules.deadline_seconds):
                    await self._write(part, draft, on)
        except asyncio.CancelledError:
            if not on.run.is_shut_down:
                return Finished(side=part.side, reason="cancelled")
            draft.error_code = ShuttingDown.code
            return failed(ShuttingDown(), part.side)
        except Exception as error:  # whatever it is, the turn has to be finished
            ours = error if isinstance(error, ArenaError) else _noted(error, part.turn.id)
            draft.error_code = ours.code
            # Only a class's own sentence is shown: what a worker wrote may name models, addresses, keys.
            return failed(AnswerFailed() if on.is_blind else type(ours)(), part.side)
        # In a battle the reason could tell models apart that write the same.
        is_cut = draft.finish_reason == "length" and not on.is_blind
        return Finished(side=part.side, reason="length" if is_cut else "stop")

    async def _write(self, part: Part, draft: Draft, on: Performance) -> None:
        if not self.offers(part.turn.model):
            raise ModelGone

        def on_worker(worker: str) -> None:
            draft.on_worker(worker)
            on.queue.asked(part.side)

        on_wait = partial(on.queue.waits, part.side)
        pieces = answer(self.pool, self.ask, part.demand, part.body, on_worker, on_wait)
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                draft.take(piece, part.at(self.clock()))
                if piece.reasoning and not on.is_blind:
                    on.outbox.say(None, piece.reasoning, ReasoningDelta)
                if piece.text:
                    on.outbox.say(part.side, piece.text)
        if not draft.texts:
            raise EmptyAnswer

    def _count(self, turn: TurnFact, end: TurnEnd) -> None:
        first_word = None if end.first_word_at is None else end.first_word_at - turn.opened_at
        self.metrics.turn_ended(turn.model, end.ending, first_word)
        self.metrics.request_ended("visitor", turn.model, _status_of(end))
        current_span().note({"arena.ending": end.ending, **({"error.type": end.error_code} if end.error_code else {})})


def _status_of(end: TurnEnd) -> str:
    """Return as what a turn's end is counted: a failure as the gateway counts the same one."""
    if end.ending is Ending.FAILED and end.error_code:
        return status_class(openai_status(error_classes().get(end.error_code, ArenaError)()))
    return STATUS_CLASSES[end.ending]


def _noted(error: Exception, turn_id: str) -> ArenaError:
    """Log where it broke and as what: the error's own text may repeat what people said."""
    place = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Turn %s broke on our side: %s\n%s", turn_id, type(error).__name__, place)
    return ArenaError()


def failed(error: ArenaError, side: Side | None) -> Failed:
    """Return the event that tells a visitor of an error."""
    return Failed(side=side, code=error.code, message=str(error))


def _ending_of(event: Finished | Failed) -> Ending:
    if isinstance(event, Failed):
        return Ending.FAILED
    return Ending.CANCELLED if event.reason == "cancelled" else Ending.COMPLETED

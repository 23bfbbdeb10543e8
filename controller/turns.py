"""One turn, from the visitor's message to the ledger: open, answer, always finish."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arena.chat import ChatEvent, Done, Ending, Failed, Finished, ReasoningDelta, Side, Started, TextDelta
from arena.errors import AnswerFailed, ArenaError, LedgerError, ShuttingDown, WorkerError
from controller.answering import Ask, answer
from controller.draft import Draft
from controller.limits import StreamLimit
from controller.metrics import Metrics
from controller.outbox import Outbox
from controller.running import RunningTurn, RunningTurns
from controller.worker_pool import WorkerPool
from logging_store.facts import TurnEnd, TurnFact
from logging_store.ledger import Ledger

logger = logging.getLogger(__name__)

FINISH_ATTEMPTS = 5
FINISH_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a turn: what to open in the ledger, and what to ask the worker."""

    turn: TurnFact
    body: Mapping[str, Any]
    side: Side | None = None


@dataclass
class TurnPlayer:
    """Runs turns."""

    ledger: Ledger
    pool: WorkerPool
    ask: Ask
    running: RunningTurns
    streams: StreamLimit
    metrics: Metrics
    gather_seconds: float
    clock: Callable[[], float] = time.time

    async def play(
        self, key: str, session_id: str, parts: list[Part], *, is_blind: bool
    ) -> AsyncGenerator[list[ChatEvent]]:
        """Stream one turn of a conversation or battle, in batches.

        Everything is taken inside, on the first step, and given back when the generator is closed. `is_blind`: nothing
        may be said that depends on the models.
        """
        with self.running.hold(key) as run, self.streams.hold(session_id, len(parts)):
            try:
                await self._open(parts)
            except ArenaError as error:
                yield [*(failed(error, part.side) for part in parts), Done()]
                return
            outbox = Outbox(self.gather_seconds, time.monotonic)
            run.sides = [asyncio.create_task(self._play_part(run, part, outbox, is_blind=is_blind)) for part in parts]
            if run.is_stopped:
                run.cancel()
            closing = asyncio.create_task(_close_after(run.sides, outbox))
            try:
                async with contextlib.aclosing(outbox.batches()) as batches:
                    async for batch in batches:
                        yield batch
            finally:
                await self._end(run, parts)
                await closing

    async def _open(self, parts: list[Part]) -> None:
        opening = self.running.start(self.ledger.open_turns(*(part.turn for part in parts)))
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            self.running.start(self._abandon(opening, parts))
            raise

    async def _abandon(self, opening: asyncio.Task[None], parts: list[Part]) -> None:
        await asyncio.wait({opening})
        if not opening.cancelled() and opening.exception() is None:
            for part in parts:
                await self._finish(Draft(part.turn.id).end(Ending.CANCELLED, self.clock()))

    async def _end(self, run: RunningTurn, parts: list[Part]) -> None:
        for side in run.sides:
            side.cancel()
        await asyncio.wait(run.sides)
        for part, side in zip(parts, run.sides, strict=True):
            # Cancelled before its first step: it could not finish its turn itself.
            if side.cancelled():
                await self.running.keep(self._finish(Draft(part.turn.id).end(Ending.CANCELLED, self.clock())))

    async def _play_part(self, run: RunningTurn, part: Part, outbox: Outbox, *, is_blind: bool) -> bool:
        draft = Draft(part.turn.id)
        outbox.put(Started(side=part.side, turn_id=part.turn.id))
        event = await self._answer(run, part, draft, outbox, is_blind=is_blind)
        end = draft.end(_ending_of(event), self.clock())
        try:
            await self.running.keep(self._finish(end))
        except LedgerError as error:
            event = failed(error, part.side)
        self._count(part.turn, end)
        outbox.put(event)
        return isinstance(event, Finished) and bool(draft.texts)

    async def _answer(
        self, run: RunningTurn, part: Part, draft: Draft, outbox: Outbox, *, is_blind: bool
    ) -> Finished | Failed:
        """Write the answer into the draft and the outbox; return how it ended. Never raises."""
        try:
            pieces = answer(self.pool, self.ask, part.turn.model, part.body, draft.on_worker)
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    draft.take(piece, self.clock())
                    if piece.reasoning and not is_blind:
                        outbox.put(ReasoningDelta(text=piece.reasoning))
                    if piece.text:
                        outbox.put(TextDelta(side=part.side, text=piece.text))
            if not draft.texts:
                raise WorkerError("The model gave an empty answer. Please regenerate.")
            return Finished(side=part.side, reason="length" if draft.finish_reason == "length" else "stop")
        except asyncio.CancelledError:
            if run.is_shut_down:
                draft.error_code = ShuttingDown.code
                return failed(ShuttingDown(), part.side)
            return Finished(side=part.side, reason="cancelled")
        except ArenaError as error:
            draft.error_code = error.code
            return failed(AnswerFailed() if is_blind else error, part.side)
        except Exception:
            logger.exception("A turn broke on our side", extra={"turn": part.turn.id})
            draft.error_code = ArenaError.code
            return failed(AnswerFailed() if is_blind else ArenaError(), part.side)

    async def _finish(self, end: TurnEnd) -> bool:
        for _ in range(FINISH_ATTEMPTS - 1):
            try:
                return await self.ledger.finish_turn(end)
            except LedgerError:
                logger.warning("The ledger did not take the end of a turn; trying again", extra={"turn": end.turn_id})
                await asyncio.sleep(FINISH_PAUSE_SECONDS)
        return await self.ledger.finish_turn(end)

    def _count(self, turn: TurnFact, end: TurnEnd) -> None:
        first_word = None if end.first_word_at is None else end.first_word_at - turn.opened_at
        self.metrics.turn_ended(turn.model, end.ending, first_word)


async def _close_after(sides: list[asyncio.Task[bool]], outbox: Outbox) -> None:
    await asyncio.wait(sides)
    answered = [not side.cancelled() and side.exception() is None and side.result() for side in sides]
    outbox.put(Done(can_vote=len(sides) == 2 and all(answered)))
    outbox.close()


def failed(error: ArenaError, side: Side | None) -> Failed:
    """Return the event that tells a visitor of an error."""
    return Failed(side=side, code=error.code, message=str(error))


def _ending_of(event: Finished | Failed) -> Ending:
    if isinstance(event, Failed):
        return Ending.FAILED
    return Ending.CANCELLED if event.reason == "cancelled" else Ending.COMPLETED

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from arena.chat import ChatEvent, Done, Ending, Failed, Finished, Queued, ReasoningDelta, Side, Started, TextDelta
from arena.errors import ConsentRequired, ProviderOverloaded, ShuttingDown, WorkerBroke
from arena.worker import WorkerCard
from controller.finishing import Finishing
from controller.limits import StreamLimit
from controller.metrics import Metrics
from controller.pool.worker_pool import WorkerPool
from controller.routing.demand import Demand
from controller.running import RunningTurns
from controller.turn_book import LedgerBook
from controller.turns import Part, TurnPlayer
from controller.worker_words import Piece
from logging_store.facts import ConsentFact, TurnFact
from logging_store.ledger import Ledger, open_ledger
from tests.facts import a_kept_conversation, a_turn, a_visitor
from tests.pools import is_idle

SECRET = "what the visitor said"


@dataclass
class Theatre:
    """A player with a real ledger, and models that do what they are told."""

    ledger: Ledger
    consent: ConsentFact
    scripts: dict[str, list[Piece | Exception | asyncio.Event]] = field(
        default_factory=dict[str, list[Piece | Exception | asyncio.Event]]
    )
    running: RunningTurns = field(default_factory=RunningTurns)
    streams: StreamLimit = field(default_factory=lambda: StreamLimit(4))
    pool: WorkerPool = field(default_factory=lambda: WorkerPool(15))

    def player(self) -> TurnPlayer:
        for model in ("one", "two"):
            card = WorkerCard(id=f"worker of {model}", url="http://127.0.0.1:1", models=(model,), slots=4)
            self.pool.register(card, 0.0)
        metrics = Metrics()
        return TurnPlayer(
            book=LedgerBook(self.ledger, Finishing(self.ledger, self.running, pause_seconds=0), metrics),
            pool=self.pool,
            ask=self.ask,
            running=self.running,
            streams=self.streams,
            metrics=metrics,
            gather_seconds=0,
        )

    async def ask(self, _: WorkerCard, body: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        for step in self.scripts.get(body["model"], [Piece(text="Hello")]):
            if isinstance(step, Exception):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
            else:
                yield step

    async def parts(self, *models: str) -> list[Part]:
        sides: list[Side | None] = ["a", "b"] if len(models) == 2 else [None]
        parts: list[Part] = []
        for side, model in zip(sides, models, strict=True):
            conversation = await a_kept_conversation(self.ledger, self.consent, model=model)
            turn = a_turn(conversation.id, self.consent.id, model=model, text=SECRET)
            parts.append(Part(turn, {"model": model}, side))
        return parts

    async def play(self, parts: list[Part], *, is_blind: bool = False) -> list[ChatEvent]:
        batches = self.player().play("key", "session", parts, is_blind=is_blind)
        events = [event async for batch in batches for event in batch]
        self.check_nothing_is_held()
        return events

    def check_nothing_is_held(self) -> None:
        assert is_idle(self.pool)
        assert (len(self.running), len(self.streams)) == (0, 0)

    async def kept(self, part: Part) -> TurnFact:
        (turn,) = await self.ledger.turns_of(part.turn.conversation_id)
        return turn


@pytest.fixture
async def theatre(tmp_path: Path) -> AsyncGenerator[Theatre]:
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        theatre = Theatre(ledger, await a_visitor(ledger))
        yield theatre
        await theatre.running.settle()
        theatre.check_nothing_is_held()


def of_side(events: list[ChatEvent], side: Side) -> list[ChatEvent]:
    return [event for event in events if getattr(event, "side", None) == side]


async def test_each_side_starts_says_something_and_ends_and_then_all_is_done(theatre: Theatre):
    parts = await theatre.parts("one", "two")

    events = await theatre.play(parts)

    for part in parts:
        assert part.side is not None
        started, said, ended = of_side(events, part.side)
        assert started == Started(side=part.side, turn_id=part.turn.id)
        assert said == TextDelta(side=part.side, text="Hello")
        assert ended == Finished(side=part.side, reason="stop")
        assert (await theatre.kept(part)).ending is Ending.COMPLETED
    assert events[-1] == Done(can_vote=True)


async def test_one_sides_failure_does_not_stop_the_other(theatre: Theatre):
    theatre.scripts["one"] = [Piece(text="Half"), WorkerBroke("from 10.0.0.7")]
    parts = await theatre.parts("one", "two")

    events = await theatre.play(parts)

    assert of_side(events, "b")[-1] == Finished(side="b", reason="stop")
    failed = of_side(events, "a")[-1]
    assert isinstance(failed, Failed)
    assert (failed.code, failed.message) == ("worker_broke", str(WorkerBroke()))
    assert events[-1] == Done(can_vote=False)
    turn = await theatre.kept(parts[0])
    assert (turn.ending, turn.answer, turn.error_code) == (Ending.FAILED, "Half", "worker_broke")


@pytest.mark.parametrize("full", [("one",), ("two",), ("one", "two")])
async def test_in_a_battle_it_is_not_seen_which_side_waits(theatre: Theatre, full: tuple[str, ...]):
    player, seen = theatre.player(), list[ChatEvent]()
    theatre.scripts = {"one": [asyncio.Event()], "two": [asyncio.Event()]}
    async with contextlib.AsyncExitStack() as held:
        for model in full * 4:
            await held.enter_async_context(theatre.pool.lease(Demand(model)))
        batches = player.play("key", "session", await theatre.parts("one", "two"), is_blind=True)
        async with contextlib.aclosing(batches), asyncio.timeout(20):
            while not any(isinstance(event, Queued) for event in seen):
                seen += await anext(batches)

    assert [(type(event), getattr(event, "side", None)) for event in seen] == [
        (Started, "a"),
        (Started, "b"),
        (Queued, None),
    ]


@pytest.mark.parametrize("error", [WorkerBroke(), ProviderOverloaded(), ShuttingDown(), ZeroDivisionError()])
async def test_in_a_battle_every_failure_is_the_same_and_thoughts_are_kept_back(theatre: Theatre, error: Exception):
    theatre.scripts["one"] = [Piece(reasoning="Hm"), error]
    theatre.scripts["two"] = [Piece(reasoning="Hm"), Piece(text="Yes", finish_reason="length")]
    parts = await theatre.parts("one", "two")

    events = await theatre.play(parts, is_blind=True)

    failed = of_side(events, "a")[-1]
    assert isinstance(failed, Failed)
    assert failed.code == "answer_failed"
    assert of_side(events, "b")[-1] == Finished(side="b", reason="stop")
    assert not [event for event in events if isinstance(event, ReasoningDelta)]
    assert (await theatre.kept(parts[1])).reasoning == "Hm"
    assert (await theatre.kept(parts[1])).finish_reason == "length"


async def test_a_mistake_of_our_own_ends_the_turn_and_is_logged_without_anybodys_words(
    theatre: Theatre, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    theatre.scripts["one"] = [Piece(text="Half"), ValueError(SECRET)]
    parts = await theatre.parts("one")

    events = await theatre.play(parts)

    assert isinstance(events[-2], Failed)
    assert events[-2].code == "internal"
    assert (await theatre.kept(parts[0])).ending is Ending.FAILED
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


async def test_what_cannot_be_opened_is_told_to_every_side_and_holds_nothing(theatre: Theatre):
    parts = await theatre.parts("one", "two")
    refused = [Part(_without_consent(part.turn), part.body, part.side) for part in parts]

    events = await theatre.play(refused)

    assert [event.code for event in events if isinstance(event, Failed)] == [ConsentRequired.code] * 2
    assert events[-1] == Done()
    assert await theatre.ledger.turns_of(parts[0].turn.conversation_id) == ()


def _without_consent(turn: TurnFact) -> TurnFact:
    return a_turn(turn.conversation_id, "another consent")


async def test_a_second_turn_at_once_is_refused_as_an_event_and_leaves_the_first_alone(theatre: Theatre):
    never = asyncio.Event()
    theatre.scripts["one"] = [Piece(text="Half"), never]
    player, parts = theatre.player(), await theatre.parts("one")
    async with contextlib.aclosing(player.play("key", "session", parts, is_blind=False)) as first:
        await anext(first)
        second = player.play("key", "session", await theatre.parts("one"), is_blind=False)

        events = [event async for batch in second for event in batch]

        assert [getattr(event, "code", None) for event in events] == ["turn_running", None]
        assert theatre.running.is_running("key")


async def test_a_stream_that_is_never_begun_holds_nothing_and_opens_nothing(theatre: Theatre):
    parts = await theatre.parts("one")
    stream = theatre.player().play("key", "session", parts, is_blind=False)
    theatre.check_nothing_is_held()

    await stream.aclose()

    assert await theatre.ledger.turns_of(parts[0].turn.conversation_id) == ()


@pytest.mark.parametrize("steps", range(8))
async def test_wherever_a_stream_is_closed_its_turns_are_finished_once_and_nothing_is_held(
    theatre: Theatre, steps: int
):
    theatre.scripts["one"] = [Piece(text="Half"), asyncio.Event()]
    parts = await theatre.parts("one", "two")
    reading = asyncio.create_task(theatre.play(parts))
    for _ in range(steps * 3):
        await asyncio.sleep(0)

    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    await theatre.running.settle()

    theatre.check_nothing_is_held()
    for part in parts:
        for turn in await theatre.ledger.turns_of(part.turn.conversation_id):
            assert turn.ending in {Ending.CANCELLED, Ending.COMPLETED}
    assert await theatre.ledger.lose_open_turns("first", 9.5) == 0


async def test_nothing_is_held_any_more_when_done_is_said(theatre: Theatre):
    parts = await theatre.parts("one", "two")
    async with contextlib.aclosing(theatre.player().play("key", "session", parts, is_blind=False)) as batches:
        async for batch in batches:
            if isinstance(batch[-1], Done):
                theatre.check_nothing_is_held()

"""What a fake controller says: its answers, its refusals, its board."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from arena.battle import BattleTurn, BattleView
from arena.chat import (
    AnswerView,
    ChatEvent,
    ConversationView,
    Done,
    Ending,
    Failed,
    Finished,
    Queued,
    ReasoningDelta,
    Side,
    Started,
    TextDelta,
    TurnView,
)
from arena.errors import ArenaError
from arena.ids import new_id
from arena.leaderboard import BoardFigures, BoardRow, Leaderboard, OwnBoard
from arena.model import PublicModel
from arena.session import Consent, Deleted

TURNSTILE_SECONDS = 30.0
"""Whoever forgets to let somebody through does not hold up all tests."""
MODELS = (
    PublicModel(name="doctor", organisation="Chat Arena", licence="Apache-2.0", is_demo=True),
    PublicModel(name="helper", organisation="Chat Arena", licence="Apache-2.0", is_demo=True),
    PublicModel(name="big-model-70b", organisation="Some Lab", licence="proprietary"),
)


def words(text: str) -> list[str]:
    """Cut a text as a model streams it."""
    return [word + " " for word in text.split(" ")]


@dataclass
class FakeController:
    """What it answers, and what it was asked."""

    answers: dict[str, str] = field(default_factory=lambda: {"a": "Hello from one side.", "b": "Hello from the other."})
    reasoning: str = ""
    failing: frozenset[str] = frozenset()
    """Sides that fail after their first word."""
    word_seconds: float = 0.0
    gather: int = 1
    """Words an event holds."""
    line: Sequence[Queued] = ()
    """Places in line that are told before an answer begins; after each, the turnstile is passed."""
    turnstile: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    refusals: dict[str, ArenaError] = field(default_factory=dict[str, ArenaError])
    """What is refused, by method and path without ids: `POST /battles/turns`."""
    board: Leaderboard = field(default_factory=Leaderboard)
    figures: dict[tuple[str, bool], BoardFigures] = field(default_factory=dict[tuple[str, bool], BoardFigures])
    """By category, and whether style is held equal."""
    own: OwnBoard = field(default_factory=lambda: OwnBoard(votes=0, needed=30))
    sessions: dict[str, Consent | None] = field(default_factory=dict[str, Consent | None])
    cohorts: list[str] = field(default_factory=list[str])
    """Of the sessions, in the order in which they were opened."""
    may_chat_unlogged: bool = False
    codes: dict[str, str] = field(default_factory=dict[str, str])
    """Whose deletion code it is."""
    battles: dict[str, BattleView] = field(default_factory=dict[str, BattleView])
    owners: dict[str, str] = field(default_factory=dict[str, str])
    """Whose battle it is, by its id."""
    conversations: dict[str, ConversationView] = field(default_factory=dict[str, ConversationView])
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list[tuple[str, str, dict[str, str]]])
    stops: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    open_streams: int = 0
    left: threading.Event = field(default_factory=threading.Event)
    """Set when a visitor left a stream before its end."""

    def standing(self, token: str) -> str | None:
        """The session's latest battle without a vote."""
        own = (key for key in reversed(self.battles) if self.owners[key] == token)
        return next((key for key in own if self.battles[key].reveal is None), None)

    def forget(self, token: str) -> Deleted:
        """Forget a session."""
        del self.sessions[token]
        self.codes = {code: owner for code, owner in self.codes.items() if owner != token}
        return Deleted(conversations=sum(owner == token for owner in self.owners.values()))


async def duel(fake: FakeController, key: str, text: str, before: Sequence[BattleTurn]) -> AsyncGenerator[ChatEvent]:
    def keep(views: dict[str, AnswerView], is_running: bool) -> None:
        turns = (*before, BattleTurn(text=text, a=views["a"], b=views["b"]))
        can_vote = not is_running and all(view.text and view.ending is not Ending.FAILED for view in views.values())
        update = {"turns": turns, "is_running": is_running, "can_vote": can_vote}
        fake.battles[key] = fake.battles[key].model_copy(update=update)

    async for event in _answers(fake, key, ("a", "b"), keep):
        yield event


async def direct(fake: FakeController, key: str, text: str, before: Sequence[TurnView]) -> AsyncGenerator[ChatEvent]:
    turn_id = new_id()

    def keep(views: dict[str, AnswerView], is_running: bool) -> None:
        turns = (*before, TurnView(id=turn_id, text=text, answer=views[""]))
        update = {"turns": turns, "is_running": is_running}
        fake.conversations[key] = fake.conversations[key].model_copy(update=update)

    if fake.reasoning:
        for piece in words(fake.reasoning):
            yield ReasoningDelta(text=piece)
            await asyncio.sleep(fake.word_seconds)
    async for event in _answers(fake, key, (None,), keep):
        yield event


async def _answers(
    fake: FakeController, key: str, sides: tuple[Side | None, ...], keep: Callable[[dict[str, AnswerView], bool], None]
) -> AsyncGenerator[ChatEvent]:
    """Write on all sides in turn, word by word, until all have ended or a stop comes."""
    stop = fake.stops[key] = asyncio.Event()
    left = {side or "": words(fake.answers[side or "a"]) for side in sides}
    written = dict.fromkeys(left, "")
    views = {side: AnswerView(text="", ending=None) for side in left}
    reasoning = fake.reasoning if sides == (None,) else ""
    fake.open_streams += 1
    is_whole = False
    try:
        for side in sides:
            yield Started(side=side, turn_id=new_id())
        keep(views, True)
        for place in fake.line:
            yield place
            await asyncio.to_thread(fake.turnstile.acquire, timeout=TURNSTILE_SECONDS)
        running = list(sides)
        while running:
            for side in tuple(running):
                name = side or ""
                ended, event = _next(fake, side, left[name], stop)
                if isinstance(event, TextDelta):
                    written[name] += event.text
                views[name] = AnswerView(
                    text=written[name],
                    ending=ended,
                    message="This side could not answer." if ended is Ending.FAILED else None,
                    reasoning=reasoning,
                )
                if ended:
                    running.remove(side)
                keep(views, bool(running))
                yield event
            await asyncio.sleep(fake.word_seconds * fake.gather)
        is_whole = True
        yield Done(can_vote=True)
    finally:
        fake.open_streams -= 1
        if not is_whole:
            fake.left.set()


def _next(
    fake: FakeController, side: Side | None, left: list[str], stop: asyncio.Event
) -> tuple[Ending | None, ChatEvent]:
    if stop.is_set():
        return Ending.CANCELLED, Finished(side=side, reason="cancelled")
    if (side or "a") in fake.failing and len(left) < len(words(fake.answers[side or "a"])):
        return Ending.FAILED, Failed(side=side, code="answer_failed", message="This side could not answer.")
    if not left:
        return Ending.COMPLETED, Finished(side=side, reason="stop")
    piece = "".join(left[: fake.gather])
    del left[: fake.gather]
    return None, TextDelta(side=side, text=piece)


def a_board() -> Leaderboard:
    """Return a board with one of each: rated, provisional, unrated."""
    rows = (
        BoardRow(model="helper", status="rated", rating=1081.4, ci_low=1030, ci_high=1140, rank=1,
                 battles=52, wins=30, losses=15, ties=7),
        BoardRow(model="doctor", status="rated", rating=918.6, ci_low=850, ci_high=980, rank=2,
                 battles=52, wins=15, losses=30, ties=7),
        BoardRow(model="big-model-70b", status="unrated", reason="not enough votes yet: has no battles yet",
                 battles=0, wins=0, losses=0, ties=0),
    )  # fmt: skip
    return Leaderboard(votes=104, updated_at=1_700_000_000.0, rows=rows)

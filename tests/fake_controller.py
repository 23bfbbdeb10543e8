"""A controller without rules, models or ledger: it speaks the wire and says what it is told to."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from arena import sse
from arena.battle import BattleRequest, BattleTurn, BattleView, Mode, Outcome, Reveal, VoteRequest
from arena.chat import (
    AnswerView,
    ChatEvent,
    ConversationRequest,
    ConversationView,
    Done,
    Ending,
    Failed,
    Finished,
    ReactionKind,
    ReactionRequest,
    ReasoningDelta,
    RegenerateRequest,
    Side,
    Started,
    TextDelta,
    TurnRequest,
    TurnView,
)
from arena.error_wire import to_problem
from arena.errors import ArenaError, SessionRequired
from arena.ids import new_id, new_token
from arena.leaderboard import BoardRow, Leaderboard
from arena.model import ModelList, PublicModel
from arena.session import Consent, ConsentRequest, SessionToken, SessionView
from arena.terms import TERMS_VERSION
from controller.event_stream import StreamResponse

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
    refusals: dict[str, ArenaError] = field(default_factory=dict[str, ArenaError])
    """What is refused, by method and path without ids: `POST /battles/turns`."""
    board: Leaderboard = field(default_factory=Leaderboard)
    sessions: dict[str, Consent | None] = field(default_factory=dict[str, Consent | None])
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


def create_app(fake: FakeController) -> FastAPI:  # noqa: C901, PLR0915 (a list of routes)
    """Return it as a server."""
    app = FastAPI()

    @app.exception_handler(ArenaError)
    async def _refuse(_: Request, error: Exception) -> Response:
        assert isinstance(error, ArenaError)
        return JSONResponse(to_problem(error), error.status, media_type="application/problem+json")

    def note(request: Request, *, path: str | None = None, needs_session: bool = True) -> None:
        path = path or request.url.path
        fake.calls.append((request.method, path, dict(request.headers)))
        assert request.headers["authorization"] == "Bearer page-key"
        if error := fake.refusals.get(f"{request.method} {path}"):
            raise error
        if needs_session and request.headers.get("x-arena-session") not in fake.sessions:
            raise SessionRequired

    @app.post("/sessions", status_code=201)
    async def _open_session(request: Request) -> SessionToken:
        note(request, needs_session=False)
        token = new_token()
        fake.sessions[token] = None
        return SessionToken(token=token)

    @app.get("/sessions/me")
    async def _session(request: Request) -> SessionView:
        note(request)
        token = request.headers["x-arena-session"]
        standing = fake.standing(token)
        return SessionView(consent=fake.sessions[token], terms_version=TERMS_VERSION, open_battle=standing)

    @app.put("/sessions/me/consent")
    async def _consent(request: Request, wish: ConsentRequest) -> Consent:
        note(request)
        consent = Consent(**wish.model_dump(), accepted_at=1.0)
        fake.sessions[request.headers["x-arena-session"]] = consent
        return consent

    @app.get("/models")
    async def _models(request: Request) -> ModelList:
        note(request, needs_session=False)
        return ModelList(models=MODELS)

    @app.get("/leaderboard")
    async def _leaderboard(request: Request) -> Leaderboard:
        note(request, needs_session=False)
        return fake.board

    @app.post("/battles", status_code=201)
    async def _open_battle(request: Request, wish: BattleRequest) -> BattleView:
        note(request)
        chosen = (wish.model_a or "", wish.model_b or "") if wish.mode is Mode.SIDE_BY_SIDE else None
        battle = BattleView(id=new_id(), mode=wish.mode, chosen=chosen)
        fake.battles[battle.id] = battle
        fake.owners[battle.id] = request.headers["x-arena-session"]
        return battle

    @app.get("/battles/{key}")
    async def _battle(request: Request, key: str) -> BattleView:
        note(request, path="/battles")
        return fake.battles[key]

    @app.post("/battles/{key}/turns")
    async def _battle_turn(request: Request, key: str, turn: TurnRequest) -> Response:
        note(request, path="/battles/turns")
        return StreamResponse(_as_bytes(_duel(fake, key, turn.text, fake.battles[key].turns)))

    @app.post("/battles/{key}/regenerate")
    async def _battle_again(request: Request, key: str, _wish: RegenerateRequest) -> Response:
        note(request, path="/battles/regenerate")
        *before, last = fake.battles[key].turns
        return StreamResponse(_as_bytes(_duel(fake, key, last.text, before)))

    @app.post("/battles/{key}/stop", status_code=204)
    async def _battle_stop(request: Request, key: str) -> None:
        note(request, path="/battles/stop")
        fake.stops[key].set()

    @app.post("/battles/{key}/vote")
    async def _vote(request: Request, key: str, vote: VoteRequest) -> Reveal:
        note(request, path="/battles/vote")
        reveal = Reveal(outcome=Outcome(vote.outcome), model_a=MODELS[0], model_b=MODELS[2])
        fake.battles[key] = fake.battles[key].model_copy(update={"reveal": reveal, "can_vote": False})
        return reveal

    @app.post("/conversations", status_code=201)
    async def _open_conversation(request: Request, wish: ConversationRequest) -> ConversationView:
        note(request)
        conversation = ConversationView(id=new_id(), model=wish.model)
        fake.conversations[conversation.id] = conversation
        return conversation

    @app.get("/conversations/{key}")
    async def _conversation(request: Request, key: str) -> ConversationView:
        note(request, path="/conversations")
        return fake.conversations[key]

    @app.post("/conversations/{key}/turns")
    async def _turn(request: Request, key: str, turn: TurnRequest) -> Response:
        note(request, path="/conversations/turns")
        return StreamResponse(_as_bytes(_direct(fake, key, turn.text, fake.conversations[key].turns)))

    @app.post("/conversations/{key}/regenerate")
    async def _again(request: Request, key: str, _wish: RegenerateRequest) -> Response:
        note(request, path="/conversations/regenerate")
        *before, last = fake.conversations[key].turns
        return StreamResponse(_as_bytes(_direct(fake, key, last.text, before)))

    @app.post("/conversations/{key}/stop", status_code=204)
    async def _stop(request: Request, key: str) -> None:
        note(request, path="/conversations/stop")
        fake.stops[key].set()

    @app.post("/conversations/{key}/reaction", status_code=204)
    async def _react(request: Request, key: str, wish: ReactionRequest) -> None:
        note(request, path="/conversations/reaction")
        _react_to(fake, key, wish.turn_id, wish.kind)

    return app


def _react_to(fake: FakeController, key: str, turn_id: str, kind: ReactionKind) -> None:
    conversation = fake.conversations[key]
    turns = tuple(
        turn.model_copy(update={"reaction": kind}) if turn.id == turn_id else turn for turn in conversation.turns
    )
    fake.conversations[key] = conversation.model_copy(update={"turns": turns})


async def _as_bytes(events: AsyncGenerator[ChatEvent]) -> AsyncGenerator[bytes]:
    async for event in events:
        yield sse.encode(event)


async def _duel(fake: FakeController, key: str, text: str, before: Sequence[BattleTurn]) -> AsyncGenerator[ChatEvent]:
    def keep(views: dict[str, AnswerView], is_running: bool) -> None:
        turns = (*before, BattleTurn(text=text, a=views["a"], b=views["b"]))
        can_vote = not is_running and all(view.text and view.ending is not Ending.FAILED for view in views.values())
        update = {"turns": turns, "is_running": is_running, "can_vote": can_vote}
        fake.battles[key] = fake.battles[key].model_copy(update=update)

    async for event in _answers(fake, key, ("a", "b"), keep):
        yield event


async def _direct(fake: FakeController, key: str, text: str, before: Sequence[TurnView]) -> AsyncGenerator[ChatEvent]:
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

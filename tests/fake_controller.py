"""A controller without rules, models or ledger: it speaks the wire and says what it is told to."""

from collections.abc import AsyncGenerator
from textwrap import wrap

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from arena import sse
from arena.battle import BattleRequest, BattleView, Mode, Outcome, Reveal, VoteRequest
from arena.chat import (
    ChatEvent,
    ConversationRequest,
    ConversationView,
    ReactionKind,
    ReactionRequest,
    RegenerateRequest,
    TurnRequest,
)
from arena.error_wire import to_problem
from arena.errors import ArenaError, SessionRequired, UnknownCode
from arena.ids import new_id, new_token
from arena.leaderboard import BoardFigures, Leaderboard, OwnBoard
from arena.model import ModelList
from arena.session import (
    Consent,
    ConsentRequest,
    Deleted,
    DeletionCode,
    DeletionRequest,
    ReleaseChoice,
    Scope,
    SessionRequest,
    SessionToken,
    SessionView,
)
from arena.terms import TERMS_VERSION
from controller.event_stream import StreamResponse
from tests.fake_script import MODELS, FakeController, direct, duel


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
    async def _open_session(request: Request, wish: SessionRequest) -> SessionToken:
        note(request, needs_session=False)
        token = new_token()
        fake.cohorts.append(wish.cohort)
        fake.sessions[token] = None
        return SessionToken(token=token)

    @app.get("/sessions/me")
    async def _session(request: Request) -> SessionView:
        note(request)
        token = request.headers["x-arena-session"]
        standing = fake.standing(token)
        return SessionView(
            consent=fake.sessions[token],
            terms_version=TERMS_VERSION,
            open_battle=standing,
            may_chat_unlogged=fake.may_chat_unlogged,
            has_deletion_code=token in fake.codes.values(),
        )

    @app.put("/sessions/me/consent")
    async def _consent(request: Request, wish: ConsentRequest) -> Consent:
        note(request)
        consent = Consent(**wish.model_dump(), accepted_at=1.0)
        fake.sessions[request.headers["x-arena-session"]] = consent
        return consent

    @app.post("/sessions/me/deletion-code", status_code=201)
    async def _make_code(request: Request) -> DeletionCode:
        note(request)
        made = DeletionCode(code="-".join(wrap(new_token(), 4)))
        fake.codes[made.code] = request.headers["x-arena-session"]
        return made

    @app.delete("/sessions/me")
    async def _forget_me(request: Request) -> Deleted:
        note(request)
        return fake.forget(request.headers["x-arena-session"])

    @app.post("/deletions")
    async def _forget_by_code(request: Request, wish: DeletionRequest) -> Deleted:
        note(request, needs_session=False)
        if wish.code not in fake.codes:
            raise UnknownCode
        return fake.forget(fake.codes[wish.code])

    @app.get("/models")
    async def _models(request: Request) -> ModelList:
        note(request, needs_session=False)
        return ModelList(models=MODELS)

    @app.get("/leaderboard")
    async def _leaderboard(request: Request) -> Leaderboard:
        note(request, needs_session=False)
        return fake.board

    @app.get("/leaderboard/figures")
    async def _figures(request: Request, category: str = "", *, style: bool = False) -> BoardFigures:
        note(request, needs_session=False)
        return fake.figures.get((category, style), BoardFigures())

    @app.get("/sessions/me/board")
    async def _own_board(request: Request) -> OwnBoard:
        note(request)
        return fake.own

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
        return StreamResponse(_as_bytes(duel(fake, key, turn.text, fake.battles[key].turns)))

    @app.post("/battles/{key}/regenerate")
    async def _battle_again(request: Request, key: str, _wish: RegenerateRequest) -> Response:
        note(request, path="/battles/regenerate")
        *before, last = fake.battles[key].turns
        return StreamResponse(_as_bytes(duel(fake, key, last.text, before)))

    @app.put("/battles/{key}/release", status_code=204)
    async def _battle_release(request: Request, key: str, choice: ReleaseChoice) -> None:
        note(request, path="/battles/release")
        fake.battles[key] = fake.battles[key].model_copy(update={"is_withheld": not choice.allowed})

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
        consent = fake.sessions[request.headers["x-arena-session"]]
        is_logged = consent is not None and Scope.LOG in consent.scopes
        conversation = ConversationView(id=new_id(), model=wish.model, is_logged=is_logged)
        fake.conversations[conversation.id] = conversation
        return conversation

    @app.get("/conversations/{key}")
    async def _conversation(request: Request, key: str) -> ConversationView:
        note(request, path="/conversations")
        return fake.conversations[key]

    @app.post("/conversations/{key}/turns")
    async def _turn(request: Request, key: str, turn: TurnRequest) -> Response:
        note(request, path="/conversations/turns")
        return StreamResponse(_as_bytes(direct(fake, key, turn.text, fake.conversations[key].turns)))

    @app.post("/conversations/{key}/regenerate")
    async def _again(request: Request, key: str, _wish: RegenerateRequest) -> Response:
        note(request, path="/conversations/regenerate")
        *before, last = fake.conversations[key].turns
        return StreamResponse(_as_bytes(direct(fake, key, last.text, before)))

    @app.put("/conversations/{key}/release", status_code=204)
    async def _release(request: Request, key: str, choice: ReleaseChoice) -> None:
        note(request, path="/conversations/release")
        fake.conversations[key] = fake.conversations[key].model_copy(update={"is_withheld": not choice.allowed})

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

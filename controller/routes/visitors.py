"""Sessions, conversations, battles."""

from fastapi import APIRouter
from starlette.responses import Response

from arena.battle import BattleRequest, BattleView, Reveal, VoteRequest
from arena.chat import ConversationRequest, ConversationView, ReactionRequest, RegenerateRequest, TurnRequest
from arena.leaderboard import BoardFigures, Leaderboard, OwnBoard
from arena.model import ModelList
from arena.session import (
    Consent,
    ConsentRequest,
    Deleted,
    DeletionCode,
    DeletionRequest,
    ReleaseChoice,
    SessionToken,
    SessionView,
)
from controller.event_stream import event_stream
from controller.own_board import own_board as counted
from controller.routes.needs import AddressHash, Cohort, From, Key, Visitor, Wired

router = APIRouter()


@router.post("/sessions", status_code=201)
async def open_session(wired: Wired, origin: From, cohort: Cohort) -> SessionToken:
    """Open a session. Its token is told this once."""
    return await wired.sessions.open(origin, cohort)


@router.get("/sessions/me")
async def see_session(wired: Wired, visitor: Visitor) -> SessionView:
    """Return what the session may know of itself."""
    return await wired.sessions.view(visitor)


@router.put("/sessions/me/consent")
async def consent(wired: Wired, visitor: Visitor, request: ConsentRequest) -> Consent:
    """Keep what the visitor allows from now on."""
    return await wired.sessions.consent(visitor, request)


@router.get("/sessions/me/board")
async def own_board(wired: Wired, visitor: Visitor) -> OwnBoard:
    """Return what the caller's own votes say, once there are enough of them."""
    return counted(await wired.ledger.own_votes(visitor.id), wired.catalogue.secret())


@router.post("/sessions/me/deletion-code", status_code=201)
async def make_deletion_code(wired: Wired, visitor: Visitor) -> DeletionCode:
    """Make a deletion code. It is told this once; an earlier one becomes worthless."""
    return await wired.deletions.give_code(visitor)


@router.delete("/sessions/me")
async def forget_me(wired: Wired, visitor: Visitor) -> Deleted:
    """Forget the caller's session and all that was said in it."""
    return await wired.deletions.of_session(visitor)


@router.post("/deletions")
async def forget_by_code(wired: Wired, address: AddressHash, request: DeletionRequest) -> Deleted:
    """Forget what a deletion code stands for. It takes no session."""
    return await wired.deletions.by_code(address, request.code)


@router.get("/models")
async def models(wired: Wired) -> ModelList:
    """List the models that can be reached now, without the secret ones."""
    return wired.catalogue.listed()


@router.get("/leaderboard")
async def leaderboard(wired: Wired, category: str | None = None) -> Leaderboard:
    """Return the stored board; where a category is named (none: all votes), of the others no rows."""
    board = wired.catalogue.shown(await wired.ledger.leaderboard() or Leaderboard())
    return board if category is None else board.with_rows_of(category)


@router.get("/leaderboard/figures")
async def leaderboard_figures(wired: Wired, category: str = "", *, style: bool = False) -> BoardFigures:
    """Return what is drawn beside a category's board (none: all votes) or that with style held equal, if anything."""
    board = await wired.ledger.leaderboard()
    if category and (board is None or category not in board.categories):
        return BoardFigures()
    found = await wired.ledger.figures(category, is_styled=style)
    return found if found is not None and wired.catalogue.may_draw(found) else BoardFigures()


@router.post("/conversations", status_code=201)
async def open_conversation(wired: Wired, visitor: Visitor, request: ConversationRequest) -> ConversationView:
    """Open a conversation with one model."""
    return await wired.chats.open(visitor, request.model)


@router.get("/conversations/{key}")
async def see_conversation(wired: Wired, visitor: Visitor, key: Key) -> ConversationView:
    """Return a conversation."""
    return await wired.chats.view(visitor, key)


@router.post("/conversations/{key}/turns")
async def say(wired: Wired, visitor: Visitor, key: Key, request: TurnRequest) -> Response:
    """Say something; the answer is streamed as server-sent events."""
    return event_stream(await wired.chats.say(visitor, key, request))


@router.post("/conversations/{key}/regenerate")
async def regenerate(wired: Wired, visitor: Visitor, key: Key, request: RegenerateRequest) -> Response:
    """Ask for another answer to the last message."""
    return event_stream(await wired.chats.regenerate(visitor, key, request))


@router.post("/conversations/{key}/stop", status_code=204)
async def stop(wired: Wired, visitor: Visitor, key: Key) -> None:
    """Stop the answer that is being written."""
    await wired.chats.stop(visitor, key)


@router.post("/conversations/{key}/reaction", status_code=204)
async def react(wired: Wired, visitor: Visitor, key: Key, request: ReactionRequest) -> None:
    """Say what one answer was worth."""
    await wired.chats.react(visitor, key, request)


@router.put("/conversations/{key}/release", status_code=204)
async def choose_release(wired: Wired, visitor: Visitor, key: Key, choice: ReleaseChoice) -> None:
    """Say whether a conversation may be published."""
    await wired.chats.choose_release(visitor, key, choice)


@router.post("/battles", status_code=201)
async def open_battle(wired: Wired, visitor: Visitor, request: BattleRequest) -> BattleView:
    """Open a battle or a side by side."""
    return await wired.battles.open(visitor, request)


@router.get("/battles/{key}")
async def see_battle(wired: Wired, visitor: Visitor, key: Key) -> BattleView:
    """Return a battle."""
    return await wired.battles.view(visitor, key)


@router.post("/battles/{key}/turns")
async def say_to_both(wired: Wired, visitor: Visitor, key: Key, request: TurnRequest) -> Response:
    """Say something to both sides; the answers are streamed as server-sent events."""
    return event_stream(await wired.battles.say(visitor, key, request))


@router.post("/battles/{key}/regenerate")
async def regenerate_both(wired: Wired, visitor: Visitor, key: Key, request: RegenerateRequest) -> Response:
    """Ask both sides for another answer to the last message."""
    return event_stream(await wired.battles.regenerate(visitor, key, request))


@router.post("/battles/{key}/stop", status_code=204)
async def stop_both(wired: Wired, visitor: Visitor, key: Key) -> None:
    """Stop both answers."""
    await wired.battles.stop(visitor, key)


@router.post("/battles/{key}/vote")
async def vote(wired: Wired, visitor: Visitor, key: Key, request: VoteRequest) -> Reveal:
    """Vote; after the commit the answer says who was who."""
    return await wired.battles.vote(visitor, key, request.outcome)


@router.put("/battles/{key}/release", status_code=204)
async def choose_release_of_both(wired: Wired, visitor: Visitor, key: Key, choice: ReleaseChoice) -> None:
    """Say whether a battle may be published."""
    await wired.battles.choose_release(visitor, key, choice)

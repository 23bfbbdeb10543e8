"""Sessions, conversations, battles."""

from fastapi import APIRouter
from starlette.responses import Response

from arena.battle import BattleRequest, BattleView, Reveal, VoteRequest
from arena.chat import ConversationRequest, ConversationView, ReactionRequest, RegenerateRequest, TurnRequest
from arena.leaderboard import Leaderboard
from arena.model import ModelList
from arena.session import Consent, ConsentRequest, SessionToken, SessionView
from controller.event_stream import event_stream
from controller.routes.needs import AddressHash, Key, Visitor, Wired

router = APIRouter()


@router.post("/sessions", status_code=201)
async def open_session(wired: Wired, address: AddressHash) -> SessionToken:
    """Open a session. Its token is told this once."""
    return await wired.sessions.open(address)


@router.get("/sessions/me")
async def see_session(wired: Wired, visitor: Visitor) -> SessionView:
    """Return what the session may know of itself."""
    return await wired.sessions.view(visitor)


@router.put("/sessions/me/consent")
async def consent(wired: Wired, visitor: Visitor, request: ConsentRequest) -> Consent:
    """Keep what the visitor allows from now on."""
    return await wired.sessions.consent(visitor, request)


@router.get("/models")
async def models(wired: Wired) -> ModelList:
    """List the models that can be reached now, without the secret ones."""
    return wired.catalogue.listed()


@router.get("/leaderboard")
async def leaderboard(wired: Wired) -> Leaderboard:
    """Return the stored board."""
    return wired.catalogue.shown(await wired.ledger.leaderboard() or Leaderboard())


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

"""Builders of facts, valid as they come."""

from itertools import count
from typing import Any

from arena.api_key import KeyScope
from arena.battle import Mode, Outcome
from arena.chat import Ending, Parameters, ReactionKind
from arena.ids import time_ordered_id, token_hash
from arena.session import Consent, Scope
from logging_store.facts import (
    ApiKeyFact,
    BattleFact,
    BattleRecord,
    ConsentFact,
    ConversationFact,
    ReactionFact,
    ReleaseChoiceFact,
    SessionFact,
    TurnEnd,
    TurnFact,
    UsageFact,
    VoteFact,
)
from logging_store.ledger import Ledger

_NUMBERS = count(1)
ALL_SCOPES = frozenset(Scope)


def an_id() -> str:
    """Ids that are the same in every run of one test, and come in order."""
    return time_ordered_id(next(_NUMBERS), bytes(10))


def a_session(**given: Any) -> SessionFact:
    fresh = an_id()
    default: dict[str, Any] = {"id": fresh, "token_hash": f"token-{fresh}", "address_hash": "address", "opened_at": 1.5}
    return SessionFact(**default | given)


def a_consent(session_id: str, scopes: frozenset[Scope] = ALL_SCOPES, accepted_at: float = 2.5) -> ConsentFact:
    consent = Consent(terms_version="1", scopes=scopes, language="en", accepted_at=accepted_at)
    return ConsentFact(id=an_id(), session_id=session_id, consent=consent)


def a_conversation(session_id: str, **given: Any) -> ConversationFact:
    default: dict[str, Any] = {
        "id": an_id(),
        "session_id": session_id,
        "mode": Mode.DIRECT,
        "model": "echo",
        "opened_at": 3.5,
    }
    return ConversationFact(**default | given)


def a_turn(conversation_id: str, consent_id: str, **given: Any) -> TurnFact:
    default: dict[str, Any] = {
        "id": an_id(),
        "conversation_id": conversation_id,
        "position": 0,
        "consent_id": consent_id,
        "controller": "first",
        "model": "echo",
        "text": "Hello?",
        "parameters": Parameters(),
        "opened_at": 4.5,
    }
    return TurnFact(**default | given)


def an_end(turn_id: str, **given: Any) -> TurnEnd:
    default: dict[str, Any] = {"turn_id": turn_id, "ending": Ending.COMPLETED, "finished_at": 5.5, "answer": "Hello!"}
    return TurnEnd(**default | given)


def a_vote(battle_id: str, session_id: str, **given: Any) -> VoteFact:
    default: dict[str, Any] = {
        "id": an_id(),
        "battle_id": battle_id,
        "session_id": session_id,
        "outcome": Outcome.MODEL_A,
        "is_anonymous": True,
        "reasons": (),
        "voted_at": 6.5,
    }
    return VoteFact(**default | given)


def a_reaction(turn_id: str, session_id: str, **given: Any) -> ReactionFact:
    default: dict[str, Any] = {
        "id": an_id(),
        "turn_id": turn_id,
        "session_id": session_id,
        "kind": ReactionKind.UP,
        "reacted_at": 6.5,
    }
    return ReactionFact(**default | given)


def a_release_choice(conversation_id: str, session_id: str, **given: Any) -> ReleaseChoiceFact:
    default: dict[str, Any] = {
        "id": an_id(),
        "conversation_id": conversation_id,
        "session_id": session_id,
        "allowed": False,
        "chosen_at": 6.5,
    }
    return ReleaseChoiceFact(**default | given)


def an_api_key(secret: str = "", **given: Any) -> ApiKeyFact:
    fresh = an_id()
    default: dict[str, Any] = {
        "id": fresh,
        "name": "a program",
        "key_hash": token_hash(secret or fresh),
        "prefix": "arena-12345678",
        "scopes": (KeyScope.MODELS, KeyScope.CHAT),
        "created_at": 7.5,
    }
    return ApiKeyFact(**default | given)


def a_usage(**given: Any) -> UsageFact:
    default: dict[str, Any] = {
        "day": "2026-11-21",
        "key_id": "",
        "model": "echo",
        "requests": 1,
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "nanodollars": 30,
    }
    return UsageFact(**default | given)


async def a_visitor(ledger: Ledger, scopes: frozenset[Scope] = ALL_SCOPES) -> ConsentFact:
    """Put a session with a consent into the ledger."""
    session = a_session()
    consent = a_consent(session.id, scopes)
    await ledger.add_session(session)
    await ledger.add_consent(consent)
    return consent


async def a_kept_conversation(ledger: Ledger, consent: ConsentFact, **given: Any) -> ConversationFact:
    """Put a conversation without turns into the ledger."""
    conversation = a_conversation(consent.session_id, **given)
    await ledger.add_conversation(conversation)
    return conversation


async def a_said_conversation(
    ledger: Ledger, consent: ConsentFact, *said: tuple[str, str], **given: Any
) -> ConversationFact:
    """Put a conversation with finished turns into the ledger: pairs of a message and its answer."""
    conversation = await a_kept_conversation(ledger, consent, **given)
    for position, (text, answer) in enumerate(said or (("Hello?", "Hello!"),)):
        turn = a_turn(conversation.id, consent.id, position=position, text=text, model=conversation.model)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, answer=answer))
    return conversation


async def a_kept_battle(ledger: Ledger, consent: ConsentFact, **given: Any) -> BattleFact:
    """Put a battle without turns into the ledger."""
    battle_id, a, b = an_id(), an_id(), an_id()
    default: dict[str, Any] = {
        "id": battle_id,
        "session_id": consent.session_id,
        "mode": Mode.BATTLE,
        "model_a": "echo",
        "model_b": "doctor",
        "conversation_a": a,
        "conversation_b": b,
        "pair_probability": 0.5,
        "policy": "uniform",
        "opened_at": 3.5,
    }
    battle = BattleFact(**default | given)
    sides = {"battle_id": battle_id, "mode": battle.mode}
    await ledger.add_battle(
        battle,
        a_conversation(consent.session_id, id=a, side="a", model=battle.model_a, **sides),
        a_conversation(consent.session_id, id=b, side="b", model=battle.model_b, **sides),
    )
    return battle


async def a_fought_battle(ledger: Ledger, consent: ConsentFact, **given: Any) -> BattleFact:
    """Put a battle in which both sides answered once into the ledger."""
    battle = await a_kept_battle(ledger, consent, **given)
    turns = [a_turn(each, consent.id) for each in (battle.conversation_a, battle.conversation_b)]
    await ledger.open_turns(*turns)
    for turn in turns:
        await ledger.finish_turn(an_end(turn.id))
    return battle


async def a_voted_battle(
    ledger: Ledger, consent: ConsentFact, outcome: Outcome = Outcome.MODEL_A, reasons: tuple[str, ...] = ()
) -> BattleFact:
    """Put a battle with its vote into the ledger."""
    battle = await a_fought_battle(ledger, consent)

    def decide(record: BattleRecord) -> VoteFact:
        return a_vote(battle.id, consent.session_id, outcome=outcome, reasons=reasons)

    await ledger.cast_vote(battle.id, decide)
    return battle

"""Visitors who keep a ledger busy: those who write, each one turn after the other, and those who vote meanwhile."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache

from arena.battle import Mode, Outcome
from arena.chat import Ending, Parameters, Side
from arena.ids import new_id, new_token, token_hash
from arena.session import Consent, Scope
from controller.battle_rules import decide_vote
from logging_store.facts import (
    BattleFact,
    BattleRecord,
    ConsentFact,
    ConversationFact,
    SessionFact,
    TurnEnd,
    TurnFact,
    VoteFact,
)
from logging_store.ledger import Ledger

TEXT_BYTES = 1024
"""Of each message, and of each answer."""
_WORDS = ("the", "arena", "asks", "whether", "Grüße", "models", "answer", "quickly", "你好", "or", "not", "42")

SIDES: tuple[Side, Side] = ("a", "b")

Wrote = Callable[[TurnFact, TurnEnd], Awaitable[None]]
"""Writes one turn: opens it, and ends it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a battle, and what is needed to write its turns."""

    consent: ConsentFact
    battle: BattleFact
    conversations: tuple[ConversationFact, ConversationFact]

    def turn(self, side: int, position: int) -> TurnFact:
        """Return a turn that begins now."""
        conversation = self.conversations[side]
        return TurnFact(
            id=new_id(),
            conversation_id=conversation.id,
            position=position,
            consent_id=self.consent.id,
            controller="bench",
            model=conversation.model,
            text=said(),
            parameters=Parameters(),
            opened_at=time.time(),
        )


def said() -> str:
    """Return a text; each of a thousand is as likely."""
    return random.choice(_texts())


@cache
def _texts() -> tuple[str, ...]:
    return tuple(_text() for _ in range(1000))


def _text() -> str:
    """Make a text of `TEXT_BYTES` bytes, or one word more."""
    words, length = list[str](), 0
    while length < TEXT_BYTES:
        words.append(random.choice(_WORDS))
        length += len(words[-1].encode()) + 1
    return " ".join(words)


def an_end(turn: TurnFact) -> TurnEnd:
    """Return how a turn ends that is answered."""
    return TurnEnd(
        turn_id=turn.id,
        ending=Ending.COMPLETED,
        finished_at=time.time(),
        answer=said(),
        worker="worker-1",
        first_word_at=time.time(),
        finish_reason="stop",
        prompt_tokens=250,
        completion_tokens=250,
    )


def somebody() -> tuple[SessionFact, Visitor]:
    """Make up a visitor."""
    session = SessionFact(new_id(), token_hash(new_token()), token_hash("an address"), time.time())
    given = Consent(terms_version="1", scopes=frozenset(Scope), language="en", accepted_at=time.time())
    consent = ConsentFact(new_id(), session.id, given)
    battle_id, ids, models = new_id(), (new_id(), new_id()), ("model-one", "model-two")
    battle = BattleFact(battle_id, session.id, Mode.BATTLE, *models, *ids, 0.5, "uniform", time.time())
    a, b = (
        ConversationFact(its_id, session.id, Mode.BATTLE, model, time.time(), battle_id, side)
        for its_id, model, side in zip(ids, models, SIDES, strict=True)
    )
    return session, Visitor(consent, battle, (a, b))


async def a_visitor(ledger: Ledger) -> Visitor:
    """Put a session with its consent and a battle into the ledger."""
    session, visitor = somebody()
    await ledger.add_session(session)
    await ledger.add_consent(visitor.consent)
    await ledger.add_battle(visitor.battle, *visitor.conversations)
    return visitor


async def a_judge(ledger: Ledger) -> Visitor:
    """Put a battle into the ledger that waits for its vote."""
    visitor = await a_visitor(ledger)
    turns = visitor.turn(0, 0), visitor.turn(1, 0)
    await ledger.open_turns(*turns)
    for turn in turns:
        await ledger.finish_turn(an_end(turn))
    return visitor


async def vote(ledger: Ledger, judge: Visitor) -> float:
    """Cast a judge's vote; return the seconds until it was acknowledged."""

    def decide(record: BattleRecord) -> VoteFact:
        return decide_vote(record, judge.consent.session_id, Outcome.MODEL_A, new_id(), time.time())

    began = time.perf_counter()
    await ledger.cast_vote(judge.battle.id, decide)
    return time.perf_counter() - began


async def write_for(seconds: float, writers: Sequence[Visitor], write: Wrote) -> float:
    """Let all write at once, one turn after the other; return the turns per second that were acknowledged."""
    began = time.perf_counter()
    until, count = began + seconds, 0

    async def go_on(writer: Visitor) -> None:
        nonlocal count
        position = 0
        while time.perf_counter() < until:
            turn = writer.turn(0, position)
            await write(turn, an_end(turn))
            position += 1
            count += 1

    await asyncio.gather(*map(go_on, writers))
    return count / (time.perf_counter() - began)


async def judge_for(seconds: float, ledger: Ledger, judges: Sequence[Visitor]) -> list[float]:
    """Let one judge after the other vote, spread over the time; return how long each waited."""

    async def one(number: int, judge: Visitor) -> float:
        await asyncio.sleep(seconds * (number + random.random()) / len(judges))
        return await vote(ledger, judge)

    return list(await asyncio.gather(*(one(number, judge) for number, judge in enumerate(judges))))

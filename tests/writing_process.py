"""A process that keeps a ledger busy and says what was acknowledged, until somebody kills it.

Run as `python -m tests.writing_process URL`. Each line on its standard output names what was done, and an id.
"""

import asyncio
import os
import sys
import time

from arena.battle import Mode, Outcome
from arena.chat import Ending, Parameters
from arena.ids import new_id
from arena.session import Consent, Scope
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
from logging_store.ledger import Ledger, open_ledger

KEY = b"the chain key of a process that is killed"
NAME = "killed"
WRITERS = 40
TURNS_BEFORE_THE_VOTE = 3


def text_of(record_id: str) -> str:
    """Return the text that belongs to a record: long enough to be torn, and known to whoever knows the id."""
    return f"{record_id} says " + "Grüße 你好 " * 80


async def write(url: str) -> None:
    """Write battle after battle, each with its turns and its vote."""
    async with open_ledger(url, key=KEY, writer=NAME) as ledger:
        await ledger.lose_open_turns(NAME, time.time())
        await asyncio.gather(*(_visit(ledger) for _ in range(WRITERS)))


async def _visit(ledger: Ledger) -> None:
    session_id = new_id()
    await ledger.add_session(SessionFact(session_id, new_id(), "address", time.time()))
    given = Consent(terms_version="1", scopes=frozenset(Scope), language="en", accepted_at=time.time())
    consent = ConsentFact(new_id(), session_id, given)
    await ledger.add_consent(consent)
    while True:
        await _fight(ledger, consent)


async def _fight(ledger: Ledger, consent: ConsentFact) -> None:
    battle_id, a, b, now = new_id(), new_id(), new_id(), time.time()
    battle = BattleFact(battle_id, consent.session_id, Mode.BATTLE, "one", "two", a, b, 0.5, "uniform", now)
    await ledger.add_battle(
        battle,
        ConversationFact(a, consent.session_id, Mode.BATTLE, "one", now, battle_id, "a"),
        ConversationFact(b, consent.session_id, Mode.BATTLE, "two", now, battle_id, "b"),
    )
    for position in range(TURNS_BEFORE_THE_VOTE):
        turns = [_a_turn(side, consent.id, position) for side in (a, b)]
        await ledger.open_turns(*turns)
        for turn in turns:
            _say("opened", turn.id)
        await asyncio.gather(*(_end(ledger, turn.id) for turn in turns))
    vote_id = new_id()

    def decide(record: BattleRecord) -> VoteFact:
        return VoteFact(vote_id, record.battle.id, consent.session_id, Outcome.MODEL_A, True, (), time.time())

    await ledger.cast_vote(battle_id, decide)
    _say("voted", vote_id)


def _a_turn(conversation_id: str, consent_id: str, position: int) -> TurnFact:
    its_id, model = new_id(), "one"
    given = Parameters(), time.time()
    return TurnFact(its_id, conversation_id, position, consent_id, NAME, model, text_of(its_id), *given)


async def _end(ledger: Ledger, turn_id: str) -> None:
    if await ledger.finish_turn(TurnEnd(turn_id, Ending.COMPLETED, time.time(), text_of(turn_id))):
        _say("ended", turn_id)


def _say(what: str, record_id: str) -> None:
    os.write(1, f"{what} {record_id}\n".encode())  # one call: whole or not at all, and never buffered


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))

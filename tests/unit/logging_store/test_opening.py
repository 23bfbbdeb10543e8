import asyncio

import pytest

from arena.errors import ArenaError, BattleClosed, ConsentRequired, NotFound, TurnRunning
from arena.session import Scope
from logging_store.facts import BattleRecord, VoteFact
from logging_store.ledger import Ledger
from tests.facts import (
    a_consent,
    a_fought_battle,
    a_kept_battle,
    a_kept_conversation,
    a_said_conversation,
    a_turn,
    a_visitor,
    a_vote,
    a_voted_battle,
)


async def _nothing_was_written(ledger: Ledger) -> bool:
    return (await ledger.row_counts())["turns"] == 0


@pytest.mark.parametrize(
    "scopes",
    [frozenset[Scope](), frozenset({Scope.SERVE}), frozenset({Scope.LOG}), frozenset({Scope.RELEASE, Scope.SHARE})],
)
async def test_no_text_is_written_without_consent_to_serve_and_log(ledger: Ledger, scopes: frozenset[Scope]):
    consent = await a_visitor(ledger, scopes)
    conversation = await a_kept_conversation(ledger, consent)

    with pytest.raises(ConsentRequired):
        await ledger.open_turns(a_turn(conversation.id, consent.id))

    assert await _nothing_was_written(ledger)


async def test_consent_to_serve_and_log_is_enough(ledger: Ledger):
    consent = await a_visitor(ledger, frozenset({Scope.SERVE, Scope.LOG}))
    conversation = await a_kept_conversation(ledger, consent)
    turn = a_turn(conversation.id, consent.id)

    await ledger.open_turns(turn)

    assert await ledger.turns_of(conversation.id) == (turn,)


async def test_another_visitors_consent_covers_nothing(ledger: Ledger):
    conversation = await a_kept_conversation(ledger, await a_visitor(ledger))
    others = await a_visitor(ledger)

    with pytest.raises(ConsentRequired):
        await ledger.open_turns(a_turn(conversation.id, others.id))

    assert await _nothing_was_written(ledger)


async def test_a_made_up_consent_covers_nothing(ledger: Ledger):
    conversation = await a_kept_conversation(ledger, await a_visitor(ledger))

    with pytest.raises(ConsentRequired):
        await ledger.open_turns(a_turn(conversation.id, "made up"))


async def test_a_consent_that_was_withdrawn_covers_nothing(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    await ledger.add_consent(a_consent(consent.session_id, frozenset(), accepted_at=99.0))

    with pytest.raises(ConsentRequired):
        await ledger.open_turns(a_turn(conversation.id, consent.id))


async def test_of_two_turns_one_without_consent_keeps_both_out(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_kept_battle(ledger, consent)

    with pytest.raises(ConsentRequired):
        await ledger.open_turns(a_turn(battle.conversation_a, consent.id), a_turn(battle.conversation_b, "made up"))

    assert await _nothing_was_written(ledger)


async def test_a_turn_needs_its_conversation(ledger: Ledger):
    consent = await a_visitor(ledger)

    with pytest.raises(NotFound):
        await ledger.open_turns(a_turn("none", consent.id))


async def test_of_two_turns_at_once_in_one_place_one_wins(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    turns = [a_turn(conversation.id, consent.id) for _ in range(2)]

    results = await asyncio.gather(*(ledger.open_turns(turn) for turn in turns), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "TurnRunning"]
    assert len(await ledger.turns_of(conversation.id)) == 1


async def test_an_answer_is_superseded_once(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    (first,) = await ledger.turns_of(conversation.id)
    await ledger.open_turns(a_turn(conversation.id, consent.id, supersedes=first.id))

    with pytest.raises(TurnRunning):
        await ledger.open_turns(a_turn(conversation.id, consent.id, supersedes=first.id))


async def test_a_vote_closes_its_battle(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_voted_battle(ledger, consent)

    with pytest.raises(BattleClosed):
        await ledger.open_turns(a_turn(battle.conversation_a, consent.id, position=1))


async def test_a_turn_and_a_vote_at_once_see_each_other(ledger: Ledger):
    consent = await a_visitor(ledger)

    def decide(record: BattleRecord) -> VoteFact:
        if any(turn.ending is None for turn in record.turns_a):
            raise TurnRunning
        return a_vote(record.battle.id, consent.session_id)

    for _ in range(20):
        battle = await a_fought_battle(ledger, consent)
        turn = a_turn(battle.conversation_a, consent.id, position=1)
        results = await asyncio.gather(
            ledger.cast_vote(battle.id, decide), ledger.open_turns(turn), return_exceptions=True
        )
        assert [isinstance(result, ArenaError) for result in results].count(True) == 1, results

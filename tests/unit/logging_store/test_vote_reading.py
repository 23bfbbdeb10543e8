"""Votes for those who rate."""

from collections import Counter

import pytest

from arena.battle import Outcome
from logging_store import vote_reading
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger
from logging_store.vote_reading import all_rated_votes, rated_votes, votes_by_id
from tests.facts import a_fought_battle, a_turn, a_visitor, a_vote, a_voted_battle, an_end


async def test_all_votes_come_in_order_with_what_was_recorded_and_their_words_where_asked_for(ledger: Ledger):
    consent = await a_visitor(ledger)
    for outcome in (Outcome.TIE, Outcome.MODEL_B):
        await a_voted_battle(ledger, consent, outcome)
    await a_voted_battle(ledger, consent, reasons=("stopped_answer",))
    plain = await rated_votes(ledger)
    [page] = [each async for each in all_rated_votes(ledger, texts=True)]

    assert [vote.outcome for vote in plain] == [Outcome.TIE, Outcome.MODEL_B, Outcome.MODEL_A]
    assert [vote.reasons for vote in plain] == [(), (), ("stopped_answer",)]
    assert [vote._replace(turns_a=(), turns_b=()) for vote in page] == plain
    assert [(turn.text, turn.answer) for vote in page for turn in vote.turns_a] == [("Hello?", "Hello!")] * 3
    assert await rated_votes(ledger, plain[0].id, most=1) == plain[1:2]


async def test_of_a_regenerated_answer_only_the_last_stands(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_fought_battle(ledger, consent)
    [first] = await ledger.turns_of(battle.conversation_a)
    again = a_turn(battle.conversation_a, consent.id, supersedes=first.id)
    await ledger.open_turns(again)
    await ledger.finish_turn(an_end(again.id, answer="Better"))
    await ledger.cast_vote(battle.id, lambda _: a_vote(battle.id, consent.session_id))
    [vote] = await rated_votes(ledger, texts=True)

    assert [turn.answer for turn in vote.turns_a] == ["Better"]
    assert await votes_by_id(ledger, [vote.id]) == [vote]


async def test_votes_are_found_among_more_ids_than_a_database_takes_at_once(ledger: Ledger):
    consent = await a_visitor(ledger)
    for _ in range(2):
        await a_voted_battle(ledger, consent)
    known = [vote.id for vote in await rated_votes(ledger)]

    found = await votes_by_id(ledger, [known[1], *(f"nobody's {number}" for number in range(70_000)), known[0]])

    assert [vote.id for vote in found] == known


async def test_votes_of_the_forgotten_and_those_that_something_speaks_against_do_not_count(ledger: Ledger):
    stays, goes = await a_visitor(ledger), await a_visitor(ledger)
    await a_voted_battle(ledger, stays, reasons=("stopped_answer",))
    await a_voted_battle(ledger, goes)
    await a_voted_battle(ledger, stays)
    await forget(ledger, await give_code(ledger, goes.session_id, 1.0), 7.0)
    votes = await rated_votes(ledger)

    assert [vote.is_forgotten for vote in votes] == [False, True, False]
    assert await vote_reading.forgotten_votes(ledger) == [votes[1].id]
    assert [vote_id for vote_id, *_ in await vote_reading.counting_votes(ledger, "")] == [votes[2].id]
    counted = [await vote_reading.count_votes_until(ledger, last) for last in ("", votes[1].id, votes[2].id)]
    assert counted == [{}, {}, {f"model_a{votes[2].id[-3:]}": 1}]


async def test_votes_that_count_are_read_page_by_page_and_counted_by_outcome_and_end_of_id(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(vote_reading, "VOTES_AT_ONCE", 2)
    consent, outcomes = await a_visitor(ledger), [*Outcome, Outcome.TIE]
    for outcome in outcomes:
        await a_voted_battle(ledger, consent, outcome)
    await a_voted_battle(ledger, consent, reasons=("side_by_side",))
    found: list[tuple[str, str, str, Outcome]] = []
    while page := await vote_reading.counting_votes(ledger, found[-1][0] if found else ""):
        found += page

    assert [vote[1:] for vote in found] == [("echo", "doctor", outcome) for outcome in outcomes]
    expected = Counter(vote_reading.kind_of(vote_id, outcome) for vote_id, _, _, outcome in found)
    assert await vote_reading.count_votes_until(ledger, found[-1][0]) == expected

import asyncio
from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.battle import Mode, Outcome
from arena.chat import Ending, Parameters, ReactionKind
from arena.errors import AlreadyVoted, NotFound, SessionRequired, VoteTooEarly
from arena.leaderboard import BoardFigures, BoardRow, Leaderboard
from arena.session import Scope
from logging_store.columns import storable
from logging_store.facts import BattleRecord, VoteFact
from logging_store.ledger import Ledger
from logging_store.queries import BOARDS_KEPT
from tests.facts import (
    a_consent,
    a_fought_battle,
    a_kept_battle,
    a_kept_conversation,
    a_reaction,
    a_said_conversation,
    a_session,
    a_turn,
    a_visitor,
    a_vote,
    a_voted_battle,
    an_end,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=300)


async def test_a_session_is_found_by_its_token(ledger: Ledger):
    session = a_session()
    await ledger.add_session(session)

    assert await ledger.session_by_token(session.token_hash) == session
    assert await ledger.session_by_token("another") is None


async def test_the_latest_consent_is_the_one_that_holds(ledger: Ledger):
    first = await a_visitor(ledger)
    later = a_consent(first.session_id, frozenset({Scope.SERVE}), accepted_at=first.consent.accepted_at + 1)
    await ledger.add_consent(later)

    assert await ledger.consent_of(first.session_id) == later
    assert await ledger.consent_of("nobody") is None


async def test_a_conversation_comes_back_as_it_was(ledger: Ledger):
    conversation = await a_kept_conversation(ledger, await a_visitor(ledger))

    assert await ledger.conversation(conversation.id) == conversation
    assert await ledger.conversation("none") is None
    assert await ledger.turns_of(conversation.id) == ()


async def test_turns_come_back_in_order_with_the_superseded_ones(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent, ("one", "1"), ("two", "2"))
    first, second = await ledger.turns_of(conversation.id)
    again = a_turn(conversation.id, consent.id, supersedes=first.id, opened_at=99.0)
    await ledger.open_turns(again)

    assert await ledger.turns_of(conversation.id) == (first, again, second)


async def test_a_turn_keeps_all_that_is_known_of_it(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    turn = a_turn(conversation.id, consent.id, parameters=Parameters(temperature=0.7, top_p=0.25, max_tokens=9))
    end = an_end(
        turn.id,
        reasoning="Hm.",
        worker="w1",
        first_word_at=4.75,
        finish_reason="stop",
        error_code="worker_broke",
        prompt_tokens=3,
        completion_tokens=4,
    )
    await ledger.open_turns(turn)
    await ledger.finish_turn(end)

    ended = {key: value for key, value in asdict(end).items() if key != "turn_id"}
    assert await ledger.turns_of(conversation.id) == (replace(turn, **ended),)


async def test_a_turn_is_finished_exactly_once(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    turn = a_turn(conversation.id, consent.id)
    await ledger.open_turns(turn)
    ends = [an_end(turn.id, answer=str(number)) for number in range(8)]

    finished = await asyncio.gather(*map(ledger.finish_turn, ends))

    assert finished.count(True) == 1
    assert (await ledger.turns_of(conversation.id))[0].answer == ends[finished.index(True)].answer
    assert not await ledger.finish_turn(an_end("unknown"))


async def test_after_a_crash_only_this_controllers_open_turns_are_lost(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    for position, controller in enumerate(["first", "second"], start=1):
        await ledger.open_turns(a_turn(conversation.id, consent.id, position=position, controller=controller))

    assert await ledger.lose_open_turns("first", 77.5) == 1
    assert await ledger.lose_open_turns("first", 88.5) == 0

    turns = await ledger.turns_of(conversation.id)
    assert [turn.ending for turn in turns] == [Ending.COMPLETED, Ending.LOST, None]
    assert turns[1].finished_at == 77.5


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT, answer=ANY_TEXT, reasoning=ANY_TEXT)
async def test_odd_characters_survive_or_are_replaced(ledger: Ledger, text: str, answer: str, reasoning: str):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    turn = a_turn(conversation.id, consent.id, text=text)
    await ledger.open_turns(turn)
    await ledger.finish_turn(an_end(turn.id, answer=answer, reasoning=reasoning))

    (kept,) = await ledger.turns_of(conversation.id)
    assert (kept.text, kept.answer, kept.reasoning) == (storable(text), storable(answer), storable(reasoning))


async def test_a_battle_comes_back_with_its_sides_and_turns(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_fought_battle(ledger, consent)

    record = await ledger.battle_record(battle.id)

    assert record is not None
    assert record.battle == battle
    assert [turn.conversation_id for turn in record.turns_a + record.turns_b] == [
        battle.conversation_a,
        battle.conversation_b,
    ]
    assert record.vote is None
    assert await ledger.battle_record("none") is None
    side_b = await ledger.conversation(battle.conversation_b)
    assert side_b is not None
    assert (side_b.battle_id, side_b.side, side_b.model) == (battle.id, "b", "doctor")


async def test_a_battle_waits_for_its_vote_once_it_was_begun(ledger: Ledger):
    consent = await a_visitor(ledger)
    fought = await a_fought_battle(ledger, consent, opened_at=1.0)
    await a_kept_battle(ledger, consent, opened_at=2.0)
    await a_fought_battle(ledger, consent, opened_at=3.0, mode=Mode.SIDE_BY_SIDE)
    await a_voted_battle(ledger, consent)

    assert await ledger.open_battle_of(consent.session_id) == fought.id
    assert await ledger.open_battle_of("nobody") is None


async def test_a_vote_is_kept_with_its_battle(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_fought_battle(ledger, consent)
    vote = a_vote(battle.id, consent.session_id, outcome=Outcome.BOTH_BAD, reasons=("too_fast", "same_address"))

    assert await ledger.cast_vote(battle.id, lambda record: vote) == vote

    record = await ledger.battle_record(battle.id)
    assert record is not None
    assert record.vote == vote


async def test_of_many_votes_at_once_exactly_one_wins(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_fought_battle(ledger, consent)

    def careless(record: BattleRecord) -> VoteFact:
        return a_vote(battle.id, consent.session_id)

    votes = await asyncio.gather(*(ledger.cast_vote(battle.id, careless) for _ in range(8)), return_exceptions=True)

    (won,) = [vote for vote in votes if isinstance(vote, VoteFact)]
    assert sum(isinstance(vote, AlreadyVoted) for vote in votes) == 7
    record = await ledger.battle_record(battle.id)
    assert record is not None
    assert record.vote == won


async def test_a_later_vote_sees_the_first_one(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_voted_battle(ledger, consent)
    seen: list[BattleRecord] = []

    def decide(record: BattleRecord) -> VoteFact:
        seen.append(record)
        raise AlreadyVoted

    with pytest.raises(AlreadyVoted):
        await ledger.cast_vote(battle.id, decide)

    assert seen[0].vote is not None


async def test_a_refused_vote_changes_nothing(ledger: Ledger):
    battle = await a_fought_battle(ledger, await a_visitor(ledger))

    def refuse(record: BattleRecord) -> VoteFact:
        raise VoteTooEarly

    with pytest.raises(VoteTooEarly):
        await ledger.cast_vote(battle.id, refuse)

    assert (await ledger.row_counts())["votes"] == 0


async def test_a_vote_on_an_unknown_battle_is_not_found(ledger: Ledger):
    with pytest.raises(NotFound):
        await ledger.cast_vote("none", lambda record: a_vote("none", "nobody"))


async def test_reactions_come_back_in_order(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    (turn,) = await ledger.turns_of(conversation.id)
    late = a_reaction(turn.id, consent.session_id, kind=ReactionKind.FLAG, reacted_at=9.0)
    early = a_reaction(turn.id, consent.session_id, reacted_at=8.0)
    for reaction in (late, early):
        await ledger.add_reaction(reaction)

    assert await ledger.reactions_of(conversation.id) == (early, late)


async def test_the_latest_board_is_kept_and_old_ones_are_forgotten(ledger: Ledger):
    assert await ledger.leaderboard() is None
    row = BoardRow(
        model="echo",
        status="rated",
        rating=1000.5,
        ci_low=900.0,
        ci_high=1100.0,
        rank=1,
        battles=3,
        wins=1,
        losses=1,
        ties=1,
    )
    for votes in range(BOARDS_KEPT + 5):
        await ledger.save_leaderboard(Leaderboard(votes=votes, updated_at=1.5, rows=(row,)), made_at=1.5)

    assert await ledger.leaderboard() == Leaderboard(votes=BOARDS_KEPT + 4, updated_at=1.5, rows=(row,))
    assert (await ledger.row_counts())["leaderboards"] == BOARDS_KEPT


async def test_a_board_is_read_again_only_when_there_is_another_one(ledger: Ledger):
    for votes in (1, 2):
        await ledger.save_leaderboard(Leaderboard(votes=votes, categories={"ä": Leaderboard(votes=1)}), float(votes))
        first, second = await ledger.leaderboard(), await ledger.leaderboard()

        assert first == Leaderboard(votes=votes, categories={"ä": Leaderboard(votes=1)})
        assert first is second


async def test_figures_take_the_place_of_those_before(ledger: Ledger):
    plain, styled = BoardFigures(html="one", has_style=True), BoardFigures(html="two", styled=Leaderboard(votes=3))
    await ledger.save_figures("code", [plain, styled])
    assert await ledger.figures("code", is_styled=False) == plain
    assert await ledger.figures("code", is_styled=True) == styled
    assert await ledger.figures("", is_styled=False) is None
    await ledger.save_figures("code", [styled])

    assert await ledger.figures("code", is_styled=False) is None


async def test_a_consent_without_a_session_is_refused(ledger: Ledger):
    with pytest.raises(SessionRequired):
        await ledger.add_consent(a_consent("nobody"))

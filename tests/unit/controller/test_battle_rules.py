import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.battle import Mode, Outcome
from arena.chat import Ending
from arena.errors import (
    AlreadyVoted,
    BattleClosed,
    BattleError,
    NothingToRegenerate,
    NotYours,
    SideUnanswered,
    TurnRunning,
    VoteTooEarly,
)
from controller.battle_rules import can_vote, check_next_turn, check_regenerate, check_vote, decide_vote
from logging_store.facts import BattleRecord, TurnFact
from tests.unit.controller.records import ME, a_fought, a_record, a_voted, an_answered

OPEN = an_answered(ending=None, answer="")
FAILED = an_answered(ending=Ending.FAILED, answer="Half")
LOST = an_answered(ending=Ending.LOST, answer="")
STOPPED = an_answered(ending=Ending.CANCELLED, answer="Half")
STOPPED_EMPTY = an_answered(ending=Ending.CANCELLED, answer="")
WHOLE = an_answered()
TURN = st.sampled_from([OPEN, FAILED, LOST, STOPPED, STOPPED_EMPTY, WHOLE])


def a_last_pair(a: TurnFact, b: TurnFact) -> BattleRecord:
    return a_record((a,), (b,))


@given(TURN, TURN)
def test_a_vote_needs_two_answers_that_have_ended(a: TurnFact, b: TurnFact):
    record = a_last_pair(a, b)

    assert can_vote(record) == ({a, b} <= {WHOLE, STOPPED})


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (a_record(), VoteTooEarly),
        (a_last_pair(OPEN, WHOLE), VoteTooEarly),
        (a_last_pair(WHOLE, OPEN), VoteTooEarly),
        (a_last_pair(FAILED, OPEN), VoteTooEarly),
        (a_last_pair(FAILED, WHOLE), SideUnanswered),
        (a_last_pair(WHOLE, LOST), SideUnanswered),
        (a_last_pair(STOPPED_EMPTY, WHOLE), SideUnanswered),
        (a_voted(), AlreadyVoted),
    ],
)
def test_a_vote_that_cannot_be_is_refused_by_name(record: BattleRecord, error: type[BattleError]):
    with pytest.raises(error):
        check_vote(record, ME)
    assert not can_vote(record)


def test_somebody_else_is_refused_before_anything_is_said_of_the_battle():
    for record in (a_record(), a_fought(), a_voted(), a_last_pair(FAILED, OPEN)):
        with pytest.raises(NotYours):
            check_vote(record, "another session")


def test_only_the_last_message_counts_and_only_its_last_answer():
    failed = an_answered(id="failed", ending=Ending.FAILED, answer="")
    again = an_answered(supersedes="failed")
    assert can_vote(a_record((failed, again), (WHOLE, an_answered(supersedes=WHOLE.id))))
    assert not can_vote(a_record((WHOLE, an_answered(1, ending=None)), (WHOLE, an_answered(1, ending=None))))


@given(TURN, TURN)
def test_the_next_message_needs_both_answers_to_the_last(a: TurnFact, b: TurnFact):
    record = a_last_pair(a, b)
    if can_vote(record):
        check_next_turn(record)
    else:
        with pytest.raises(TurnRunning if OPEN in (a, b) else SideUnanswered):
            check_next_turn(record)


def test_the_first_message_needs_nothing():
    check_next_turn(a_record())


@given(TURN, TURN)
def test_whatever_has_ended_can_be_regenerated(a: TurnFact, b: TurnFact):
    if OPEN in (a, b):
        with pytest.raises(TurnRunning):
            check_regenerate(a_last_pair(a, b))
    else:
        assert check_regenerate(a_last_pair(a, b)) == (a, b)


def test_there_is_nothing_to_regenerate_before_the_first_message():
    with pytest.raises(NothingToRegenerate):
        check_regenerate(a_record())


def test_the_vote_closes_the_battle():
    for check in (check_next_turn, check_regenerate):
        with pytest.raises(BattleClosed):
            check(a_voted())


@given(st.sampled_from(Outcome))
def test_an_ordinary_vote_is_anonymous_and_counts(outcome: Outcome):
    vote = decide_vote(a_fought(), ME, outcome, "vote", 9.5)

    assert (vote.id, vote.outcome, vote.voted_at, vote.session_id) == ("vote", outcome, 9.5, ME)
    assert (vote.is_anonymous, vote.reasons) == (True, ())


def test_a_vote_between_chosen_models_is_kept_and_does_not_count():
    vote = decide_vote(a_fought(mode=Mode.SIDE_BY_SIDE), ME, Outcome.TIE, "vote", 9.5)

    assert (vote.is_anonymous, vote.reasons) == (False, ("not_anonymous",))


def test_a_vote_on_a_stopped_answer_does_not_count_unless_it_was_written_anew():
    stopped = a_record((an_answered(id="stopped", ending=Ending.CANCELLED),), (WHOLE,))
    anew = a_record((*stopped.turns_a, an_answered(supersedes="stopped")), (WHOLE, an_answered(supersedes=WHOLE.id)))

    assert decide_vote(stopped, ME, Outcome.TIE, "vote", 9.5).reasons == ("stopped_answer",)
    assert decide_vote(anew, ME, Outcome.TIE, "vote", 9.5).reasons == ()

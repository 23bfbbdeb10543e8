from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from arena.battle import Mode, Outcome
from arena.chat import Ending, ReactionKind
from arena.errors import error_classes
from arena.model import PublicModel
from controller.views import LOST, battle_view, conversation_view, reveal_of
from logging_store.facts import TurnFact
from tests.facts import a_conversation, a_reaction, a_vote
from tests.unit.controller.records import ME, a_fought, a_record, a_voted, an_answered

TELLTALE = "Zyxtra"
SAID = st.sampled_from(["", "Hello", "Half an"])


@st.composite
def turns(draw: st.DrawFn, position: int = 0) -> TurnFact:
    ending = draw(st.sampled_from([None, *Ending]))
    return an_answered(
        position,
        ending=ending,
        answer=draw(SAID),
        error_code=draw(st.sampled_from(sorted(error_classes()))) if ending is Ending.FAILED else None,
        finish_reason=draw(st.sampled_from([None, "stop", "length"])),
    )


def as_played_by(turn: TurnFact, model: str, **given: Any) -> TurnFact:
    return replace(turn, model=model, worker=f"worker of {model}", reasoning=f"I am {model}", **given)


@given(turns(), turns(), st.booleans(), st.sampled_from(sorted(error_classes())), st.integers(0, 9))
def test_before_the_vote_a_battle_looks_the_same_whoever_plays_and_whyever_they_fail(
    a: TurnFact, b: TurnFact, is_running: bool, code: str, tokens: int
):
    def seen(model_a: str, model_b: str, **given: Any) -> str:
        sides = (as_played_by(a, model_a, **given),), (as_played_by(b, model_b, **given),)
        return battle_view(
            a_record(*sides, model_a=model_a, model_b=model_b), None, is_running=is_running
        ).model_dump_json()

    other = seen(
        f"{TELLTALE}-9b",
        f"{TELLTALE}-70b",
        error_code=code,
        finish_reason="length",
        prompt_tokens=tokens,
        first_word_at=float(tokens),
    )
    assert seen("one", "two") == other
    assert TELLTALE not in other


def test_after_the_vote_names_and_thoughts_are_shown():
    record = a_voted()
    record = replace(record, turns_a=(replace(record.turns_a[0], reasoning="Hm"),))
    assert record.vote is not None
    reveal = reveal_of(record.battle, record.vote, {})

    view = battle_view(record, reveal, is_running=False)

    assert view.reveal == reveal
    assert (reveal.model_a.name, reveal.model_b.name) == ("Zyxtra-large", "Zyxtra-small")
    assert view.turns[0].a.reasoning == "Hm"
    assert not view.can_vote
    assert view.chosen is None


def test_a_reveal_says_all_that_is_public_and_keeps_the_name_of_a_model_that_is_gone():
    public = {"Zyxtra-large": PublicModel(name="Zyxtra-large", organisation="Labs")}
    vote = a_vote("battle", ME, outcome=Outcome.BOTH_BAD)

    reveal = reveal_of(a_fought().battle, vote, public)

    assert reveal.outcome is Outcome.BOTH_BAD
    assert (reveal.model_a.organisation, reveal.model_b) == ("Labs", PublicModel(name="Zyxtra-small"))


def test_a_side_by_side_shows_what_was_chosen_and_why_an_answer_failed():
    failed = an_answered(ending=Ending.FAILED, answer="", error_code="provider_overloaded")
    view = battle_view(a_record((failed,), (an_answered(),), mode=Mode.SIDE_BY_SIDE), None, is_running=False)

    assert view.chosen == ("Zyxtra-large", "Zyxtra-small")
    assert view.turns[0].a.message == str(error_classes()["provider_overloaded"]())
    assert not view.can_vote


def test_a_lost_answer_says_what_happened_in_every_mode():
    lost = an_answered(ending=Ending.LOST, answer="")
    for mode in (Mode.BATTLE, Mode.SIDE_BY_SIDE):
        assert battle_view(a_record((lost,), (lost,), mode=mode), None, is_running=False).turns[0].b.message == LOST


def test_only_standing_answers_are_shown_side_by_side():
    first, again = an_answered(id="first", answer="Old"), an_answered(supersedes="first", answer="New")
    other, anew = an_answered(id="other"), an_answered(supersedes="other", answer="Newer")

    view = battle_view(a_record((first, again), (other, anew)), None, is_running=False)

    assert [(turn.a.text, turn.b.text) for turn in view.turns] == [("New", "Newer")]


def test_what_was_running_a_moment_ago_is_not_running_when_the_ledger_has_its_end():
    running = an_answered(ending=None, answer="")
    assert battle_view(a_record((running,), (an_answered(),)), None, is_running=True).is_running
    ended = battle_view(a_fought(), None, is_running=True)
    assert (ended.is_running, ended.can_vote) == (False, True)


def test_a_turn_left_open_by_a_ledger_that_failed_is_not_running():
    view = battle_view(a_record((an_answered(ending=None),), (an_answered(),)), None, is_running=False)

    assert (view.is_running, view.can_vote) == (False, False)


def test_a_direct_conversation_shows_its_model_its_thoughts_and_the_latest_reactions():
    conversation = a_conversation(ME, model="echo")
    turn = an_answered(id="turn", reasoning="Hm")
    reactions = tuple(a_reaction("turn", ME, kind=kind) for kind in (ReactionKind.UP, ReactionKind.DOWN))

    view = conversation_view(conversation, (turn,), reactions, is_running=False)

    assert (view.model, view.turns[0].reaction) == ("echo", ReactionKind.DOWN)
    assert (view.turns[0].answer.reasoning, view.turns[0].answer.message) == ("Hm", None)


def test_an_error_code_that_nobody_knows_any_more_still_has_a_sentence():
    failed = an_answered(ending=Ending.FAILED, error_code="from another time")

    view = conversation_view(a_conversation(ME), (failed,), (), is_running=False)

    assert view.turns[0].answer.message

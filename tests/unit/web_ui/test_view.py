"""What a tab remembers, and what the controller's views look like."""

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.battle import BattleTurn, BattleView, Mode, Outcome, Reveal
from arena.chat import AnswerView, ConversationView, Ending, ReactionKind, TurnView
from arena.model import PublicModel
from web_ui import texts
from web_ui.view import View, direct_look, duel_look, model_choice, model_facts


def an_answer(text: str = "Yes.", ending: Ending | None = Ending.COMPLETED, **more: Any) -> AnswerView:
    return AnswerView(text=text, ending=ending, **more)


def a_battle(**changes: Any) -> BattleView:
    turn = BattleTurn(text="Really?", a=an_answer("From A"), b=an_answer("From B"))
    return BattleView.model_validate({"id": "k", "mode": Mode.BATTLE, "turns": (turn,), "can_vote": True, **changes})


def a_reveal(outcome: Outcome = Outcome.MODEL_B) -> Reveal:
    return Reveal(
        outcome=outcome,
        model_a=PublicModel(name="<one>", organisation="Lab", is_demo=True),
        model_b=PublicModel(name="two"),
    )


def a_conversation(answer: AnswerView | None = None, **changes: Any) -> ConversationView:
    turn = TurnView(id="t", text="Hi", answer=answer or an_answer(), **changes)
    return ConversationView(id="k", model="echo", turns=(turn,))


def said(history: list[dict[str, Any]]) -> list[str]:
    return [message["content"][0]["text"] for message in history]


def test_clearing_can_be_undone_once():
    view = View().opened("k").cleared()

    assert view == View(aside="k")
    assert view.undone() == View(key="k")
    assert view.undone().undone() == View(key="k")


def test_clearing_twice_forgets_nothing():
    assert View(key="k").cleared().cleared() == View(aside="k")


def test_what_was_put_aside_is_gone_when_another_begins():
    assert View(key="k").cleared().opened("new") == View(key="new")


def test_what_a_browser_remembers_is_read_back():
    view = View(key="0" * 32, aside="f" * 32)

    assert View.read(asdict(view)) == view


@given(
    st.none() | st.text() | st.integers() | st.dictionaries(st.sampled_from(["key", "aside"]), st.none() | st.text())
)
def test_a_forged_memory_is_empty(sent: object):
    assert View.read(sent) == View()


def test_a_battle_before_its_vote_shows_no_names():
    look = duel_look(a_battle(), View(key="k"))

    assert texts.MODEL_A in look.name_a
    assert texts.MODEL_B in look.name_b
    assert look.can_vote
    assert look.can_ask
    assert not look.is_decided


def test_each_side_has_its_own_answers():
    look = duel_look(a_battle(), View(key="k"))

    assert said(look.history_a) == ["Really?", "From A"]
    assert said(look.history_b) == ["Really?", "From B"]


def test_after_the_vote_both_names_are_shown_and_nothing_can_be_asked():
    look = duel_look(a_battle(reveal=a_reveal(), can_vote=False), View(key="k"))

    assert "&lt;one&gt;" in look.name_a
    assert texts.DEMO in look.name_a
    assert "won" in look.name_b
    assert not look.can_ask
    assert not look.can_regenerate
    assert look.status == texts.VOTED["model_b"]


def test_a_tie_has_no_winner():
    look = duel_look(a_battle(reveal=a_reveal(Outcome.TIE)), View(key="k"))

    assert "won" not in look.name_a + look.name_b


def test_while_answers_are_written_nothing_else_can_be_done():
    look = duel_look(a_battle(is_running=True, can_vote=False), View(key="k"))

    assert not any((look.can_ask, look.can_regenerate, look.can_vote))
    assert look.is_running


def test_side_by_side_shows_the_names_that_were_chosen():
    look = duel_look(a_battle(mode=Mode.SIDE_BY_SIDE, chosen=("one", "two")), View(key="k"))

    assert look.chosen == ("one", "two")
    assert ">one<" in look.name_a


def test_an_empty_round_says_what_was_cleared():
    look = duel_look(None, View(aside="k"))

    assert look.is_empty
    assert look.can_undo
    assert look.status == texts.CLEARED


@pytest.mark.parametrize(
    ("ending", "note"),
    [(Ending.CANCELLED, texts.STOPPED), (Ending.FAILED, "⚠️ Broken."), (Ending.LOST, "⚠️ Broken."), (None, "")],
)
def test_an_answer_that_is_not_whole_says_why(ending: Ending | None, note: str):
    look = direct_look(a_conversation(an_answer("Half", ending, message="Broken.")), View(key="k"))

    assert said(look.history)[2:] == ([note] if note else [])


def test_an_answer_without_a_word_is_no_empty_bubble():
    look = direct_look(a_conversation(an_answer("", Ending.FAILED, message="Broken.")), View(key="k"))

    assert said(look.history) == ["Hi", "⚠️ Broken."]
    assert look.latest_turn == ""


def test_reasoning_is_shown_apart_and_folded():
    look = direct_look(a_conversation(an_answer(reasoning="<b>Hm</b>")), View(key="k"))

    assert said(look.history)[1] == "&lt;b>Hm&lt;/b>"
    assert look.history[1]["metadata"] == {"title": texts.REASONING, "status": "done"}


def test_both_what_is_asked_and_what_is_answered_is_sanitised():
    look = direct_look(a_conversation(an_answer("![x](http://a)")), View(key="k"))

    assert said(look.history)[1] == "[x](http://a)"


def test_a_reaction_is_about_the_latest_answer():
    look = direct_look(a_conversation(reaction=ReactionKind.UP), View(key="k"))

    assert (look.latest_turn, look.reaction) == ("t", ReactionKind.UP)


def test_demo_models_say_that_they_are():
    model = PublicModel(name="echo", organisation="Lab", licence="MIT", is_demo=True)

    assert model_facts(model) == "demo model · MIT"
    assert model_choice(model) == ("echo (demo model)", "echo")
    assert model_choice(PublicModel(name="big", organisation="Lab")) == ("big (Lab)", "big")
    assert model_choice(PublicModel(name="bare")) == ("bare", "bare")

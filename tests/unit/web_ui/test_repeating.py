"""When a request may be put to another controller as well."""

import pytest

from arena.battle import BattleTurn, BattleView, Mode
from arena.chat import AnswerView, ConversationView, Ending, RegenerateRequest, TurnRequest, TurnView
from arena.errors import ArenaError, LedgerError, ModelGone, NotEnoughModels, NotFound, TooManyTurns
from web_ui.repeating import may_be_elsewhere, was_opened


def a_chat(*turns: tuple[str, Ending | None]) -> ConversationView:
    said = tuple(TurnView(id="t", text=text, answer=AnswerView(text="", ending=ending)) for text, ending in turns)
    return ConversationView(id="c", model="m", turns=said)


def a_battle(text: str, a: Ending | None, b: Ending | None) -> BattleView:
    turn = BattleTurn(text=text, a=AnswerView(text="", ending=a), b=AnswerView(text="", ending=b))
    return BattleView(id="b", mode=Mode.BATTLE, turns=(turn,))


@pytest.mark.parametrize(
    ("path", "refusal", "is_reading", "expected"),
    [
        ("/battles", NotEnoughModels(), False, True),
        ("/conversations/k/turns", NotFound(), False, True),
        ("/battles/k/turns", NotFound(), False, False),
        ("/conversations/k/turns", ModelGone(), False, False),
        ("/sessions/me", LedgerError(), True, True),
        ("/battles/k/vote", LedgerError(), False, False),
        ("/battles/k/turns", TooManyTurns(), False, False),
    ],
)
def test_only_what_another_may_know_better_is_asked_again(
    path: str, refusal: ArenaError, is_reading: bool, expected: bool
):
    assert may_be_elsewhere(path, refusal, is_reading=is_reading) is expected


@pytest.mark.parametrize("ending", [None, Ending.CANCELLED, Ending.LOST, Ending.FAILED])
def test_words_that_are_there_without_a_whole_answer_were_said(ending: Ending | None):
    assert was_opened(a_chat(("one", Ending.COMPLETED), ("two\r\n2", ending)), TurnRequest(text="two\n2\x00"))


def test_the_same_words_that_were_answered_before_are_no_sign():
    assert not was_opened(a_chat(("go on", Ending.COMPLETED)), TurnRequest(text="go on"))


def test_other_words_are_no_sign():
    assert not was_opened(a_chat(("one", Ending.CANCELLED)), TurnRequest(text="two"))
    assert not was_opened(a_chat(), TurnRequest(text="two"))


def test_one_side_that_is_not_whole_is_enough():
    assert was_opened(a_battle("two", Ending.COMPLETED, None), TurnRequest(text="two"))


def test_another_answer_was_asked_for_when_one_is_being_written():
    assert was_opened(a_battle("two", Ending.COMPLETED, None), RegenerateRequest())
    assert not was_opened(a_battle("two", Ending.FAILED, Ending.COMPLETED), RegenerateRequest())

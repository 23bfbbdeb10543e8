"""Every error has a sentence that tells a visitor what to do."""

import re

import pytest

from arena.battle import Outcome
from arena.chat import ReactionKind
from arena.errors import SetupError, TooManyTurns, error_classes
from web_ui import texts
from web_ui.shell import STATIC


@pytest.mark.parametrize("code", sorted(set(error_classes()) - {"unknown_outcome"}))
def test_every_error_has_a_whole_sentence(code: str):
    assert texts.say(error_classes()[code]()).endswith(".")


def test_what_passes_by_itself_asks_for_patience():
    assert texts.say(TooManyTurns("Go slow.")).endswith("Please wait a moment.")


def test_how_long_to_wait_is_said():
    assert texts.say(TooManyTurns(retry_after=11.2)).endswith("Please try again in 12 seconds.")
    assert texts.say(TooManyTurns("Go slow.", retry_after=0.2)).endswith("in 1 second.")


def test_an_error_without_a_sentence_of_its_own_keeps_its_message():
    assert texts.say(SetupError("port 1 is in use")) == "port 1 is in use"


def test_codes_that_need_the_terms_exist():
    assert set(error_classes()) >= texts.NEEDS_TERMS


def test_what_the_scripts_ask_for_has_its_words():
    scripts = "".join(file.read_text() for file in STATIC.glob("*.js"))

    assert set(re.findall(r"\bwords\.(\w+)", scripts)) == set(texts.SCRIPT_WORDS)


def test_every_outcome_and_every_reaction_has_its_words():
    assert set(texts.VOTES) == set(texts.VOTED) == set(Outcome)
    assert set(texts.REACTED) == set(ReactionKind)


def test_what_is_unknown_keeps_its_message():
    assert texts.sentence("made_up", "As it was.") == "As it was."


@pytest.mark.parametrize("code", sorted(set(error_classes()) - {"unknown_outcome"}))
def test_when_to_try_again_is_said_once(code: str):
    told = texts.say(error_classes()[code](retry_after=5))

    assert told.count("Please try again") == 1
    assert told.endswith("Please try again in 5 seconds.")


def test_visitors_read_nothing_of_ledgers():
    told = [texts.sentence(code, "") for code in ("ledger_unavailable", "unconfirmed")]

    assert all(told)
    assert "ledger" not in " ".join(told)

import json
from pathlib import Path

import pycld2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.language.detect import compatible_language, language
from export.language.names import UNKNOWN, names
from export.language.second_opinion import Py3LangId

PROMPTS: dict[str, str] = json.loads(Path(__file__).with_name("prompts.json").read_text(encoding="utf-8"))
"""One request, in our own words, in each of the 32 languages that are commonest in chats."""

CODE = """
```python
def total(items: list[int]) -> int:
    # the sum of all the items that we have been given so far
    return sum(item for item in items if item is not None)
```
https://example.org/the/manual/of/this/function `sum(items)` $\\sum_i x_i \\cdot \\frac{1}{n}$
"""


@pytest.fixture(scope="module")
def second() -> Py3LangId:
    return Py3LangId()


@pytest.mark.parametrize(("name", "prompt"), PROMPTS.items())
def test_a_request_is_named_after_its_language(name: str, prompt: str):
    assert len(prompt) >= 80
    assert language(prompt) == name


def test_a_second_opinion_changes_no_sure_answer(second: Py3LangId):
    assert {name: language(prompt, second, second.among) for name, prompt in PROMPTS.items()} == {
        name: name for name in PROMPTS
    }


def test_a_foreign_instruction_with_code_keeps_its_language():
    answers = [language(prompt + CODE) == name for name, prompt in PROMPTS.items()]

    assert sum(answers) / len(answers) >= 0.95


def test_the_compatible_rule_looks_at_the_code_too():
    prompt = "Bitte erkläre mir, was das hier macht:" + CODE

    assert language(prompt) == "German"
    assert compatible_language(prompt) != "German"


@pytest.mark.parametrize(
    "nothing", ["", "   ", "42", "?!", "x", "```\nall of it is code\n```", "https://example.org/a"]
)
def test_what_has_no_words_is_unknown(nothing: str):
    assert language(nothing) == UNKNOWN


def test_a_second_opinion_is_asked_only_when_unsure():
    asked: list[str] = []

    def remember(text: str) -> tuple[str, float]:
        asked.append(text)
        return "eo", 0.9

    assert language(PROMPTS["German"], remember) == "German"
    assert asked == []
    assert language("mi vidas vin", remember) == "Esperanto"
    assert asked == ["mi vidas vin"]


def test_an_unsure_second_opinion_does_not_count():
    assert language("mi vidas vin", lambda _: ("eo", 0.2)) != "Esperanto"


def test_a_code_without_a_name_is_unknown():
    assert language("mi vidas vin", lambda _: ("no such code", 1.0)) == UNKNOWN


@pytest.mark.parametrize(
    "torn", ["\ud800 hallo, wie geht es dir heute, mein Freund?", "hallo\x00 wie geht es dir heute?"]
)
def test_broken_characters_do_not_stop_it(torn: str):
    assert language(torn) == "German"


def test_the_compatible_rule_gives_up_on_broken_characters():
    assert compatible_language("\ud800 hallo") == UNKNOWN


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_breaks_it(text: str):
    assert language(text)
    assert compatible_language(text)


def test_every_language_that_cld2_detects_has_its_frozen_name():
    detected = set(pycld2.DETECTED_LANGUAGES)

    assert [code for name, code in pycld2.LANGUAGES if name in detected and code not in names()] == []


@pytest.mark.parametrize(
    ("code", "name"),
    [("zh", "Chinese"), ("zh-Hant", "Chinese"), ("iw", "Hebrew"), ("no", "Norwegian"), ("nn", "Norwegian Nynorsk")],
)
def test_names_are_spelt_as_the_originals_do(code: str, name: str):
    assert names()[code] == name


def test_first_prompts_as_visitors_write_them_are_named_rightly(second: Py3LangId):
    text = Path(__file__).with_name("traffic.json").read_text(encoding="utf-8")
    traffic: list[tuple[str, str]] = json.loads(text)

    assert all(len(prompt) >= 40 for _, prompt in traffic)
    right = [language(prompt, second, second.among) == name for name, prompt in traffic]
    assert sum(right) / len(right) >= 0.97


def test_a_guess_at_a_rare_language_is_not_believed_alone():
    assert language("asdfghjkl", lambda _: ("zz", 0.1)) == UNKNOWN


def test_a_rare_language_needs_more_certainty_than_a_common_one():
    unsure = "mi vidas vin"

    assert language(unsure, lambda _: ("eo", 0.6)) == UNKNOWN
    assert language(unsure, lambda _: ("pt", 0.6)) == "Portuguese"


def test_a_long_prompt_is_guessed_at_among_the_common_languages():
    unsure = 'que significa la palabra "awkward" y como se usa en una frase'

    assert language(unsure, lambda _: ("an", 0.6), lambda _, codes: "es" if "es" in codes else "") == "Spanish"

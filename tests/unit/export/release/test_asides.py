from dataclasses import replace

import pytest

from arena.chat import Parameters
from export.release.asides import SYSTEM_PROMPT, aside, with_asides, without_system_prompts
from export.release.steps import Dropped, Row
from logging_store.facts import PROGRAM, TurnDetails
from tests.unit.export.release.rows import a_row, a_said_turn


def _asked(text: str) -> Row:
    return a_row(turns=(a_said_turn(text=text),), visitor=("", f"{PROGRAM}key"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hello?", "Hello?"),
        ("[system]\nBe brief.\n\n[user]\nHello?", "Hello?"),
        ("[system]\nBe\n\nbrief.\n\n[developer]\nBe kind.\n\n[user]\nHello?", "Hello?"),
        ("[user]\nOne\n\n[assistant]\n1\n\n[user]\nTwo", "[user]\nOne\n\n[assistant]\n1\n\n[user]\nTwo"),
        ("[system]\nBe brief.\n\n[user]\nOne\n\n[assistant]\n1", "[user]\nOne\n\n[assistant]\n1"),
    ],
)
def test_a_programs_request_is_released_without_its_system_prompt(text: str, asked: str):
    row = without_system_prompts(_asked(text))

    assert isinstance(row, Row)
    assert row.texts == (asked, "Hello!")


def test_a_request_of_nothing_but_a_system_prompt_is_left_out():
    assert without_system_prompts(_asked("[system]\nBe brief.")) == Dropped("c", "no_user_message")


def test_what_a_visitor_writes_is_never_taken_for_a_system_prompt():
    row = a_row(turns=(a_said_turn(text="[system]\nBe brief."),))

    assert without_system_prompts(row) is row
    assert aside(with_asides(row), SYSTEM_PROMPT) is None


def test_system_prompts_go_beside_the_messages():
    row = with_asides(_asked("[system]\nBe brief.\n\n[user]\nHello?"))

    assert aside(row, SYSTEM_PROMPT) == "Be brief."
    assert row.aside_kinds == (SYSTEM_PROMPT,)


def test_what_a_model_thought_goes_beside_its_turn():
    thought = TurnDetails(1.0, "1", Parameters(), reasoning="Hm.")
    turns = a_said_turn(), a_said_turn(position=1, details=thought)

    row = with_asides(a_row(turns=turns))

    assert (row.aside_kinds, row.asides) == (("reasoning 1",), ("Hm.",))
    assert aside(replace(row, asides=("NAME_1",)), "reasoning 1") == "NAME_1"

import time
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.chat import Message
from model_worker.demo.helper.helper import ABILITIES, Helper
from model_worker.demo.parameters import Chance

HELPER = Helper(lambda: date(2026, 11, 21))


def ask(*said: str, seed: int = 1, temperature: float = 0) -> str:
    messages = [Message(role="user", content=text) for text in said]
    return "".join(HELPER.answer(messages, Chance(Random(seed), temperature)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What is 2+2?", "**4**"),
        ("26.2 miles in km", "42.1648128 km"),
        ("how many days until Christmas", "**34 days**"),
        ("how many r in strawberry", "**3**"),
        ("is 97 prime", "Yes, **97**"),
        ("100 usd in eur", "Exchange rates change by the minute"),
        ("thanks!", "You are welcome"),
    ],
)
def test_every_skill_is_tried(text: str, said: str):
    assert said in ask(text)


@pytest.mark.parametrize("text", ["hi", "who are you?", "???", "what's the weather", "write me a poem", ""])
def test_when_it_cannot_it_says_what_it_can(text: str):
    assert ABILITIES in ask(text)


def test_every_example_it_gives_works():
    examples = [part for line in ABILITIES.splitlines()[2:] for part in line.split("`")[1::2]]
    done = {"times 3": ("2+2", "times 3"), "sort lines:": ("sort lines:\nb\na",)}

    assert len(examples) > 10
    assert [example for example in examples if ABILITIES in ask(*done.get(example, (example,)))] == []


def test_a_long_text_without_a_task_is_counted():
    assert "| Words | 200 |" in ask("word " * 200)


def test_it_goes_on_from_what_was_computed_before():
    assert "**288**" in ask("12*12", "times 2")


def test_only_small_talk_depends_on_chance():
    assert len({ask("hello", seed=seed, temperature=1) for seed in range(20)}) > 1
    assert len({ask("2+2", seed=seed, temperature=1) for seed in range(20)}) == 1


@given(st.text(max_size=300))
def test_no_message_breaks_it(text: str):
    assert ask(text)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 30_000,
        " " * 30_000 + "x",
        "(" * 30_000,
        '"' * 30_000,
        "." * 30_000,
        "1 " * 15_000,
        "count words: " + "a'" * 15_000,
    ],
)
def test_no_message_keeps_it_busy(text: str):
    began = time.process_time()
    ask(text)

    assert time.process_time() - began < 0.5

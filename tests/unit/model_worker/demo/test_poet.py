import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.chat import Message
from model_worker.demo.parameters import Chance
from model_worker.demo.poet import Poet
from model_worker.demo.topics import find_topics, syllables

POET = Poet()
DULL = frozenset(["write", "a", "poem", "about", "the", "my", "is", "what", "who", "was"])


def write(*asked: str, seed: int = 1, temperature: float = 1.0) -> str:
    messages = [Message(role="user", content=text) for text in asked]
    return "".join(POET.answer(messages, Chance(Random(seed), temperature)))


def lines(poem: str) -> list[str]:
    return [line.strip() for line in poem.splitlines()[2:] if line.strip()]


@given(st.integers())
def test_the_same_seed_writes_the_same_poem(seed: int):
    assert write("about rain", seed=seed) == write("about rain", seed=seed)


def test_without_a_seed_in_common_poems_differ_and_at_temperature_zero_they_do_not():
    assert len({write("about rain", seed=seed) for seed in range(20)}) > 15
    assert len({write("about rain", seed=seed, temperature=0) for seed in range(20)}) == 1


def test_a_low_temperature_keeps_to_the_likelier_lines():
    calm = {write("haiku about rain", seed=seed, temperature=0.1) for seed in range(50)}
    wild = {write("haiku about rain", seed=seed, temperature=2.0) for seed in range(50)}

    assert len(calm) < len(wild)


@pytest.mark.parametrize("form", ["poem", "haiku", "limerick", "sonnet", "story"])
def test_every_form_takes_the_words_of_the_message_up(form: str):
    for seed in range(20):
        told = write(f"Write a {form} about glaciers", seed=seed)
        assert "glaciers" in "\n".join(lines(told))
        assert "{" not in told


@pytest.mark.parametrize(("form", "count"), [("poem", 8), ("haiku", 3), ("limerick", 5), ("sonnet", 14), ("story", 4)])
def test_every_form_has_its_length(form: str, count: int):
    assert len(lines(write(f"a {form} about snow"))) == count


def test_no_line_comes_twice_in_a_poem():
    for seed in range(50):
        told = lines(write("a sonnet about snow", seed=seed))
        assert len(set(told)) == 14


def test_the_first_line_of_a_haiku_has_five_syllables():
    for topic in ("sea", "winter", "butterfly", "caterpillars", "imagination", "internationalization"):
        first = lines(write(f"haiku about {topic}"))[0]
        assert syllables(first) == 5, first


def test_the_form_stays_until_another_is_asked_for():
    assert len(lines(write("a haiku about snow", "now about rain"))) == 3


@pytest.mark.parametrize(
    ("message", "topics"),
    [
        ("Write a poem about my cat Momo", ["your cat Momo"]),
        ("a poem about a dragon who was afraid", ["a dragon", "afraid"]),
        ("What is the capital of France?", ["France", "capital"]),
        ("poem", ["nothing in particular"]),
        ("", ["nothing in particular"]),
        ("the lighthouse sleeps", ["lighthouse", "sleeps"]),
        ("a poem about `code` and *stars*", ["code and stars"]),
    ],
)
def test_topics_are_found(message: str, topics: list[str]):
    assert find_topics(message, DULL) == topics


@given(st.text(max_size=200))
def test_every_message_has_a_topic(message: str):
    assert write(message)


@pytest.mark.parametrize("text", ["about " * 6_000, "x" * 32_000, " " * 32_000, "a " * 16_000])
def test_no_message_keeps_it_busy(text: str):
    began = time.process_time()
    write(text)

    assert time.process_time() - began < 0.5

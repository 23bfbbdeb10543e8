from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import RequestError
from model_worker.demo.parameters import Chance, chance_for, read_messages, read_parameters

OPTIONS = ("a", "b", "c", "d")


def never() -> int:
    raise AssertionError


def test_null_means_the_default():
    parameters = read_parameters({"temperature": None, "max_tokens": None, "stop": None, "seed": None, "tools": []})

    assert parameters.longest is None
    assert parameters.stops == ()


def test_both_names_of_the_limit_are_heeded():
    assert read_parameters({"max_tokens": 5}).longest == 5
    assert read_parameters({"max_completion_tokens": 6}).longest == 6


@pytest.mark.parametrize("stop", ["x", ["x"]])
def test_a_stop_is_a_string_or_a_list(stop: object):
    assert read_parameters({"stop": stop}).stops == ("x",)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", "hot"),
        ("temperature", 3),
        ("top_p", 0),
        ("max_tokens", 0),
        ("max_tokens", 1.5),
        ("stop", [""]),
        ("stop", 5),
        ("seed", "SECRET"),
    ],
)
def test_a_wrong_parameter_is_named(field: str, value: object):
    with pytest.raises(RequestError, match=field) as refused:
        read_parameters({field: value})

    assert "SECRET" not in str(refused.value)


def test_more_than_one_answer_is_refused_clearly():
    with pytest.raises(RequestError, match=r"^body: demo models give one answer at a time"):
        read_parameters({"n": 2})


def test_messages_are_read_as_text_and_the_rest_is_passed_over():
    said = read_messages(
        [
            {"role": "developer", "content": "Be brief."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "one"}, {"type": "image_url"}, {"type": "text", "text": "two"}],
            },
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "tool", "content": "4"},
        ]
    )

    assert [(each.role, each.content) for each in said] == [
        ("system", "Be brief."),
        ("user", "one\ntwo"),
        ("assistant", ""),
    ]


@pytest.mark.parametrize("messages", [[{"role": "system", "content": "x"}], [{"role": []}], [{}]])
def test_without_a_user_message_there_is_nothing_to_answer(messages: list[dict[str, object]]):
    with pytest.raises(RequestError, match="user"):
        read_messages(messages)


def test_at_temperature_zero_the_heaviest_is_taken_whatever_the_seed():
    assert {Chance(Random(seed), 0).choose(OPTIONS, (1, 3, 2, 1)) for seed in range(20)} == {"b"}


def test_a_higher_temperature_evens_the_choices_out():
    def share(temperature: float) -> float:
        chance = Chance(Random(7), temperature)
        return Counter(chance.choose(OPTIONS, (8, 4, 2, 1)) for _ in range(2000))["a"] / 2000

    assert share(0.2) > 0.9
    assert share(1.0) == pytest.approx(8 / 15, abs=0.05)
    assert share(2.0) < share(1.0)


def test_top_p_keeps_the_heaviest_only():
    chance = Chance(Random(1), top_p=0.7)

    assert {chance.choose(OPTIONS, (5, 3, 1, 1)) for _ in range(200)} == {"a", "b"}


@given(st.integers(), st.floats(0.01, 2), st.floats(0.01, 1))
def test_the_same_seed_chooses_the_same(seed: int, temperature: float, top_p: float):
    parameters = read_parameters({"seed": seed, "temperature": temperature, "top_p": top_p})
    one, other = (chance_for(parameters, never) for _ in range(2))

    assert [one.choose(OPTIONS) for _ in range(5)] == [other.choose(OPTIONS) for _ in range(5)]


def test_without_a_seed_every_answer_has_its_own():
    assert (
        chance_for(read_parameters({}), lambda: 1).rng.random()
        != chance_for(read_parameters({}), lambda: 2).rng.random()
    )

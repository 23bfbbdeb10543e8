"""Which votes count, on made records."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from arena.errors import SetupError
from export.ratings.eligibility import Eligibility, Reason, text_reasons
from export.ratings.reading import read_votes
from export.ratings.said import Said

A_SIDE = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]


def _row(**given: Any) -> dict[str, Any]:
    default: dict[str, Any] = {"model_a": "a", "model_b": "b", "winner": "tie", "judge": "me", "anony": True}
    return default | {"reasons": [], "conversation_a": A_SIDE, "conversation_b": A_SIDE} | given


def _answers(text: str) -> list[dict[str, str]]:
    return [A_SIDE[0], {"role": "assistant", "content": text}]


ROWS = [
    _row(),
    _row(anony=False),
    _row(reasons=["stopped_answer"]),
    _row(reasons=["not_anonymous", "stopped_answer"], anony=False),
    _row(reasons=["forgotten"]),
    _row(reasons=["too_fast"]),
    _row(judge="a robot"),
    _row(conversation_b=_answers(" ")),
    _row(conversation_a=[{"role": "user", "content": "Who are you?"}, A_SIDE[1]]),
    _row(conversation_b=_answers("I am Claude, made by Anthropic.")),
]
BATCH = pa.RecordBatch.from_pylist(ROWS)


def _left(eligibility: Eligibility) -> tuple[list[int], dict[str, int]]:
    left_out = Counter[str]()
    kept = eligibility.judge(BATCH, left_out)
    assert kept.sum() + left_out.total() == len(ROWS)
    return np.flatnonzero(kept).tolist(), {name: number for name, number in left_out.items() if number}


def test_whatever_was_recorded_speaks_against_a_vote_and_each_is_counted_once():
    assert _left(Eligibility()) == (
        [0, 6, 7, 8, 9],
        {"not_anonymous": 2, "stopped_answer": 1, "forgotten": 1, "too_fast": 1},
    )


def test_a_recipe_may_allow_what_was_recorded():
    kept, left_out = _left(Eligibility(allow=("stopped_answer", "too_fast")))

    assert kept == [0, 2, 5, 6, 7, 8, 9]
    assert left_out == {"not_anonymous": 2, "forgotten": 1}


def test_a_recipe_may_leave_out_what_the_texts_tell():
    kept, left_out = _left(Eligibility(leave_out=("unanswered", "identity_asked", "identity_leak")))

    assert kept == [0, 6]
    assert {name: left_out[name] for name in ("unanswered", "identity_asked", "identity_leak")} == {
        "unanswered": 1,
        "identity_asked": 1,
        "identity_leak": 1,
    }


def test_a_voter_can_be_left_out():
    kept, left_out = _left(Eligibility(excluded_voters=frozenset({"a robot"})))

    assert (kept, left_out["excluded_voter"]) == ([0, 7, 8, 9], 1)


@pytest.mark.parametrize(("allow", "leave_out"), [(("forgotten",), ()), ((), ("too_fast",))])
def test_a_recipe_can_neither_bring_back_the_forgotten_nor_leave_out_what_nobody_tells(
    allow: tuple[str, ...], leave_out: tuple[str, ...]
):
    with pytest.raises(SetupError):
        Eligibility(allow, leave_out)


@pytest.mark.parametrize(
    "prompt",
    [
        "Which model are you?",
        "who made you",
        "Are you ChatGPT?",
        "Wer bist du?",
        "¿Quién eres?",
        "你是谁？",
        "what's your name",
    ],
)
def test_asking_who_is_there_is_noticed(prompt: str):
    assert Reason.IDENTITY_ASKED in set(text_reasons(Said((prompt,), ("x",), ("y",)), ()))


@pytest.mark.parametrize(
    "prompt",
    ["Who are you going to vote for?", "What are you doing?", "Who made this film?", "Which model of car is best?"],
)
def test_other_questions_are_not(prompt: str):
    assert not set(text_reasons(Said((prompt,), ("x",), ("y",)), ()))


@pytest.mark.parametrize(
    ("answer", "is_leak"),
    [
        ("I'm ChatGPT, a large language model.", True),
        ("I was developed by Mistral AI.", True),
        ("Ich bin ein Sprachmodell von OpenAI.", True),
        ("我是通义千问", True),
        ("This is gpt-4-turbo speaking.", True),
        ("Google was founded in 1998, and OpenAI in 2015.", False),
        ("I am happy to help. Claude Monet painted it.", False),
        ("Dolly the sheep was made by Wilmut.", False),
    ],
)
def test_answers_that_say_who_they_are_from_are_noticed(answer: str, is_leak: bool):
    found = set(text_reasons(Said(("Hi",), ("x",), (answer,)), ("gpt-4-turbo", "doctor")))

    assert found == ({Reason.IDENTITY_LEAK} if is_leak else set())


def test_reasons_in_a_table_of_texts_are_separated_by_commas(tmp_path: Path):
    (tmp_path / "votes.csv").write_text('model_a,model_b,winner,reasons\na,b,tie,\na,b,tie,"too_fast,other"\n')

    assert read_votes([tmp_path / "votes.csv"]).left_out == {"other": 1}

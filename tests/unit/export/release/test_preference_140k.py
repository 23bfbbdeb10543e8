from datetime import datetime
from typing import Any

import pyarrow as pa

from arena.battle import Outcome
from export.release.forms import Released
from export.release.preference_140k import SCHEMA, Preference140K
from export.release.steps import Bundle
from tests.unit.export.release.bundles import RELEASE, a_battle_bundle, a_side

CONTENT = "content: list<item: struct<type: string, text: string, image: string, mimeType: string>>"
MESSAGE = f"struct<role: string, {CONTENT}>"
HEADERS = "struct<h1: int64, h2: int64, h3: int64, h4: int64, h5: int64, h6: int64>"


def _row(bundle: Bundle) -> dict[str, Any]:
    (released,) = Preference140K().rows(bundle, RELEASE)
    assert isinstance(released, Released)
    return pa.Table.from_pylist([released.columns], schema=SCHEMA).to_pylist()[0]


def test_the_columns_are_those_of_the_original():
    assert {field.name: str(field.type) for field in SCHEMA} == {
        "id": "string",
        "evaluation_session_id": "string",
        "evaluation_order": "int32",
        "model_a": "string",
        "model_b": "string",
        "winner": "string",
        "conversation_a": f"list<item: {MESSAGE}>",
        "conversation_b": f"list<item: struct<role: string, {CONTENT}, num_tokens: int32>>",
        "full_conversation": f"list<item: struct<user: {MESSAGE}, model_side_a: {MESSAGE}, model_side_b: {MESSAGE}>>",
        "conv_metadata": "struct<sum_user_tokens: int32, sum_assistant_a_tokens: int32, sum_assistant_b_tokens: int32, "
        "context_a_tokens: int32, context_b_tokens: int32, turns: int32, "
        f"header_count_a: {HEADERS}, header_count_b: {HEADERS}, "
        "list_count_a: struct<ordered: int64, unordered: int64>, "
        "list_count_b: struct<ordered: int64, unordered: int64>, "
        "bold_count_a: struct<**: int64, __: int64>, bold_count_b: struct<**: int64, __: int64>>",
        "category_tag": "struct<criteria_v0.1: struct<specificity: bool, domain_knowledge: bool, complexity: bool, "
        "problem_solving: bool, creativity: bool, technical_accuracy: bool, real_world: bool>, "
        "if_v0.1: struct<if: bool, score: int32>, math_v0.1: struct<math: bool>, "
        "creative_writing_v0.1: struct<creative_writing: bool, score: string>>",
        "language": "string",
        "is_code": "bool",
        "timestamp": "timestamp[us]",
    }


def test_a_vote_is_one_row():
    row = _row(a_battle_bundle(outcome=Outcome.BOTH_BAD))

    assert (row["model_a"], row["model_b"], row["winner"]) == ("echo", "doctor", "both_bad")
    assert row["evaluation_order"] == 2
    assert row["timestamp"] == datetime(2026, 9, 21, 14, 13, 20, 500_000)  # noqa: DTZ001 (the original has no zone)
    assert row["conversation_a"][1] == {
        "role": "assistant",
        "content": [{"type": "text", "text": "I am a!", "image": None, "mimeType": None}],
    }


def test_the_whole_conversation_shows_both_answers_to_each_message():
    bundle = a_battle_bundle(a_side("a", ("one", "a1"), ("two", "a2")), a_side("b", ("one", "b1"), ("two", "b2")))

    turns = _row(bundle)["full_conversation"]

    assert [[turn[who]["content"][0]["text"] for who in turn] for turn in turns] == [
        ["one", "a1", "b1"],
        ["two", "a2", "b2"],
    ]


def test_what_answers_look_like_is_counted():
    a = a_side("a", ("Hello?", "# Title\n\n- one\n- two\n\n1. **first**\n"))

    counted = _row(a_battle_bundle(a))["conv_metadata"]

    assert counted["header_count_a"]["h1"] == 1
    assert counted["list_count_a"] == {"ordered": 1, "unordered": 2}
    assert counted["bold_count_a"] == {"**": 1, "__": 0}
    assert counted["bold_count_b"] == {"**": 0, "__": 0}
    assert (counted["turns"], counted["sum_user_tokens"], counted["context_a_tokens"]) == (1, 2, 2)


def test_labels_that_no_rule_can_give_are_null():
    asked = ("What is 2 plus 2? Write the code in python", "4")

    row = _row(a_battle_bundle(a_side("a", asked), a_side("b", asked)))

    assert (row["is_code"], row["category_tag"]["math_v0.1"]["math"]) == (True, True)
    assert set(row["category_tag"]["criteria_v0.1"].values()) == {None}
    assert row["category_tag"]["if_v0.1"] == {"if": None, "score": None}

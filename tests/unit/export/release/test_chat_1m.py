from typing import Any

import pyarrow as pa

from export.moderation.verdict import CATEGORIES
from export.release.chat_1m import SCHEMA, Chat1M
from export.release.forms import Released
from export.release.steps import Bundle, Dropped, Row
from tests.unit.export.release.bundles import RELEASE, a_verdict
from tests.unit.export.release.rows import a_row, a_said_turn

SCORES = (
    "harassment: {0}, harassment/threatening: {0}, hate: {0}, hate/threatening: {0}, self-harm: {0}, "
    "self-harm/instructions: {0}, self-harm/intent: {0}, sexual: {0}, sexual/minors: {0}, violence: {0}, "
    "violence/graphic: {0}"
)


def test_the_columns_are_those_of_the_original_in_its_order():
    assert {name: str(kind) for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)} == {
        "conversation_id": "string",
        "model": "string",
        "conversation": "list<item: struct<content: string, role: string>>",
        "turn": "int64",
        "language": "string",
        "openai_moderation": f"list<item: struct<categories: struct<{SCORES.format('bool')}>, "
        f"category_scores: struct<{SCORES.format('double')}>, flagged: bool>>",
        "redacted": "bool",
    }
    assert SCHEMA.names[0] == "conversation_id"
    assert SCHEMA.names[-1] == "redacted"


def _row(row: Row) -> dict[str, Any]:
    (released,) = Chat1M().rows(Bundle((row,)), RELEASE)
    assert isinstance(released, Released)
    return pa.Table.from_pylist([released.columns], schema=SCHEMA).to_pylist()[0]


def test_user_and_assistant_take_turns():
    turns = tuple(a_said_turn(position=number, text=f"ask {number}", answer=f"say {number}") for number in range(2))

    row = _row(a_row(turns=turns))

    assert [(message["role"], message["content"]) for message in row["conversation"]] == [
        ("user", "ask 0"),
        ("assistant", "say 0"),
        ("user", "ask 1"),
        ("assistant", "say 1"),
    ]
    assert row["turn"] == 2


def test_what_is_written_is_what_the_steps_made_of_the_texts():
    row = _row(a_row(texts=("I am NAME_1", "Hello NAME_1"), language="English", replaced={"NAME": 2}))

    assert [message["content"] for message in row["conversation"]] == ["I am NAME_1", "Hello NAME_1"]
    assert (row["language"], row["redacted"]) == ("English", True)


def test_no_moderation_is_made_up():
    (ask, answer) = _row(a_row())["openai_moderation"]

    assert ask == answer
    assert ask == {
        "categories": dict.fromkeys(CATEGORIES),
        "category_scores": dict.fromkeys(CATEGORIES),
        "flagged": None,
    }


def test_a_verdict_stands_beside_its_message():
    verdict = a_verdict(flagged=True, scores=dict.fromkeys(CATEGORIES, 0.5))

    (ask, answer) = _row(a_row(verdicts=(None, verdict)))["openai_moderation"]

    assert (ask["flagged"], answer["flagged"]) == (None, True)
    assert answer["category_scores"] == dict.fromkeys(CATEGORIES, 0.5)


def test_what_nobody_did_is_said_so():
    row = _row(a_row())

    assert (row["language"], row["redacted"]) == ("unknown", False)


def test_what_is_dropped_stays_dropped():
    gone = Dropped("c", "minor")

    assert list(Chat1M().rows(Bundle((gone,)), RELEASE)) == [gone]

import hmac

import pyarrow as pa

from export.moderation.verdict import CATEGORIES
from export.release.chat_1m import SCHEMA, columns, released_id
from tests.unit.export.release.rows import a_row, a_said_turn

KEY = b"a release key"

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


def test_an_id_is_the_keyed_digest_of_the_format_and_the_ledgers_id():
    assert released_id(KEY, "0193") == hmac.digest(KEY, b"chat-1m0193", "sha256").hex()[:32]
    assert released_id(b"another key", "0193") != released_id(KEY, "0193")


def test_user_and_assistant_take_turns():
    turns = tuple(a_said_turn(position=number, text=f"ask {number}", answer=f"say {number}") for number in range(2))

    row = columns(a_row(turns=turns), KEY)

    assert [(message["role"], message["content"]) for message in row["conversation"]] == [
        ("user", "ask 0"),
        ("assistant", "say 0"),
        ("user", "ask 1"),
        ("assistant", "say 1"),
    ]
    assert row["turn"] == 2


def test_no_moderation_is_made_up():
    row = columns(a_row(), KEY)

    (ask, answer) = pa.Table.from_pylist([row], schema=SCHEMA)["openai_moderation"][0].as_py()
    assert ask == answer
    assert ask == {
        "categories": dict.fromkeys(CATEGORIES),
        "category_scores": dict.fromkeys(CATEGORIES),
        "flagged": None,
    }


def test_what_nobody_did_is_said_so():
    row = columns(a_row(), KEY)

    assert (row["language"], row["redacted"]) == ("unknown", False)

"""What conversations are about."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from export.ratings.categories import LONG_PROMPT_CHARACTERS, categories, in_category
from export.ratings.reading import read_votes


@pytest.mark.parametrize(
    ("prompts", "found"),
    [
        (["What is wrong here? def f(x): return x + 1"], {"code"}),
        (["Please write a Python script that renames my files"], {"code"}),
        (["SELECT name FROM users is slow, why?"], {"code"}),
        (["Explain $a^2 + b^2 = c^2$ to a child"], {"maths"}),
        (["What is 17 * 23?"], {"maths"}),
        (["How many apples are left of 12 after 5 were eaten?"], {"maths"}),
        (["Please import some culture into my class, and let me return to the function of art"], set[str]()),
        (["Hello, how are you today?", "And how was yesterday?"], {"multi_turn"}),
        (["Please sum this up for me. " + "word " * (LONG_PROMPT_CHARACTERS // 5)], {"long_prompt"}),
    ],
)
def test_rules_tell_what_a_visitor_asks_for(prompts: list[str], found: set[str]):
    assert categories(prompts) - {"english"} == found


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("Could you tell me something about the history of this town?", {"english"}),
        ("Kannst du mir bitte etwas über die Geschichte dieser Stadt erzählen?", {"not_english"}),
        ("1 2 3", set[str]()),
    ],
)
def test_what_no_rule_can_tell_is_in_neither_language_category(prompt: str, found: set[str]):
    assert categories([prompt]) == found


def test_a_category_keeps_its_battles_in_both_published_forms(tmp_path: Path):
    code, other = "```print(1)```", "Tell me a story"
    for form in ("plain", "parts"):
        rows = [
            {
                "model_a": "a",
                "model_b": "b",
                "winner": "tie",
                "conversation_a": [
                    {"role": "user", "content": text if form == "plain" else [{"type": "text", "text": text}]},
                    {"role": "assistant", "content": code if form == "plain" else [{"type": "text", "text": code}]},
                ],
            }
            for text in (code, other, other)
        ]
        parquet.write_table(pa.Table.from_pylist(rows), tmp_path / f"{form}.parquet")
        table = read_votes([tmp_path / f"{form}.parquet"], [in_category("code")])

        assert (len(table.battles.a), table.left_out) == (1, {"filtered": 2})

"""Patterns that RE2 looks for first are found as by themselves."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.names.announced import ABOUT_ONESELF, ABOUT_OTHERS
from export.names.gates import gate_before, loosened, quick

WORDS = [
    *"王小明김민수 ，。\n\u3000\u00a0😀",
    "Ann",
    "Mr. ",
    "I'm ",
    "I am Ann.",
    "هذا ",
    "خانم سارة،",
    "É",
    "田中",
    "さん",
    "\ud800",
    "同事",
    "朋友：",
    "저는 ",
    "입니다",
    "שלום ",
]
PATTERNS = [
    ABOUT_ONESELF,
    ABOUT_OTHERS,
    re.compile(r"(?<![a-z])(?P<a>[\u4e00-\u9fff]{2,3})(?=[\s,]|$)|\bx(?P<b>\s)(?=y|$)|(?<!(?:a|b))é+(?=\s)"),
]


@given(st.lists(st.sampled_from([*WORDS, "x", "y", "b"]), max_size=30).map("".join), st.sampled_from(PATTERNS))
def test_quickly_found_is_what_the_pattern_finds(text: str, pattern: re.Pattern[str]):
    found = [match.span() for match in pattern.finditer(text)]
    assert [match.span() for match in quick(pattern)(text)] == found
    assert not found or list(gate_before([pattern])(text)) == [0]


def test_every_announcement_is_found_amid_others():
    chance = random.Random(4)
    words = [word for pattern in PATTERNS[:2] for word in re.findall(r"[^\W\d_]+", pattern.pattern)]
    texts = ["".join(chance.choices([*words, *WORDS], k=20)) for _ in range(3000)]
    for pattern in PATTERNS[:2]:
        find = quick(pattern)
        expected = [[match.span() for match in pattern.finditer(text)] for text in texts]
        assert [[match.span() for match in find(text)] for text in texts] == expected
        assert sum(map(len, expected)) > 20


@pytest.mark.parametrize(("pattern", "text"), [(r"a(?!b)(?=c)", "ac"), (r"\ba\b$", "b a\n"), (r"[\s,]x", "\u2003x")])
def test_a_gate_opens_wherever_the_pattern_matches(pattern: str, text: str):
    assert re.search(pattern, text)
    assert list(gate_before([re.compile(pattern)])(text)) == [0]


@pytest.mark.parametrize(
    ("pattern", "without"),
    [
        (r"(?:同事|朋友)[：:]?(?P<a>[\u4e00-\u9fff]{2,3})(?=，|$)|x", "(?:同事|朋友)[：:]?|x"),
        (r"(?<![a-z])(?P<a>[\u4e00-\u9fff]{2})(?=先生)", "(?P<a>[一-鿿]{2})(?:先生)"),
        (r"I am (?P<a>[A-Z][a-z]+)", "I am (?P<a>[A-Z][a-z]+)"),
    ],
)
def test_a_name_in_another_script_is_left_out_where_something_announces_it(pattern: str, without: str):
    assert loosened(pattern) == without

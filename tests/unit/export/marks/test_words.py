import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.marks.words import digest, normalised, words

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Hello,  World!", "helloworld"),
        ("ÉTÉ — ﬁn.", "étéfin"),
        ("हिन्दी में।", "हिन्दीमें"),
        ("What is C++?", "whatisc++"),
        ("a\x00b\u200bc\td", "abcd"),
        (" ?! ", "?!"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_case_punctuation_and_spaces_do_not_count(text: str, same: str):
    assert normalised(text) == same


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why, oh why?", ["why", "oh", "why"]),
        ("你好世界", ["你好", "好世", "世界"]),
        ("用Python写", ["用", "python", "写"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("...", []),
    ],
)
def test_words_are_pairs_of_characters_where_there_are_no_spaces(text: str, found: list[str]):
    assert words(text) == found


@given(ANY_TEXT)
def test_every_text_has_a_digest_of_64_bits(text: str):
    assert -(2**63) <= digest(text) < 2**63
    assert all(words(text))

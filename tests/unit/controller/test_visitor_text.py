import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import EmptyText, TextTooLong
from controller.visitor_text import clean, without_surrogates

ANY = st.text(st.characters(codec=None), max_size=200)


@given(ANY)
def test_whatever_is_written_comes_out_storable_or_is_empty(text: str):
    try:
        cleaned = clean(text, 1000)
    except EmptyText:
        return

    cleaned.encode()
    assert cleaned.strip()
    assert not any(ord(each) < 32 and each not in "\n\t" for each in cleaned)
    assert clean(cleaned, 1000) == cleaned


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip))
def test_ordinary_text_is_left_as_it_is(text: str):
    assert clean(text, len(text)) == text


def test_line_ends_become_one_kind():
    assert clean("a\r\nb\rc\nd", 100) == "a\nb\nc\nd"


def test_a_pair_of_surrogates_that_json_brings_together_is_one_character():
    assert clean("\N{GRINNING FACE}", 100) == "\N{GRINNING FACE}"
    assert without_surrogates("\ud83d x \ude00") == "\ufffd x \ufffd"


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\x00", "\x1b\x07", "\u3000\u2003"])
def test_nothing_to_say_is_refused(text: str):
    with pytest.raises(EmptyText):
        clean(text, 100)


def test_a_text_that_is_too_long_is_refused_with_both_lengths():
    assert clean("x" * 32_000, 32_000)
    with pytest.raises(TextTooLong, match=r"32,001 characters; this arena takes 32,000"):
        clean("x" * 32_001, 32_000)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.tokens import count_tokens, words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("  \n ", 0),
        ("Hello, world!", 4),
        ("don't", 1),
        ("it’s 3.14", 4),
        ("snake_case", 3),
        ("你好 ok", 3),
        ("...", 3),
    ],
)
def test_words_and_marks_are_counted(text: str, tokens: int):
    assert count_tokens(text) == tokens


@given(st.lists(st.text(alphabet="ab \n你.'", max_size=8)))
def test_cutting_into_words_loses_nothing_however_the_text_comes(fragments: list[str]):
    assert "".join(words(iter(fragments))) == "".join(fragments)


@given(st.text(alphabet="ab \n你.'", max_size=40), st.lists(st.integers(1, 7)))
def test_the_words_do_not_depend_on_the_fragments(text: str, cuts: list[int]):
    fragments: list[str] = []
    rest = text
    for cut in cuts:
        fragments.append(rest[:cut])
        rest = rest[cut:]

    assert list(words(iter([*fragments, rest]))) == list(words(iter([text])))


def test_a_word_comes_with_the_space_before_it():
    assert list(words(iter(["one two\n", "three "]))) == ["one", " two", "\nthree", " "]

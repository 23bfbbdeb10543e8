import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.tokens import count_tokens
from model_worker.demo.writing import Writing

TEXT = "The quick, brown fox jumps."


def write(text: str, longest: int | None = None, stops: tuple[str, ...] = ()) -> tuple[str, str, int]:
    writing = Writing(iter([text]), longest, stops)
    said = "".join(writing)
    return said, writing.finish_reason, writing.tokens


def test_without_limits_everything_is_said():
    assert write(TEXT) == (TEXT, "stop", 7)


@pytest.mark.parametrize(
    ("longest", "said"), [(1, "The"), (2, "The quick"), (3, "The quick,"), (6, "The quick, brown fox jumps")]
)
def test_the_longest_length_is_in_tokens(longest: int, said: str):
    assert write(TEXT, longest) == (said, "length", longest)


@pytest.mark.parametrize("longest", [7, 8])
def test_a_text_that_just_fits_is_not_cut(longest: int):
    assert write(TEXT, longest) == (TEXT, "stop", 7)


@pytest.mark.parametrize(
    ("stops", "said"),
    [
        (("brown",), "The quick, "),
        (("quick, brown fox",), "The "),
        (("k, b",), "The quic"),
        (("fox", "brown"), "The quick, "),
        (("T",), ""),
        (("nowhere",), TEXT),
        (("jumps. And",), TEXT),
    ],
)
def test_an_answer_ends_before_a_stop_string_also_across_words(stops: tuple[str, ...], said: str):
    assert write(TEXT, stops=stops) == (said, "stop", count_tokens(said))


def test_a_stop_string_that_begins_but_does_not_come_holds_nothing_back():
    writing = Writing(iter(["one ", "two ", "three"]), stops=("two four",))

    assert list(writing) == ["one", " ", "two three"]


def completed_first(text: str, stops: list[str]) -> str:
    """What stop strings mean, said in another way: character by character."""
    for end in range(len(text) + 1):
        if found := [end - len(stop) for stop in stops if text[:end].endswith(stop)]:
            return text[: min(found)]
    return text


@given(st.text(alphabet="ab c", max_size=30), st.lists(st.text(alphabet="ab c", min_size=1, max_size=4), max_size=3))
def test_stop_strings_cut_a_stream_as_they_cut_a_text(text: str, stops: list[str]):
    assert write(text, stops=tuple(stops))[0] == completed_first(text, stops)


@given(st.text(alphabet="ab .\n", max_size=40), st.integers(1, 12))
def test_no_answer_has_more_tokens_than_allowed(text: str, longest: int):
    said, reason, tokens = write(text, longest)

    assert text.startswith(said)
    assert tokens <= longest
    assert (reason == "length") == (count_tokens(text) > longest)

from hypothesis import given
from hypothesis import strategies as st

from export.personal_data.context import labels, says

WORDS = labels(
    "(?:my|his) number", "num[eé]ro", "τηλ\\w*", "cep(?:im)?", "ara(?:y[ıi]n)?", "телефон\\w*", "(?-i:SIN)", "电话"
)
_IN_LATIN = ["my number", "His NUMBER", "numéro", "NUMÉRO", "CEPİM", "ceptı", "ARAYIN", "SIN", "sin", "x", "ſ"]
PIECES = st.sampled_from([*_IN_LATIN, "ΤΗΛΈΦΩΝΟΣ", "Телефон", "电话", " ", "\n"])


@given(st.lists(PIECES, max_size=6).map("".join))
def test_words_are_found_in_any_case_just_as_expressions_that_ignore_case_find_them(text: str):
    assert (WORDS.search(text) is not None) == (next(WORDS.finditer(text), None) is not None)


def test_words_in_latin_letters_are_whole_ones():
    assert says(WORDS, "my number: 5", 11)
    assert not says(WORDS, "amy numbers 5", 12)

"""Long texts: what is known of a word costs no more the more words there are, and is the same."""

import random
from collections.abc import Sequence
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from export.names import likeness
from export.names.evidence import Place, Witness
from export.names.features import Looker
from export.names.judge import CLIP, FAR, Candidate, bucket, context
from export.names.lists import lists
from export.names.tokens import Words, tokens


class Counted(list[str]):
    """Words that count how often one is looked at."""

    looked = 0

    def __getitem__(self, at: int) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.looked += 1
        return super().__getitem__(at)


def a_place(words: Words) -> Place:
    return Place(words, [""] * len(words), [""] * len(words))


@cache
def a_witness() -> Witness:
    return Witness(Looker(lists(), likeness.read()))


def test_a_row_of_names_is_walked_through_once_however_long_it_is():
    witness = a_witness()
    words = tokens("The guests are: " + ", ".join(f"Peter Zorvan{'aeiou'[at % 5]}" for at in range(2000)))
    words.texts = texts = Counted(words.texts)
    place = a_place(words)

    heads = {witness.head(place, index) for index in range(5, len(words), 3)}

    assert len(heads) == 1
    assert texts.looked < 15 * len(words)


@given(st.integers(0, 1000))
def test_what_stands_before_a_row_is_the_same_whichever_word_was_asked_about_first(seed: int):
    chance = random.Random(seed)
    text = " ".join(chance.choices(["Anna", "and", ",", "Bo", "the", ":", "dear", "Mr", "."], k=30))
    words, witness = tokens(text), a_witness()
    order = chance.sample(range(len(words)), len(words))
    place = a_place(words)

    assert [witness.head(place, at) for at in order] == [witness.head(a_place(words), at) for at in order]


ODDS = st.sampled_from([-6.0, -2.0, -0.5, 0.5, 2.0, 6.0])
CANDIDATES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 14), st.sampled_from("abc"), ODDS), unique_by=lambda each: each[:2]
)


def by_all_others(candidates: Sequence[Candidate]) -> list[tuple[str, str]]:
    """Look at every other word for each of them."""
    found: list[tuple[str, str]] = []
    for each in candidates:
        others = [
            one.first
            for one in candidates
            if one.low != each.low and (one.text != each.text or abs(one.index - each.index) >= FAR)
        ]
        alike = [one.first for one in candidates if one.low == each.low and one is not each]
        found.append((f"other{bucket(max(others, default=-CLIP))}", f"same{bucket(max(alike)) if alike else ''}"))
    return found


@given(CANDIDATES)
def test_the_surest_few_of_each_word_say_what_all_of_them_say(given: list[tuple[int, int, str, float]]):
    candidates = [
        Candidate(text, index, low, 1.0, [], [], "plain", False, odds) for text, index, low, odds in sorted(given)
    ]

    assert [(each[0], each[2]) for each in context(candidates)] == by_all_others(candidates)

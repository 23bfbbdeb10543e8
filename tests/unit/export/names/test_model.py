"""The trained model: it says what crfsuite does, and what it remembers changes nothing."""

import lzma
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrfsuite._pycrfsuite import Tagger

from export.names import likeness
from export.names.crf import Field
from export.names.features import Looker, features
from export.names.lists import lists
from export.names.model import MODEL, Model
from export.names.tokens import tokens
from export.names.windows import begins

_WORDS = ("and", "so", "we", "sat", "there", "for", "a", "while", "and", "saw", "how")
_FEW = [" ".join(_WORDS[-count:]) for count in range(1, 12)]
TEXTS = (
    "We met Torvald Brekkhus near the old harbour, and he told us of the boats.",
    "NAME_1 was there. We met Torvald Brekkhus near the old harbour, and he told us of the boats.",
    *(f"it was late{end} {few} Torvald Brekkhus rowed" for few in _FEW for end in ("", ".")),
)


def a_model() -> Model:
    return Model(Looker(lists(), likeness.read()))


def test_a_text_is_told_alike_whatever_was_asked_before():
    model = a_model()
    alone: dict[str, list[float]] = {}
    for text in TEXTS:
        model.forget()
        alone[text] = model.shares(tokens(text))
    model.forget()

    for text in (*TEXTS, *TEXTS[::-1]):
        assert model.shares(tokens(text)) == alone[text]
    assert max(alone[TEXTS[0]]) > 0.5


@pytest.fixture(scope="module")
def field() -> Field:
    return Field(lzma.decompress(MODEL.read_bytes()), Looker(lists(), likeness.read()))


@pytest.fixture(scope="module")
def tagger() -> Iterator[Tagger]:
    written, tagger = lzma.decompress(MODEL.read_bytes()), Tagger()
    tagger.open_inmemory(written)  # it reads from them as long as it lives
    yield tagger
    tagger.close()


@given(st.text("AaBbзЖ王明.,:\n '-7", max_size=40), st.sampled_from(TEXTS))
def test_each_word_is_as_likely_a_name_as_crfsuite_says(tagger: Tagger, field: Field, odd: str, text: str):
    looker, words = Looker(lists(), likeness.read()), tokens(f"{odd} {text} {odd}")
    looks = [looker.look(word.text) for word in words]

    tagger.set(features(looks, begins(words)))
    likely = [1 - tagger.marginal("O", place) if look.kind != "punct" else 0.0 for place, look in enumerate(looks)]

    assert field.shares([word.text for word in words], begins(words)) == pytest.approx(likely, abs=1e-9)


def test_a_row_without_words_has_no_names(field: Field):
    assert field.shares([], []) == []

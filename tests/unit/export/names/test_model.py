"""The trained model: what it remembers changes nothing."""

from export.names import likeness
from export.names.features import Looker
from export.names.lists import lists
from export.names.model import Model
from export.names.tokens import tokens

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

"""A second opinion for texts that CLD2 is not sure of: py3langid, whose model ships in its package."""

from collections.abc import Sequence
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

LONGEST = 300
"""Characters: more of them make little difference but in time, and it takes six times as long as CLD2."""

_CLD2_CODES = {"he": "iw", "jv": "jw", "nb": "no", "yue": "zh", "wuu": "zh"}


class Py3LangId:
    """The model, some 100 MB in memory; its sureness is a probability."""

    def __init__(self) -> None:
        model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

        @lru_cache(maxsize=1)  # who is asked for the likeliest is often asked again, for the likeliest of some
        def ranked(text: str) -> Sequence[tuple[str, float]]:
            return model.rank(text)

        self._ranked = ranked

    def __call__(self, text: str) -> tuple[str, float]:
        """Return the likeliest language, and how likely it is."""
        code, probability = self._ranked(text[:LONGEST])[0]
        return _CLD2_CODES.get(code, code), float(probability)

    def among(self, text: str, codes: frozenset[str]) -> str:
        """Return the likeliest of some languages."""
        ranked = (_CLD2_CODES.get(code, code) for code, _ in self._ranked(text[:LONGEST]))
        return next(code for code in ranked if code in codes)

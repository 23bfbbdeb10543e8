"""A second opinion for texts that CLD2 is not sure of: py3langid, whose model ships in its package."""

from functools import partial

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from export.language.detect import SecondOpinion

LONGEST = 2_000
"""Characters: more of them make no difference but in time."""

_CLD2_CODES = {"he": "iw", "jv": "jw", "nb": "no", "yue": "zh", "wuu": "zh"}


def py3langid() -> SecondOpinion:
    """Load the model (some 100 MB in memory); return it as an opinion, whose sureness is a probability."""
    return partial(_ask, LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))


def _ask(identifier: LanguageIdentifier, text: str) -> tuple[str, float]:
    code, probability = identifier.classify(text[:LONGEST])
    return _CLD2_CODES.get(code, code), float(probability)

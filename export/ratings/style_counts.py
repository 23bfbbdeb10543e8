"""What answers look like, in numbers: what style control compares."""

import re
from collections.abc import Sequence

import numpy as np

from export.ratings.rules import other_language
from export.ratings.said import Said
from export.ratings.scale import Floats
from export.release.layout import bold, headers, lists

COLUMNS = ("chars", "headers", "lists", "bold", "code", "emoji")
_FENCE = re.compile(r"(?m)^[ \t]*```")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")


def style_counts(answers: Sequence[str]) -> dict[str, int]:
    """Count characters, headings, list entries, bold passages, blocks of code and emoji."""
    counted = (
        sum(map(len, answers)),
        sum(headers(answers).values()),
        sum(lists(answers).values()),
        sum(bold(answers).values()),
        sum((len(_FENCE.findall(each)) + 1) // 2 for each in answers),
        sum(len(_EMOJI.findall(each)) for each in answers),
    )
    return dict(zip(COLUMNS, counted, strict=True))


def language_columns(battles: Sequence[Said]) -> dict[str, Floats]:
    """Say of both sides whether they answered in another language than they were asked in; NaN where it is unclear."""
    told = np.array([other_language(said) for said in battles], np.float64).reshape(len(battles), 2)
    return {"other_language_a": told[:, 0], "other_language_b": told[:, 1]}


def style_columns(battles: Sequence[Said]) -> dict[str, Floats]:
    """Count what both sides' answers look like, a column for each count and side; NaN where no words are left."""
    found = {f"{name}_{side}": np.full(len(battles), np.nan) for name in COLUMNS for side in "ab"}
    for row, said in enumerate(battles):
        if any(map(str.strip, said.prompts)):
            for side, answers in (("a", said.answers_a), ("b", said.answers_b)):
                for name, value in style_counts(answers).items():
                    found[f"{name}_{side}"][row] = value
    return found

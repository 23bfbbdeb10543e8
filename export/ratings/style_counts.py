"""What answers look like, in numbers: what style control compares."""

import re
from collections.abc import Sequence

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

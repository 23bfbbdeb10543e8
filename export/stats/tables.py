"""The figures as CSV: one file each, for whoever draws pictures of their own."""

import csv
import io
from collections.abc import Iterable, Sequence

from export.stats.figures import Lengths, Stats

Table = Iterable[Sequence[object]]

QUANTILES = (0.5, 0.9, 0.99)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BARS_A_DOUBLING = 2
"""Lengths are grouped on a scale of doublings: so many groups from one power of two to the next."""


def tables(stats: Stats) -> dict[str, str]:
    """Return each table's text by its file's name. What a form does not know has no table."""
    said = {
        "models.csv": _table(("model", "rows"), stats.models),
        "languages.csv": _table(("language", "rows"), stats.languages),
        "turns.csv": _table(("turns", "rows"), stats.turns),
        "lengths.csv": _table(("characters_from", "prompts", "responses"), length_groups(stats.prompts, stats.answers)),
    }
    if stats.outcomes:
        said["outcomes.csv"] = _table(("winner", "rows"), stats.outcomes)
    if stats.days:
        said["days.csv"] = _table(("day", "rows"), stats.days)
    if stats.unsafe is not None and stats.unsafe.moderated:
        said["unsafe.csv"] = _table(("category", "rows"), stats.unsafe.categories.items())
    return said


def length_groups(*lengths: Lengths) -> list[tuple[int, ...]]:
    """Return how many messages of each kind are at least so long and shorter than the next group's."""
    longest = max((each.counts[-1][0] for each in lengths if each.counts), default=0)
    edges = _edges(longest)
    groups = {edge: [0] * len(lengths) for edge in edges}
    for place, each in enumerate(lengths):
        for length, number in each.counts:
            groups[max(edge for edge in edges if edge <= length)][place] += number
    return [(edge, *numbers) for edge, numbers in groups.items()]


def _edges(longest: int) -> list[int]:
    edges = [0, 1, 2, 3, 4]
    while edges[-1] <= longest:
        edges.append(round(2 ** ((len(edges)) / BARS_A_DOUBLING)))
    return [edge for edge in edges if edge <= max(longest, 1)]


def _table(head: Sequence[str], rows: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return text.getvalue()


def _inert(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: a name that looks like one is quoted."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

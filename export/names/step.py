"""Takes the names of persons out of a bundle."""

from collections.abc import Iterator
from dataclasses import replace

from export.names.numbering import numbered
from export.names.span import NameEngine
from export.release.steps import Bundle, BundleStep, Dropped, Row

KIND = "NAME"
ROUNDS = 3
"""How often what was redacted is looked at again."""


def names_redacted(engine: NameEngine) -> BundleStep:
    """Make the step that gives persons numbers, alike in all texts of a bundle, and counts what it replaced."""

    def redacted(bundle: Bundle) -> Bundle:
        rows = [row for row in bundle.rows if isinstance(row, Row)]
        texts = [text for row in rows for text in (*row.texts, *row.asides)]
        found = engine.find(texts)
        if not any(found):
            return bundle
        made, _ = numbered(texts, found)
        for _ in range(ROUNDS):  # a name beside a mark is sometimes seen only then
            if not any(left := engine.find(made)):
                break
            made, _ = numbered(made, left)
        rest = iter(zip(texts, made, strict=True))
        return replace(
            bundle, rows=tuple(each if isinstance(each, Dropped) else _row(each, rest) for each in bundle.rows)
        )

    return redacted


def _row(row: Row, rest: Iterator[tuple[str, str]]) -> Row:
    texts = [next(rest) for _ in row.texts]
    asides = tuple(made for _, made in [next(rest) for _ in row.asides])
    count = sum(_marks(made) - _marks(text) for text, made in texts)
    replaced = {**row.replaced, KIND: row.replaced.get(KIND, 0) + count} if count else row.replaced
    return replace(row, texts=tuple(made for _, made in texts), asides=asides, replaced=replaced)


def _marks(text: str) -> int:
    return text.count("NAME_")

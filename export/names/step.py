"""Takes the names of persons out of a bundle."""

from collections.abc import Iterator, Sequence
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
        made = without_names(engine, texts)
        if made is texts:
            return bundle
        rest = iter(zip(texts, made, strict=True))
        return replace(
            bundle, rows=tuple(each if isinstance(each, Dropped) else _row(each, rest) for each in bundle.rows)
        )

    return redacted


def without_names(engine: NameEngine, texts: Sequence[str]) -> Sequence[str]:
    """Return the texts of a bundle with numbers for persons; the same ones where none is found."""
    if not any(found := engine.find(texts)):
        return texts
    made, _ = numbered(texts, found)
    for _ in range(ROUNDS):  # a name beside a mark is sometimes seen only then
        if not any(left := engine.find(made)):
            break
        made, _ = numbered(made, left)
    return made


def _row(row: Row, rest: Iterator[tuple[str, str]]) -> Row:
    texts = [next(rest) for _ in row.texts]
    asides = tuple(made for _, made in [next(rest) for _ in row.asides])
    count = sum(_marks(made) - _marks(text) for text, made in texts)
    replaced = {**row.replaced, KIND: row.replaced.get(KIND, 0) + count} if count else row.replaced
    return replace(row, texts=tuple(made for _, made in texts), asides=asides, replaced=replaced)


def _marks(text: str) -> int:
    return text.count("NAME_")

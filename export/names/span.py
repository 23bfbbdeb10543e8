"""What a finder of names says, and what a finder is."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class NameSpan(NamedTuple):
    """A name in a text, from `start` to before `end`, in characters; `score` is how sure its finder is, from 0 to 1."""

    start: int
    end: int
    score: float = 1.0


class NameEngine(Protocol):
    """Finds names of persons."""

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text. The texts are those of one conversation, or of a battle's two sides."""
        ...


def united(found: Sequence[NameSpan]) -> list[NameSpan]:
    """Return spans in order, with those that overlap made one."""
    made: list[NameSpan] = []
    for span in sorted(found):
        if made and span.start < made[-1].end:
            last = made.pop()
            span = NameSpan(last.start, max(last.end, span.end), max(last.score, span.score))  # noqa: PLW2901
        made.append(span)
    return made

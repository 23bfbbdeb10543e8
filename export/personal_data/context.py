"""What stands around a candidate decides what it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from export.personal_data.span import Kind

BEFORE = 48
"""Characters that are looked at before a candidate."""
AFTER = 36
"""And behind it."""

_SAYS_OF_IT = re.compile(
    r"[)\]\"'”]?\s?(?:,|-|–|—|:)?\s?(?:\(|(?:is|was|are|were|ist|war|est|es|é|è|jest|är|er|on|este|je|to)\b|是|は|이|가|은|는|है|это|—)"
)
"""How a text goes on that says what stood before: `536 90 4399 is my number`, `5550123 (mobile)`."""
_END = re.compile(r"[.!?\n;。！？]")
_LETTER = "A-Za-z_À-ɏḀ-ỿ"


_MARK = re.compile(rf"\[?(?:{'|'.join(Kind)})\]")


def _unmarked(text: str) -> str:
    """Marks of an earlier redaction are no words: `[PHONE]` says nothing of the number behind it."""
    return _MARK.sub("[]", text) if "]" in text else text


def before(text: str, start: int, length: int = BEFORE) -> str:
    """Return what stands right before a place, in the same paragraph."""
    return _unmarked(text[max(0, start - length) : start].rpartition("\n\n")[2])


class Searched(Protocol):
    """What can be looked for in a text."""

    def search(self, string: str, /) -> object:
        """Return something where it is there, None where it is not."""
        ...


def says(words: Searched, text: str, start: int, length: int = BEFORE) -> bool:
    """Tell whether one of the words stands shortly before a place."""
    return words.search(before(text, start, length)) is not None


def says_after(words: Searched, text: str, end: int) -> bool:
    """Tell whether a text says behind a place, in the same sentence, what it was."""
    if not _SAYS_OF_IT.match(text, end):
        return False
    rest = _unmarked(text[end : end + AFTER])
    stop = _END.search(rest)
    return words.search(rest[: stop.start()] if stop else rest) is not None


@dataclass(frozen=True)
class Labels:
    """Words that say what stands beside them: any of them, as whole as their script writes them, in any case."""

    words: tuple[str, ...]
    """Expressions in small letters; those that begin with `(?-i:` are told by their case as well."""

    def search(self, text: str) -> re.Match[str] | None:
        """Look for any of the words: in small letters, as expressions that ignore case try each word at each place."""
        small = _small(text)
        for words, is_small in self._in_plain_turn if text.isascii() else self._in_turn:
            if found := words.search(small if is_small else text):
                return found
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield where the words are."""
        return self._as_written.finditer(text)

    @cached_property
    def _in_turn(self) -> list[tuple[re.Pattern[str], bool]]:
        """The words as expressions, and whether they are for texts in small letters."""
        cased = [each for each in self.words if each.startswith(_CASED)]
        small = _small_expressions([each for each in self.words if not each.startswith(_CASED)])
        return [
            *((re.compile(each), True) for each in _bounded(small)),
            *([(re.compile(_whole(cased), re.IGNORECASE), False)] if cased else []),
        ]

    @cached_property
    def _in_plain_turn(self) -> list[tuple[re.Pattern[str], bool]]:
        """Those that can be in a text of the English alphabet: the first, of Latin words, and those told by case."""
        latin = any(_LATIN.fullmatch(each) for each in self.words if not each.startswith(_CASED))
        return [
            (words, is_small)
            for at, (words, is_small) in enumerate(self._in_turn)
            if not is_small or (latin and at == 0)
        ]

    @cached_property
    def _as_written(self) -> re.Pattern[str]:
        return re.compile("|".join(_bounded(self.words)), re.IGNORECASE)


_LATIN = re.compile(r"[\x00-\u024f\u1e00-\u1eff]+")
_GREEK_OR_CYRILLIC = re.compile(r"[\x00-\x7f\u0370-\u052f\u1f00-\u1fff]+")


def _bounded(words: Sequence[str]) -> Iterator[str]:
    """Yield the words as expressions: Latin ones whole, Greek and Cyrillic ones, which bend, from their beginning.

    Others stand anywhere: their scripts know no spaces, or write small words in one with the next.
    """
    latin = [each for each in words if _LATIN.fullmatch(each)]
    bending = [each for each in words if not _LATIN.fullmatch(each) and _GREEK_OR_CYRILLIC.fullmatch(each)]
    others = [each for each in words if each not in latin and each not in bending]
    if latin:
        yield _whole(latin)
    if bending:
        yield rf"(?<![^\W\d])(?:{'|'.join(bending)})"
    if others:
        yield "|".join(others)


def _small_expressions(words: Sequence[str]) -> list[str]:
    return [_EXPRESSION.sub(lambda part: part[1] or _small(part[0]), each) for each in words]


_CASED = "(?-i:"
_EXPRESSION = re.compile(r"(\\.)|[^\\]+")
"""An escaped character of an expression, or what has none."""
_ALIKE = dict(
    zip(
        "\u0130\u0131\u017f\u00b5\u03c2\u03d0\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5\u1e9b",
        "iis\u03bc\u03c3\u03b2\u03b8\u03c6\u03c0\u03ba\u03c1\u03b5\u1e61",
        strict=True,
    )
)
"""Letters that are another one's in other clothes: whoever ignores case ignores that as well."""
_HAS_ALIKE = re.compile(f"[{''.join(_ALIKE)}]")


def _small(text: str) -> str:
    """Return a text in small letters, as many as it has, for comparisons that ignore case."""
    if text.isascii():
        return text.lower()
    return _HAS_ALIKE.sub(lambda found: _ALIKE[found[0]], text.replace("\u0130", "i").lower())


def _whole(words: Sequence[str]) -> str:
    return rf"(?<![{_LETTER}])(?:{'|'.join(words)})(?![{_LETTER}])"


def labels(*words: str) -> Labels:
    """Match any of the words, whole where they are written with spaces, whatever their case."""
    return Labels(words)

"""How a text is written: which words it has in small letters, which lines are titles, what it speaks of."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

from export.names.features import PERSONAL
from export.names.lists import Is, Lists
from export.names.tokens import Words, is_capital
from export.names.windows import is_common, is_word_only

_OF_PERSONS = frozenset({"honorific", "relation", "greeting", "closing", "named", "speech", "role"})
_THINGS = Is.VETO | Is.PLACE | Is.THING | Is.NOUN
_NAME = Is.GIVEN | Is.FAMILY
_ARTICLES = frozenset({"the", "a", "an"})
_FEWEST = 3
"""Words that are not in small letters, of a line that is any other than most."""


def things(row: Words) -> set[str]:
    """Return, in small letters, the words that a text has in small letters or after an English article."""
    return {low for before, low in pairwise(row.low) if before in _ARTICLES} | row.different.intersection(row.low)


def lines(words: Words, lists: Lists) -> list[str]:
    """Tell for each word how its line is written: `t` as a title is, `c` where all letters are capitals.

    A title has capitals where a sentence has none: at common words, whereas a list of names has them elsewhere.
    """
    found = [""] * len(words)
    texts, large = words.texts, words.large
    start = 0
    for end in (*(place for place, text in enumerate(texts) if text == "\n"), len(texts)):
        if bisect_left(large, end) - bisect_left(large, start) >= _FEWEST:
            found[start : end + 1] = [_line(texts[start:end], lists)] * (end - start + (end < len(texts)))
        start = end + 1
    return found


def _line(row: Sequence[str], lists: Lists) -> str:
    letters = [word for word in row if word[0].isalpha()]
    if len(letters) > 2 and all(word.isupper() for word in letters):
        return "c"
    if sum(map(is_capital, letters)) < _FEWEST:
        return ""
    common = [word for word in letters[1:] if len(word) > 3 and is_word_only(lists.traits(word))]
    return "t" if len(common) > 1 and sum(map(is_capital, common)) >= 0.75 * len(common) else ""


def capitals(rows: Sequence[Words]) -> dict[str, int]:
    """Return how often a conversation has each word with a capital, by the word in small letters."""
    found: dict[str, int] = {}
    for row in rows:
        for place in row.capitals:
            low = row.low[place]
            found[low] = found.get(low, 0) + 1
    return found


def facts(
    rows: Sequence[Words], barred: Sequence[Sequence[bool]], counts: Mapping[str, int], lists: Lists
) -> tuple[str, ...]:
    """Return what a conversation is like: how many of its words have a capital, speak of persons, name things."""
    inside = sum(map(sum, barred))
    letters = [low for row in rows for low in row.low if low[0].isalpha()]
    persons = sum(low in PERSONAL or lists.cues.get(low) in _OF_PERSONS for low in letters)
    known, unknown = 0, 0
    for low in counts:
        what = lists.traits(low)
        known += bool(what & _THINGS and not what & _NAME)
        unknown += not what & (_THINGS | _NAME) and not is_common(what) and not what & Is.WORD
    dense = sum(counts.values()) * 10 // max(1, len(letters))
    share = 40 * persons // max(1, len(letters))
    return (
        f"dense{min(dense, 5)}",
        f"persons{min(persons, 3)}",
        f"share{min(share, 4)}",
        f"things{_few(known + inside)}",
        f"unknown{_few(unknown)}",
    )


def _few(count: int) -> int:
    """Return a count as one of few."""
    return count if count < 3 else 3 if count < 6 else 4

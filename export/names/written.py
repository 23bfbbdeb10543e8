"""How a text is written: which words it has in small letters, which lines are titles, what it speaks of."""

from collections.abc import Mapping, Sequence

from export.names.features import PERSONAL
from export.names.joining import is_capital
from export.names.lists import Is, Lists
from export.names.tokens import Token
from export.names.windows import is_common, is_word_only

_OF_PERSONS = frozenset({"honorific", "relation", "greeting", "closing", "named", "speech", "role"})
_THINGS = Is.VETO | Is.PLACE | Is.THING | Is.NOUN
_NAME = Is.GIVEN | Is.FAMILY


def things(row: Sequence[Token]) -> set[str]:
    """Return, in small letters, the words that a text has in small letters or after an English article."""
    found = {word for word, _, _ in row if word == word.lower()}
    return found | {
        row[index].text.lower() for index in range(1, len(row)) if row[index - 1].text.lower() in {"the", "a", "an"}
    }


def lines(words: Sequence[Token], lists: Lists) -> list[str]:
    """Tell for each word how its line is written: `t` as a title is, `c` where all letters are capitals.

    A title has capitals where a sentence has none: at common words, whereas a list of names has them elsewhere.
    """
    found: list[str] = []
    start = 0
    for end in range(len(words) + 1):
        if end == len(words) or words[end].text == "\n":
            found += [_line([each.text for each in words[start:end]], lists)] * (end - start + (end < len(words)))
            start = end + 1
    return found


def _line(row: Sequence[str], lists: Lists) -> str:
    letters = [word for word in row if word[0].isalpha()]
    if len(letters) > 2 and all(word.isupper() for word in letters):
        return "c"
    if sum(map(is_capital, letters)) < 3:
        return ""
    common = [word for word in letters[1:] if len(word) > 3 and is_word_only(lists.traits(word))]
    return "t" if len(common) > 1 and sum(map(is_capital, common)) >= 0.75 * len(common) else ""


def capitals(rows: Sequence[Sequence[Token]]) -> dict[str, int]:
    """Return how often a conversation has each word with a capital, by the word in small letters."""
    found: dict[str, int] = {}
    for row in rows:
        for word, _, _ in row:
            if is_capital(word):
                low = word.lower()
                found[low] = found.get(low, 0) + 1
    return found


def facts(
    rows: Sequence[Sequence[Token]], barred: Sequence[Sequence[bool]], counts: Mapping[str, int], lists: Lists
) -> tuple[str, ...]:
    """Return what a conversation is like: how many of its words have a capital, speak of persons, name things."""
    letters, persons, inside = 0, 0, 0
    cues = lists.cues
    for row, out in zip(rows, barred, strict=True):
        inside += sum(out)
        for word, _, _ in row:
            if word[0].isalpha():
                letters += 1
                low = word.lower()
                persons += low in PERSONAL or cues.get(low) in _OF_PERSONS
    known, unknown = 0, 0
    for low in counts:
        what = lists.traits(low)
        known += bool(what & _THINGS and not what & _NAME)
        unknown += not what & (_THINGS | _NAME) and not is_common(what) and not what & Is.WORD
    dense = sum(counts.values()) * 10 // max(1, letters)
    share = 40 * persons // max(1, letters)
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

"""Rows of words with capitals: `Kafka, NATS and Ann` is made of things or of people, seldom of both."""

from collections.abc import Sequence

from export.names.joining import is_capital
from export.names.lists import Is, Lists
from export.names.tokens import Token

_LINKS = frozenset(
    ", ; / & + | • * - 、 ، and or und oder et ou y o e og och eller i czy lub и или та й або ve ya veya és és vagy"  # noqa: SIM905
    " en of a nebo și sau dan atau và hoặc hay και ή vs".split()
)
_LONGEST = 3
"""Words of what stands in a row."""
_OTHER = Is.VETO | Is.PLACE | Is.THING | Is.NOUN
_NAME = Is.GIVEN | Is.FAMILY


def among_things(words: Sequence[Token], barred: Sequence[bool], lists: Lists) -> list[bool]:
    """Tell which words stand in a row with known things, and with no listed given name."""
    found = [False] * len(words)
    for items in _rows(words):
        kinds = [_kind(words, item, barred, lists) for item in items]
        if "thing" in kinds and "name" not in kinds:
            for item in items:
                for place in item:
                    found[place] = True
    return found


def _rows(words: Sequence[Token]) -> list[list[range]]:
    """Return rows of at least two: the places of the words in each."""
    rows: list[list[range]] = []
    row: list[range] = []
    start, is_linked = 0, False
    for index in range(len(words) + 1):
        text = words[index].text if index < len(words) else "\n"
        if text[0].isalpha() and is_capital(text):
            continue
        if index > start:
            item = range(max(start, index - _LONGEST), index)
            row = [*row, item] if is_linked else [item]
        is_item = index > start
        start = index + 1
        is_linked = text.lower() in _LINKS or text == "\n" or (text in ".)" and not is_item) or text.isdigit()
        if not is_linked or index == len(words):
            if len(row) > 1:
                rows.append(row)
            row = []
    return rows


def _kind(words: Sequence[Token], item: range, barred: Sequence[bool], lists: Lists) -> str:
    traits = [lists.traits(words[place].text) for place in item]
    if any(barred[place] for place in item) or all(what & _OTHER and not what & _NAME for what in traits):
        return "thing"
    return "name" if traits[0] & Is.GIVEN and not traits[0] & _OTHER else ""

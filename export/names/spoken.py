"""Which languages a conversation is in, as far as its words tell."""

from collections.abc import Sequence

from export.names.lists import Lists
from export.names.tokens import Words, is_capital

CAPITAL = 0.34
"""What a word with a capital counts: it may be a name."""
SHARE, LEAST = 0.3, 0.25
"""Of what speaks for the likeliest language, that another needs; what the likeliest needs, in words it has alone."""


def spoken(rows: Sequence[Words], lists: Lists) -> int:
    """Return the languages as bits: each word speaks for those that have it, the fewer they are the more."""
    counted: dict[int, float] = {}
    for word in set[str]().union(*(row.different for row in rows)):
        if len(word) > 1 and word[0].isalpha() and (languages := lists.spoken_in(word.lower())):
            counted[languages] = counted.get(languages, 0.0) + (CAPITAL if is_capital(word) else 1.0)
    votes: dict[int, float] = {}
    for languages, count in counted.items():
        share = count / languages.bit_count() ** 2
        for bit in _bits(languages):
            votes[bit] = votes.get(bit, 0.0) + share
    most = max(votes.values(), default=0.0)
    return sum(bit for bit, count in votes.items() if count >= SHARE * most) if most >= LEAST else 0


def _bits(mask: int) -> list[int]:
    found: list[int] = []
    while mask:
        found.append(mask & -mask)
        mask &= mask - 1
    return found

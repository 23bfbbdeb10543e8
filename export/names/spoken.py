"""Which languages a conversation is in, as far as its words tell."""

from collections import Counter
from collections.abc import Sequence

from export.names.kept import Kept
from export.names.lists import Lists
from export.names.tokens import Words, is_capital

CAPITAL = 0.34
"""What a word with a capital counts: it may be a name."""
SHARE, LEAST = 0.3, 0.25
"""Of what speaks for the likeliest language, that another needs; what the likeliest needs, in words it has alone."""


class Speech:
    """Tells which languages are spoken: in which of them a word is, is found out once."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._languages = Kept[str, tuple[int, bool]](self._of)

    def spoken(self, rows: Sequence[Words]) -> int:
        """Return the languages as bits: each word speaks for those that have it, the fewer they are the more."""
        words = set[str]().union(*(row.different for row in rows))
        votes: dict[int, float] = {}
        for (languages, has_capital), count in sorted(Counter(map(self._languages.__getitem__, words)).items()):
            if languages:
                share = (CAPITAL if has_capital else 1.0) * count / languages.bit_count() ** 2
                for bit in _bits(languages):
                    votes[bit] = votes.get(bit, 0.0) + share
        most = max(votes.values(), default=0.0)
        return sum(bit for bit, count in votes.items() if count >= SHARE * most) if most >= LEAST else 0

    def _of(self, word: str) -> tuple[int, bool]:
        is_told = len(word) > 1 and word[0].isalpha()
        return self._lists.spoken_in(word.lower()) if is_told else 0, is_capital(word)


def _bits(mask: int) -> list[int]:
    found: list[int] = []
    while mask:
        found.append(mask & -mask)
        mask &= mask - 1
    return found

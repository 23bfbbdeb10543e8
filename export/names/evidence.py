"""What is known of a word that may be part of a name: the evidence that `judge.py` weighs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from export.names.doubts import Doubter
from export.names.features import Looker
from export.names.judge import bucket
from export.names.kept import Kept
from export.names.kinds import ARTICLES, ENDS, WHERE, Around, coarse, kind_of
from export.names.lists import ENGLISH_SHIFT, FOREIGN_SHIFT, Is
from export.names.pairs import is_like_a_full_name
from export.names.tokens import Token, Words, is_capital

_AND = frozenset(", and und et y e og och i a и та și ve dan và & / ; ، و و, や と 和 및".split())  # noqa: SIM905
_LENGTHS = (0, 0, 2, 3, 4, 5, 5, 7, 7, 7)
_BITS = (
    (Is.GIVEN, "G"),
    (Is.FAMILY, "F"),
    (Is.TOWN, "T"),
    (Is.WORD, "W"),
    (Is.NOUN, "N"),
    (Is.THING, "H"),
    (Is.FIGURE, "I"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A text's words, how its lines are written, and which words stand in rows with things."""

    words: Words
    line: Sequence[str]
    row: Sequence[str]
    heads: dict[int, int] = field(default_factory=dict[int, int])
    """Where the rows of words with capitals begin that were asked about: a row is walked through once, however long."""


class _Word(NamedTuple):
    """What a word by itself is evidence of."""

    low: str
    like: str
    size: str
    bits: str
    levels: str
    long: str
    script: str


class Witness:
    """Tells what is known of words: what each tells by itself is found out once."""

    def __init__(self, looker: Looker) -> None:
        self._looker, self._lists = looker, looker.lists
        self._doubter = Doubter(looker.lists)
        self._words = Kept[str, _Word](self._word)
        self._seen = Kept[str, str](self._appearance)

    def evidence(
        self, place: Place, index: int, odds: float, around: Around, is_listed: bool, is_marked: bool
    ) -> tuple[list[str], list[str], str]:
        """Return what is known of a word, what counts by its group, and the group; `odds` are log-odds by the model."""
        words, lists, texts = place.words, self._lists, place.words.texts
        word = self._words[texts[index]]
        kind = kind_of(words, index, around, lists, place.line[index])
        group = coarse(kind)
        before = self._seen[texts[index - 1] if index else ""]
        after = self._seen[texts[index + 1] if index + 1 < len(texts) else ""]
        run = _run(words, index)
        facts = [
            word.like,
            f"<{before}",
            f">{after}",
            f"run{run}",
            word.size,
            f"head_{self.head(place, index)}",
            f"line{place.line[index]}",
            f"row{place.row[index]}",
            f"times{min(3, around.counts.get(word.low, 0))}",
            *around.facts,
            *self._doubter.tells(words, index),
        ]
        if word.low in around.small:
            facts.append("small")
        if is_listed:
            facts.append("listed")
        if is_marked:
            facts.append("marked")
        if run == 2 and is_like_a_full_name(words, index, around.spoken, lists):
            facts.append("paired")
        return (
            [
                "all",
                f"kind_{kind}",
                f"{group}_{bucket(odds)}",
                word.bits,
                word.levels,
                word.long,
                f"{word.script}_{group}",
                f"<{before}>{after}",
            ],
            facts,
            group,
        )

    def _word(self, word: str) -> _Word:
        what, long = self._lists.traits(word), _long(len(word))
        levels = f"levels{what >> ENGLISH_SHIFT & 3}{what >> FOREIGN_SHIFT & 3}"
        like = f"like{self._looker.look(word).like}"
        return _Word(word.lower(), like, f"size{long}", f"bits{_bits(what)}", levels, f"long{long}", _script(word[0]))

    def _appearance(self, text: str) -> str:
        """Return what a neighbour is: what it announces, an end, a capital, a small word."""
        low = text.lower()
        if low in ENDS:
            return "|"
        if not text[0].isalpha():
            return "0" if text[0].isdigit() else "," if text in ",;/&" else text if text in "'’\"“”(-*" else "."
        cue = self._lists.cues.get(low)
        if cue:
            return cue
        if is_capital(text):
            return "X"
        if low in _AND:
            return ","
        return "the" if low in ARTICLES else "in" if low in WHERE else "x"

    def head(self, place: Place, index: int) -> str:
        """Return what stands before the row of words with capitals that a word is in: its kind, or a label's."""
        texts, low, heads, near = place.words.texts, place.words.low, place.heads, index - 1
        while near >= 0 and (texts[near] in ",/&" or is_capital(texts[near]) or low[near] in _AND):
            if near in heads:
                near = heads[near]
                break
            near -= 1
        heads[index] = near
        if near > 0 and texts[near] in ":：":
            return f"{self._seen[texts[near - 1]]}:"
        return self._seen[texts[near] if near >= 0 else ""]


@cache
def _bits(what: int) -> str:
    return "".join(sign for flag, sign in _BITS if what & flag)


def _long(size: int) -> int:
    """Return a word's length as one of few: Thai sentences have no spaces, and are one word for us."""
    return _LENGTHS[size] if size < len(_LENGTHS) else 10 if size < 13 else 13 if size < 18 else 18


def _script(sign: str) -> str:
    if sign < "\u0250" or "\u1e00" <= sign < "\u1f00":
        return "latin"
    return f"{ord(sign) >> 8:x}" if sign < "\u3000" else "east"


def _run(words: Sequence[Token], index: int) -> int:
    """Return how many words with capitals stand side by side here, four for more."""
    if not is_capital(words[index].text):
        return 0
    first, last = index, index
    while first and index - first < 4 and is_capital(words[first - 1].text) and words[first - 1].text[0].isalpha():
        first -= 1
    while last + 1 < len(words) and last - index < 4 and is_capital(words[last + 1].text):
        last += 1
    return min(4, last - first + 1)

"""The setting `recall`: the trained model's opinion of each word, weighed with all else that is known of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from export.names import judge, likeness, rules
from export.names.balanced import listed_or_announced
from export.names.doubts import Doubter
from export.names.evidence import Place, Witness
from export.names.features import Looker
from export.names.joining import (
    AFTER_NAMES,
    BEFORE_NAMES,
    extended,
    famous_words,
    lengthened,
    phrases,
    spans,
    within_words,
)
from export.names.judge import Candidate, Judge, log_odds
from export.names.kinds import Around
from export.names.labels import mark_labelled
from export.names.lists import Is, Lists
from export.names.masking import masked
from export.names.model import Model
from export.names.rows import among_things
from export.names.span import NameSpan
from export.names.spoken import Speech
from export.names.tokens import Token, Words, tokens
from export.names.windows import is_word_only
from export.names.written import capitals, facts, lines, things

_NO_PART = frozenset("abcdefghijklmnopqrstuvwxyz씨님")
"""Letters, and what Korean adds to a name."""
BESIDE = 0.05
"""How likely the model must find a word that stands beside a name."""
LEAST = 0.002
"""Less than this is as good as nothing: the model was not asked, or is sure."""
NEEDED = 0.45
"""How likely a word must be part of a name, when all is weighed."""
NEEDED_OF_KNOWN = 0.04
"""How likely a given name must be that everybody knows, where `balanced` finds it, too."""


REMEMBERED, LONGEST = 64, 10_000
"""Texts, and the characters of one: what is looked at again and was not changed need not be read again."""


class Reading(NamedTuple):
    """What a text tells by itself."""

    plain: str
    words: Words
    barred: Sequence[bool]
    famous: set[str]
    """Words of people whom it names in full."""
    small: set[str]
    lines: Sequence[str]
    shares: Sequence[float]


@dataclass(slots=True)
class Text:
    """A text, and what was found out about its words."""

    plain: str
    place: Place
    barred: Sequence[bool]
    shares: Sequence[float]
    """What the model says."""
    marks: list[float]
    """What rules say."""


@dataclass(slots=True)
class Recall:
    """Finds as many names as it can."""

    lists: Lists
    model: Model = field(init=False)
    judge: Judge = field(init=False)
    looker: Looker = field(init=False)
    witness: Witness = field(init=False)
    speech: Speech = field(init=False)
    doubter: Doubter = field(init=False)
    _remembered: Callable[[str], Reading] = field(init=False)

    def __post_init__(self) -> None:
        self.looker = Looker(self.lists, likeness.read())
        self.witness = Witness(self.looker)
        self.speech = Speech(self.lists)
        self.doubter = Doubter(self.lists)
        self.model = Model(self.looker)
        self.judge = judge.read()
        self._remembered = lru_cache(REMEMBERED)(self._read)

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text."""
        found, around = self.looked_at(texts)
        candidates = self.candidates(found, around)
        scores = [[0.0] * len(each.shares) for each in found]
        for each, share in zip(candidates, self.judge.judged(candidates), strict=True):
            if share >= NEEDED or (each.is_known and share >= NEEDED_OF_KNOWN):
                scores[each.text][each.index] = share
        return [self._names(each, row) for each, row in zip(found, scores, strict=True)]

    def looked_at(self, texts: Sequence[str]) -> tuple[list[Text], Around]:
        """Return what is known of the texts of a conversation, and of it as a whole."""
        lists = self.lists
        read = [self._remembered(text) if len(text) <= LONGEST else self._read(text) for text in texts]
        rows = [each.words for each in read]
        barred = [each.barred for each in read]
        famous = set[str]().union(*(each.famous for each in read))
        if famous:
            barred = [
                [out or low in famous for low, out in zip(row.low, each, strict=True)]
                for row, each in zip(rows, barred, strict=True)
            ]
        counts = capitals(rows)
        small = set[str]().union(*(each.small for each in read))
        languages = self.speech.spoken(rows)
        known = (*facts(rows, barred, counts, lists), lists.tongue(languages))
        around = Around(small, languages, known, counts)
        found: list[Text] = []
        for each, row, out in zip(read, rows, barred, strict=True):
            place = Place(row, each.lines, among_things(row, out, around.spoken, lists))
            marks = [0.0] * len(row)
            rules.mark(each.plain, row, marks, out, lists)
            mark_labelled(row, marks, out, around.spoken, lists)
            found.append(Text(each.plain, place, out, each.shares, marks))
        return found, around

    def _read(self, text: str) -> Reading:
        """Return what a text tells by itself."""
        plain = masked(text)
        words = tokens(plain)
        barred = phrases(words, self.lists)
        famous = famous_words(words, barred, self.lists)
        return Reading(plain, words, barred, famous, things(words), lines(words, self.lists), self.model.shares(words))

    def candidates(self, texts: Sequence[Text], around: Around) -> list[Candidate]:
        """Return the words that may be names, with what is known of them."""
        found: list[Candidate] = []
        known = self.lists.known
        for number, text in enumerate(texts):
            words, shares = text.place.words, text.shares
            large = {index for index in words.capitals if len(words.texts[index]) > 1}
            likely = {index for index, share in enumerate(shares) if share >= LEAST}
            likely.update(index for index in large if known.get(words.low[index], 0) & Is.GIVEN)
            for index in sorted(likely):
                if text.barred[index] or (low := words.low[index]) in BEFORE_NAMES:
                    continue
                is_listed = index in large and listed_or_announced(words, index, self.lists) > 0
                odds, is_marked = log_odds(shares[index]), text.marks[index] > 0
                seen = self.witness.evidence(text.place, index, odds, around, is_listed, is_marked)
                is_known = is_listed and low in self.lists.given and not self.doubter.doubts(text.plain, words, index)
                found.append(Candidate(number, index, low, odds, *seen, is_marked, is_known=is_known))
        return found

    def _names(self, text: Text, scores: list[float]) -> list[NameSpan]:
        """Return the names in a text."""
        if not any(scores) and not any(text.marks):
            return []
        words, shares, barred = text.place.words, text.shares, text.barred
        is_ascii = text.plain.isascii()
        inside = set[int]() if is_ascii else within_words(words, shares, self.lists)
        for index in inside:
            scores[index] = 0.0
        self._beside(words, [0.0 if index in inside else share for index, share in enumerate(shares)], scores, barred)
        scores = list(map(max, scores, text.marks))
        extended(words, scores, barred, self.lists)
        if not is_ascii:
            lengthened(words, scores, self.lists)
        return spans(words, scores)

    def _beside(
        self, words: Sequence[Token], shares: Sequence[float], scores: list[float], barred: Sequence[bool]
    ) -> None:
        """Take the words beside a name that are a little likely to belong to it."""
        likely = [index for index, share in enumerate(shares) if share >= BESIDE and not barred[index]]
        pairs = [(index - 1, index) for index in likely if index]
        pairs += [(index + 1, index) for index in reversed(likely) if index + 1 < len(words)]
        for near, index in pairs:
            left, right = min(near, index), max(near, index)
            if scores[near] <= 0 or scores[index] or words[right].start - words[left].end > 1:
                continue
            if self._may_belong(words[index].text):
                scores[index] = shares[index]

    def _may_belong(self, word: str) -> bool:
        """Tell whether a word can be part of a name that stands beside it."""
        low = word.lower()
        if low in self.lists.cues or low in BEFORE_NAMES or word in _NO_PART or word in AFTER_NAMES:
            return False
        return word != low or low >= "\u0590" or not is_word_only(self.lists.traits(low))

"""Measures a finder of names on the bench."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export.names.bench.cases import Part, cases, clean, letters
from export.names.engine import Setting, name_engine
from export.names.numbering import everywhere
from export.names.span import NameEngine

EACH = 12
"""Conversations that each template makes."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares, from 0 to 1, and how many they are of."""

    any: float
    """Of names: some of it is gone."""
    whole: float
    """Of conversations with names: nothing of any name is left."""
    conversations: int
    touched: float
    """Of messages without names, rich in capitals: something is gone."""
    clean_messages: int


@dataclass(frozen=True, slots=True)
class NameQuality:
    """What was measured, for all languages together and for each."""

    setting: Setting
    seed: int
    together: Quality
    languages: Mapping[str, Quality]


def measure_names(setting: Setting, seed: int, part: Part = "held_out") -> NameQuality:
    """Measure a setting on templates and names that no training saw; `none` finds nothing."""
    engine = name_engine(setting)
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for case in cases(part, seed, EACH):
        for tally in (tallies[case.language], tallies[""]):
            if engine is None:
                tally.names += sum(map(len, case.names))
                tally.conversations += 1
        if engine is not None:
            hit, names, is_whole = looked_for(engine, case.texts, case.names)
            for tally in (tallies[case.language], tallies[""]):
                tally.add(hit, names, is_whole)
    for language, text in clean(part):
        is_touched = engine is not None and any(engine.find([text]))
        for tally in (tallies[language], tallies[""]):
            tally.clean += 1
            tally.touched += is_touched
    together = tallies.pop("").quality()
    return NameQuality(setting, seed, together, {key: tallies[key].quality() for key in sorted(tallies)})


def looked_for(
    engine: NameEngine, texts: Sequence[str], named: Sequence[Sequence[tuple[int, int]]]
) -> tuple[int, int, bool]:
    """Return how many names of a conversation were hit, of how many, and whether nothing of them is left.

    `named` says for each text where its names stand.
    """
    mentions = everywhere(texts, engine.find(texts))
    hit, count, is_whole = 0, 0, True
    for text, names, row in zip(texts, named, mentions, strict=True):
        gone = letters(text, [(each.start, each.end) for each in row])
        for name in names:
            wanted = letters(text, [name])
            count += 1
            hit += bool(wanted & gone)
            is_whole = is_whole and wanted <= gone
    return hit, count, is_whole


@dataclass(slots=True)
class _Tally:
    hit: int = 0
    names: int = 0
    whole: int = 0
    conversations: int = 0
    touched: int = 0
    clean: int = 0

    def add(self, hit: int, names: int, is_whole: bool) -> None:
        self.hit += hit
        self.names += names
        self.whole += is_whole
        self.conversations += 1

    def quality(self) -> Quality:
        return Quality(
            any=self.hit / max(1, self.names),
            whole=self.whole / max(1, self.conversations),
            conversations=self.conversations,
            touched=self.touched / max(1, self.clean),
            clean_messages=self.clean,
        )

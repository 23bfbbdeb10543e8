"""Learns how to weigh evidence: `python -m export.names.training.judging` writes `judge.txt.xz`.

From the bench's development part and from what is set aside of the training's own lines: the model has learnt from
neither. Each is seen with all vetoes, and without one half of them or the other, as what is new has no veto.
"""

import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from export.names import sections
from export.names.bench import cases as bench
from export.names.judge import CLIP, Candidate, Judge, Weighing, Weights, context, write
from export.names.lists import Lists, lists, lists_without
from export.names.recall import Recall
from export.names.training.casting import People
from export.names.training.examples import Example
from export.names.training.logistic import Floats, fitted
from export.names.training.lookalikes import Lookalikes
from export.names.training.material import clean_messages, is_set_aside, messages_apart, set_aside

SEEDS = (11, 23, 31)
"""With each of them the templates get other names: of one alone, the choice would learn the names."""
LISTED = (41, 61, 71)
"""With these they get names that the lists have, as most people's are."""
PENALTY, ITERATIONS = 4.0, 300
NAME, BESIDE, CLEAN = 1.0, 0.25, 1.8
"""What a word counts: of a name, beside names, in a clean message."""
FEWEST = 10
"""Of candidates that a piece of evidence must be seen at."""
_SLOT = re.compile(r"\{(\w+)\}")
_PERSONS = {"N": "full", "U": "full", "UN": "full", "G": "given", "F": "family"}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A conversation to learn from; `template` says which line it was made of."""

    template: str
    language: str
    texts: tuple[str, ...]
    names: tuple[tuple[tuple[int, int], ...], ...]
    is_listed: bool = False
    """Its names are in the lists."""

    @property
    def is_clean(self) -> bool:
        """Tell whether it has no name."""
        return not any(self.names)


def lessons() -> list[Lesson]:
    """Return all that is learnt from."""
    found: list[Lesson] = []
    for seed in SEEDS:
        found += [
            Lesson(f"d{number}", each.language, each.texts, each.names)
            for number, each in enumerate(bench.cases("development", seed, 1))
        ]
        found += _filled(seed, sections.read(bench.PEOPLE))
    for seed in LISTED:
        found += _filled(seed, None)
    found += [Lesson(text, language, (text,), ((),)) for language, text in bench.clean("development")]
    found += [Lesson(text, language, (text,), ((),)) for language, text in clean_messages() if is_set_aside(text)]
    return [*found, *(Lesson(text, language, (text,), (names,)) for language, text, names in messages_apart())]


def _filled(seed: int, people: Mapping[str, Sequence[str]] | None) -> Iterator[Lesson]:
    """Yield the training's own lines that the model has not learnt from, with some names or those of the lists."""
    chance = random.Random(seed)
    lookalikes = Lookalikes(chance)
    makers: dict[str, People] = {}
    for language, line in set_aside():
        if language not in makers:
            makers[language] = People(language, chance, people)
        made = Example()
        end = 0
        for match in _SLOT.finditer(line):
            made.add(line[end : match.start()])
            slot = match[1]
            if kind := _PERSONS.get(slot.upper()):
                name = getattr(makers[language], kind)()
                name = name.upper() if slot in {"U", "UN"} else name.lower() if slot.islower() else name
                made.add(name, is_name=True)
            else:
                made.add(lookalikes.draw(slot, language))
            end = match.end()
        made.add(line[end:])
        yield Lesson(line, language, (made.text,), (tuple(made.spans),), people is None)


@dataclass(slots=True)
class Seen:
    """The candidates of a lesson, which of them are names, and what each counts."""

    lesson: Lesson
    candidates: list[Candidate]
    is_name: list[bool]

    def weights(self) -> list[float]:
        """Return what each candidate counts."""
        if self.lesson.is_clean:
            return [CLEAN] * len(self.candidates)
        return [NAME if named else BESIDE for named in self.is_name]


def seen(engine: Recall, lesson: Lesson) -> Seen:
    """Look at a lesson."""
    texts, around = engine.looked_at(lesson.texts)
    candidates = engine.candidates(texts, around)
    is_name: list[bool] = []
    for each in candidates:
        token = texts[each.text].place.words[each.index]
        is_name.append(any(start < token.end and token.start < end for start, end in lesson.names[each.text]))
    return Seen(lesson, candidates, is_name)


def variants() -> list[Lists]:
    """Return the lists with all vetoes, and without each half."""
    return [lists(), lists_without(0), lists_without(1)]


def learnt(found: Sequence[Seen]) -> Judge:
    """Learn both weighings."""
    flat = [each for row in found for each in row.candidates]
    signs = np.array([1.0 if named else -1.0 for row in found for named in row.is_name])
    weights = np.array([weight for row in found for weight in row.weights()])
    odds = [each.odds for each in flat]
    first = Weighing(_weights([_spread(each) for each in flat], odds, signs, weights))
    judge = Judge(first, Weighing({}))
    both: list[list[str]] = []
    for row in found:
        judge.judged(row.candidates)
        both += [_spread(each, *more) for each, more in zip(row.candidates, context(row.candidates), strict=True)]
    return Judge(first, Weighing(_weights(both, odds, signs, weights)))


def _spread(each: Candidate, *more: str) -> list[str]:
    """Return all that is known of a candidate; facts by themselves and with its group."""
    facts = [*each.facts, *more]
    return [*each.evidence, *facts, *(f"{fact} {each.group}" for fact in facts)]


def _weights(evidence: Sequence[Sequence[str]], odds: Sequence[float], signs: Floats, weights: Floats) -> Weights:
    counted: dict[str, int] = {}
    for each in evidence:
        for fact in each:
            counted[fact] = counted.get(fact, 0) + 1
    names = sorted(fact for fact, count in counted.items() if count >= FEWEST)
    at = {fact: place for place, fact in enumerate(names)}
    rows, columns, values = list[int](), list[int](), list[float]()
    for row, each in enumerate(evidence):
        for fact in each:
            if fact in at:
                rows += (row, row)
                columns += (at[fact], at[fact] + len(names))
                values += (1.0, odds[row] / CLIP)
    table = csr_matrix((values, (rows, columns)), shape=(len(evidence), 2 * len(names)))
    beta = fitted(table, signs, weights, PENALTY, ITERATIONS)
    return {
        fact: (round(float(beta[place]), 3), round(float(beta[place + len(names)] / CLIP), 4))
        for fact, place in at.items()
    }


def main() -> None:
    """Look at all lessons, learn, write."""
    every = lessons()
    judge = learnt([seen(engine, each) for engine in map(Recall, variants()) for each in every])
    write(judge)
    sys.stdout.write(f"{len(judge.first.weights)} and {len(judge.second.weights)} pieces of evidence\n")


if __name__ == "__main__":
    main()

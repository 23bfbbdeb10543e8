"""Measures the weighing of evidence on lines that it has not learnt from: `python -m export.names.training.choose`.

Lines are dealt to five parts; what is weighed on each was learnt from the others. So `NEEDED` and the penalty were
chosen. The bench's held-out part is never looked at.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from export.names import recall
from export.names.bench.measure import looked_for
from export.names.judge import Judge
from export.names.training.judging import Lesson, learnt, lessons, seen, variants

FOLDS = 5
NEEDED = (0.3, 0.4, 0.5, 0.6, 0.7)
WITH_NAMES = "My name is Ann Keller and Tom Keller is my son."


@dataclass(slots=True)
class Tally:
    """Counts names, conversations with names, and clean messages, alone and beside one with names."""

    names: int = 0
    hit: int = 0
    conversations: int = 0
    whole: int = 0
    clean: int = 0
    touched: int = 0
    beside: int = 0

    def add(self, engine: recall.Recall, lesson: Lesson) -> None:
        """Count a lesson."""
        if lesson.is_clean:
            self.clean += 1
            self.touched += any(engine.find(lesson.texts))
            self.beside += bool(engine.find((WITH_NAMES, *lesson.texts))[1])
            return
        hit, names, is_whole = looked_for(engine, lesson.texts, lesson.names)
        self.names += names
        self.hit += hit
        self.conversations += 1
        self.whole += is_whole

    def __str__(self) -> str:
        clean = max(1, self.clean)
        return (
            f"any {self.hit / max(1, self.names):.3f}  whole {self.whole / max(1, self.conversations):.3f}"
            f"  touched {self.touched / clean:.3f}  beside {self.beside / clean:.3f}"
        )


def fold(lesson: Lesson) -> int:
    """Return in which part a lesson is: all that was made of one line are in one."""
    return crc32(lesson.template.encode()) % FOLDS


def judges(engines: Sequence[recall.Recall], every: Sequence[Lesson]) -> list[Judge]:
    """Return for each part what is learnt from the others."""
    looked = [(fold(lesson), seen(engine, lesson)) for engine in engines for lesson in every]
    return [learnt([row for part, row in looked if part != left_out]) for left_out in range(FOLDS)]


def main() -> None:
    """Print a line for each limit: on names that no list has, on those that lists have, without half of the vetoes."""
    every = lessons()
    engines = [recall.Recall(known) for known in variants()]
    learnt_without = judges(engines, every)
    for recall.NEEDED in NEEDED:
        for name, engine, is_listed in (
            ("new names", engines[0], False),
            ("listed names", engines[0], True),
            ("half the vetoes", engines[1], False),
        ):
            tally = Tally()
            for lesson in every:
                if lesson.is_listed == is_listed:
                    engine.judge = learnt_without[fold(lesson)]
                    tally.add(engine, lesson)
            sys.stdout.write(f"{recall.NEEDED:.2f} {name:<15} {tally}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

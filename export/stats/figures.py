"""What a release's card and pictures are made of: counted over the written files, exactly, in bounded memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from export.moderation.verdict import CATEGORIES
from export.stats.view import release_view

GROUPS = ("sexual", "harassment", "violence", "hate", "self-harm")
"""The five categories by which unsafe conversations are usually counted, each with its sub-categories."""

Counts = list[tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long messages are, in characters: how many of each length, by length."""

    counts: Counts

    @property
    def messages(self) -> int:
        """How many there are."""
        return sum(number for _, number in self.counts)

    @property
    def mean(self) -> float:
        """The mean, 0 without a message."""
        return sum(length * number for length, number in self.counts) / max(self.messages, 1)

    def quantile(self, share: float) -> int:
        """Return the shortest length that this share of the messages does not exceed."""
        seen = 0
        for length, number in self.counts:
            seen += number
            if seen >= share * self.messages:
                return length
        return 0


@dataclass(frozen=True, slots=True)
class Unsafe:
    """What moderation said of conversations: flagged is one in which any message is."""

    messages: int
    moderated: int
    whole: int
    """Conversations of which every message was moderated."""
    flagged: int
    groups: dict[str, int]
    categories: dict[str, int]


@dataclass(frozen=True, slots=True)
class Stats:
    """The figures of one release."""

    rows: int
    models: Counts
    languages: Counts
    turns: Counts
    prompts: Lengths
    answers: Lengths
    redacted: int | None
    """None where the form does not say."""
    outcomes: Counts
    days: Counts
    unsafe: Unsafe | None
    download_bytes: int
    memory_bytes: int

    @property
    def turns_mean(self) -> float:
        """Turns of a conversation, 0 without one."""
        return sum(turn * number for turn, number in self.turns) / max(self.rows, 1)


def count(files: Sequence[Path]) -> Stats:
    """Count the data files of a release: same files, same figures."""
    with release_view(files) as view:
        names = {name for name, *_ in view.execute("DESCRIBE said").fetchall()}
        return Stats(
            rows=_number(view, "SELECT count(*) FROM said"),
            models=_most(view, "unnest(models)"),
            languages=_most(view, "language"),
            turns=_ordered(view, "turn"),
            prompts=Lengths(_ordered(view, "unnest(prompts)")),
            answers=Lengths(_ordered(view, "unnest(answers)")),
            redacted=_number(view, "SELECT count(*) FROM said WHERE redacted") if "redacted" in names else None,
            outcomes=_most(view, "winner") if "winner" in names else [],
            days=[(str(day), number) for day, number in _ordered(view, "day")] if "day" in names else [],
            unsafe=_unsafe(view) if "messages" in names else None,
            download_bytes=sum(each.stat().st_size for each in files),
            memory_bytes=sum(_memory_bytes(each) for each in files),
        )


def _most(view: duckdb.DuckDBPyConnection, what: str) -> Counts:
    """Return the commonest first, those alike by name."""
    return sorted(_ordered(view, what), key=lambda each: (-each[1], str(each[0])))


def _ordered(view: duckdb.DuckDBPyConnection, what: str) -> Counts:
    query = f"SELECT what, count(*) FROM (SELECT {what} AS what FROM said) WHERE what IS NOT NULL GROUP BY 1 ORDER BY 1"  # noqa: S608 (ours)
    return [(value, number) for value, number in view.execute(query).fetchall()]


def _number(view: duckdb.DuckDBPyConnection, query: str) -> int:
    (number,) = view.execute(query).fetchall()[0]
    return int(number or 0)


def _unsafe(view: duckdb.DuckDBPyConnection) -> Unsafe:
    """Count by the pattern of categories: there are few different ones."""
    query = """
        SELECT flagged, categories, count(*), sum(messages), sum(moderated),
               count(*) FILTER (messages = moderated)
        FROM said GROUP BY ALL"""
    totals, categories, groups = Counter[str](), Counter[str](), Counter[str]()
    for flagged, pattern, number, messages, moderated, whole in view.execute(query).fetchall():
        totals.update(messages=int(messages), moderated=int(moderated), whole=whole, flagged=number if flagged else 0)
        named = [name for name, is_set in zip(CATEGORIES, pattern, strict=True) if is_set]
        categories.update(dict.fromkeys(named, number))
        groups.update(dict.fromkeys({name.partition("/")[0] for name in named}, number))
    return Unsafe(
        messages=totals["messages"],
        moderated=totals["moderated"],
        whole=totals["whole"],
        flagged=totals["flagged"],
        groups={name: groups[name] for name in GROUPS},
        categories={name: categories[name] for name in CATEGORIES},
    )


def _memory_bytes(path: Path) -> int:
    """Return what the rows take in memory, as Arrow holds them: row group by row group."""
    with pq.ParquetFile(path) as file:
        return sum(file.read_row_group(each).nbytes for each in range(file.num_row_groups))

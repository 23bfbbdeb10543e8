"""Whether rows hold together: ids, roles, turns, moderation, votes; and what personal data is left in their texts."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from export.personal_data.find import find
from export.release.check.made import Made, batches

_ID = re.compile(r"[0-9a-f]{32}")
_SIDES = ("conversation_a", "conversation_b")
_SAID = ("conversation", *_SIDES)
_WINNERS = {
    "arena-battles": {"model_a", "model_b", "tie", "tie (bothbad)"},
    "preference-140k": {"model_a", "model_b", "tie", "both_bad"},
    "full": {"model_a", "model_b", "tie", "both_bad", None},
}
_ASIDES = ("system_prompt", "turn_reasoning")

Row = Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    """The same problem in many rows of one file is one finding."""

    found: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict[tuple[str, str], tuple[int, int]])

    def add(self, file: str, row: int, problem: str) -> None:
        """Take one; rows are counted from 1."""
        first, number = self.found.get((file, problem), (row, 0))
        self.found[file, problem] = first, number + 1

    def findings(self) -> Iterator[str]:
        """Yield each in a line."""
        for (file, problem), (first, number) in self.found.items():
            where = f"row {first}" if number == 1 else f"{number} rows, the first is row {first}"
            yield f"{file}: {where}: {problem}"


Leaks = Callable[[Iterable[str]], Sequence[str]]
"""Tells which canaries stand in texts."""


@dataclass(slots=True)
class _Looking:
    """What was seen so far of a release's rows."""

    made: Made
    leaks: Leaks
    tally: Tally = field(default_factory=Tally)
    seen: set[str] = field(default_factory=set[str])

    def take(self, file: str, first: int, rows: Sequence[Row]) -> None:
        """Take some rows of a file, the first of which has this number."""
        texts = [list(texts_of(row)) for row in rows]
        leaking = bool(self.leaks(text for its_own in texts for text in its_own))
        for number, (row, its_own) in enumerate(zip(rows, texts, strict=True), first):
            for problem in (*row_problems(self.made.form.name, row), *self._left(its_own, leaking=leaking)):
                self.tally.add(file, number, problem)
            its_id = str(row.get(self.made.id_column))
            if its_id in self.seen:
                self.tally.add(file, number, "its id is that of another row")
            self.seen.add(its_id)

    def _left(self, texts: Sequence[str], *, leaking: bool) -> Iterator[str]:
        """Yield what should not be there, by its kind; never the thing itself."""
        found = {span.kind for text in texts for span in find(text)}
        for kind, action in self.made.policy.items():
            if kind in found and action != "keep":
                yield f"personal data is left: {kind}"
        if leaking and self.leaks(texts):
            yield "a canary is in it"


def row_findings(made: Made, leaks: Leaks, moved: Callable[[int], None]) -> Iterator[str]:
    """Yield what is wrong with the rows; `moved` is told how many more were looked at."""
    looking = _Looking(made, leaks)
    for path in made.data_files:
        name, number = f"data/{path.name}", 1
        try:
            for batch in batches(path):
                looking.take(name, number, batch.to_pylist())
                number += batch.num_rows
                moved(batch.num_rows)
        except (pa.ArrowException, OSError) as error:
            yield f"{name}: cannot be read to its end: {str(error).splitlines()[0]}"
    yield from looking.tally.findings()
    if len(looking.seen) != made.manifest.counts.released:
        yield f"data: {len(looking.seen)} different ids, but {made.manifest.counts.released} are released"


def texts_of(row: Row) -> Iterator[str]:
    """Yield all that was said in a row, and what stands beside it."""
    for name in _SAID:
        for message in row.get(name) or ():
            content = message["content"]
            yield from [content or ""] if not isinstance(content, list) else (part["text"] or "" for part in content)
    for turn in row.get("full_conversation") or ():
        yield from (part["text"] or "" for said in turn.values() for part in said["content"])
    for name in _ASIDES:
        value = row.get(name)
        yield from [value] if isinstance(value, str) else (each for each in value or () if each)


def row_problems(form: str, row: Row) -> Iterator[str]:
    """Yield what does not fit in a row."""
    if not _ID.fullmatch(str(next(iter(row.values()), ""))):
        yield "its id is not 32 hex digits"
    turns = row["turn"] if "turn" in row else (row.get("conv_metadata") or {}).get("turns")
    for name in _SAID:
        if name in row:
            yield from (f"{name}: {problem}" for problem in _conversation_problems(row[name] or (), turns))
    if not row.get("language"):
        yield "it has no language"
    if form in _WINNERS and row.get("winner") not in _WINNERS[form]:
        yield "its winner is none of those that there are"
    if form == "full" and any(len(row[name] or ()) != turns for name in row if name.startswith("turn_")):
        yield "a list has not one entry a turn"
    yield from _moderation_problems(row)


def _conversation_problems(said: Sequence[Row], turns: object) -> Iterator[str]:
    if not said or [message["role"] for message in said] != ["user", "assistant"] * (len(said) // 2):
        yield "user and assistant do not take turns"
    elif 2 * turns != len(said) if isinstance(turns, int) else True:
        yield "its turns are miscounted"
    if any(message["content"] is None for message in said):
        yield "a message is missing"


def _moderation_problems(row: Row) -> Iterator[str]:
    if "openai_moderation" not in row:
        return
    told = row["openai_moderation"]
    if isinstance(told, list) and len(told) != len(row.get("conversation") or ()):
        yield "moderation has not one entry a message"
    for entry in told if isinstance(told, list) else [told]:
        leaves = [] if entry is None else [*entry["categories"].values(), *entry["category_scores"].values()]
        if entry is None or len({leaf is None for leaf in (*leaves, entry["flagged"])}) != 1:
            yield "a verdict is neither whole nor wholly null"
            return

"""What is wrong with the rows of a release, each by itself and in their order, and what is left in their texts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from export.card.samples import MARK
from export.personal_data.find import find
from export.release.check.fields import Fields
from export.release.check.made import Made, batches
from export.release.check.shape import Row, row_problems, texts_of
from export.release.notes import shuffle_key


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
    fields: Fields
    tally: Tally = field(default_factory=Tally)
    seen: set[str] = field(default_factory=set[str])
    last: bytes = b""
    """By what the row before was put in order."""

    def take(self, file: str, first: int, rows: Sequence[Row]) -> None:
        """Take some rows of a file, the first of which has this number."""
        texts = [list(texts_of(row)) for row in rows]
        leaking = bool(self.leaks(text for its_own in texts for text in its_own))
        for number, (row, its_own) in enumerate(zip(rows, texts, strict=True), first):
            for problem in (*self._problems(row, its_own), *self._left(its_own, leaking=leaking)):
                self.tally.add(file, number, problem)

    def _problems(self, row: Row, texts: Sequence[str]) -> Iterator[str]:
        yield from row_problems(self.made.form.name, row)
        yield from self.fields.problems(row)
        if row.get("redacted") and not any(MARK.search(text) for text in texts):
            yield "it is redacted, but no mark is in it"
        its_id = str(row.get(self.made.id_column))
        if its_id in self.seen:
            yield "its id is that of another row"
        self.seen.add(its_id)
        if self.made.seed is not None:
            place, self.last = self.last, shuffle_key(self.made.seed, its_id)
            if self.last < place:
                yield "it is not where its id and the seed put it"

    def _left(self, texts: Sequence[str], *, leaking: bool) -> Iterator[str]:
        """Yield what should not be there, by its kind; never the thing itself."""
        found = {span.kind for text in texts for span in find(text)}
        for kind, action in self.made.policy.items():
            if kind in found and action != "keep":
                yield f"personal data is left: {kind}"
        if leaking and self.leaks(texts):
            yield "a canary is in it"


def row_findings(made: Made, leaks: Leaks, moved: Callable[[int], None]) -> Iterator[str]:
    """Yield what is wrong with the rows; `moved` is told how many more were looked at.

    A file of other columns or types than the form's is passed over: that is a finding of the files.
    """
    looking = _Looking(made, leaks, Fields.of(made))
    for path in made.data_files:
        name, number = f"data/{path.name}", 1
        try:
            if not pq.read_schema(path).equals(made.form.schema):
                continue
            for batch in batches(path):
                looking.take(name, number, batch.to_pylist())
                number += batch.num_rows
                moved(batch.num_rows)
        except (pa.ArrowException, OSError) as error:
            yield f"{name}: cannot be read to its end: {str(error).splitlines()[0]}"
    yield from looking.tally.findings()
    if len(looking.seen) != made.manifest.counts.released:
        yield f"data: {len(looking.seen)} different ids, but {made.manifest.counts.released} are released"

"""From files of votes to one table."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa

from arena.errors import SetupError
from export.ratings.arrow_columns import BadValue, amounts, lists_other, probabilities, required, seconds, text_codes
from export.ratings.battle_files import (
    BESIDE,
    PROBABILITY,
    STYLE_COLUMNS,
    TIMES,
    batches,
    battle_files,
    digest,
    tells_style,
)
from export.ratings.choosing import Wish, all_met
from export.ratings.counts import WINNERS, NewCodes, in_order_of_names
from export.ratings.eligibility import PERHAPS, Eligibility, Reason
from export.ratings.group_codes import GroupCodes
from export.ratings.growing import GrowingColumn
from export.ratings.said import TEXT_COLUMNS, said_in
from export.ratings.scale import Codes, Flags, Floats
from export.ratings.sorting import Sorting
from export.ratings.style_counts import language_columns, style_columns
from export.ratings.vote_table import VoteTable

_VOTERS = ("judge", "evaluation_session_id")
_LENGTHS = ("tokens", "chars")
"""What the length of an answer is read from; tokens where they are known."""


@dataclass(slots=True)
class VoteReader:
    """Takes batches, one after the other."""

    models: NewCodes = field(default_factory=NewCodes)
    voters: GroupCodes = field(default_factory=GroupCodes)
    prompts: GroupCodes = field(default_factory=GroupCodes)
    rows: int = 0
    """How many votes were read."""
    codes: dict[str, GrowingColumn] = field(default_factory=dict[str, GrowingColumn])
    numbers: dict[str, GrowingColumn] = field(default_factory=dict[str, GrowingColumn])
    left_out: Counter[str] = field(default_factory=Counter[str])
    flagged: Codes | None = None
    """Voters against any of whose votes something is recorded; None where no source has such records."""
    conditions: tuple[Wish, ...] = ()
    eligibility: Eligibility = field(default_factory=Eligibility)
    sorting: Sorting = field(default_factory=Sorting)
    style: bool = False
    """Count what answers look like where the source tells only what was said."""

    def take(self, batch: pa.RecordBatch) -> None:
        """Code one batch. A value that cannot be read is a `BadValue`."""
        codes = {
            "a": self._of_models(batch, "model_a"),
            "b": self._of_models(batch, "model_b"),
            "winner": _winners(batch),
        }
        if name := _first(batch, _VOTERS):
            codes["voter"] = self.voters.codes(batch.column(name))
        if name := _first(batch, ("prompt_id",)):
            codes["prompt"] = self.prompts.codes(batch.column(name))
        figures, beside = _amounts(batch, STYLE_COLUMNS), _amounts(batch, BESIDE.values())
        said = said_in(batch) if self.needs_texts(batch.schema.names) else None
        if self.style and not figures and set(TEXT_COLUMNS) <= set(batch.schema.names):
            said = said or said_in(batch)
            figures = style_columns(said)
            beside = language_columns(said) | beside
        figures |= beside
        if name := _first(batch, TIMES):
            figures["time"] = seconds(batch.column(name), name)
        if PROBABILITY in batch.schema.names:
            figures["probability"] = probabilities(batch.column(PROBABILITY), PROBABILITY)
        self._note_flags(batch, codes.get("voter"))
        kept, wanted = self.eligibility.judge(batch, self.left_out, said), all_met(self.conditions, batch)
        self.left_out["filtered"] += int((kept & ~wanted).sum())
        kept &= wanted
        self._keep(kept, codes | self.sorting.columns(batch, kept, said), figures)

    def needs_texts(self, columns: Sequence[str]) -> bool:
        """Whether one must know what was said, of votes with such columns."""
        return self.eligibility.needs_texts or self.sorting.needs_texts(columns)

    @property
    def perhaps(self) -> tuple[str, ...]:
        """Return columns that are of use where there are any."""
        return (*PERHAPS, "language", *TEXT_COLUMNS) if self.needs_texts(()) else PERHAPS

    def table(self, of_source: str) -> VoteTable:
        """Take all that was read away, as one table. `of_source` is the digest of where it was read from."""
        return _table(self, of_source)

    def _of_models(self, batch: pa.RecordBatch, name: str) -> Codes:
        codes = required(_codes(batch, name, self.models.__getitem__), name)
        if (nameless := self.models.get("")) is not None:  # a model must have a name, in CSV as elsewhere
            raise BadValue(int(np.argmax(codes == nameless)), f"{name} is missing")
        return codes

    def _note_flags(self, batch: pa.RecordBatch, voters: Codes | None) -> None:
        """Remember the voters against any of whose votes something is recorded."""
        if voters is not None and "reasons" in batch.schema.names:
            told = voters[lists_other(batch.column("reasons"), Reason.NOT_ANONYMOUS) & (voters >= 0)]
            self.flagged = np.union1d(told if self.flagged is None else self.flagged, told)

    def _keep(self, kept: Flags, codes: dict[str, Codes], figures: dict[str, Floats]) -> None:
        for name, column in codes.items():
            self.codes.setdefault(name, GrowingColumn(np.int16)).put(self.rows, column[kept])
        for name, column in figures.items():
            self.numbers.setdefault(name, GrowingColumn(np.float64)).put(self.rows, column[kept])
        self.rows += int(kept.sum())

    def column_of_codes(self, name: str) -> Codes | None:
        """Take a column; rows without it hold -1. None where no row has it."""
        column = self.codes.pop(name, None)
        return None if column is None else cast(Codes, column.taken(self.rows))

    def column_of_numbers(self, name: str) -> Floats | None:
        """Take a column; rows without it hold NaN. None where no row has it."""
        column = self.numbers.pop(name, None)
        return None if column is None else cast(Floats, column.taken(self.rows))


def _codes(batch: pa.RecordBatch, name: str, code_of: Callable[[str], int]) -> Codes:
    return text_codes(batch.column(name), code_of, name)


def _winners(batch: pa.RecordBatch) -> Codes:
    try:
        return required(_codes(batch, "winner", WINNERS.__getitem__), "winner").astype(np.int8)
    except BadValue as bad:
        raise BadValue(bad.row, f"{bad.problem}; it must be one of {', '.join(WINNERS)}") from None


def _amounts(batch: pa.RecordBatch, columns: Iterable[str]) -> dict[str, Floats]:
    names = [f"{column}_{side}" for column in columns for side in "ab"]
    return {name: amounts(batch.column(name), name) for name in names if name in batch.schema.names}


def _first(batch: pa.RecordBatch, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in batch.schema.names), None)


def read_votes(
    paths: Sequence[Path],
    conditions: Sequence[Wish] = (),
    eligibility: Eligibility | None = None,
    sorting: Sorting | None = None,
    *,
    style: bool = False,
) -> VoteTable:
    """Read the votes in files and folders, in the order given. What cannot be read is a `SetupError` with the row.

    With `style`, what answers look like is counted where a file holds conversations and no such counts.
    Votes that something speaks against (as that `anony` is false) are left out, and so are those that do not meet all
    conditions; both are counted.
    """
    files = battle_files(paths)
    reader = VoteReader(
        conditions=tuple(conditions),
        eligibility=eligibility or Eligibility(),
        sorting=sorting or Sorting(),
        style=style,
    )
    for file in files:
        row = 1
        perhaps = (*reader.perhaps, *TEXT_COLUMNS) if style and not tells_style(file) else reader.perhaps
        for batch in batches(file, [each.column for each in conditions], perhaps):
            try:
                reader.take(batch)
            except BadValue as bad:
                raise SetupError(f"{file}: row {row + bad.row}: {bad.problem}") from bad
            except (pa.ArrowException, UnicodeDecodeError) as error:  # a column holds what it cannot mean
                raise SetupError(f"{file}: from row {row} on: {str(error).splitlines()[0]}") from error
            row += batch.num_rows
    return reader.table(digest(files))


def _table(reader: VoteReader, of_files: str) -> VoteTable:
    nothing = np.empty(0, np.int32)
    reader.voters.clear()
    reader.prompts.clear()
    a, b, winner = (reader.column_of_codes(name) for name in ("a", "b", "winner"))
    a, b, winner = (nothing if column is None else column for column in (a, b, winner))
    voters = reader.column_of_codes("voter")
    return VoteTable(
        battles=in_order_of_names(reader.models, a, b, winner),
        digest=of_files,
        times=reader.column_of_numbers("time"),
        voters=voters,
        prompts=reader.column_of_codes("prompt"),
        probabilities=reader.column_of_numbers("probability"),
        flagged=None if voters is None or reader.flagged is None else np.isin(voters, reader.flagged),
        style=_style(reader),
        beside=_beside(reader),
        asked=reader.column_of_codes("asked"),
        categories={name: reader.column_of_codes(in_) == 1 for name, in_ in reader.sorting.names_in(reader.codes)},
        left_out={name: rows for name, rows in reader.left_out.items() if rows},
    )


def _style(reader: VoteReader) -> dict[str, tuple[Floats, Floats]]:
    found: dict[str, tuple[Floats, Floats]] = {}
    for column in STYLE_COLUMNS:
        both = _of_both_sides(reader, column)
        feature = "length" if column in _LENGTHS else column
        if both is not None and feature not in found:
            found[feature] = both
    return found


def _beside(reader: VoteReader) -> dict[str, tuple[Floats, Floats]]:
    found = ((name, _of_both_sides(reader, column)) for name, column in BESIDE.items())
    return {name: both for name, both in found if both is not None}


def _of_both_sides(reader: VoteReader, column: str) -> tuple[Floats, Floats] | None:
    a, b = (reader.column_of_numbers(f"{column}_{side}") for side in "ab")
    return None if a is None or b is None else (a, b)

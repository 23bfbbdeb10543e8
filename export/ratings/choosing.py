"""Which votes count: conditions on their columns, and no more than so many of one voter or about one prompt."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from arena.errors import SetupError
from export.ratings.arrow_columns import BadValue, seconds
from export.ratings.battle_files import TIMES
from export.ratings.scale import Codes, Flags
from export.ratings.vote_table import VoteTable

_FORM = re.compile(r"\s*(\w+)\s*(!=|<=|>=|==?|<|>)\s*(.*?)\s*")
_COMPARE = {
    "=": "equal",
    "!=": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
}


class Wish(Protocol):
    """What a vote must meet to count."""

    @property
    def column(self) -> str:
        """The column that it looks at."""
        ...

    def met(self, batch: pa.RecordBatch) -> Flags:
        """Say which rows meet it."""
        ...


@dataclass(frozen=True, slots=True)
class Condition:
    """A column compared with a value: `language=English`, `turn>=2`, `tstamp<2026-02-01`."""

    column: str
    sign: str
    value: str

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Read a condition as it is typed."""
        if not (found := _FORM.fullmatch(text)):
            raise SetupError(f"--filter: {text!r} is not COLUMN=VALUE (or != < <= > >=), such as language=English")
        column, sign, value = found.groups()
        return cls(column, "=" if sign == "==" else sign, value)

    def __str__(self) -> str:
        return f"{self.column}{self.sign}{self.value}"

    def met(self, batch: pa.RecordBatch) -> Flags:
        """Say which rows meet it; a row where the column is missing does not."""
        column = batch.column(self.column)
        try:
            if self.column in TIMES:
                wanted = self._moment
                return np.asarray(_NUMERIC[self.sign](seconds(column, self.column), wanted))
            wanted = pa.scalar(self.value).cast(pa.float64() if self._is_ordered else column.type)
            column = column.cast(pa.float64()) if self._is_ordered else column
        except (pa.ArrowException, ValueError) as error:
            raise SetupError(f"--filter {self}: {self.column} cannot be compared with {self.value!r}") from error
        return pc.fill_null(pc.call_function(_COMPARE[self.sign], [column, wanted]), False).to_numpy(
            zero_copy_only=False
        )

    @property
    def _moment(self) -> float:
        try:
            return float(seconds(pa.array([self.value]), self.column)[0])
        except BadValue as bad:
            raise SetupError(f"--filter {self}: {bad.problem}") from bad

    @property
    def _is_ordered(self) -> bool:
        return self.sign[0] in "<>"


_NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def all_met(conditions: tuple[Wish, ...], batch: pa.RecordBatch) -> Flags:
    """Say which rows meet all conditions."""
    kept = np.ones(batch.num_rows, np.bool_)
    for condition in conditions:
        kept &= condition.met(batch)
    return kept


def capped(table: VoteTable, per_voter: int | None, per_prompt: int | None) -> VoteTable:
    """Keep the first so many votes of each voter, and then the first so many about each prompt, in the file's order."""
    for name, most in (("voter", per_voter), ("prompt", per_prompt)):
        if most is None:
            continue
        groups = table.voters if name == "voter" else table.prompts if table.prompts is not None else table.asked
        if groups is None:
            raise SetupError(f"--per-{name}: these votes do not tell of {name}s")
        kept = (number_in_group(groups) < most) | (groups < 0)
        left_out = {**table.left_out, f"over_{most}_per_{name}": int(len(kept) - kept.sum())}
        table = replace(table.rows(kept), left_out=left_out)
    return table


def number_in_group(groups: Codes) -> Codes:
    """Number the rows of each group from 0, in their order."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sizes = np.diff(np.concatenate([starts, [len(groups)]]))
    number = np.empty(len(groups), np.int64)
    number[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return number

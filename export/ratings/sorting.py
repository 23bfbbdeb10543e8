"""Puts the votes of a source into categories while they are read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
import pyarrow as pa

from export.language.names import UNKNOWN
from export.language.names import names as names_of_languages
from export.ratings.categories import Name, Sorter
from export.ratings.counts import NewCodes
from export.ratings.said import Said
from export.ratings.scale import Codes, Flags

_IN = "in "
_LANGUAGE_COLUMN = "language"
_UNTOLD = frozenset({"und", "mis", "mul", "zxx"})
"""Codes of ISO 639 for no language, or for none in particular."""


def prompt_digest(said: Said) -> str:
    """Return what the same first prompt has in common, however it is spaced and capitalised."""
    first = said.prompts[0] if said.prompts else ""
    return sha256(" ".join(first.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(slots=True)
class Sorting:
    """What is to be told of votes, as columns of codes."""

    sorter: Sorter = field(default_factory=lambda: Sorter(()))
    with_prompts: bool = False
    """Also tell which votes are about the same prompt."""
    _prompts: NewCodes = field(default_factory=NewCodes)

    def needs_texts(self, columns: Sequence[str]) -> bool:
        """Whether one must know what was said, of votes with such columns."""
        if (self.with_prompts or Name.NO_DUPLICATES in self.sorter.names) and "prompt_id" not in columns:
            return True
        by_text = self.sorter.texts if _LANGUAGE_COLUMN not in columns else self.sorter.beyond_language
        return bool(by_text)

    def columns(self, batch: pa.RecordBatch, kept: Flags, said: Sequence[Said] | None) -> dict[str, Codes]:
        """Return the columns of a batch; rows that are not kept are in no category."""
        rows: list[int] = np.flatnonzero(kept).tolist()
        found: dict[str, Codes] = {}
        if said is not None:
            found["asked"] = self._asked(said)
        if not self.sorter.texts:
            return found
        texts = [Said(())] * len(rows) if said is None else [said[row] for row in rows]
        for row, names in zip(rows, self.sorter.sort(texts, self._spoken(batch, rows)), strict=True):
            for name in names:
                found.setdefault(_IN + name, np.zeros(batch.num_rows, np.int8))[row] = 1
        return found

    def _asked(self, said: Iterable[Said]) -> Codes:
        return np.fromiter((self._prompts[prompt_digest(each)] for each in said), np.int32)

    def _spoken(self, batch: pa.RecordBatch, rows: Sequence[int]) -> Callable[[int], str] | None:
        """Return the languages that the source tells itself."""
        if _LANGUAGE_COLUMN not in batch.schema.names:
            return None
        told: list[str | None] = batch.column(_LANGUAGE_COLUMN).cast(pa.string()).to_pylist()

        def spoken(at: int) -> str:
            said = told[rows[at]] or UNKNOWN  # a name, or a code such as `de`
            return UNKNOWN if said in _UNTOLD else names_of_languages().get(said, said)

        return spoken

    def names_in(self, columns: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield the categories that occurred, each with the name of its column."""
        yield from sorted((each.removeprefix(_IN), each) for each in columns if each.startswith(_IN))

"""What a toxicity tagger wrote about battles: Parquet, CSV or JSON lines, joined by id.

Each row has an id (`question_id` of an earlier release, or the ledger's `conversation_id` of side A or `battle_id`) and
what the taggers said: nested as in the released column `toxic_chat_tag`, or flat as `roberta-large.flagged`.
"""

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from arena.errors import SetupError

IDS = ("question_id", "conversation_id", "battle_id", "ledger_id", "id")
TAGGERS: Mapping[str, str] = {"roberta-large": "probability", "t5-large": "score"}
"""The taggers, and what each calls its number."""
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}

Tag = Mapping[str, Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class ToxicTags:
    """What the taggers said, by id."""

    by_id: Mapping[str, Tag]

    def of(self, *ids: str | None) -> Tag | None:
        """Return what is said of whatever is known by one of these ids; None where no tagger ran."""
        return next((self.by_id[each] for each in ids if each is not None and each in self.by_id), None)


def read_toxicity(file: Path) -> ToxicTags:
    """Read a tagger's file. A `SetupError` names the first row that is wrong."""
    tags: dict[str, Tag] = {}
    for number, row in zip(count(1), _rows(file), strict=False):
        try:
            identity, tag = _id(row), _tag(row)
            if tags.setdefault(identity, tag) != tag:
                raise ValueError(f"{identity} is tagged twice, and not alike")
        except ValueError as error:
            raise SetupError(f"{file}: row {number}: {error}") from error
    if not tags:
        raise SetupError(f"{file}: there are no rows in it")
    return ToxicTags(tags)


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    try:
        match file.suffix.lower():
            case ".parquet":
                yield from _parquet(file)
            case ".csv":
                with file.open(encoding="utf-8-sig", newline="") as lines:
                    yield from csv.DictReader(lines)
            case ".jsonl" | ".json":
                with file.open("rb") as lines:
                    yield from (_object(line) for line in lines if line.strip())
            case _:
                raise SetupError(f"{file}: a tagger's file ends with .parquet, .csv or .jsonl")
    except OSError as error:
        raise SetupError(f"{file}: cannot be read: {error.strerror or type(error).__name__}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SetupError(f"{file}: is not a CSV file in UTF-8") from error


def _parquet(file: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa  # noqa: PLC0415 (a second to load, and only for this kind of file)
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=1_000):
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise SetupError(f"{file}: is no Parquet file that can be read: {type(error).__name__}") from error


def _object(line: bytes) -> Mapping[str, Any]:
    """Read a line; a broken one becomes an empty row, which is then refused."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _id(row: Mapping[str, Any]) -> str:
    for name in IDS:
        if isinstance(found := row.get(name), str) and found:
            return found
    raise ValueError(f"has no id: one of {', '.join(IDS)}")


def _tag(row: Mapping[str, Any]) -> Tag:
    nested = row.get("toxic_chat_tag")
    source = nested if isinstance(nested, Mapping) else row
    tag = {tagger: _said(source, tagger, number) for tagger, number in TAGGERS.items()}
    if not any(tag.values()):
        raise ValueError(f"no tagger says anything: {' or '.join(TAGGERS)}")
    return tag


def _said(source: Mapping[str, Any], tagger: str, number: str) -> Mapping[str, Any] | None:
    """Return what one tagger says; None if it is silent. Half of what it has to say is a mistake."""
    nested = source.get(tagger)
    leaves = nested if isinstance(nested, Mapping) else {}
    said = [leaves.get(name, source.get(f"{tagger}.{name}")) for name in ("flagged", number)]
    flagged, value = (None if each == "" else each for each in said)  # an empty field of a CSV file
    if flagged is None and value is None:
        return None
    return {"flagged": _truth(tagger, flagged), number: _number(tagger, number, value)}


def _truth(tagger: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUTHS:
        return _TRUTHS[value.lower()]
    raise ValueError(f"{tagger}: `flagged` is neither true nor false")


def _number(tagger: str, name: str, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or (name == "probability" and not 0 <= number <= 1):
        raise ValueError(f"{tagger}: `{name}` is no {'probability' if name == 'probability' else 'number'}")
    return number

"""What a card is written from: the summary of the making, and what was counted over the written files."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arena.errors import SetupError
from export.release.summary import Summary
from export.release.whole import write_whole
from export.stats.figures import Stats, count
from export.stats.tokens import Tokens, count_tokens

SUMMARY_FILE = "stats/summary.json"

_KEPT = (
    *("form", "date", "settings", "recipe", "versions", "read", "released", "dropped", "users", "redacted", "replaced"),
    *("moderation", "quality", "canaries", "side_files", "title", "licence", "contact"),
)
"""What cannot be counted over the files again. Nothing here is finer than what the form itself tells: no days."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of rows."""

    name: str
    rows: int
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one release."""

    summary: Summary
    schema: pa.Schema
    files: list[DataFile]
    stats: Stats
    tokens: Tokens


def gather(folder: Path, summary: Summary, tokenizer: Path | None = None) -> Facts:
    """Count what lies in the folder. Tokens that an earlier count found with a tokenizer stay, unless another is named.

    Raises `SetupError` if there is no data, or the tokenizer cannot be used.
    """
    paths = data_files(folder)
    return Facts(
        summary=summary,
        schema=pq.read_schema(paths[0]).remove_metadata(),
        files=[_data_file(folder, path) for path in paths],
        stats=count(paths),
        tokens=(None if tokenizer else _tokens_before(folder)) or count_tokens(paths, tokenizer),
    )


def data_files(folder: Path) -> list[Path]:
    """Return the files of rows, in order."""
    paths = sorted((folder / "data").glob("train-*.parquet"))
    if not paths:
        raise SetupError(f"{folder} is no release: it has no data/train-*.parquet")
    return paths


def _data_file(folder: Path, path: Path) -> DataFile:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    rows = pq.read_metadata(path).num_rows
    return DataFile(path.relative_to(folder).as_posix(), rows, path.stat().st_size, digest)


def save(folder: Path, facts: Facts) -> None:
    """Write down what a later card of the same release needs."""
    kept = {name: value for name, value in asdict(facts.summary).items() if name in _KEPT}
    text = json.dumps(kept | {"tokens": asdict(facts.tokens)}, indent=2, ensure_ascii=False)
    write_whole(folder / SUMMARY_FILE, text + "\n")


def load(folder: Path) -> Summary:
    """Return the summary of a finished release. Raises `SetupError` if there is none."""
    said = _saved(folder)
    if said is None:
        raise SetupError(f"{folder} is no finished release: it has no {SUMMARY_FILE}")
    known = {field.name for field in fields(Summary)}
    try:
        return Summary(**{name: value for name, value in said.items() if name in known})
    except TypeError as error:
        raise SetupError(f"{folder / SUMMARY_FILE} is not whole: {error}") from error


def with_words(summary: Summary, **given: str | None) -> Summary:
    """Return the summary with other words (title, licence, contact), as far as any are given."""
    return replace(summary, **{name: value for name, value in given.items() if value is not None})


def _saved(folder: Path) -> Mapping[str, Any] | None:
    path = folder / SUMMARY_FILE
    try:
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except ValueError as error:
        raise SetupError(f"{path}: {error}") from error


def _tokens_before(folder: Path) -> Tokens | None:
    before = (_saved(folder) or {}).get("tokens")
    return Tokens(**before) if before and not before["estimated"] else None

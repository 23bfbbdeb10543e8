"""Which prompts earlier releases, ours or others' in the same form, already hold."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from arena.errors import SetupError
from export.marks.words import digest, normalised

_CONVERSATIONS = ("conversation", "conversation_a")
_BATCH = 2_000


def earlier_prompts(releases: Iterable[Path]) -> NDArray[np.int64]:
    """Return the sorted digests of the first messages in the releases' data files.

    A folder that holds a folder for each format counts with all of them.

    Raises:
        SetupError: There are no data files in a folder, or one cannot be read.
    """
    found: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    for file in earlier_files(releases):
        prompts = (digest(normalised(prompt)) for prompt in first_messages(file))
        found.append(np.unique(np.fromiter(prompts, dtype=np.int64)))
    return np.unique(np.concatenate(found))


def earlier_files(releases: Iterable[Path]) -> Iterator[Path]:
    """Yield the releases' data files. Raises `SetupError` for a folder without any."""
    for release in releases:
        files = sorted(release.glob("data/*.parquet")) or sorted(release.glob("*/data/*.parquet"))
        if not files:
            raise SetupError(f"--earlier: no release in {release}: it has no data/*.parquet")
        yield from files


def first_messages(path: Path) -> Iterator[str]:
    """Yield the first message of each of a file's rows. Raises `SetupError` if it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            named = [name for name in _CONVERSATIONS if name in file.schema_arrow.names][:1]
            if not named:
                raise SetupError(f"--earlier: {path} has no column {' or '.join(_CONVERSATIONS)}")
            for batch in file.iter_batches(_BATCH, columns=named):
                for messages in batch.column(0).to_pylist():
                    yield _text(messages[0]["content"]) if messages else ""
    except (OSError, pa.ArrowInvalid) as error:
        raise SetupError(f"--earlier: {path} cannot be read: {error}") from error


def _text(content: Any) -> str:
    """Return the text of a message, which is one or a list of pieces."""
    if isinstance(content, str):
        return content
    return next((piece["text"] for piece in content or [] if piece.get("text")), "")

"""How many tokens a message has: counted with the operator's tokenizer, or else estimated and called so."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arena.errors import SetupError
from export.release.layout import estimated_tokens
from export.stats.view import sides_of

MOST_ROWS = 50_000
"""Rows are shuffled by a keyed hash, so that the first ones are a random sample, and enough for a mean."""
_BATCH = 500

Counter = Callable[[Sequence[str]], int]
"""How many tokens some texts have together."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The mean number of tokens of a prompt and of a response."""

    prompt: float
    answer: float
    how: str
    """By which tokenizer, or that it is an estimate; and on how many rows."""
    estimated: bool


def count_tokens(files: Sequence[Path], tokenizer: Path | None) -> Tokens:
    """Count on the first rows of a release. Raises `SetupError` if the tokenizer cannot be used."""
    counter, how = (
        (_estimate, "estimate by words and signs, no tokenizer") if tokenizer is None else _counter(tokenizer)
    )
    tokens = {"user": 0, "assistant": 0}
    messages = {"user": 0, "assistant": 0}
    rows = 0
    for batch in _first_rows(files):
        rows += len(batch)
        for role, texts in _texts(batch):
            tokens[role] += counter(texts)
            messages[role] += len(texts)
    prompt, answer = (tokens[role] / max(messages[role], 1) for role in ("user", "assistant"))
    sampled = "" if rows < MOST_ROWS else f", on the first {rows:,} rows"
    return Tokens(prompt, answer, how + sampled, estimated=tokenizer is None)


def _first_rows(files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    left = MOST_ROWS
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=sides_of(file.schema_arrow)):
                yield batch.slice(0, left)
                left -= min(left, len(batch))
                if not left:
                    return


def _texts(batch: pa.RecordBatch) -> Iterator[tuple[str, list[str]]]:
    """Return each role's messages. Both sides of a battle have the same prompts: they are one side's."""
    for place, side in enumerate(batch.columns):
        said: dict[str, list[str]] = {"user": [], "assistant": []}
        for message in (each for row in side.to_pylist() for each in row or ()):
            said[message["role"]].append(_text(message["content"]))
        yield "assistant", said["assistant"]
        if place == 0:
            yield "user", said["user"]


def _text(content: str | list[dict[str, str | None]]) -> str:
    return content if isinstance(content, str) else "\n".join(part["text"] or "" for part in content)


def _estimate(texts: Sequence[str]) -> int:
    return sum(map(estimated_tokens, texts))


def check_tokenizer(path: Path) -> None:
    """See that a tokenizer can be used. Raises `SetupError` if not."""
    _counter(path)


def _counter(path: Path) -> tuple[Counter, str]:
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise SetupError("--tokenizer needs the extra: pip install 'chat-arena[tokenizer]'") from error
    try:
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        tokenizer = Tokenizer.from_file(str(path))
    except OSError as error:
        raise SetupError(f"--tokenizer: {path}: {error.strerror}") from error
    except Exception as error:  # the library raises nothing narrower
        raise SetupError(f"--tokenizer: {path} is no tokenizer.json: {error}") from error

    def count(texts: Sequence[str]) -> int:
        return sum(len(each.ids) for each in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False))

    return count, f"tokenizer {path.name} (sha256 {digest[:12]})"
